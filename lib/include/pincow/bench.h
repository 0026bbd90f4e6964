/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that a scenario needs: bench/NAME.c includes this header and system
 * headers, nothing else of pincow.
 *
 * The header is private to pincow: it is not installed and its ABI may change
 * with every commit.  A scenario kept outside the tree is compiled into the
 * binary with -DPINCOW_SCENARIO_DIR=/path/to/folder; see docs/scenarios.md.
 *
 * Callbacks return 0, a negative errno after pcow_error(), or PCOW_SKIP from
 * pcow_skip().  Helpers below do the same, so their result is handed through.
 */
#ifndef PINCOW_BENCH_H
#define PINCOW_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <pincow/need.h>
#include <pincow/page.h>

/* This machine lacks what the case needs; the reason and remedy are recorded. */
#define PCOW_SKIP 1

struct pcow_run;

/* ---------------------------------------------------------------- parameters */

enum pcow_profile {
	PCOW_QUICK, /* a minute on two cores: is the figure there? */
	PCOW_STANDARD, /* what two hosts or kernels are compared with */
	PCOW_FULL, /* scaling curves, every page kind */
	PCOW_LAB, /* emulated guests, some hundred times slower */
	PCOW_PROFILES,
};

enum pcow_param_kind {
	PCOW_PARAM_SIZE, /* bytes; suffixes K M G T are powers of 1024 */
	PCOW_PARAM_COUNT, /* a plain integer */
	PCOW_PARAM_PAGE_KIND, /* base, thp, thp-pte, mthp-SIZE, hugetlb-SIZE */
	PCOW_PARAM_CHOICE, /* a word */
};

/**
 * struct pcow_param - one axis of a scenario's matrix
 * @name:	as written in --set and in result files
 * @kind:	how values are parsed and printed
 * @unit:	"bytes", "pages", "calls" ...; "" for words
 * @summary:	half a line for `pincow list`
 * @min, @max:	the range of a number
 * @values:	"quick | standard | full": words separated by spaces, in each part
 *		those that this profile takes besides the parts before it.  Parts
 *		at the end may be left out; a value that is there twice counts
 *		once.  The profile lab takes what quick does, but of a choice all.
 *
 * In @values "16..256" doubles from the first to the last; "mthp-*" and "hugetlb-*"
 * stand for each size that the host offers.  What none of the words stands for means
 * nothing to the scenario: --set is refused it.
 *
 * A size has no @values: every scenario takes those of its profile, made whole
 * folios of the case's page kind, and more of them where it is @scale_by's.
 */
struct pcow_param {
	const char *name;
	enum pcow_param_kind kind;
	const char *unit;
	const char *summary;
	uint64_t min, max;
	const char *values;
};

/* More than any address space has room for. */
#define PCOW_SIZE_BYTES_MAX (UINT64_C(1) << 47)

/* The size of the memory that is forked, touched or pinned. */
#define PCOW_SIZE                                                                                  \
	{                                                                                          \
		.name = "size", .kind = PCOW_PARAM_SIZE, .unit = "bytes",                          \
		.summary = "memory that is operated on", .min = 1, .max = PCOW_SIZE_BYTES_MAX,     \
	}

/* The page kind of that memory; pcow_region_map() obeys it. */
#define PCOW_PAGE_KIND(values_)                                                                    \
	{                                                                                          \
		.name = "page", .kind = PCOW_PARAM_PAGE_KIND, .unit = "",                          \
		.summary = "page kind of that memory", .values = (values_),                        \
	}

#define PCOW_CHOICE(name_, summary_, values_)                                                      \
	{                                                                                          \
		.name = (name_), .kind = PCOW_PARAM_CHOICE, .unit = "", .summary = (summary_),     \
		.values = (values_),                                                               \
	}

/* From 1 to @max_. */
#define PCOW_COUNT(name_, unit_, summary_, max_, values_)                                          \
	{                                                                                          \
		.name = (name_), .kind = PCOW_PARAM_COUNT, .unit = (unit_), .summary = (summary_), \
		.min = 1, .max = (max_), .values = (values_),                                      \
	}

uint64_t pcow_param_bytes(const struct pcow_run *run, const char *name);
uint64_t pcow_param_count(const struct pcow_run *run, const char *name);
const char *pcow_param_choice(const struct pcow_run *run, const char *name);

/* The case's page kind; false when the scenario has no such parameter. */
bool pcow_param_page_kind(const struct pcow_run *run, struct pcow_page_kind *kind);

