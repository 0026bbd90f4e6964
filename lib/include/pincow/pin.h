/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pinners: one file of lib/pins is one way to make the kernel hold references to
 * pages of a process, and registers itself.
 */
#ifndef PINCOW_PIN_H
#define PINCOW_PIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pincow/need.h>
#include <pincow/region.h>

struct pcow_run;
struct pcow_pin;

/* How the kernel counts a reference (Documentation/core-api/pin_user_pages.rst). */
enum pcow_reference {
	PCOW_FOLL_GET, /* one on the page's count */
	PCOW_FOLL_PIN, /* GUP_PIN_COUNTING_BIAS, and the mm is marked */
};

/**
 * struct pcow_pinner - one way to hold references
 * @name:	the word for pinner= and held=
 * @summary:	half a line: by which call, of what the kernel takes hold
 * @reference:	GET or PIN
 * @write:	taken for writing (FOLL_WRITE), which breaks sharing; else read-only
 * @longterm:	FOLL_LONGTERM: for as long as user space likes
 * @lasting:	held from pin() to unpin(); else dropped before pin() returns
 * @unpin_waits: the kernel may put unpin() to sleep
 * @charged:	what the references count against, "" for nothing
 * @needs:	what it asks of the host (PCOW_NEEDS).  May be NULL
 * @own_bytes:	size of the zeroed memory behind struct pcow_pin.own
 * @open:	make what pin() needs, for all of pin->region, and try it once; leaves
 *		nothing held.  0, PCOW_SKIP or -errno
 * @pin:	timed: take references to every page of the region.  0 or -errno
 * @unpin:	timed: drop them.  0 or -errno; NULL unless @lasting
 * @baseline:	timed: the calls of pin() without GUP, as often.  0 or -errno; may be
 *		NULL
 * @baseline_is: what it leaves out, half a line; NULL without one
 * @prove:	untimed: pcow_broken() unless pin->held is the truth, and nothing more
 *		than the region is held; may store to the region, and leaves its pages
 *		as they were.  0 or -errno
 * @count_stale: untimed: store to each page what was never there, and count those of
 *		which the kernel's references show something else; may end the
 *		hold.  -errno where it cannot; NULL unless @lasting
 * @close:	safe after a failed open()
 */
struct pcow_pinner {
	const char *name;
	const char *summary;
	enum pcow_reference reference;
	bool write, longterm, lasting, unpin_waits;
	const char *charged;
	const struct pcow_need *needs;
	size_t own_bytes;
	int (*open)(struct pcow_run *run, struct pcow_pin *pin);
	int (*pin)(struct pcow_pin *pin);
	int (*unpin)(struct pcow_pin *pin);
	int (*baseline)(struct pcow_pin *pin);
	const char *baseline_is;
	int (*prove)(struct pcow_run *run, struct pcow_pin *pin);
	int64_t (*count_stale)(struct pcow_pin *pin);
	void (*close)(struct pcow_pin *pin);
};

/* Registers a pinner, as PCOW_SCENARIO() does a scenario. */
#define PCOW_PINNER(ident)                                                                         \
	static const struct pcow_pinner pcow_pinner_##ident;                                       \
	static const struct pcow_pinner *const pcow_pinner_ptr_##ident                             \
		__attribute__((section("pcow_pinners"), used)) = &pcow_pinner_##ident;             \
	static const struct pcow_pinner pcow_pinner_##ident

/* How many pinners are linked in; they are sorted by name. */
size_t pcow_pinner_count(void);
const struct pcow_pinner *pcow_pinner_at(size_t index);

/* By exact name, or NULL. */
const struct pcow_pinner *pcow_pinner_find(const char *name);

/**
 * struct pcow_pin - a pinner at work on a region
 * @by:		the pinner; NULL while it is closed
 * @region:	whose pages; must stay mapped until it is closed
 * @held:	references are held now
 * @own:	the pinner's, malloc'ed
 */
struct pcow_pin {
	const struct pcow_pinner *by;
	const struct pcow_region *region;
	bool held;
	void *own;
};

/* Get ready to pin all of @region by @pinner.  0, PCOW_SKIP or -errno. */
int pcow_pin_open(struct pcow_run *run, struct pcow_pin *pin, const struct pcow_pinner *pinner,
		  const struct pcow_region *region);

/* Take the references.  0 or -errno, and nothing is held. */
int pcow_pin_take(struct pcow_pin *pin);

/* Drop them.  0, also when there are none, or -errno. */
int pcow_pin_drop(struct pcow_pin *pin);

/* pinner->prove(). */
int pcow_pin_prove(struct pcow_run *run, struct pcow_pin *pin);

/* pinner->count_stale(); -ENOENT when nothing is held. */
int64_t pcow_pin_count_stale(struct pcow_pin *pin);

/* Drop what is held and let go of the rest; safe on a zeroed pin. */
void pcow_pin_close(struct pcow_pin *pin);

#endif
