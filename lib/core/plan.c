/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From scenarios, profile and --set to cases. */
#include "engine.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

/* A worker's first sample is up to 18 % dearer than the rest, that of a fork; its
 * second up to 11 %. */
#define WARMUP 2

/* Restoring and proving the state of a sample takes up to some ten times what is
 * timed; this much of it goes on before a worker gives up. */
#define UNTIMED_TIMES 4

/* Single operations for a p99 (pcow_quantile_min_n()). */
#define DISTRIBUTION 10000

/*
 * @replicates:	workers a case
 * @times:	a scenario's samples
 * Workers of one case differ by more than samples of one worker do, so there are
 * many short ones.  The quick profile's 10 240 operations are enough for a p99,
 * the full one's for a p99.9 (pcow_quantile_min_n()).
 */
static const struct profile {
	const char *name;
	unsigned int replicates;
	double times;
	struct pcow_budget budget;
} profiles[PCOW_PROFILES] = {
	[PCOW_QUICK] = { "quick", 5, 0.25, { .ops = 10240, .cap_ns = 4 * SECOND } },
	[PCOW_STANDARD] = { "standard", 10, 0.75, { .ops = 10240, .cap_ns = 10 * SECOND } },
	[PCOW_FULL] = { "full", 16, 2, { .ops = 131072, .cap_ns = 60 * SECOND } },
	[PCOW_LAB] = { "lab", 3, 0.25, { .ops = 1024, .cap_ns = 60 * SECOND } },
};

const char *pcow_profile_name(enum pcow_profile profile)
{
	return profiles[profile].name;
}

unsigned int pcow_profile_replicates(enum pcow_profile profile)
{
	return profiles[profile].replicates;
}

int pcow_profile_parse(const char *name, enum pcow_profile *profile)
{
	for (size_t i = 0; i < PCOW_PROFILES; i++) {
		if (strcmp(name, profiles[i].name) == 0) {
			*profile = (enum pcow_profile)i;
			return 0;
		}
	}
	return -EINVAL;
}

struct pcow_budget pcow_budget_for(const struct pcow_scenario *scenario, enum pcow_profile profile)
{
	struct pcow_budget budget = profiles[profile].budget;

	budget.warmup = WARMUP;
	budget.untimed_cap_ns = UNTIMED_TIMES * budget.cap_ns;
	budget.samples = (uint64_t)(scenario->samples * profiles[profile].times);
	if (budget.samples == 0)
		budget.samples = 1;
	/* So many samples are single operations, and for their distribution. */
	if (scenario->samples >= DISTRIBUTION && budget.samples < budget.ops)
		budget.samples = budget.ops;
	return budget;
}

/* --set "NAME=..." or "SCENARIO.NAME=...": its parameter's name and values. */
struct setting {
	char scenario[PCOW_RESULT_NAME_MAX];
	char param[PCOW_RESULT_NAME_MAX];
	const char *values;
};

static int parse_setting(const char *text, struct setting *set, struct pcow_error *err)
{
	const char *equals = strchr(text, '=');
	const char *name = text;
	const char *dot;

	if (!equals || equals == text || !equals[1] || equals - text >= PCOW_RESULT_NAME_MAX)
		return pcow_error_set(err, -EINVAL,
				      "--set %s: not NAME=VALUE[,VALUE] or SCENARIO.NAME=VALUE",
				      text);
	dot = memchr(text, '.', (size_t)(equals - text));
	snprintf(set->scenario, sizeof(set->scenario), "%.*s", dot ? (int)(dot - text) : 0, text);
	if (dot)
		name = dot + 1;
	snprintf(set->param, sizeof(set->param), "%.*s", (int)(equals - name), name);
	set->values = equals + 1;
	return 0;
}

static bool setting_applies(const struct setting *set, const struct pcow_scenario *scenario)
{
	return !set->scenario[0] || strcmp(set->scenario, scenario->name) == 0;
}