/* ------------------------------------------------------------------- claims */

/* What every page of the claimed region is: as pagemap tells, and as a store proves. */
enum pcow_pages_state {
	PCOW_PAGES_ANY, /* not claimed */
	PCOW_PAGES_ABSENT, /* nothing is mapped */
	PCOW_PAGES_ZERO, /* the shared zero page is */
	PCOW_PAGES_SHARED, /* mapped by another process too */
	PCOW_PAGES_SOLE, /* mapped by this process alone */
	PCOW_PAGES_WRITABLE, /* the same, and a store to it takes no fault */
	PCOW_PAGES_PROTECTED, /* the same, and a store to it takes one: tried on a few */
};

enum pcow_outcome {
	PCOW_OUTCOME_NONE, /* of no interest */
	PCOW_OUTCOME_ANY, /* the kernel's own: recorded as the metric `copied` */
	PCOW_OUTCOME_COPIED, /* every operation must end on another page frame */
	PCOW_OUTCOME_REUSED, /* every operation must keep its page frame */
};

/* Faults are counted but not claimed, for operations where they are the kernel's own. */
#define PCOW_FAULTS_ANY (-1.0)

/**
 * struct pcow_claim - what proves that a sample measured what it says
 * @faults_per_op:	minor faults an operation, or PCOW_FAULTS_ANY
 * @before, @after:	what every page given to pcow_claim_pages() is, just before
 *			the timestamps and just after them.  Where it is there, so
 *			is the page kind that the case asks for
 * @splits:		the operation leaves other page kinds behind
 * @outcome:		copy or reuse of those pages
 * @may_wait:		the kernel may put the operation to sleep: in a sample in
 *			which it did, time that nobody ran is recorded, not claimed
 * @child:		the child whose run is part of the operation, 0 while there
 *			is none; NULL when a child has no business in it
 * @child_goes_on:	it has not ended when the operation is over.  In any case it
 *			has run by then, and before if it was there before
 * @verify:		looks at the state after a sample, untimed; calls
 *			pcow_broken() when the sample did not do what its
 *			name says; may record metrics.  May be NULL
 *
 * A sample that breaks its claim is invalid: kept, counted, left out of every
 * figure.  Claims are exact.  Besides, in every sample, the CPU at its begin and
 * end must be the worker's, no other thread may live in the process, and the
 * time in which neither the worker nor @child ran is bounded.
 */
struct pcow_claim {
	double faults_per_op;
	enum pcow_pages_state before, after;
	bool splits;
	enum pcow_outcome outcome;
	bool may_wait;
	pid_t (*child)(const void *state);
	bool child_goes_on;
	int (*verify)(struct pcow_run *run, void *state);
};

struct pcow_region;

/* This case's own copy of the scenario's claim: setup() may adjust it. */
struct pcow_claim *pcow_claim(struct pcow_run *run);

/**
 * pcow_claim_pages() - name the pages whose state and outcome are claimed
 * @run:	the case
 * @region:	mapped memory; must stay mapped until teardown()
 * @step_bytes:	distance of the pages that measure() operates on, one an
 *		operation; a multiple of the base page.  @region->bytes where
 *		an operation works on all of it
 *
 * Where the claim has an outcome, each sample records `copied`: how many of
 * these pages changed their frame during measure().  Where this user may not
 * see that, it is not recorded, and a case that claims it is skipped.
 *
 * The region must be what the case's parameters page, size and pages ask for.
 *
 * Return: 0, PCOW_SKIP or a negative errno.
 */
int pcow_claim_pages(struct pcow_run *run, const struct pcow_region *region, size_t step_bytes);

/* For arm(), while the child that the next sample's name speaks of lives: does another
 * process map each of the pages given to pcow_claim_pages()? */
void pcow_claim_shared(struct pcow_run *run);

/* Declare this sample invalid; the first reason of a sample is the one kept. */
__attribute__((format(printf, 2, 3))) void pcow_broken(struct pcow_run *run, const char *fmt, ...);

/* Record the kernel's own outcome for this sample, for example "stale" 0 or 1. */
void pcow_metric(struct pcow_run *run, const char *name, uint64_t value);

/* Bytes that one operation works on: the whole region for a fork, one folio for
 * a first touch.  Costs per GiB come from it; without this call there are none. */
void pcow_op_bytes(struct pcow_run *run, uint64_t bytes);

