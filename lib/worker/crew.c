/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A case's threads.  Each is bound to a CPU of its own and parked on a semaphore between
 * samples; for a sample all are woken, and begin together when the last has come.  Their
 * stacks are not forked, or a fork's write protection would cost them faults of ours.
 */
#include "run.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <pincow/affinity.h>

#define STACK_BYTES (256 * 1024)

/* Little, as the load must be done several times while the others measure. */
#define LOAD_BYTES (64 * pcow_page_bytes())

/**
 * struct member - a thread of the crew; the first is the main one, the load's the last
 * @crew:	its crew
 * @actor:	who it is
 * @cpu:	where it is bound
 * @turn:	what it did in the last sample
 * @thread, @stack: none of the main one
 * @wake:	a sample comes, or the end
 * @ret:	0, or -errno of binding or of load()
 */
struct member {
	struct pcow_crew *crew;
	struct pcow_actor actor;
	int cpu;
	struct pcow_turn turn;
	pthread_t thread;
	void *stack;
	sem_t wake;
	int ret;
};

/**
 * struct pcow_crew - all threads of a case
 * @run:	the case
 * @nr_measured, @nr: members that measure; all, with the load's
 * @started:	threads that there are
 * @come:	who has come to the sample under way
 * @is_over:	the measuring of it is
 * @quit:	no sample follows
 * @done:	posted by each thread when its part of a sample is done
 * @loads:	how often load() was done in it
 */
struct pcow_crew {
	struct pcow_run *run;
	size_t nr_measured, nr, started;
	atomic_size_t come;
	atomic_bool is_over, quit;
	sem_t done;
	uint64_t loads;
	struct member members[];
};

void pcow_crew_gather(struct pcow_crew *crew)
{
	atomic_fetch_add(&crew->come, 1);
	while (atomic_load(&crew->come) < crew->nr)
		;
}

static void repeat_load(struct member *m)
{
	struct pcow_crew *crew = m->crew;

	while (!m->ret && !atomic_load(&crew->is_over)) {
		m->ret = crew->run->scenario->load(&m->actor);
		/* Half of one is none. */
		crew->loads += !m->ret && !atomic_load(&crew->is_over);
	}
}

static void *work(void *arg)
{
	struct member *m = arg;
	struct pcow_crew *crew = m->crew;

	m->ret = pcow_cpu_bind(m->cpu);
	sem_post(&crew->done);
	for (;;) {
		while (sem_wait(&m->wake) && errno == EINTR)
			;
		if (atomic_load(&crew->quit))
			return NULL;
		/* Waiting is CPU time, too: before the turn begins. */
		pcow_crew_gather(crew);
		if (m->actor.index < crew->nr_measured)
			pcow_turn_take(crew->run, &m->actor, &m->turn);
		else
			repeat_load(m);
		sem_post(&crew->done);
	}
}

/* Wait until @n threads have done what they were asked for. */
static void await(struct pcow_crew *crew, size_t n)
{
	while (n)
		if (sem_wait(&crew->done) == 0)
			n--;
}

static int start(struct pcow_run *run, struct member *m)
{
	pthread_attr_t attr;
	int ret;

	m->stack = pcow_unforked_alloc(STACK_BYTES);
	if (!m->stack)
		return pcow_error(run, ENOMEM, "a thread's stack");
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, m->stack, STACK_BYTES);
	ret = pthread_create(&m->thread, &attr, work, m);
	pthread_attr_destroy(&attr);
	if (ret)
		return pcow_error(run, ret, "a thread");
	m->crew->started++;
	await(m->crew, 1);
	return m->ret ? pcow_error(run, -m->ret, "binding a thread to CPU %d", m->cpu) : 0;
}

/* Its part of the memory. */
static void cut_memory(struct pcow_run *run, struct member *m)
{
	const struct pcow_crew *crew = m->crew;
	struct pcow_region *mem = &m->actor.mem;

	if (m->actor.index == crew->nr_measured) {
		if (mem->bytes > LOAD_BYTES)
			mem->bytes = LOAD_BYTES;
	} else if (!run->is_shared) {
		mem->bytes /= crew->nr_measured;
		mem->addr += m->actor.index * mem->bytes;
	}
}

