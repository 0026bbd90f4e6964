/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From scenarios, profile and --set to cases. */
#include "engine.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/page.h>
#include <pincow/units.h>

/* Values of one parameter in one run: a range of sizes has at most 64. */
#define VALUES_MAX 128
#define MTHP_MAX   16

/* More than any address space has room for. */
#define SIZE_BYTES_MAX (UINT64_C(1) << 47)

#define SECOND UINT64_C(1000000000)

/* A worker's first sample is up to 18 % dearer than the rest, that of a fork; its
 * second up to 11 %. */
#define WARMUP 2

/* Restoring and proving the state of a sample takes up to some ten times what is
 * timed; this much of it goes on before a worker gives up. */
#define UNTIMED_TIMES 4

/* Single operations for a p99 (pcow_quantile_min_n()). */
#define DISTRIBUTION 10000

struct values {
	struct pcow_value list[VALUES_MAX];
	size_t n;
};

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

static int add(struct values *values, const struct pcow_value *value, struct pcow_error *err)
{
	if (values->n == VALUES_MAX)
		return pcow_error_set(err, -EINVAL, "%s: more than %d values", value->name,
				      VALUES_MAX);
	values->list[values->n++] = *value;
	return 0;
}

static int parse_number(const struct pcow_param *param, const char *word, uint64_t *number)
{
	char *end;

	if (param->kind == PCOW_PARAM_SIZE) {
		if (pcow_bytes_parse(word, number) || *number == 0 || *number > SIZE_BYTES_MAX ||
		    *number % pcow_page_bytes())
			return -EINVAL;
		return 0;
	}
	if (word[0] < '0' || word[0] > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(word, &end, 10);
	return errno || *end || *number == 0 || *number > param->max ? -EINVAL : 0;
}

static int say_number(const struct pcow_param *param, const char *word, struct pcow_error *err)
{
	if (param->kind == PCOW_PARAM_SIZE)
		return pcow_error_set(err, -EINVAL,
				      "%s=%s: not a size in whole pages, at most 128T, such as 64M "
				      "or 16M..1G",
				      param->name, word);
	return pcow_error_set(err, -EINVAL,
			      "%s=%s: not a count from 1 to %" PRIu64 ", such as 64 or 16..256",
			      param->name, word, param->max);
}

/* "64M", or "16M..1G" in doublings. */
static int add_numbers(struct values *values, const struct pcow_param *param, const char *word,
		       struct pcow_error *err)
{
	struct pcow_value value = { .is_number = true };
	char first[PCOW_RESULT_NAME_MAX];
	const char *dots = strstr(word, "..");
	uint64_t last;

	snprintf(value.name, sizeof(value.name), "%s", param->name);
	snprintf(first, sizeof(first), "%.*s", dots ? (int)(dots - word) : (int)strlen(word), word);
	if (parse_number(param, first, &value.number) ||
	    parse_number(param, dots ? dots + 2 : first, &last) || last < value.number)
		return say_number(param, word, err);
	for (; value.number <= last; value.number *= 2) {
		int ret = add(values, &value, err);

		if (ret)
			return ret;
	}
	return 0;
}

static int add_word(struct values *values, const char *name, const char *word,
		    struct pcow_error *err)
{
	struct pcow_value value = { .is_number = false };

	snprintf(value.name, sizeof(value.name), "%s", name);
	snprintf(value.text, sizeof(value.text), "%s", word);
	return add(values, &value, err);
}

/* "mthp-*" and "hugetlb-*": each size that this kernel knows. */
static int add_page_kinds(struct values *values, const char *name, const char *word,
			  struct pcow_error *err)
{
	struct pcow_page_kind kind = { .cls = word[0] == 'm' ? PCOW_MTHP : PCOW_HUGETLB };
	size_t bytes[MTHP_MAX];
	size_t n;
	int ret = 0;

	if (strcmp(word, "mthp-*") && strcmp(word, "hugetlb-*")) {
		if (pcow_page_kind_parse(word, &kind))
			return pcow_error_set(err, -EINVAL,
					      "%s=%s: not a page kind: base, thp, thp-pte, "
					      "mthp-SIZE or hugetlb-SIZE",
					      name, word);
		return add_word(values, name, word, err);
	}
	n = pcow_page_kind_list(kind.cls, bytes, MTHP_MAX);
	for (size_t i = 0; i < n && !ret; i++) {
		char text[PCOW_RESULT_NAME_MAX];

		kind.folio_bytes = bytes[i];
		pcow_page_kind_format(text, sizeof(text), &kind);
		ret = add_word(values, name, text, err);
	}
	return ret;
}

/* A choice must be among the words of the full profile. */
static int add_choice(struct values *values, const struct pcow_param *param, const char *word,
		      struct pcow_error *err)
{
	const char *list = param->values[PCOW_FULL];
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return add_word(values, param->name, word, err);
	return pcow_error_set(err, -EINVAL, "%s=%s: not one of: %s", param->name, word, list);
}

/* @text is words separated by any of @separators. */
static int parse_values(struct values *values, const struct pcow_param *param, const char *text,
			const char *separators, struct pcow_error *err)
{
	char *copy = strdup(text);
	char *rest = copy;
	char *word;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (word = strsep(&rest, separators))) {
		if (strlen(word) >= PCOW_RESULT_NAME_MAX || !*word)
			ret = pcow_error_set(err, -EINVAL, "%s=%s: an empty or overlong value",
					     param->name, text);
		else if (param->kind == PCOW_PARAM_PAGE_KIND)
			ret = add_page_kinds(values, param->name, word, err);
		else if (param->kind == PCOW_PARAM_CHOICE)
			ret = add_choice(values, param, word, err);
		else
			ret = add_numbers(values, param, word, err);
	}
	free(copy);
	return ret;
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

static int param_values(struct values *values, const struct pcow_config *config,
			const struct pcow_scenario *scenario, const struct pcow_param *param,
			struct pcow_error *err)
{
	const char *set = set_values(config, scenario, param->name);

	values->n = 0;
	return set ? parse_values(values, param, set, ",", err)
		   : parse_values(values, param, param->values[config->profile], " ", err);
}

static int compare_value_name(const void *a, const void *b)
{
	return strcmp(((const struct pcow_value *)a)->name, ((const struct pcow_value *)b)->name);
}

/*
 * A profile's sizes are for base pages of 4 KiB: where a folio is larger than one
 * of them, or no part of it, the next whole folio is meant.  What --set asks for
 * is left as it is.
 */
static void make_whole(struct pcow_case *case_, const struct pcow_config *config)
{
	const struct pcow_value *page = pcow_case_value(case_, "page");
	struct pcow_page_kind kind;

	if (!page || pcow_page_kind_parse(page->text, &kind) || !kind.folio_bytes ||
	    set_values(config, case_->scenario, "size"))
		return;
	for (size_t i = 0; i < case_->nr_params; i++) {
		uint64_t *bytes = &case_->params[i].number;

		if (strcmp(case_->params[i].name, "size") == 0)
			*bytes = (*bytes + kind.folio_bytes - 1) / kind.folio_bytes *
				 kind.folio_bytes;
	}
}

static bool is_planned(const struct pcow_plan *plan, const struct pcow_case *case_)
{
	for (size_t i = 0; i < plan->nr_cases; i++)
		if (pcow_case_is(&plan->cases[i], case_->scenario->name, case_->params,
				 case_->nr_params))
			return true;
	return false;
}

static int plan_add(struct pcow_plan *plan, const struct pcow_case *planned,
		    const struct pcow_config *config)
{
	struct pcow_page_demands demands;
	struct pcow_case case_ = *planned;
	struct pcow_case *cases;

	make_whole(&case_, config);
	qsort(case_.params, case_.nr_params, sizeof(case_.params[0]), compare_value_name);
	/* Several sizes below a folio are one. */
	if (is_planned(plan, &case_))
		return 0;
	pcow_case_check(&case_, &demands);
	if (config->prepare && demands.n)
		case_.reason[0] = case_.remedy[0] = '\0';
	cases = reallocarray(plan->cases, plan->nr_cases + 1, sizeof(*cases));
	if (!cases)
		return -ENOMEM;
	plan->cases = cases;
	cases[plan->nr_cases++] = case_;
	return 0;
}

/* The matrix of one scenario, first parameter outermost. */
static int expand(struct pcow_plan *plan, const struct pcow_config *config, struct pcow_case *case_,
		  const struct pcow_param *param, struct pcow_error *err)
{
	struct values *values;
	int ret;

	if (!param || !param->name)
		return plan_add(plan, case_, config);
	values = malloc(sizeof(*values));
	if (!values)
		return -ENOMEM;
	ret = param_values(values, config, case_->scenario, param, err);
	for (size_t i = 0; i < values->n && !ret; i++) {
		case_->params[case_->nr_params++] = values->list[i];
		ret = expand(plan, config, case_, param + 1, err);
		case_->nr_params--;
	}
	free(values);
	return ret;
}

int pcow_plan_make(struct pcow_plan *plan, const struct pcow_config *config, struct pcow_error *err)
{
	int ret;

	*plan = (struct pcow_plan){ .cases = NULL };
	ret = check_patterns(config, err);
	if (!ret)
		ret = check_settings(config, err);
	for (size_t s = 0; s < pcow_scenario_count() && !ret; s++) {
		struct pcow_case case_ = { .scenario = pcow_scenario_at(s) };

		if (selected(config, case_.scenario))
			ret = expand(plan, config, &case_, case_.scenario->params, err);
	}
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
