/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sampling loops, and what is claimed of each sample. */
#include "mark.h"
#include "run.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Single operations are refused when the timer is more than this share of p50. */
#define OVERHEAD_REFUSED 0.20

/* The same for the timer's step: quantiles could not tell 5 % apart. */
#define STEP_REFUSED 0.05

/* Columns of the batch view while it is filled; NULL for those not wanted. */
struct batch {
	int64_t *ticks, *ops, *valid, *faults, *slept, *foreign, *baseline;
	int64_t *cpu_begin, *cpu_end, *begin_ns, *thread;
};

/* Timed and untimed work are capped apart: proving must not eat up what is measured. */
struct spending {
	uint64_t start_ns, timed_ns;
};

static bool spent(const struct pcow_run *run, const struct spending *s)
{
	const struct pcow_budget *budget = &run->job->budget;

	return s->timed_ns > budget->cap_ns ||
	       pcow_now_ns() - s->start_ns - s->timed_ns > budget->untimed_cap_ns;
}

static uint64_t ticks_to_ns(const struct pcow_run *run, uint64_t ticks)
{
	return (uint64_t)((double)ticks * 1e9 / (double)run->job->clock.hz);
}

/*
 * A grace period ends with a timer tick: without some chance in the pause every
 * sample would begin at one phase of it, and all of them have a tick in them or none.
 */
void pcow_settle_rcu(struct pcow_run *run)
{
	const struct timespec pause = { .tv_nsec = 10000000 + (long)(pcow_dice(run) % 4000000) };

	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	nanosleep(&pause, NULL);
}

/*
 * What a child left, its page tables among it, is freed by RCU callbacks some time
 * later: in a guest whose instructions are counted, within the next sample.
 * Waiting costs little there, as its clock jumps when it is idle.
 */
static void settle_children(struct pcow_run *run)
{
	struct rusage ru;

	getrusage(RUSAGE_CHILDREN, &ru);
	if (run->job->counted && ru.ru_minflt != run->reaped_faults)
		pcow_settle_rcu(run);
	run->reaped_faults = ru.ru_minflt;
}

static int arm(struct pcow_run *run)
{
	int ret = pcow_stage_arm(run);

	settle_children(run);
	for (size_t i = 0; i < run->nr_metrics; i++)
		run->metrics[i].value = 0;
	if (!ret)
		pcow_claim_before(run);
	errno = 0;
	return ret;
}

static uint64_t elapsed_ns(const struct pcow_run *run, const struct pcow_turn *turn)
{
	return ticks_to_ns(run, turn->base_stop - turn->start);
}

/* Time of the turn that was neither the thread's nor its child's. */
static uint64_t foreign_ns(const struct pcow_run *run, const struct pcow_turn *turn)
{
	uint64_t ran_ns = turn->end.ran_ns - turn->begin.ran_ns;
	uint64_t elapsed = elapsed_ns(run, turn);

	return elapsed > ran_ns ? elapsed - ran_ns : 0;
}

static void claim_turn(struct pcow_run *run, int cpu, const struct pcow_turn *t)
{
	pcow_claim_place(run, cpu, &t->begin, &t->end);
	pcow_claim_child(run, &t->begin, &t->end);
	pcow_claim_faults(run, t->ops, t->end.faults - t->begin.faults);
	if (t->base_ops != t->ops)
		pcow_broken(run, "the baseline did something else");
}

/* That others ran comes last: what else is wrong says more. */
static void claim_time(struct pcow_run *run, const struct pcow_turn *t)
{
	pcow_claim_time(run, elapsed_ns(run, t), t->end.ran_ns - t->begin.ran_ns,
			t->end.voluntary_switches != t->begin.voluntary_switches);
}

/* What is claimed of @ops operations together; of a part of them, what verify() looks at
 * is not there. */
static int claim_state(struct pcow_run *run, uint64_t ops, bool part)
{
	int ret;

	pcow_claim_after(run, ops);
	ret = pcow_stage_prove(run);
	if (!ret && run->claim.verify && !part)
		ret = run->claim.verify(run->actor);
	return ret ? ret : pcow_stage_outcome(run);
}

static void batch_fill(const struct batch *b, size_t i, const struct pcow_run *run,
		       const struct pcow_turn *t)
{
	b->ticks[i] = (int64_t)(t->stop - t->start);
	b->ops[i] = (int64_t)t->ops;
	b->faults[i] = (int64_t)(t->end.faults - t->begin.faults);
	b->foreign[i] = (int64_t)foreign_ns(run, t);
	b->cpu_begin[i] = t->begin.cpu;
	b->cpu_end[i] = t->end.cpu;
	b->begin_ns[i] = (int64_t)t->begin_ns;
	if (b->slept)
		b->slept[i] = (int64_t)(t->end.voluntary_switches - t->begin.voluntary_switches);
	if (b->baseline)
		b->baseline[i] = (int64_t)(t->base_stop - t->base_start);
}