/* Operations in one pass of measure_op(); without this call there are none. */
void pcow_op_count(struct pcow_run *run, uint64_t ops);

/* ------------------------------------------------------------ how to give up */

/**
 * pcow_skip() - this machine cannot run the case
 * @run:	the case
 * @remedy:	the command or setting that mends it, or "" when nothing does
 * @fmt:	the reason, one line
 *
 * Return: PCOW_SKIP.
 */
__attribute__((format(printf, 3, 4))) int pcow_skip(struct pcow_run *run, const char *remedy,
						    const char *fmt, ...);

/**
 * pcow_error() - something failed that should not have
 * @run:	the case
 * @code:	positive errno
 * @fmt:	what was tried; strerror(@code) is appended
 *
 * Return: -@code.
 */
__attribute__((format(printf, 3, 4))) int pcow_error(struct pcow_run *run, int code,
						     const char *fmt, ...);

/* ------------------------------------------------------------------- memory */

/**
 * struct pcow_region - private anonymous memory of one page kind
 * @addr:	start, aligned to the folio; NULL when nothing is mapped
 * @bytes:	length, a multiple of the folio
 * @kind:	what its pages are
 * @map_bytes:	what one page-table entry maps, hence what one write fault
 *		on shared, already mapped memory resolves when it reuses
 * @copy_bytes:	what one write fault copies when it breaks sharing: a base
 *		page (the kernel splits the PMD of a THP), a hugetlb page whole
 */
struct pcow_region {
	char *addr;
	size_t bytes;
	struct pcow_page_kind kind;
	size_t map_bytes;
	size_t copy_bytes;
};

/* Map memory of the case's page kind, untouched.  Skips when the host has no such pages. */
int pcow_region_map(struct pcow_run *run, struct pcow_region *region, size_t bytes);

/* The same, of the kind given. */
int pcow_region_map_kind(struct pcow_run *run, struct pcow_region *region,
			 struct pcow_page_kind kind, size_t bytes);

/* The same, order-0 whatever the case's page kind. */
int pcow_region_map_base(struct pcow_run *run, struct pcow_region *region, size_t bytes);

/* Fault each folio by one store, then pcow_region_prove(). */
int pcow_region_populate(struct pcow_run *run, struct pcow_region *region);

/**
 * pcow_region_prove() - are the pages of the kind that was asked for?
 * @run:	the case
 * @region:	memory in which each folio was touched once
 *
 * Every base page is present though only one store went to each folio
 * (pagemap); PMD-mapped or not as asked (smaps); and where frame numbers are
 * visible, the folio has as many tail pages as its size says (kpageflags).
 *
 * Return: 0, PCOW_SKIP with the remedy, or a negative errno.
 */
int pcow_region_prove(struct pcow_run *run, const struct pcow_region *region);

/* Unmap and map again at the same address: untouched, its page tables gone. */
int pcow_region_renew(struct pcow_run *run, struct pcow_region *region);

/* pcow_region_renew() and pcow_region_populate(): folios as at first, where the
 * last sample broke them up. */
int pcow_region_repopulate(struct pcow_run *run, struct pcow_region *region);

/* Safe on a zeroed and on an unmapped region. */
void pcow_region_unmap(struct pcow_region *region);

/* Store one byte every @step_bytes; returns the count of stores. */
uint64_t pcow_region_write_each(const struct pcow_region *region, size_t step_bytes);

/* Load one byte every @step_bytes; returns the count of loads. */
uint64_t pcow_region_read_each(const struct pcow_region *region, size_t step_bytes);

/* Store one byte to each base page, so that each is written and writable. */
void pcow_region_rewrite(const struct pcow_region *region);

/* How many of the region's base pages are mapped by this process alone
 * (pagemap bit 56, no privilege needed), or a negative errno. */
int64_t pcow_region_exclusive_pages(struct pcow_run *run, const struct pcow_region *region);

/* Store one byte at @offset. */
static inline void pcow_region_write(const struct pcow_region *region, size_t offset)
{
	*(volatile char *)(region->addr + offset) = 1;
}

/* Empty this CPU's LRU batches, whose references make a page look shared
 * (page_count > 1) to the simplified and later COW models. */
int pcow_lru_drain(struct pcow_run *run);

/* -------------------------------------------------------------------- peers */

