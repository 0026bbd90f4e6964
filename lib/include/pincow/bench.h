/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that a scenario needs: bench/NAME.c includes this header and system
 * headers, nothing else of pincow.
 *
 * The header is private to pincow: it is not installed and its ABI may change
 * with every commit.  Scenarios, states and pinners kept outside the tree are
 * compiled in with -DPINCOW_OUTSIDE_DIR=/path/to/folder; see docs/scenarios.md.
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
#include <pincow/peer.h>
#include <pincow/pin.h>
#include <pincow/region.h>
#include <pincow/state.h>

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
	PCOW_PARAM_PINNER, /* a pinner's name, or none */
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
 * stand for each size that the host offers, "get-*", "once-*", "pin-*" and "held-*" for each
 * pinner that takes GET references, such that it drops at once, lasting PIN ones, and
 * lasting ones.  What none of the words stands for means
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

#define PCOW_PINNER_PARAM(name_, summary_, values_)                                                \
	{                                                                                          \
		.name = (name_), .kind = PCOW_PARAM_PINNER, .unit = "", .summary = (summary_),     \
		.values = (values_),                                                               \
	}

/* Who takes references to the memory, where that is what is measured. */
#define PCOW_GETTER    PCOW_PINNER_PARAM("pinner", "who takes the references", "get-*")
#define PCOW_REGISTRAR PCOW_PINNER_PARAM("pinner", "who pins", "pin-*")

/* Who holds references to it meanwhile: the step "held=" of the scenario's states. */
#define PCOW_HELD PCOW_PINNER_PARAM("held", "who holds references meanwhile", "none | | held-*")

/* From 1 to @max_. */
#define PCOW_COUNT(name_, unit_, summary_, max_, values_)                                          \
	{                                                                                          \
		.name = (name_), .kind = PCOW_PARAM_COUNT, .unit = (unit_), .summary = (summary_), \
		.min = 1, .max = (max_), .values = (values_),                                      \
	}

/* How many threads measure at once, each on a CPU of its own. */
#define PCOW_THREADS(values_)                                                                      \
	PCOW_COUNT("threads", "threads", "threads that do so at once", PCOW_THREADS_MAX, values_)
#define PCOW_THREADS_MAX 1024

/* Whose memory they work on. */
#define PCOW_OWN_OR_SHARED                                                                         \
	PCOW_CHOICE("memory", "of each thread its own, or shared by all", "own | shared")

uint64_t pcow_param_bytes(const struct pcow_run *run, const char *name);
uint64_t pcow_param_count(const struct pcow_run *run, const char *name);
const char *pcow_param_choice(const struct pcow_run *run, const char *name);

/* The case's page kind; false when the scenario has no such parameter. */
bool pcow_param_page_kind(const struct pcow_run *run, struct pcow_page_kind *kind);

/* ------------------------------------------------------------------- actors */

/**
 * struct pcow_actor - a thread that runs a case's operations, and what it works on
 * @run:	the case, for the helpers of this header
 * @index:	0 for the first, which is the worker's main thread; that of the load
 *		follows those that are measured
 * @mem:	its memory, as the case's parameters ask for; unmapped without @states
 * @unit_bytes:	what one operation works on: the scenario's @unit in bytes
 * @pin:	by the pinner that the parameter pinner= or held= names; closed without
 *		one
 * @child:	a child that shares @mem while it lives
 * @state:	the scenario's own, zeroed; the same for all
 *
 * The callbacks of a scenario get it; those but measure(), baseline() and load() the first.
 * With a parameter threads= there are so many that measure, at once, each on memory of
 * its own, or with memory=shared all on that of the first.  A fork does not take it
 * along.
 */
struct pcow_actor {
	struct pcow_run *run;
	unsigned int index;
	struct pcow_region mem;
	size_t unit_bytes;
	struct pcow_pin pin;
	struct pcow_peer child;
	void *state;
};

/* measure() and measure_op() of what stores to each unit of the memory. */
uint64_t pcow_actor_write_units(struct pcow_actor *actor);
int pcow_actor_write_unit(struct pcow_actor *actor, uint64_t index);

/* Fork @actor->child, and wait until it runs and is parked.  0 or -errno. */
int pcow_actor_share(struct pcow_actor *actor);