/* The outcomes of the sample or pass under way, for @n values from @first on. */
static int keep_metrics(struct pcow_run *run, bool of_ops, size_t first, size_t n)
{
	const struct pcow_budget *budget = &run->job->budget;

	for (size_t i = 0; i < run->nr_metrics; i++) {
		struct pcow_metric *m = &run->metrics[i];
		int64_t **values = of_ops ? &m->op : &m->batch;

		if (!*values)
			*values = calloc(of_ops ? budget->ops : budget->samples * run->nr_threads,
					 sizeof(**values));
		if (!*values)
			return pcow_error(run, ENOMEM, "column %s", m->name);
		for (size_t at = 0; at < n; at++)
			(*values)[first + at] = of_ops && strcmp(m->name, "copied") == 0
							? pcow_claim_copied(run, at)
							: m->value;
	}
	return 0;
}

/* The last turn of each thread that measures, from the main one on. */
static struct pcow_turn *turn_of(struct pcow_run *run, struct pcow_turn *alone, size_t i, int *cpu)
{
	*cpu = run->job->cpu;
	return run->crew ? pcow_crew_turn(run->crew, i, cpu) : alone;
}

/* One turn of all. 0, or -errno of a call that failed. */
static int take_turns(struct pcow_run *run, struct pcow_turn *alone)
{
	int cpu, ret;

	if (!run->crew) {
		pcow_turn_take(run, run->actor, alone);
	} else {
		pcow_crew_wake(run->crew);
		pcow_crew_gather(run->crew);
		pcow_turn_take(run, pcow_crew_actor(run->crew, 0),
			       pcow_crew_turn(run->crew, 0, &cpu));
		ret = pcow_crew_wait(run->crew);
		if (ret)
			return pcow_error(run, -ret, "the load");
	}
	for (size_t i = 0; i < run->nr_threads; i++) {
		const struct pcow_turn *t = turn_of(run, alone, i, &cpu);

		if (!t->ops)
			return pcow_error(run, t->code, "the measured call failed");
	}
	return 0;
}

/* Everything that is claimed of a sample. */
static int claim_sample(struct pcow_run *run, struct pcow_turn *alone, struct spending *spending)
{
	uint64_t ops = 0, longest_ns = 0;
	int cpu, ret;

	for (size_t i = 0; i < run->nr_threads; i++) {
		const struct pcow_turn *t = turn_of(run, alone, i, &cpu);

		claim_turn(run, cpu, t);
		ops += t->ops;
		if (elapsed_ns(run, t) > longest_ns)
			longest_ns = elapsed_ns(run, t);
	}
	spending->timed_ns += longest_ns;
	if (run->scenario->load) {
		pcow_metric(run, "loads", pcow_crew_loads(run->crew));
		if (!pcow_crew_loads(run->crew))
			pcow_broken(run, "the load was not done once meanwhile");
	}
	ret = claim_state(run, ops, false);
	for (size_t i = 0; i < run->nr_threads; i++)
		claim_time(run, turn_of(run, alone, i, &cpu));
	return ret;
}

/* Sample @i, a row for each thread; @b is NULL while warming up. */
static int take_sample(struct pcow_run *run, const struct batch *b, size_t i,
		       struct spending *spending)
{
	struct pcow_turn alone;
	int ret = arm(run);

	if (!ret)
		ret = take_turns(run, &alone);
	if (!ret)
		ret = claim_sample(run, &alone, spending);
	if (ret || !b)
		return ret;
	for (size_t k = 0; k < run->nr_threads; k++) {
		size_t row = i * run->nr_threads + k;
		int cpu;

		batch_fill(b, row, run, turn_of(run, &alone, k, &cpu));
		if (b->thread)
			b->thread[row] = (int64_t)k;
	}
	return keep_metrics(run, false, i * run->nr_threads, run->nr_threads);
}