/**
 * struct pcow_peer - a forked child of the worker that obeys commands
 * @pid:	0 while there is none
 * @pidfd:	of @pid once it was waited for, else -1; internal
 * @status:	wait status of the last one that was reaped
 * @command:	pipe of commands; internal
 * @answer:	pipe of answers; internal
 * @stack:	the child's; the worker's own is not forked.  Internal
 * @open:	whether the pipes and the stack are there; internal
 *
 * A peer parks in read(2) and dies with the worker.
 */
struct pcow_peer {
	pid_t pid;
	int pidfd;
	int status;
	int command[2];
	int answer[2];
	char *stack;
	bool open;
};

/* Make the pipes and the stack, so that the fork itself allocates nothing of ours. */
int pcow_peer_open(struct pcow_run *run, struct pcow_peer *peer);

/* One clone(2) as fork() does it, without the C library's handlers; returns
 * 0 in the worker, or a negative errno.  The child never returns. */
int pcow_peer_fork(struct pcow_peer *peer);

/* Wait until the peer runs and is parked.  A peer that died is an error that
 * says of what. */
int pcow_peer_wait(struct pcow_run *run, struct pcow_peer *peer);

/* Let the peer store one byte every @step_bytes of @region, and wait for it. */
int pcow_peer_write(struct pcow_run *run, struct pcow_peer *peer, const struct pcow_region *region,
		    size_t step_bytes);

/* Claim that a parked peer has next to nothing that it does not share with the worker:
 * what else it had would be unmapped with it. */
int pcow_peer_claim_bare(struct pcow_run *run, const struct pcow_peer *peer);

/* Tell the peer to exit and wait until it is reaped.  No peer: nothing. */
void pcow_peer_exit(struct pcow_peer *peer);

/* pcow_peer_exit() and let go of the rest; safe on a zeroed peer. */
void pcow_peer_close(struct pcow_peer *peer);

/* --------------------------------------------------------------------- pins */

/**
 * struct pcow_uring - an io_uring whose registered buffers pin a region
 * @ring:	the kernel object; internal
 * @iovecs:	of the region, at most 1 GiB each; internal
 * @nr_iovecs:	how many
 * @region:	what they describe
 * @proof:	sockets: what the kernel sees in the buffers goes in at the second;
 *		internal
 * @registered:	whether the pages are pinned now
 * @counted:	the kernel tells what this process has pinned; internal
 */
struct pcow_uring {
	void *ring;
	void *iovecs;
	unsigned int nr_iovecs;
	const struct pcow_region *region;
	int proof[2];
	bool registered;
	bool counted;
};

/* May this process use io_uring at all? 0 or PCOW_SKIP. */
int pcow_uring_probe(struct pcow_run *run);

/* Make a ring, and pin @region once to see that RLIMIT_MEMLOCK lets us. */
int pcow_uring_open(struct pcow_run *run, struct pcow_uring *uring,
		    const struct pcow_region *region);

/* One IORING_REGISTER_BUFFERS of the whole region; 0 or -errno. */
int pcow_uring_register(struct pcow_uring *uring);

/* One IORING_UNREGISTER_BUFFERS; 0 or -errno. */
int pcow_uring_unregister(struct pcow_uring *uring);

/**
 * pcow_uring_in_sync() - does the kernel's reference see what the process writes?
 * @uring:	the ring
 *
 * Stores to each page of the region and lets the kernel send what it sees there
 * through the registered buffers (IORING_OP_WRITE_FIXED).
 *
 * Return: 1 in sync, 0 stale, -EFAULT when no buffers are registered, -EEXIST when
 * there are others behind those of the region, or another negative errno.
 */
int pcow_uring_in_sync(struct pcow_uring *uring);

/* Claim that this process has pinned the region once where it is registered, and
 * nothing else by whichever ring. */
int pcow_uring_claim_pinned(struct pcow_run *run, const struct pcow_uring *uring);

/* Safe on a zeroed ring. */
void pcow_uring_close(struct pcow_uring *uring);

/**
 * struct pcow_vmsplice - a pipe that holds read-only references to pages
 * @pipe:	read and write end
 * @sink:	/dev/null, where splice() releases them
 */
struct pcow_vmsplice {
	int pipe[2];
	int sink;
	bool open;
};

/* A pipe with room for @pages references. */
int pcow_vmsplice_open(struct pcow_run *run, struct pcow_vmsplice *v, size_t pages);

/* One vmsplice() of @bytes at @addr; the bytes taken, or -errno. */
int64_t pcow_vmsplice_hold(struct pcow_vmsplice *v, const void *addr, size_t bytes);

