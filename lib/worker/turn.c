/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One turn of an actor.  Between the two timestamps stands one call of the scenario and
 * nothing else: no allocation, no print, no page fault of ours.
 */
#include "mark.h"
#include "run.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

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
void pcow_moment_begin(const struct pcow_run *run, struct pcow_moment *m)
{
	struct rusage ru;

	m->ran_ns = children_ns(run, m);
	m->cpu = sched_getcpu();
	getrusage(RUSAGE_THREAD, &ru);
	m->faults = (uint64_t)ru.ru_minflt;
	m->voluntary_switches = (uint64_t)ru.ru_nvcsw;
	m->ran_ns += clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* And first after it. */
void pcow_moment_end(const struct pcow_run *run, struct pcow_moment *m)
{
	uint64_t own_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	m->faults = (uint64_t)ru.ru_minflt;
	m->voluntary_switches = (uint64_t)ru.ru_nvcsw;
	m->cpu = sched_getcpu();
	m->ran_ns = own_ns + children_ns(run, m);
	m->child_ended = has_ended(m->child);
}

void pcow_turn_take(struct pcow_run *run, struct pcow_actor *actor, struct pcow_turn *turn)
{
	const struct pcow_scenario *s = run->scenario;
	const struct pcow_clock *clock = &run->job->clock;

	pcow_moment_begin(run, &turn->begin);
	turn->begin_ns = pcow_now_ns();
	turn->start = pcow_clock_begin(clock);
	PCOW_MARK(PCOW_MARK_BEGIN);
	turn->ops = s->measure(actor);
	PCOW_MARK(PCOW_MARK_END);
	turn->stop = turn->base_start = turn->base_stop = pcow_clock_end(clock);
	turn->code = errno;
	turn->base_ops = turn->ops;
	if (turn->ops && run->has_baseline) {
		turn->base_start = pcow_clock_begin(clock);
		turn->base_ops = s->baseline(actor);
		turn->base_stop = pcow_clock_end(clock);
	}
	pcow_moment_end(run, &turn->end);
}
