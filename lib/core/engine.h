/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to lib/core: a run as its parent process sees it. */
#ifndef PINCOW_CORE_ENGINE_H
#define PINCOW_CORE_ENGINE_H

#include <limits.h>
#include <signal.h>

#include <pincow/need.h>
#include <pincow/page.h>
#include <pincow/platform.h>
#include <pincow/root.h>

#include "spawn.h"

/* The configuration as JSON, owned by the caller; or NULL. */
json_t *pcow_config_json(const struct pcow_config *config);
/* The inverse; strings stay with @json, arrays go with pcow_config_release(). */
int pcow_config_parse(struct pcow_config *config, const json_t *json);
void pcow_config_release(struct pcow_config *config);

/**
 * struct pcow_task - one worker to be
 * @case_:	index into the plan
 * @replicate:	of that case
 * @done:	the resumed file has it
 */
struct pcow_task {
	size_t case_;
	uint64_t replicate;
	bool done;
};

/**
 * struct pcow_tally - what a case's workers gave so far
 * @tried:	workers recorded
 * @n:		those that gave a figure
 * @figures:	pcow_record_headline() of each
 * @half_width:	of them; NAN for none
 */
struct pcow_tally {
	size_t tried, n;
	double *figures;
	double half_width;
};

/**
 * struct pcow_engine - a run under way
 * @config:	what to run
 * @resumed:	header whose JSON @config borrows from; zero in a fresh run
 * @plan:	the cases
 * @tasks:	@config.replicates rounds; in each stands every case once, shuffled
 * @nr_tasks:	how many
 * @tallies:	one a case; NULL without a precision
 * @figures:	of all tallies, and scratch
 * @output:	result file
 * @worker:	path of the program pincow-worker
 * @clock:	for all workers
 * @cpu:	where workers are bound
 * @others, @nr_others: and their further threads
 * @fixtures:	NULL unless the host was changed
 * @totals:	so far
 * @progress:	whether to draw it
 * @start_ns:	when the first worker started
 */
struct pcow_engine {
	struct pcow_config config;
	struct pcow_header resumed;
	struct pcow_plan plan;
	struct pcow_task *tasks;
	size_t nr_tasks;
	struct pcow_tally *tallies;
	double *figures;
	struct pcow_output output;
	char worker[PATH_MAX];
	struct pcow_clock clock;
	int cpu;
	int others[PCOW_THREADS_MAX];
	size_t nr_others;
	struct pcow_fixtures *fixtures;
	struct pcow_totals totals;
	bool progress;
	uint64_t start_ns;
};

/* Work for one worker of @scenario in @profile. */
struct pcow_budget pcow_budget_for(const struct pcow_scenario *scenario, enum pcow_profile profile);

/* Is it the case of this scenario with these parameters, sorted by name? */
bool pcow_case_is(const struct pcow_case *case_, const char *scenario,
		  const struct pcow_value *params, size_t n);

/* Values of one parameter in one run: a range of sizes has at most 64. */
#define PCOW_VALUES_MAX 128

struct pcow_values {
	struct pcow_value list[PCOW_VALUES_MAX];
	size_t n;
};

/**
 * pcow_values_read() - what a run takes of a parameter
 * @values:	each once; numbers ascend
 * @scenario:	the scenario
 * @param:	the parameter
 * @profile:	whose values are taken
 * @set:	words separated by commas, taken in their stead; may be NULL
 * @err:	a word that the parameter does not take, a number out of its range
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int pcow_values_read(struct pcow_values *values, const struct pcow_scenario *scenario,
		     const struct pcow_param *param, enum pcow_profile profile, const char *set,
		     struct pcow_error *err);

/* Memory that is left, and whose limit that is. */
struct pcow_room {
	uint64_t bytes;
	char who[256];
};

/**
 * struct pcow_facts - the host as cases are checked against it
 * @root:	where it is read
 * @memory:	what this process may still take
 * @host:	what the host has, whoever may take it
 * @pages:	what was found out of page kinds; a tree of tsearch(3)
 *
 * Each fact is read once, however many cases ask for it.
 */
struct pcow_facts {
	struct pcow_root root;
	struct pcow_room memory, host;
	void *pages;
};

int pcow_facts_open(struct pcow_facts *facts, struct pcow_error *err);
void pcow_facts_close(struct pcow_facts *facts);

/* The folio of the case's page kind; 0 when this host has no such thing. */
uint64_t pcow_facts_folio_bytes(struct pcow_facts *facts, const struct pcow_case *case_);

/* Fill in @case_'s reason and remedy: page kind and memory.  @demands gets the settings
 * that would make it run; may be NULL.  0 or -ENOMEM. */
int pcow_case_check_by(struct pcow_facts *facts, struct pcow_case *case_,
		       struct pcow_page_demands *demands);

/* The same, as the host is now. */
void pcow_case_check(struct pcow_case *case_, struct pcow_page_demands *demands);

/* The first of @case_'s needs, its pinner's among them, that the host lacks; NULL for
 * none. */
const struct pcow_need *pcow_case_lacks(const struct pcow_case *case_, const struct pcow_root *root,
					struct pcow_lack *lack);

/* Does its parameter pinner= take this one? (values.c) */
bool pcow_scenario_takes(const struct pcow_scenario *scenario, const struct pcow_pinner *pinner);

/* That is the reason why it is skipped. */
void pcow_case_skip(struct pcow_case *case_, const struct pcow_lack *lack);

/* The same for each case that has no reason yet, but for what @prepare will change. */
void pcow_plan_check_needs(struct pcow_plan *plan, bool prepare);

/* Every case of the plan, each replicate, in rounds whose order the seed decides:
 * what drifts during a run then meets all cases alike. */
int pcow_tasks_make(struct pcow_engine *engine);

/* With a precision, what stops a case (precision.c); else these do nothing. */
int pcow_tallies_make(struct pcow_engine *engine);
void pcow_tallies_free(struct pcow_engine *engine);
/* Count a recorded worker. 0 or -ENOMEM. */
int pcow_tally_add(struct pcow_engine *engine, size_t case_, const struct pcow_record *record);
/* Does the case need no more workers: precise enough, at the cap, or hopeless? */
bool pcow_tally_finished(const struct pcow_engine *engine, size_t case_);

/* Once a run, before anything is read of the host: are changes allowed, if they
 * may be asked for?  What a killed run left changed is put back. */
int pcow_prepare_begin(const struct pcow_config *config, struct pcow_error *err);

/* Can @case_ run now?  If it may and must, change host settings first. */
int pcow_prepare(struct pcow_engine *engine, struct pcow_case *case_, struct pcow_error *err);

/* Configuration and finished workers from the file at @path. */
int pcow_resume_read(struct pcow_engine *engine, const char *path, uint64_t *whole_bytes,
		     struct pcow_error *err);

/* What a run blocks, and takes only while it waits for a worker. */
void pcow_engine_signals(sigset_t *set);

/* Count a finished worker by its status. */
void pcow_totals_count(struct pcow_totals *totals, enum pcow_status status);

/* Run every task that is not done. 0, also when a signal ended it; or -errno. */
int pcow_engine_loop(struct pcow_engine *engine, struct pcow_error *err);

#endif