/* Bytes that the pipe holds now, or -errno. */
int64_t pcow_vmsplice_held(const struct pcow_vmsplice *v);

/**
 * pcow_vmsplice_stale_pages() - are the pages in the pipe those of the region?
 * @v:		a pipe that holds @region from its begin on
 * @region:	of base pages
 *
 * Stores to each page what was not there before and is in no other page, and reads
 * the pipe empty.
 *
 * Return: pages of @region of which the pipe had something else, or -errno.
 */
int64_t pcow_vmsplice_stale_pages(struct pcow_vmsplice *v, const struct pcow_region *region);

/* Drop every reference; 0 or -errno. */
int pcow_vmsplice_release(struct pcow_vmsplice *v);

void pcow_vmsplice_close(struct pcow_vmsplice *v);

/* Wake up to @waiters on @word, which has none.  Shared: GUP-fast of its page,
 * to find the futex key.  Private: the same call without GUP. */
long pcow_futex_wake_shared(uint32_t *word, int waiters);
long pcow_futex_wake_private(uint32_t *word, int waiters);

/* ---------------------------------------------------------------- scenarios */

/**
 * struct pcow_scenario - one benchmark
 * @name:	"family/name"
 * @summary:	half a line: what one operation is
 * @operation:	the unit of ops: "page", "fork", "call" ...
 * @params:	the matrix; ends with a NULL name (PCOW_PARAMS does it).  May be
 *		NULL
 * @needs:	what it asks of the host, for every case (PCOW_NEEDS).  May be NULL
 * @scale_by:	the size or count parameter along which `show` fits cost =
 *		intercept + slope * value; NULL for none
 * @baseline_is: what baseline() leaves out, half a line
 * @samples:	batch samples a worker takes in the quick profile
 * @footprint:	how many times the parameter "size" the case holds at its peak
 * @state_bytes: size of the zeroed state that callbacks get
 * @claim:	see struct pcow_claim
 * @probe:	may this run here at all, where no need says it?  Runs in `pincow
 *		list` too, so it leaves nothing behind.  May be NULL
 * @setup:	map memory, place it, fault it
 * @arm:	untimed, before every sample: restore what a sample uses up.
 *		May be NULL
 * @measure:	timed; the operation under test and nothing else; returns the
 *		count of operations, 0 when the kernel refused one
 * @measure_op:	one operation of those that measure() repeats, for the
 *		distribution of single operations; 0 or a negative errno.  May
 *		be NULL
 * @baseline:	timed after measure() in the same sample: the same calls without
 *		the path under test, as often; returns their count, which must be
 *		that of measure().  May be NULL
 * @hold:	bring about, after arm(), what the memory pass weighs; the next
 *		arm() or teardown() undoes it.  May be NULL
 * @teardown:	safe at any stage, as the state starts zeroed
 */
struct pcow_scenario {
	const char *name;
	const char *summary;
	const char *operation;
	const struct pcow_param *params;
	const struct pcow_need *needs;
	const char *scale_by;
	const char *baseline_is;
	unsigned int samples;
	unsigned int footprint;
	size_t state_bytes;
	struct pcow_claim claim;
	int (*probe)(struct pcow_run *run);
	int (*setup)(struct pcow_run *run, void *state);
	int (*arm)(struct pcow_run *run, void *state);
	uint64_t (*measure)(void *state);
	int (*measure_op)(void *state, uint64_t index);
	uint64_t (*baseline)(void *state);
	int (*hold)(struct pcow_run *run, void *state);
	void (*teardown)(void *state);
};

#define PCOW_PARAMS(...) ((const struct pcow_param[]){ __VA_ARGS__, { .name = NULL } })

#define PCOW_NEEDS(...) ((const struct pcow_need[]){ __VA_ARGS__, { .kind = PCOW_NEEDS_END } })

/*
 * Registers a scenario: a pointer in a section whose bounds the linker knows,
 * which is all there is to a list of scenarios.
 */
#define PCOW_SCENARIO(ident)                                                                       \
	static const struct pcow_scenario pcow_scenario_##ident;                                   \
	static const struct pcow_scenario *const pcow_scenario_ptr_##ident                         \
		__attribute__((section("pcow_scenarios"), used)) = &pcow_scenario_##ident;         \
	static const struct pcow_scenario pcow_scenario_##ident

#endif
