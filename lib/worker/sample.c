/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sampling loops.  Between the two timestamps stands one call of the
 * scenario and nothing else: no allocation, no print, no page fault of ours.
 */
#include "run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* Single operations are refused when the timer is more than this share of p50. */
#define OVERHEAD_REFUSED 0.20

/* The same for the timer's step: quantiles could not tell 5 % apart. */
#define STEP_REFUSED 0.05

/* Stack below ours that measure() and what it calls may write to. */
#define STACK_BELOW_BYTES (32 * 1024)

/* Columns of the batch view while it is filled; NULL for those not wanted. */
struct batch {
	int64_t *ticks, *ops, *valid, *faults, *preempted, *slept, *baseline;
};

/* What getrusage() counts around one timed call. */
struct usage {
	uint64_t faults, involuntary_switches, voluntary_switches;
};

static struct usage usage_now(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (struct usage){ (uint64_t)ru.ru_minflt, (uint64_t)ru.ru_nivcsw,
			       (uint64_t)ru.ru_nvcsw };
}

/*
 * After a fork in arm() our stack is shared with the child: take those write
 * faults now rather than inside the timed call.  From where calls will reach
 * up to the worker's first frame, each page gets back the byte that it has;
 * live frames are among them, which a sanitizer would object to.
 */
__attribute__((no_sanitize("address"), noinline)) static void settle(const struct pcow_run *run)
{
	uintptr_t page = pcow_page_bytes();
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	for (uintptr_t at = (here - STACK_BELOW_BYTES) & ~(page - 1); at <= run->stack_top;
	     at += page) {
		volatile char *byte = (volatile char *)at;

		*byte = *byte;
	}
	errno = 0;
}

static bool past(const struct pcow_run *run, uint64_t start_ns)
{
	return pcow_now_ns() - start_ns > run->job->budget.cap_ns;
}

static int arm(struct pcow_run *run, void *state)
{
	int ret = run->scenario->arm ? run->scenario->arm(run, state) : 0;

	settle(run);
	return ret;
}

static int take_sample(struct pcow_run *run, void *state, const struct batch *b, size_t i)
{
	const struct pcow_scenario *s = run->scenario;
	const struct pcow_clock *clock = &run->job->clock;
	uint64_t start, end, base = 0, ops;
	struct usage before, after;
	int ret = arm(run, state);

	if (ret)
		return ret;
	pcow_claim_remember(run);
	before = usage_now();
	start = pcow_clock_begin(clock);
	ops = s->measure(state);
	end = pcow_clock_end(clock);
	ret = errno;
	after = usage_now();
	if (!ops)
		return pcow_error(run, ret, "the measured call failed");
	if (s->baseline) {
		uint64_t base_start = pcow_clock_begin(clock);

		s->baseline(state);
		base = pcow_clock_end(clock) - base_start;
	}
	pcow_claim_faults(run, ops, after.faults - before.faults);
	pcow_claim_outcome(run, ops);
	ret = run->claim.verify ? run->claim.verify(run, state) : 0;
	if (ret || run->sample < 0)
		return ret;
	b->ticks[i] = (int64_t)(end - start);
	b->ops[i] = (int64_t)ops;
	b->faults[i] = (int64_t)(after.faults - before.faults);
	if (b->preempted)
		b->preempted[i] =
			(int64_t)(after.involuntary_switches - before.involuntary_switches);
	if (b->slept)
		b->slept[i] = (int64_t)(after.voluntary_switches - before.voluntary_switches);
	if (b->baseline)
		b->baseline[i] = (int64_t)base;
	return 0;
}

static int batch_open(struct pcow_run *run, struct batch *b)
{
	struct pcow_view *view = &run->record.batch;
	size_t n = run->job->budget.samples;
	const struct {
		const char *name;
		int64_t **values;
		bool wanted;
	} columns[] = {
		{ "ticks", &b->ticks, true },
		{ "ops", &b->ops, true },
		{ "valid", &b->valid, true },
		{ "faults", &b->faults, true },
		{ "involuntary_switches", &b->preempted, !run->claim.switches_tasks },
		{ "voluntary_switches", &b->slept, !run->claim.switches_tasks },
		{ "baseline_ticks", &b->baseline, run->scenario->baseline },
	};

	*b = (struct batch){ .ticks = NULL };
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (!columns[i].wanted)
			continue;
		*columns[i].values = pcow_view_add(view, columns[i].name, n);
		if (!*columns[i].values)
			return pcow_error(run, ENOMEM, "column %s of %zu samples", columns[i].name,
					  n);
	}
	return 0;
}

/* Outcomes are known by name only after the first sample. */
static int batch_close(struct pcow_run *run, size_t taken)
{
	struct pcow_view *view = &run->record.batch;

	view->n = taken;
	for (size_t i = 0; i < run->nr_metrics; i++) {
		int64_t *values = pcow_view_add(view, run->metrics[i].name, taken);

		if (!values)
			return pcow_error(run, ENOMEM, "column %s", run->metrics[i].name);
		memcpy(values, run->metrics[i].values, taken * sizeof(*values));
	}
	return 0;
}