/* ------------------------------------------------------------------- claims */

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
 * @before:		what every page is just before the timestamps, where no state
 *			of the scenario's proves it
 * @after:		what every page is just after them.  Where it is there, so is
 *			the page kind that the case asks for
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
 * end must be that of the thread, no thread but the case's may live in the process,
 * and the time in which neither the thread nor @child ran is bounded.
 */
struct pcow_claim {
	double faults_per_op;
	struct pcow_proof before, after;
	bool splits;
	enum pcow_outcome outcome;
	bool may_wait;
	pid_t (*child)(const struct pcow_actor *actor);
	bool child_goes_on;
	int (*verify)(struct pcow_actor *actor);
};

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
 * Of the memory that a scenario's @states bring about it is done.
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
 * process map each of the pages given to pcow_claim_pages()?  Of pages that are pinned,
 * which a fork may copy early: is there a child? */
void pcow_claim_shared(struct pcow_run *run);

/* Declare this sample invalid; the first reason of a sample is the one kept. */
__attribute__((format(printf, 2, 3))) void pcow_broken(struct pcow_run *run, const char *fmt, ...);

/* Record the kernel's own outcome for this sample, for example "stale" 0 or 1. */
void pcow_metric(struct pcow_run *run, const char *name, uint64_t value);

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

/* ---------------------------------------------------------------- scenarios */

/* What one operation works on, of the case's memory. */
enum pcow_unit {
	PCOW_UNIT_REGION, /* all of it, as a fork does */
	PCOW_UNIT_FOLIO, /* what one first touch brings in */
	PCOW_UNIT_MAPPING, /* what one page table entry maps: reuse, at a write fault */
	PCOW_UNIT_COPY, /* what one write fault copies */
	PCOW_UNIT_PAGE, /* a base page */
};

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
 * @samples:	batch samples a worker takes in the quick profile
 * @footprint:	how many times the parameter "size" the case holds at its peak
 * @state_bytes: size of the zeroed actor->state
 * @states:	the way of the memory to what measure() finds, brought about before
 *		every sample: names of lib/states, or "PARAM=" for the state or the
 *		pinner that the case's parameter names; ends with NULL
 *		(PCOW_STATES does it).  NULL: the case has no memory
 * @unit:	what one operation works on; costs per GiB come from it
 * @claim:	see struct pcow_claim
 * @setup:	once, the memory mapped and the pinner open: the scenario's own, and
 *		what the claim owes to parameters.  May be NULL
 * @arm:	untimed, before every sample, behind @states.  May be NULL
 * @measure:	timed; the operation under test and nothing else; returns the
 *		count of operations, 0 with errno when the kernel refused one
 * @measure_op:	one operation of those that measure() repeats, one a unit, for the
 *		distribution of single operations; 0 or a negative errno.  May
 *		be NULL
 * @baseline:	timed after measure() in the same sample: the same calls without
 *		the path under test, as often; returns their count, which must be
 *		that of measure(), or 0 when there is none.  May be NULL
 * @baseline_is: what baseline() leaves out, half a line
 * @load:	repeated, by a thread of its own on another CPU, while the others measure: 0
 *		or -errno.  Its actor has the first 64 pages of the memory.  How often it was done meanwhile is the metric `loads`, and a
 *		sample in which it was not is invalid.  May be NULL
 * @weigh:	what measure() leaves holds memory, which the memory pass weighs
 * @teardown:	safe at any stage, as the state starts zeroed.  May be NULL
 */
struct pcow_scenario {
	const char *name;
	const char *summary;
	const char *operation;
	const struct pcow_param *params;
	const struct pcow_need *needs;
	const char *scale_by;
	unsigned int samples;
	unsigned int footprint;
	size_t state_bytes;
	const char *const *states;
	enum pcow_unit unit;
	struct pcow_claim claim;
	int (*setup)(struct pcow_actor *actor);
	int (*arm)(struct pcow_actor *actor);
	uint64_t (*measure)(struct pcow_actor *actor);
	int (*measure_op)(struct pcow_actor *actor, uint64_t index);
	uint64_t (*baseline)(struct pcow_actor *actor);
	const char *baseline_is;
	int (*load)(struct pcow_actor *actor);
	bool weigh;
	void (*teardown)(struct pcow_actor *actor);
};

#define PCOW_PARAMS(...) ((const struct pcow_param[]){ __VA_ARGS__, { .name = NULL } })

#define PCOW_STATES(...) ((const char *const[]){ __VA_ARGS__, NULL })

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