static const struct pcow_param *find_param(const struct pcow_scenario *scenario, const char *name)
{
	for (const struct pcow_param *p = scenario->params; p && p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static bool selected(const struct pcow_config *config, const struct pcow_scenario *scenario)
{
	for (size_t i = 0; i < config->nr_scenarios; i++)
		if (fnmatch(config->scenarios[i], scenario->name, FNM_LEADING_DIR) == 0)
			return true;
	return config->nr_scenarios == 0;
}

/* A --set that no selected scenario has is a mistake, not a no-op. */
static int check_settings(const struct pcow_config *config, struct pcow_error *err)
{
	for (size_t i = 0; i < config->nr_sets; i++) {
		struct setting set;
		bool used = false;
		int ret = parse_setting(config->sets[i], &set, err);

		if (ret)
			return ret;
		for (size_t s = 0; s < pcow_scenario_count() && !used; s++) {
			const struct pcow_scenario *scenario = pcow_scenario_at(s);

			used = selected(config, scenario) && setting_applies(&set, scenario) &&
			       find_param(scenario, set.param);
		}
		if (!used)
			return pcow_error_set(err, -EINVAL,
					      "--set %s: no selected scenario has the parameter "
					      "%s; see pincow list --verbose",
					      config->sets[i], set.param);
	}
	return 0;
}

static int check_patterns(const struct pcow_config *config, struct pcow_error *err)
{
	for (size_t i = 0; i < config->nr_scenarios; i++) {
		const char *pattern = config->scenarios[i];
		const char *nearest = pcow_scenario_nearest(pattern);
		bool found = false;

		for (size_t s = 0; s < pcow_scenario_count() && !found; s++)
			found = fnmatch(pattern, pcow_scenario_at(s)->name, FNM_LEADING_DIR) == 0;
		if (!found && nearest)
			return pcow_error_set(err, -EINVAL, "no scenario '%s'; did you mean '%s'?",
					      pattern, nearest);
		if (!found)
			return pcow_error_set(err, -EINVAL, "no scenario '%s'; see pincow list",
					      pattern);
	}
	return 0;
}

/* The values of the last --set that names a parameter, or NULL. */
static const char *set_values(const struct pcow_config *config,
			      const struct pcow_scenario *scenario, const char *param)
{
	const char *values = NULL;

	for (size_t i = 0; i < config->nr_sets; i++) {
		struct setting set;

		if (parse_setting(config->sets[i], &set, NULL) == 0 &&
		    setting_applies(&set, scenario) && strcmp(set.param, param) == 0)
			values = set.values;
	}
	return values;
}

static int compare_value_name(const void *a, const void *b)
{
	return strcmp(((const struct pcow_value *)a)->name, ((const struct pcow_value *)b)->name);
}

/*
 * The cases of one scenario on their way into a plan.
 * @axes:	the values of each of its parameters
 * @at:		which of them are next
 * @sizes:	the axis whose sizes are a profile's, NULL for none
 */
struct matrix {
	const struct pcow_config *config;
	const struct pcow_scenario *scenario;
	struct pcow_values axes[PCOW_RESULT_PARAMS_MAX];
	size_t at[PCOW_RESULT_PARAMS_MAX];
	size_t nr_axes;
	const struct pcow_values *sizes;
};

static int matrix_read(struct matrix *m, const struct pcow_config *config,
		       const struct pcow_scenario *scenario, struct pcow_error *err)
{
	/* Too large for a literal, which may be made on the stack. */
	memset(m, 0, sizeof(*m));
	m->config = config;
	m->scenario = scenario;
	for (const struct pcow_param *p = scenario->params; p && p->name; p++) {
		const char *set = set_values(config, scenario, p->name);
		struct pcow_values *axis = &m->axes[m->nr_axes++];
		int ret = pcow_values_read(axis, scenario, p, config->profile, set, err);

		if (ret)
			return ret;
		if (p->kind == PCOW_PARAM_SIZE && !set)
			m->sizes = axis;
	}
	return 0;
}

/* The first parameter is the outermost. */
static bool matrix_next(struct matrix *m)
{
	for (size_t i = m->nr_axes; i-- > 0; m->at[i] = 0)
		if (++m->at[i] < m->axes[i].n)
			return true;
	return false;
}

static bool matrix_is_empty(const struct matrix *m)
{
	for (size_t i = 0; i < m->nr_axes; i++)
		if (!m->axes[i].n)
			return true;
	return false;
}

static uint64_t whole(uint64_t bytes, uint64_t folio_bytes)
{
	return (bytes + folio_bytes - 1) / folio_bytes * folio_bytes;
}

/* A case of no pinner is named as if there was no such parameter. */
static bool is_none(const struct pcow_value *value)
{
	return !value->is_number && strcmp(value->text, "none") == 0;
}

/*
 * The next case of @m, false when the plan has it already.
 *
 * A profile's sizes are for base pages of 4 KiB: where a folio is larger than one
 * of them, or no part of it, the next whole folio is meant.  Sizes ascend, so that
 * of those that become the same the first is the one whose left neighbour does not.
 * What --set asks for is left as it is.
 */
static bool make_case(struct pcow_case *case_, const struct matrix *m, struct pcow_facts *facts)
{
	uint64_t folio_bytes = 0;

	*case_ = (struct pcow_case){ .scenario = m->scenario };
	for (size_t i = 0; i < m->nr_axes; i++)
		if (!is_none(&m->axes[i].list[m->at[i]]))
			case_->params[case_->nr_params++] = m->axes[i].list[m->at[i]];
	if (m->sizes)
		folio_bytes = pcow_facts_folio_bytes(facts, case_);
	if (folio_bytes) {
		size_t axis = (size_t)(m->sizes - m->axes);
		const struct pcow_value *size = &m->sizes->list[m->at[axis]];
		uint64_t bytes = whole(size->number, folio_bytes);

		for (size_t i = 0; i < case_->nr_params; i++)
			if (strcmp(case_->params[i].name, size->name) == 0)
				case_->params[i].number = bytes;
		if (m->at[axis] && whole(size[-1].number, folio_bytes) == bytes)
			return false;
	}
	qsort(case_->params, case_->nr_params, sizeof(case_->params[0]), compare_value_name);
	return true;
}

/* The next place in the plan, whose array doubles when it is full. */
static struct pcow_case *plan_place(struct pcow_plan *plan)
{
	size_t n = plan->nr_cases;

	if ((n & (n - 1)) == 0) {
		struct pcow_case *cases = reallocarray(plan->cases, n ? 2 * n : 1, sizeof(*cases));

		if (!cases)
			return NULL;
		plan->cases = cases;
	}
	return &plan->cases[n];
}

static int plan_add(struct pcow_plan *plan, struct matrix *m, struct pcow_facts *facts)
{
	struct pcow_page_demands demands;

	if (matrix_is_empty(m))
		return 0;
	do {
		struct pcow_case *case_ = plan_place(plan);
		int ret;

		if (!case_)
			return -ENOMEM;
		if (!make_case(case_, m, facts))
			continue;
		ret = pcow_case_check_by(facts, case_, &demands);
		if (ret)
			return ret;
		if (m->config->prepare && demands.n)
			case_->reason[0] = case_->remedy[0] = '\0';
		plan->nr_cases++;
	} while (matrix_next(m));
	return 0;
}

static int expand_all(struct pcow_plan *plan, const struct pcow_config *config,
		      struct pcow_facts *facts, struct pcow_error *err)
{
	struct matrix *m = malloc(sizeof(*m));
	int ret = m ? 0 : -ENOMEM;

	for (size_t s = 0; s < pcow_scenario_count() && !ret; s++) {
		const struct pcow_scenario *scenario = pcow_scenario_at(s);

		if (!selected(config, scenario))
			continue;
		ret = matrix_read(m, config, scenario, err);
		if (!ret)
			ret = plan_add(plan, m, facts);
	}
	free(m);
	return ret;
}

int pcow_plan_make(struct pcow_plan *plan, const struct pcow_config *config, struct pcow_error *err)
{
	struct pcow_facts facts;
	int ret;

	*plan = (struct pcow_plan){ .cases = NULL };
	ret = check_patterns(config, err);
	if (!ret)
		ret = check_settings(config, err);
	if (!ret)
		ret = pcow_facts_open(&facts, err);
	if (ret)
		return ret;
	ret = expand_all(plan, config, &facts, err);
	pcow_facts_close(&facts);
	if (ret)
		pcow_plan_clear(plan);
	else
		pcow_plan_check_needs(plan, config->prepare);
	return ret;
}

void pcow_plan_clear(struct pcow_plan *plan)
{
	free(plan->cases);
	*plan = (struct pcow_plan){ .cases = NULL };
}