static int batch_open(struct pcow_run *run, struct batch *b)
{
	struct pcow_view *view = &run->record.batch;
	size_t n = run->job->budget.samples * run->nr_threads;
	const struct {
		const char *name;
		int64_t **values;
		bool wanted;
	} columns[] = {
		{ "ticks", &b->ticks, true },
		{ "ops", &b->ops, true },
		{ "valid", &b->valid, true },
		{ "faults", &b->faults, true },
		{ "foreign_ns", &b->foreign, true },
		{ "cpu_begin", &b->cpu_begin, true },
		{ "cpu_end", &b->cpu_end, true },
		{ "begin_ns", &b->begin_ns, true },
		{ "voluntary_switches", &b->slept, !run->claim.child },
		{ "baseline_ticks", &b->baseline, run->has_baseline },
		{ "thread", &b->thread, run->nr_threads > 1 },
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
static int add_metrics(struct pcow_run *run, struct pcow_view *view, bool of_ops, size_t taken)
{
	for (size_t i = 0; i < run->nr_metrics; i++) {
		const struct pcow_metric *m = &run->metrics[i];
		const int64_t *from = of_ops ? m->op : m->batch;
		int64_t *values = from ? pcow_view_add(view, m->name, taken) : NULL;

		if (from && !values)
			return pcow_error(run, ENOMEM, "column %s", m->name);
		if (values)
			memcpy(values, from, taken * sizeof(*values));
	}
	return 0;
}

/* A claim is that of all threads. */
static void settle(struct pcow_run *run, const struct batch *b, size_t sample)
{
	bool is_valid = !pcow_claim_settle(run, run->nr_threads);

	for (size_t k = 0; k < run->nr_threads; k++)
		b->valid[sample * run->nr_threads + k] = is_valid;
}

int pcow_sample_batches(struct pcow_run *run)
{
	const struct pcow_budget *budget = &run->job->budget;
	struct spending spending = { .start_ns = pcow_now_ns() };
	uint64_t taken = 0;
	struct batch b;
	int ret = batch_open(run, &b);

	for (uint64_t i = 0; i < budget->warmup && !ret && !spent(run, &spending); i++) {
		ret = take_sample(run, NULL, 0, &spending);
		run->broken[0] = '\0';
	}
	PCOW_MARK(PCOW_MARK_RECORD);
	while (!ret && taken < budget->samples) {
		if (taken && spent(run, &spending)) {
			run->record.truncated = true;
			break;
		}
		ret = take_sample(run, &b, taken, &spending);
		if (!ret)
			settle(run, &b, taken++);
	}
	PCOW_MARK(PCOW_MARK_STOP);
	/* What was sampled before a failure is kept. */
	taken *= run->nr_threads;
	run->record.batch.n = taken;
	return add_metrics(run, &run->record.batch, false, taken) ? -ENOMEM : ret;
}

/*
 * One pass over at most @max operations, held to the same claim as a batch:
 * returns how many, 0 when the claim is broken, or -errno.
 */
static int64_t op_pass(struct pcow_run *run, uint64_t *ticks, uint64_t max,
		       struct spending *spending)
{
	const struct pcow_clock *clock = &run->job->clock;
	struct pcow_actor *actor = run->actor;
	int (*measure_op)(struct pcow_actor *, uint64_t) = run->scenario->measure_op;
	uint64_t whole = pcow_stage_ops(run);
	uint64_t n = whole < max ? whole : max;
	struct pcow_turn t = { .ops = n, .base_ops = n };
	int ret = arm(run);

	if (ret)
		return ret == PCOW_SKIP ? -ENOTSUP : ret;
	pcow_moment_begin(run, &t.begin);
	t.start = pcow_clock_begin(clock);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t start = pcow_clock_begin(clock);

		ret = measure_op(actor, i);
		ticks[i] = pcow_clock_end(clock) - start;
		if (ret)
			return pcow_error(run, -ret, "operation %zu", (size_t)i);
	}
	t.base_stop = pcow_clock_end(clock);
	pcow_moment_end(run, &t.end);
	spending->timed_ns += elapsed_ns(run, &t);
	claim_turn(run, run->job->cpu, &t);
	ret = claim_state(run, n, n < whole);
	claim_time(run, &t);
	if (ret)
		return ret;
	return pcow_claim_settle(run, 1) ? 0 : (int64_t)n;
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

int pcow_sample_ops(struct pcow_run *run)
{
	uint64_t max = run->job->budget.ops;
	struct spending spending = { .start_ns = pcow_now_ns() };
	size_t bytes = max * sizeof(uint64_t);
	uint64_t taken = 0;
	uint64_t *ticks;
	int64_t *column;
	int64_t got = 0;

	if (!run->scenario->measure_op || !pcow_stage_ops(run) || run->crew)
		return 0;
	ticks = pcow_unforked_alloc(bytes);
	if (!ticks)
		return pcow_error(run, ENOMEM, "buffer of %zu operations", (size_t)max);
	for (uint64_t pass = 0; pass < run->job->budget.samples && taken < max; pass++) {
		if (spent(run, &spending)) {
			run->record.truncated = true;
			break;
		}
		got = op_pass(run, ticks + taken, max - taken, &spending);
		if (got > 0 && keep_metrics(run, true, taken, (size_t)got))
			got = -ENOMEM;
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
		run->record.op.n = taken;
		if (!got)
			got = add_metrics(run, &run->record.op, true, taken);
	}
out:
	pcow_unforked_free(ticks, bytes);
	return got < 0 ? (int)got : 0;
}
