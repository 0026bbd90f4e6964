/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to lib/worker: the state of a case while its worker lives.
 */
#ifndef PINCOW_WORKER_RUN_H
#define PINCOW_WORKER_RUN_H

#include <jansson.h>
#include <stdlib.h>

#include <pincow/clock.h>
#include <pincow/result.h>
#include <pincow/worker.h>

/* Outcomes that one scenario may record with pcow_metric(). */
#define METRICS_MAX 4

/* How much of a sample's time may have been neither the worker's nor its child's:
 * a share, and what two CPU clocks of microseconds cannot tell. */
#define FOREIGN_SHARE	 0.02
#define FOREIGN_SLACK_NS 1000

/**
 * struct pcow_census - the pages whose state and outcome a case claims
 * @region:	where they are; NULL when none are claimed
 * @pages:	base pages of @region
 * @step_pages:	distance of those that an operation works on
 * @before, @after: pagemap entries of all @pages around the last measure()
 * @flags:	room for the kpageflags of a folio
 * @room, @room_bytes: all three, in memory that a fork does not take along
 * @frames:	this user sees frame numbers
 * @tried:	stores to all places were tried once, where protection is claimed
 * @unprotected: how many of them took no fault
 */
struct pcow_census {
	const struct pcow_region *region;
	size_t pages;
	size_t step_pages;
	uint64_t *before;
	uint64_t *after;
	uint64_t *flags;
	void *room;
	size_t room_bytes;
	bool frames;
	bool tried;
	size_t unprotected;
};

/* States and a pinner on the memory's way to what is measured. */
#define STEPS_MAX 8

/**
 * struct pcow_metric - an outcome
 * @name:	see pcow_metric()
 * @value:	of the sample under way
 * @batch:	one value a batch sample
 * @op:		one a single operation: of the pass that it was part of; `copied` its own
 */
struct pcow_metric {
	char name[PCOW_RESULT_NAME_MAX];
	int64_t value;
	int64_t *batch, *op;
};

/**
 * struct pcow_run - a case while its worker lives
 * @scenario:	of the job
 * @job:	the work
 * @actor:	who runs it, in memory that a fork does not take along
 * @pinner:	that the case's parameter names; NULL for none
 * @nr_threads: that measure
 * @is_shared:	their memory is
 * @crew:	these threads, and the load's; NULL where the main one is alone
 * @steps:	the memory's way; NULL where the actor's pin is taken
 * @nr_steps:	how many
 * @is_held:	one of @steps is the pin
 * @claim:	this case's copy, adjusted by setup() and by the last of @steps that
 *		proves something
 * @census:	see there
 * @has_baseline: so has the scenario, and the pinner, if any
 * @record:	what will be written
 * @metrics:	outcomes
 * @nr_metrics:	how many
 * @reaped_faults: of the children that were reaped when the last sample began
 * @dice:	state of pcow_dice()
 * @broken:	why the sample under way is invalid; "" while it is not
 */
struct pcow_run {
	const struct pcow_scenario *scenario;
	const struct pcow_job *job;
	struct pcow_actor *actor;
	const struct pcow_pinner *pinner;
	size_t nr_threads;
	bool is_shared;
	struct pcow_crew *crew;
	const struct pcow_state *steps[STEPS_MAX];
	size_t nr_steps;
	bool is_held;
	struct pcow_claim claim;
	struct pcow_census census;
	bool has_baseline;
	struct pcow_record record;
	struct pcow_metric metrics[METRICS_MAX];
	size_t nr_metrics;
	long reaped_faults;
	unsigned int dice;
	char broken[128];
};

/* How much more may have been run than timed: what reading the clocks takes,
 * and an interrupt meanwhile. */
#define UNTIMED_SLACK_NS 50000

/**
 * struct pcow_moment - what the kernel counts of the worker, around a timed call
 * @faults, @voluntary_switches: getrusage()
 * @ran_ns:	CPU time of the worker's threads and of the child that its claim names
 * @child:	that child, 0 for none
 * @child_ns:	its part, before it is reaped
 * @child_ended: it did
 * @cpu:	where it runs
 */
struct pcow_moment {
	uint64_t faults, voluntary_switches;
	uint64_t ran_ns;
	pid_t child;
	uint64_t child_ns;
	bool child_ended;
	int cpu;
};

/**
 * struct pcow_turn - one call of measure(), and what was counted around it
 * @begin, @end: the thread's
 * @begin_ns:	when it began, on a clock that perf stamps its samples with, too
 * @start, @stop: ticks around measure()
 * @base_start, @base_stop: and around baseline(); both @stop without one
 * @ops, @base_ops: operations; 0 when the kernel refused one
 * @code:	errno of that
 */
struct pcow_turn {
	struct pcow_moment begin, end;
	uint64_t begin_ns;
	uint64_t start, stop, base_start, base_stop;
	uint64_t ops, base_ops;
	int code;
};

/* What the kernel counts now of this thread (turn.c): its clock comes last before a timed
 * call, and first after it. */
void pcow_moment_begin(const struct pcow_run *run, struct pcow_moment *m);
void pcow_moment_end(const struct pcow_run *run, struct pcow_moment *m);
/* One turn of @actor. */
void pcow_turn_take(struct pcow_run *run, struct pcow_actor *actor, struct pcow_turn *turn);

/*
 * The threads beside the main one, and what each did in the last turn (crew.c).  NULL
 * in a run of a single thread.
 */
struct pcow_crew;

