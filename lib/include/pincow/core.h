/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine: which scenarios there are, which cases a profile makes of them,
 * and a run of those cases, each in worker processes of its own.
 */
#ifndef PINCOW_CORE_H
#define PINCOW_CORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pincow/error.h>
#include <pincow/need.h>
#include <pincow/result.h>
#include <pincow/worker.h>

/* ------------------------------------------------------------------- names */

/* The name nearest to a misspelt one, or NULL when none is near. */
const char *pcow_scenario_nearest(const char *name);

/* The same among at(0), at(1) ... up to NULL. */
const char *pcow_nearest(const char *word, const char *(*at)(size_t index));

/* ------------------------------------------------------------------- needs */

/**
 * pcow_scenario_check() - can a scenario run on this host, its smallest case at least?
 * @scenario:	its needs, and those of its pinners, of which one will do
 * @root:	the machine
 * @lack:	the first thing that is lacking
 *
 * Needs that grow with a parameter are taken to be 0: cases tell (pcow_plan_make()).
 *
 * Return: see enum pcow_met.
 */
enum pcow_met pcow_scenario_check(const struct pcow_scenario *scenario,
				  const struct pcow_root *root, struct pcow_lack *lack);

/**
 * pcow_scenario_needs() - what a scenario asks of the host
 * @scenario:	the scenario
 * @index:	0 for its own needs, then one for each pinner that its parameter pinner=
 *		takes
 * @needs:	the needs; may be NULL
 * @pinner:	whose they are; NULL for the scenario's own
 *
 * Return: whether there is such an index.
 */
bool pcow_scenario_needs(const struct pcow_scenario *scenario, size_t index,
			 const struct pcow_need **needs, const struct pcow_pinner **pinner);

/* -------------------------------------------------------------------- plan */

/* "quick", "standard", "full", "lab" */
const char *pcow_profile_name(enum pcow_profile profile);
int pcow_profile_parse(const char *name, enum pcow_profile *profile);

/* What a profile takes of a parameter, words separated by single spaces; freed by the
 * caller.  NULL without memory. */
char *pcow_param_words(const struct pcow_scenario *scenario, const struct pcow_param *param,
		       enum pcow_profile profile);

/* Workers a case, unless something else is asked for. */
unsigned int pcow_profile_replicates(enum pcow_profile profile);

/**
 * struct pcow_config - what the user asked to run; enough to plan it again
 * @profile:	sizes, samples and time caps
 * @scenarios:	names, families ("fork") or fnmatch(3) patterns; none means all
 * @nr_scenarios: how many
 * @sets:	"size=64M,1G" or "fork/anon.size=1G"
 * @nr_sets:	how many
 * @seed:	of the shuffle
 * @replicates:	workers a case; with @precision at most
 * @precision:	0, or how narrow the interval over a case's workers is to be:
 *		half of it as a fraction of the figure, see pcow_half_width()
 * @cpu:	where workers are bound; -1 lets pincow choose
 * @prepare:	change host settings that a case needs, and put them back
 * @counted:	this is a guest whose clock counts its instructions: one CPU, so
 *		that workers run at real-time priority where a scenario bears it
 */
struct pcow_config {
	enum pcow_profile profile;
	const char *const *scenarios;
	size_t nr_scenarios;
	const char *const *sets;
	size_t nr_sets;
	uint64_t seed;
	unsigned int replicates;
	double precision;
	int cpu;
	bool prepare;
	bool counted;
};

/* "fork/anon page=base size=16M" */
void pcow_case_format(char *buf, size_t size, const struct pcow_case *case_);

/**
 * struct pcow_plan - the cases of a run, in the order of the registry
 * @cases:	owned by the plan
 * @nr_cases:	how many
 */
struct pcow_plan {
	struct pcow_case *cases;
	size_t nr_cases;
};

/**
 * pcow_plan_make() - expand scenarios and parameters into cases
 * @plan:	result, cleared with pcow_plan_clear()
 * @config:	what to run
 * @err:	one line on failure: unknown scenario (with the nearest name),
 *		malformed or unknown --set, value out of range
 *
 * Cases get the reason why they would be skipped now, without what @config may prepare.
 *
 * Return: 0, -EINVAL for what the user got wrong, or -ENOMEM.
 */
int pcow_plan_make(struct pcow_plan *plan, const struct pcow_config *config,
		   struct pcow_error *err);
void pcow_plan_clear(struct pcow_plan *plan);

/* --------------------------------------------------------------------- run */

/* Workers a case may have. */
#define PCOW_REPLICATES_MAX 1000

/* The same with a precision, unless something else is asked for. */
#define PCOW_REPLICATES_PRECISE 30

/* A narrower interval than that of a precision would take thousands of workers; a
 * wider one is no precision. */
#define PCOW_PRECISION_MIN 0.001
#define PCOW_PRECISION_MAX 0.5

/**
 * struct pcow_totals - how a run ended
 * @planned, @done:	workers; with a precision @planned is what is expected
 * @ok, @invalid, @skipped, @failed:	workers by status
 * @resumed:	workers found finished in the file
 * @wide:	cases with figures that are not as precise as was asked
 * @signal:	the signal that ended the run, 0 if none
 */
struct pcow_totals {
	size_t planned, done;
	size_t ok, invalid, skipped, failed;
	size_t resumed;
	size_t wide;
	int signal;
};

/**
 * struct pcow_run_options - where a run writes
 * @output:	result file; created, or continued with @resume
 * @model:	the running kernel's COW model, for the header
 * @label:	for the header; "" for none
 * @block:	for the header; 0 for none
 * @resume:	complete an interrupted run: the configuration comes from the file
 * @quiet:	no progress
 *
 * A resumed run has its header, and so none of @model, @label and @block.
 */
struct pcow_run_options {
	const char *output;
	json_t *model;
	const char *label;
	uint64_t block;
	bool resume;
	bool quiet;
};

/**
 * pcow_run() - run a plan to its end
 * @config:	what to run; ignored when resuming
 * @options:	where to
 * @totals:	how it ended, valid also on failure
 * @err:	one line on failure
 *
 * Return: 0 when every worker was started and recorded or a signal ended the
 * run; -EINVAL for usage, -EBUSY when another run writes @output, -errno.
 */
int pcow_run(const struct pcow_config *config, const struct pcow_run_options *options,
	     struct pcow_totals *totals, struct pcow_error *err);

#endif