int pcow_sample_batches(struct pcow_run *run, void *state)
{
	const struct pcow_budget *budget = &run->job->budget;
	uint64_t start_ns = pcow_now_ns();
	uint64_t taken = 0;
	struct batch b;
	int ret = batch_open(run, &b);

	run->sample = -1;
	for (uint64_t i = 0; i < budget->warmup && !ret && !past(run, start_ns); i++) {
		ret = take_sample(run, state, &b, 0);
		run->broken[0] = '\0';
	}
	while (!ret && taken < budget->samples) {
		if (taken && past(run, start_ns)) {
			run->record.truncated = true;
			break;
		}
		run->sample = (int64_t)taken;
		ret = take_sample(run, state, &b, taken);
		if (!ret)
			b.valid[taken++] = !pcow_claim_settle(run);
	}
	run->sample = -1;
	/* What was sampled before a failure is kept. */
	return batch_close(run, taken) ? -ENOMEM : ret;
}

/*
 * One pass over at most @max operations, held to the same claim as a batch:
 * returns how many, 0 when the claim is broken, or -errno.
 */
static int64_t op_pass(struct pcow_run *run, void *state, uint64_t *ticks, uint64_t max)
{
	const struct pcow_clock *clock = &run->job->clock;
	int (*measure_op)(void *, uint64_t) = run->scenario->measure_op;
	uint64_t n = run->op_count < max ? run->op_count : max;
	struct usage before, after;
	int ret = arm(run, state);

	if (ret)
		return ret == PCOW_SKIP ? -ENOTSUP : ret;
	pcow_claim_remember(run);
	before = usage_now();
	for (uint64_t i = 0; i < n; i++) {
		uint64_t start = pcow_clock_begin(clock);

		ret = measure_op(state, i);
		ticks[i] = pcow_clock_end(clock) - start;
		if (ret)
			return pcow_error(run, -ret, "operation %zu", (size_t)i);
	}
	after = usage_now();
	pcow_claim_faults(run, n, after.faults - before.faults);
	pcow_claim_outcome(run, n);
	/* What verify() looks at is there only when the pass went all the way. */
	if (n == run->op_count && run->claim.verify)
		ret = run->claim.verify(run, state);
	if (ret)
		return ret;
	return pcow_claim_settle(run) ? 0 : (int64_t)n;
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The timer's cost and its step must both be small beside what it times. */
static int judge_timer(struct pcow_run *run, const uint64_t *ticks, uint64_t n)
{
	const struct pcow_clock_record *clock = &run->record.clock;
	double overhead = (double)clock->overhead_start_ticks;
	uint64_t *sorted = malloc(n * sizeof(*sorted));
	double p50;

	if (!sorted)
		return pcow_error(run, ENOMEM, "%zu operations", (size_t)n);
	memcpy(sorted, ticks, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_u64);
	p50 = fmax((double)sorted[n / 2] - overhead, 0);
	free(sorted);
	if (overhead > OVERHEAD_REFUSED * p50)
		snprintf(run->record.op_refused, sizeof(run->record.op_refused),
			 "the timer pair takes %.0f ticks, the operation %.0f: batches only",
			 overhead, p50);
	else if ((double)clock->resolution_ticks > STEP_REFUSED * p50)
		snprintf(run->record.op_refused, sizeof(run->record.op_refused),
			 "the timer goes in steps of %zu ticks, the operation takes %.0f: "
			 "batches only",
			 (size_t)clock->resolution_ticks, p50);
	return 0;
}

int pcow_sample_ops(struct pcow_run *run, void *state)
{
	uint64_t max = run->job->budget.ops;
	uint64_t start_ns = pcow_now_ns();
	size_t bytes = max * sizeof(uint64_t);
	uint64_t taken = 0;
	uint64_t *ticks;
	int64_t *column;
	int64_t got = 0;

	if (!run->scenario->measure_op || !run->op_count)
		return 0;
	/* Not shared with children: storing a timestamp must not be a COW fault. */
	ticks = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (ticks == MAP_FAILED)
		return pcow_error(run, errno, "buffer of %zu operations", (size_t)max);
	madvise(ticks, bytes, MADV_DONTFORK);
	for (uint64_t pass = 0; pass < run->job->budget.samples && taken < max; pass++) {
		if (past(run, start_ns)) {
			run->record.truncated = true;
			break;
		}
		got = op_pass(run, state, ticks + taken, max - taken);
		if (got < 0)
			goto out;
		taken += (uint64_t)got;
	}
	if (taken)
		got = judge_timer(run, ticks, taken);
	if (!got && taken && !run->record.op_refused[0]) {
		column = pcow_view_add(&run->record.op, "ticks", taken);
		got = column ? 0 : pcow_error(run, ENOMEM, "column of operations");
		for (uint64_t i = 0; column && i < taken; i++)
			column[i] = (int64_t)ticks[i];
	}
out:
	munmap(ticks, bytes);
	return got < 0 ? (int)got : 0;
}