/* Start them, parked, the rest of the stage being there. 0, PCOW_SKIP or -errno. */
int pcow_crew_open(struct pcow_run *run);
/* Wake them for a turn; the main thread's own and theirs gather, and begin together. */
void pcow_crew_wake(struct pcow_crew *crew);
void pcow_crew_gather(struct pcow_crew *crew);
/* The main thread is through with its own: wait for theirs, and end the load.  0 or load()'s
 * -errno. */
int pcow_crew_wait(struct pcow_crew *crew);
/* Is what each of the threads holds what it claims?  0 or -errno. */
int pcow_crew_prove(struct pcow_crew *crew);
/* How often load() was done in the last turn. */
uint64_t pcow_crew_loads(const struct pcow_crew *crew);
/* Measuring thread @index, from the main one on, as an actor; its last turn and its CPU. */
struct pcow_actor *pcow_crew_actor(struct pcow_crew *crew, size_t index);
struct pcow_turn *pcow_crew_turn(struct pcow_crew *crew, size_t index, int *cpu);
/* Threads beside the main one; none of no crew. */
size_t pcow_crew_threads(const struct pcow_crew *crew);
void pcow_crew_close(struct pcow_run *run);

/* Claims (claim.c), before measure() and after it: what breaks one is said by
 * pcow_broken(). */
void pcow_claim_before(struct pcow_run *run);
void pcow_claim_after(struct pcow_run *run, uint64_t ops);
void pcow_claim_faults(struct pcow_run *run, uint64_t ops, uint64_t faults);
/* Did the page of this operation of the last sample change its frame? */
bool pcow_claim_copied(const struct pcow_run *run, uint64_t op);
/* @cpu: where the thread is bound. */
void pcow_claim_place(struct pcow_run *run, int cpu, const struct pcow_moment *begin,
		      const struct pcow_moment *end);
void pcow_claim_child(struct pcow_run *run, const struct pcow_moment *begin,
		      const struct pcow_moment *end);
/* The worker and its child ran for @ran_ns of @elapsed_ns; @slept: it was put to sleep. */
void pcow_claim_time(struct pcow_run *run, uint64_t elapsed_ns, uint64_t ran_ns, bool slept);

/* May this user see what is claimed of pages?  0, PCOW_SKIP or -errno (census.c). */
int pcow_census_visible(struct pcow_run *run);
/* Look at every page. 0, or -errno with pcow_broken() said. */
int pcow_census_read(struct pcow_run *run, uint64_t *entries);
/* Is what @proof says true of each of the pages of the first @ops operations? */
void pcow_census_prove(struct pcow_run *run, const uint64_t *entries,
		       const struct pcow_proof *proof, uint64_t ops);
/* Are the pages of the kind that the case asks for? */
void pcow_census_kind(struct pcow_run *run, const uint64_t *entries);

/* Count run->broken under its reason, for as many rows, and clear it; was there one? */
bool pcow_claim_settle(struct pcow_run *run, size_t rows);

/* The stage on which measure() plays (stage.c): memory, pin and the scenario's own, once;
 * the memory's way and arm(), before every sample; all gone, at any time.  0, PCOW_SKIP
 * or -errno. */
int pcow_stage_open(struct pcow_run *run);
int pcow_stage_arm(struct pcow_run *run);
/* After a sample: does the pinner that was measured hold what it claims?  0 or -errno. */
int pcow_stage_prove(struct pcow_run *run);
/* And of how many pages does what the steps hold show something else than the
 * process has?  Recorded as `stale`. */
int pcow_stage_outcome(struct pcow_run *run);
void pcow_stage_close(struct pcow_run *run);

/* Operations in one pass of measure_op(). */
uint64_t pcow_stage_ops(const struct pcow_run *run);

/* The three passes (sample.c, weigh.c): 0, PCOW_SKIP or -errno. */
int pcow_sample_batches(struct pcow_run *run);
int pcow_sample_ops(struct pcow_run *run);
int pcow_weigh(struct pcow_run *run);

/* Let an RCU grace period pass, and what runs behind it (sample.c). */
void pcow_settle_rcu(struct pcow_run *run);

/* Chance, another in each worker.  The state of lrand48(3) is static: a draw while a
 * child lives would be a page copied, and weighed. */
static inline size_t pcow_dice(struct pcow_run *run)
{
	return (size_t)rand_r(&run->dice);
}

/* Zeroed memory that is there, and that a fork does not take along; or NULL. */
void *pcow_unforked_alloc(size_t bytes);
void pcow_unforked_free(void *at, size_t bytes);
/* The same for all that is allocated from here on. 0 or -errno. */
int pcow_unforked_heap(void);
/* The same for this stack; 0 or -1. */
int pcow_unforked_stack(void);
/* Let the kernel write to no memory of this thread by itself. */
void pcow_unforked_rseq(void);

/**
 * struct pcow_disturbance - what else happened to this worker
 * The counts are since the process or the boot began.  @sibling_busy_ticks is what
 * the other hardware threads of the core ran; @khz is the CPU's frequency now, 0
 * when it is not told.
 */
struct pcow_disturbance {
	uint64_t involuntary_switches;
	uint64_t major_faults;
	uint64_t steal_ticks;
	uint64_t sibling_busy_ticks;
	uint64_t interrupts;
	uint64_t oom_kills;
	uint64_t khz;
};

void pcow_disturbance_read(struct pcow_disturbance *now, int cpu);
/* The differences as the record's "guards"; owned by the caller. */
json_t *pcow_disturbance_json(const struct pcow_disturbance *before,
			      const struct pcow_disturbance *after);

#endif
