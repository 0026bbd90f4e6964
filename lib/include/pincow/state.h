/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page states: one file of lib/states is one way in which a page came to be as an
 * operation finds it, and registers itself.
 */
#ifndef PINCOW_STATE_H
#define PINCOW_STATE_H

#include <stddef.h>

struct pcow_actor;

/* What the kernel says of a page (Documentation/admin-guide/mm/pagemap.rst), and what a
 * store to it proves. */
enum pcow_page_fact {
	PCOW_PRESENT = 1 << 0, /* a page table entry maps it */
	PCOW_SOLE = 1 << 1, /* mapped once */
	PCOW_FILE = 1 << 2, /* of a file, or of shared memory */
	PCOW_SWAPPED = 1 << 3,
	PCOW_SOFT_DIRTY = 1 << 4,
	PCOW_ZERO = 1 << 5, /* the shared zero page */
	PCOW_WRITABLE = 1 << 6, /* a store takes no fault: tried on each page; that one takes a
				   fault is tried on a few, as it makes them writable */
};

/**
 * struct pcow_proof - facts of every page of a region
 * @yes:	facts that each page must have
 * @no:		facts that none may have
 * @is:		how messages call such pages, as in "3 of 16 pages are not absent"; NULL
 *		when nothing is claimed
 */
struct pcow_proof {
	unsigned int yes, no;
	const char *is;
};

/* For initializers. */
#define PCOW_PAGES_ABSENT                                                                          \
	{                                                                                          \
		.no = PCOW_PRESENT | PCOW_SWAPPED, .is = "absent"                                  \
	}
#define PCOW_PAGES_ZERO                                                                            \
	{                                                                                          \
		.yes = PCOW_PRESENT | PCOW_ZERO, .no = PCOW_SOLE | PCOW_FILE,                      \
		.is = "the zero page"                                                              \
	}
#define PCOW_PAGES_SHARED                                                                          \
	{                                                                                          \
		.yes = PCOW_PRESENT, .no = PCOW_SOLE | PCOW_FILE, .is = "shared"                   \
	}
#define PCOW_PAGES_SOLE                                                                            \
	{                                                                                          \
		.yes = PCOW_PRESENT | PCOW_SOLE, .no = PCOW_FILE, .is = "mapped once"              \
	}
#define PCOW_PAGES_WRITABLE                                                                        \
	{                                                                                          \
		.yes = PCOW_PRESENT | PCOW_SOLE | PCOW_WRITABLE, .no = PCOW_FILE,                  \
		.is = "mapped once"                                                                \
	}
#define PCOW_PAGES_PROTECTED                                                                       \
	{                                                                                          \
		.yes = PCOW_PRESENT | PCOW_SOLE, .no = PCOW_FILE | PCOW_WRITABLE,                  \
		.is = "mapped once"                                                                \
	}

/**
 * struct pcow_state - one step on a page's way
 * @name:	the word for a scenario's states, and for parameters that choose one
 * @summary:	half a line
 * @proof:	what every page is once it is brought about, looked at just before each
 *		sample; without @is the step before it tells
 * @bring:	untimed, before each sample: bring all of actor->mem there from the state
 *		of the step before; the first step meets what the last sample left, its
 *		child gone.  0, PCOW_SKIP or -errno
 */
struct pcow_state {
	const char *name;
	const char *summary;
	struct pcow_proof proof;
	int (*bring)(struct pcow_actor *actor);
};

/* Registers a state, as PCOW_SCENARIO() does a scenario. */
#define PCOW_STATE(ident)                                                                          \
	static const struct pcow_state pcow_state_##ident;                                         \
	static const struct pcow_state *const pcow_state_ptr_##ident                               \
		__attribute__((section("pcow_states"), used)) = &pcow_state_##ident;               \
	static const struct pcow_state pcow_state_##ident

/* How many states are linked in; they are sorted by name. */
size_t pcow_state_count(void);
const struct pcow_state *pcow_state_at(size_t index);

/* By exact name, or NULL. */
const struct pcow_state *pcow_state_find(const char *name);

#endif
