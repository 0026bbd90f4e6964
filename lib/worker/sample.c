/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sampling loops.  Between the two timestamps stands one call of the
 * scenario and nothing else: no allocation, no print, no page fault of ours.
 */
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
	int64_t *cpu_begin, *cpu_end, *begin_ns;
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts = { .tv_sec = 0 };

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* CPU time of children that were reaped, and of the one that was not yet. */
static uint64_t children_ns(const struct pcow_run *run, struct pcow_moment *m)
{
	struct rusage ru;
	clockid_t id;
	uint64_t us;

	m->child = run->claim.child ? run->claim.child(run->actor) : 0;
	m->child_ns = 0;
	if (!run->claim.child)
		return 0;
	if (m->child && !clock_getcpuclockid(m->child, &id))
		m->child_ns = clock_ns(id);
	getrusage(RUSAGE_CHILDREN, &ru);
	us = (uint64_t)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000000u +
	     (uint64_t)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
	return us * 1000 + m->child_ns;
}

static bool has_ended(pid_t child)
{
	siginfo_t info = { .si_pid = 0 };

	return child && !waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid == child;
}

/* The worker's clock comes last before the timed call, so that what the other
 * readings take is not in it. */
static void moment_begin(const struct pcow_run *run, struct pcow_moment *m)
{
	struct rusage ru;

	m->ran_ns = children_ns(run, m);
	m->cpu = sched_getcpu();
	getrusage(RUSAGE_SELF, &ru);
	m->faults = (uint64_t)ru.ru_minflt;
	m->voluntary_switches = (uint64_t)ru.ru_nvcsw;
	m->ran_ns += clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* And first after it. */
static void moment_end(const struct pcow_run *run, struct pcow_moment *m)
{
	uint64_t own_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	m->faults = (uint64_t)ru.ru_minflt;
	m->voluntary_switches = (uint64_t)ru.ru_nvcsw;
	m->cpu = sched_getcpu();
	m->ran_ns = own_ns + children_ns(run, m);
	m->child_ended = has_ended(m->child);
}

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

/* A timed call and what was counted around it; when it began, on a clock that
 * perf stamps its samples with, too. */
struct window {
	struct pcow_moment begin, end;
	uint64_t begin_ns;
	uint64_t elapsed_ns;
};

/* Time of the window that was neither the worker's nor its child's. */
static uint64_t foreign_ns(const struct window *w)
{
	uint64_t ran_ns = w->end.ran_ns - w->begin.ran_ns;

	return w->elapsed_ns > ran_ns ? w->elapsed_ns - ran_ns : 0;
}

/* Everything that is claimed of @ops operations; of a part of them, what verify()
 * looks at is not there.  That others ran comes last: what else is wrong says more. */
static int claim(struct pcow_run *run, const struct window *w, uint64_t ops, bool part)
{
	int ret = 0;

	pcow_claim_place(run, &w->begin, &w->end);
	pcow_claim_child(run, &w->begin, &w->end);
	pcow_claim_faults(run, ops, w->end.faults - w->begin.faults);
	pcow_claim_after(run, ops);
	if (run->claim.verify && !part)
		ret = run->claim.verify(run->actor);
	if (!ret)
		ret = pcow_stage_outcome(run);
	pcow_claim_time(run, w->elapsed_ns, w->end.ran_ns - w->begin.ran_ns,
			w->end.voluntary_switches != w->begin.voluntary_switches);
	return ret;
}

static void batch_fill(const struct batch *b, size_t i, const struct window *w)
{
	b->faults[i] = (int64_t)(w->end.faults - w->begin.faults);
	b->foreign[i] = (int64_t)foreign_ns(w);
	b->cpu_begin[i] = w->begin.cpu;
	b->cpu_end[i] = w->end.cpu;
	b->begin_ns[i] = (int64_t)w->begin_ns;
	if (b->slept)
		b->slept[i] = (int64_t)(w->end.voluntary_switches - w->begin.voluntary_switches);
}

/* The outcomes of the sample or pass under way, for @n values from @first on. */
static int keep_metrics(struct pcow_run *run, bool of_ops, size_t first, size_t n)
{
	const struct pcow_budget *budget = &run->job->budget;

	for (size_t i = 0; i < run->nr_metrics; i++) {
		struct pcow_metric *m = &run->metrics[i];
		int64_t **values = of_ops ? &m->op : &m->batch;

		if (!*values)
			*values = calloc(of_ops ? budget->ops : budget->samples, sizeof(**values));
		if (!*values)
			return pcow_error(run, ENOMEM, "column %s", m->name);
		for (size_t at = 0; at < n; at++)
			(*values)[first + at] = of_ops && strcmp(m->name, "copied") == 0
							? pcow_claim_copied(run, at)
							: m->value;
	}
	return 0;
}

/* @b is NULL while warming up. */
static int take_sample(struct pcow_run *run, const struct batch *b, size_t i,
		       struct spending *spending)
{
	const struct pcow_scenario *s = run->scenario;
	struct pcow_actor *actor = run->actor;
	const struct pcow_clock *clock = &run->job->clock;
	uint64_t start, end, base_start, base_end, ops, base_ops;
	struct window w;
	int ret = arm(run);

	if (ret)
		return ret;
	moment_begin(run, &w.begin);
	w.begin_ns = pcow_now_ns();
	start = pcow_clock_begin(clock);
	PCOW_MARK(PCOW_MARK_BEGIN);
	ops = s->measure(actor);
	PCOW_MARK(PCOW_MARK_END);
	end = base_start = base_end = pcow_clock_end(clock);
	base_ops = ops;
	ret = errno;
	if (ops && run->has_baseline) {
		base_start = pcow_clock_begin(clock);
		base_ops = s->baseline(actor);
		base_end = pcow_clock_end(clock);
	}
	moment_end(run, &w.end);
	if (!ops)
		return pcow_error(run, ret, "the measured call failed");
	w.elapsed_ns = ticks_to_ns(run, base_end - start);
	spending->timed_ns += w.elapsed_ns;
	if (base_ops != ops)
		pcow_broken(run, "the baseline did something else");
	ret = claim(run, &w, ops, false);
	if (ret || !b)
		return ret;
	b->ticks[i] = (int64_t)(end - start);
	b->ops[i] = (int64_t)ops;
	batch_fill(b, i, &w);
	if (b->baseline)
		b->baseline[i] = (int64_t)(base_end - base_start);
	return keep_metrics(run, false, i, 1);
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
		{ "foreign_ns", &b->foreign, true },
		{ "cpu_begin", &b->cpu_begin, true },
		{ "cpu_end", &b->cpu_end, true },
		{ "begin_ns", &b->begin_ns, true },
		{ "voluntary_switches", &b->slept, !run->claim.child },
		{ "baseline_ticks", &b->baseline, run->has_baseline },
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
			b.valid[taken++] = !pcow_claim_settle(run);
	}
	PCOW_MARK(PCOW_MARK_STOP);
	/* What was sampled before a failure is kept. */
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
	struct window w;
	int ret = arm(run);

	if (ret)
		return ret == PCOW_SKIP ? -ENOTSUP : ret;
	moment_begin(run, &w.begin);
	w.begin_ns = pcow_now_ns();
	for (uint64_t i = 0; i < n; i++) {
		uint64_t start = pcow_clock_begin(clock);

		ret = measure_op(actor, i);
		ticks[i] = pcow_clock_end(clock) - start;
		if (ret)
			return pcow_error(run, -ret, "operation %zu", (size_t)i);
	}
	w.elapsed_ns = pcow_now_ns() - w.begin_ns;
	moment_end(run, &w.end);
	spending->timed_ns += w.elapsed_ns;
	ret = claim(run, &w, n, n < whole);
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

int pcow_sample_ops(struct pcow_run *run)
{
	uint64_t max = run->job->budget.ops;
	struct spending spending = { .start_ns = pcow_now_ns() };
	size_t bytes = max * sizeof(uint64_t);
	uint64_t taken = 0;
	uint64_t *ticks;
	int64_t *column;
	int64_t got = 0;

	if (!run->scenario->measure_op || !pcow_stage_ops(run))
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
