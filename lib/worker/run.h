/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to lib/worker: the state of a case while its worker lives.
 */
#ifndef PINCOW_WORKER_RUN_H
#define PINCOW_WORKER_RUN_H

#include <jansson.h>

#include <pincow/clock.h>
#include <pincow/result.h>
#include <pincow/worker.h>

/* Outcomes that one scenario may record with pcow_metric(). */
#define METRICS_MAX 4

/**
 * struct pcow_pages - the pages whose outcome a case claims
 * @addr, @n, @step_pages: which; @n is 0 when none are
 * @before, @after: their pagemap entries around the last measure()
 * @reuses_before: vmstat's pgreuse then, for users who see no frame numbers
 */
struct pcow_pages {
	const char *addr;
	size_t n;
	size_t step_pages;
	uint64_t *before;
	uint64_t *after;
	uint64_t reuses_before;
};

/**
 * struct pcow_run - a case while its worker lives
 * @scenario:	of the job
 * @job:	the work
 * @claim:	this case's copy, adjusted by setup()
 * @pages:	see there
 * @op_count:	operations in one pass of measure_op()
 * @record:	what will be written
 * @metrics:	outcomes by name, one value a batch sample
 * @nr_metrics:	how many
 * @sample:	index of the batch sample under way, -1 outside of one
 * @broken:	why the sample under way is invalid; "" while it is not
 * @stack_top:	address in the worker's first frame
 */
struct pcow_run {
	const struct pcow_scenario *scenario;
	const struct pcow_job *job;
	struct pcow_claim claim;
	struct pcow_pages pages;
	uint64_t op_count;
	struct pcow_worker record;
	struct {
		char name[PCOW_RESULT_NAME_MAX];
		int64_t *values;
	} metrics[METRICS_MAX];
	size_t nr_metrics;
	int64_t sample;
	char broken[128];
	uintptr_t stack_top;
};

/* State verification (claim.c): where the claimed pages are before measure(),
 * and after it the faults it took and what became of the pages. */
void pcow_claim_remember(struct pcow_run *run);
void pcow_claim_faults(struct pcow_run *run, uint64_t ops, uint64_t faults);
void pcow_claim_outcome(struct pcow_run *run, uint64_t ops);
/* Count run->broken under its reason and clear it; was there one? */
bool pcow_claim_settle(struct pcow_run *run);

/* The three passes (sample.c, weigh.c): 0, PCOW_SKIP or -errno. */
int pcow_sample_batches(struct pcow_run *run, void *state);
int pcow_sample_ops(struct pcow_run *run, void *state);
int pcow_weigh(struct pcow_run *run, void *state);

/**
 * struct pcow_disturbance - what else happened to this worker
 * The counts are since the process or the boot began.
 */
struct pcow_disturbance {
	uint64_t involuntary_switches;
	uint64_t major_faults;
	uint64_t steal_ticks;
	uint64_t interrupts;
	uint64_t oom_kills;
};

void pcow_disturbance_read(struct pcow_disturbance *now, int cpu);
/* The differences as the record's "guards"; owned by the caller. */
json_t *pcow_disturbance_json(const struct pcow_disturbance *before,
			      const struct pcow_disturbance *after);

#endif
