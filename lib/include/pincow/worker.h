/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What measures: the scenarios that are linked in, and a worker process that
 * runs one of them.  The program pincow-worker is this and nothing else, since
 * whatever is mapped there is part of each fork that it measures.
 */
#ifndef PINCOW_WORKER_H
#define PINCOW_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pincow/bench.h>
#include <pincow/clock.h>
#include <pincow/result.h>

/* ---------------------------------------------------------------- registry */

/* How many scenarios are linked in; they are sorted by name. */
size_t pcow_scenario_count(void);
const struct pcow_scenario *pcow_scenario_at(size_t index);

/* By exact name, or NULL. */
const struct pcow_scenario *pcow_scenario_find(const char *name);

/* -------------------------------------------------------------------- case */

/**
 * struct pcow_case - a scenario with one value for each parameter
 * @scenario:	the scenario
 * @params:	sorted by name
 * @nr_params:	how many
 * @reason:	why it cannot run here, as far as the parent can tell; "" if it can
 * @remedy:	what mends that
 */
struct pcow_case {
	const struct pcow_scenario *scenario;
	struct pcow_value params[PCOW_RESULT_PARAMS_MAX];
	size_t nr_params;
	char reason[512];
	char remedy[512];
};

/* Find a parameter; NULL when the case has none of that name. */
const struct pcow_value *pcow_case_value(const struct pcow_case *case_, const char *name);

/* --------------------------------------------------------------------- job */

/**
 * struct pcow_budget - how much a worker takes
 * @samples:	batch samples
 * @warmup:	samples before them that are not recorded
 * @ops:	single operations, at most
 * @cap_ns:	time spent in what is timed after which no further sample is started
 * @untimed_cap_ns: the same for restoring and proving state
 */
struct pcow_budget {
	uint64_t samples;
	uint64_t warmup;
	uint64_t ops;
	uint64_t cap_ns, untimed_cap_ns;
};

/**
 * struct pcow_job - one worker's work, as JSON on its command line
 * @case_:	scenario and parameters; reason and remedy unused
 * @replicate, @sequence: copied into the record
 * @cpu:	to bind to
 * @others:	where further threads of the case are bound
 * @nr_others:	how many there are
 * @counted:	see struct pcow_config
 * @parent:	pid of the parent, whose death is the worker's
 * @budget:	see there
 * @clock:	chosen once by the parent
 */
struct pcow_job {
	struct pcow_case case_;
	uint64_t replicate, sequence;
	int cpu;
	int others[PCOW_THREADS_MAX];
	size_t nr_others;
	bool counted;
	pid_t parent;
	struct pcow_budget budget;
	struct pcow_clock clock;
};

/* JSON text of a job, freed by the caller, or NULL. */
char *pcow_job_format(const struct pcow_job *job);
/* 0, or -EINVAL for what pcow_job_format() did not write. */
int pcow_job_parse(struct pcow_job *job, const char *text);

/* A worker that wrote its record exits with this plus its enum pcow_status:
 * codes that no crash, sanitizer or shell uses. */
#define PCOW_WORKER_EXIT_BASE 40

/* Descriptor on which the worker finds its result file. */
#define PCOW_WORKER_RESULT_FD 3

/* The worker's main: one case, one replicate, from a JSON job. Exit code. */
int pcow_worker_main(const char *job, int result_fd);

/**
 * pcow_run_apart() - use the helpers of bench.h outside of a scenario
 * @call:	gets a run without parameters, claim and samples
 * @arg:	handed to @call
 * @reason:	of pcow_skip() or pcow_error() in there, "" for none; @size bytes
 * @remedy:	the same
 * @size:	of both buffers
 *
 * Return: what @call returned.
 */
int pcow_run_apart(int (*call)(struct pcow_run *run, void *arg), void *arg, char *reason,
		   char *remedy, size_t size);

/* How many processes the OOM killer took since boot; 0 when unknown. */
uint64_t pcow_oom_kills(void);

#endif