static int open_member(struct pcow_run *run, struct member *m, size_t index)
{
	int ret = 0;

	*m = (struct member){ .crew = run->crew, .actor = *run->actor };
	m->cpu = index ? run->job->others[index - 1] : run->job->cpu;
	m->actor.index = (unsigned int)index;
	sem_init(&m->wake, 0, 0);
	cut_memory(run, m);
	m->actor.pin = (struct pcow_pin){ .by = NULL };
	m->actor.child = (struct pcow_peer){ .pidfd = -1 };
	/* Who measures alone is the stage's own actor. */
	if (run->pinner && !run->is_held && (index || run->nr_threads > 1))
		ret = pcow_pin_open(run, &m->actor.pin, run->pinner, &m->actor.mem);
	return ret || index == 0 ? ret : start(run, m);
}

int pcow_crew_open(struct pcow_run *run)
{
	size_t nr = run->nr_threads + (run->scenario->load != NULL);
	size_t bytes = sizeof(*run->crew) + nr * sizeof(run->crew->members[0]);
	int ret = 0;

	if (nr > 1 + run->job->nr_others)
		return pcow_skip(run, "a machine, or a cpuset, with more CPUs",
				 "%zu threads need a CPU each, there are %zu", nr,
				 1 + run->job->nr_others);
	run->crew = pcow_unforked_alloc(bytes);
	if (!run->crew)
		return pcow_error(run, ENOMEM, "%zu threads", nr);
	run->crew->run = run;
	run->crew->nr_measured = run->nr_threads;
	run->crew->nr = nr;
	sem_init(&run->crew->done, 0, 0);
	for (size_t i = 0; i < nr && !ret; i++)
		ret = open_member(run, &run->crew->members[i], i);
	return ret;
}

void pcow_crew_wake(struct pcow_crew *crew)
{
	crew->loads = 0;
	atomic_store(&crew->come, 0);
	atomic_store(&crew->is_over, false);
	for (size_t i = 1; i < crew->nr; i++)
		sem_post(&crew->members[i].wake);
}

int pcow_crew_wait(struct pcow_crew *crew)
{
	await(crew, crew->nr_measured - 1);
	atomic_store(&crew->is_over, true);
	await(crew, crew->nr - crew->nr_measured);
	return crew->members[crew->nr - 1].ret;
}

uint64_t pcow_crew_loads(const struct pcow_crew *crew)
{
	return crew->loads;
}

struct pcow_actor *pcow_crew_actor(struct pcow_crew *crew, size_t index)
{
	return crew->nr_measured == 1 ? crew->run->actor : &crew->members[index].actor;
}

int pcow_crew_prove(struct pcow_crew *crew)
{
	int ret = 0;

	for (size_t i = 0; i < crew->nr && !ret; i++)
		if (crew->members[i].actor.pin.by)
			ret = pcow_pin_prove(crew->run, &crew->members[i].actor.pin);
	return ret;
}

struct pcow_turn *pcow_crew_turn(struct pcow_crew *crew, size_t index, int *cpu)
{
	*cpu = crew->members[index].cpu;
	return &crew->members[index].turn;
}

size_t pcow_crew_threads(const struct pcow_crew *crew)
{
	return crew ? crew->started : 0;
}

void pcow_crew_close(struct pcow_run *run)
{
	struct pcow_crew *crew = run->crew;

	if (!crew)
		return;
	atomic_store(&crew->quit, true);
	for (size_t i = 0; i < crew->nr; i++) {
		struct member *m = &crew->members[i];

		if (i && i <= crew->started) {
			sem_post(&m->wake);
			pthread_join(m->thread, NULL);
		}
		pcow_pin_close(&m->actor.pin);
		pcow_peer_close(&m->actor.child);
		pcow_unforked_free(m->stack, STACK_BYTES);
	}
	pcow_unforked_free(crew, sizeof(*crew) + crew->nr * sizeof(crew->members[0]));
	run->crew = NULL;
}
