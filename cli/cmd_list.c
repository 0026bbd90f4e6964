/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow list: what can be measured, with which parameters, and what not here. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/need.h>
#include <pincow/root.h>

#include "cli.h"

enum {
	KEY_PROFILE = 0x200
};

struct list_options {
	bool json;
	struct pcow_root root;
	struct pcow_config config;
	bool verbose;
};

static const struct argp_option option_table[] = {
	{ "profile", KEY_PROFILE, "PROFILE", 0,
	  "Whose cases are checked for what would be skipped: quick (default), standard or full",
	  0 },
	{ "verbose", 'v', NULL, 0, "Parameters too, with each profile's values, and needs", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct list_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->json;
		return 0;
	case KEY_PROFILE:
		options->config.profile = cli_parse_profile(state, arg);
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case ARGP_KEY_ARGS:
		options->config.scenarios = (const char *const *)(state->argv + state->next);
		options->config.nr_scenarios = (size_t)(state->argc - state->next);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "[SCENARIO...]",
	.doc = "List scenarios, all or those given by name, family ('fork') or pattern "
	       "('*/cow-*'), and what this host would skip.",
	.children = cli_common_children,
};

static bool is_listed(const struct pcow_config *config, const struct pcow_scenario *scenario)
{
	for (size_t i = 0; i < config->nr_scenarios; i++) {
		if (!fnmatch(config->scenarios[i], scenario->name, FNM_LEADING_DIR))
			return true;
	}
	return !config->nr_scenarios;
}

/* A need that grows with a parameter, for the largest of the planned cases. */
static enum pcow_met need_met(const struct list_options *options, const struct pcow_plan *plan,
			      const struct pcow_scenario *scenario, const struct pcow_need *need,
			      struct pcow_lack *lack)
{
	uint64_t times = 0;

	for (size_t i = 0; need->times && i < plan->nr_cases; i++) {
		const struct pcow_value *value = pcow_case_value(&plan->cases[i], need->times);

		if (plan->cases[i].scenario == scenario && value && value->number > times)
			times = value->number;
	}
	return pcow_need_check(need, &options->root, times, lack);
}

/* ---------------------------------------------------------------------- JSON */

static const char *kind_name(enum pcow_param_kind kind)
{
	switch (kind) {
	case PCOW_PARAM_SIZE:
		return "size";
	case PCOW_PARAM_COUNT:
		return "count";
	case PCOW_PARAM_PAGE_KIND:
		return "page-kind";
	case PCOW_PARAM_PINNER:
		return "pinner";
	case PCOW_PARAM_CHOICE:
		break;
	}
	return "choice";
}

static json_t *words_json(const struct pcow_scenario *scenario, const struct pcow_param *param,
			  enum pcow_profile profile)
{
	char *words = pcow_param_words(scenario, param, profile);
	json_t *array = json_array();
	char *rest = words;
	char *word;

	while ((word = strsep(&rest, " ")))
		json_array_append_new(array, json_string(word));
	free(words);
	return array;
}

static json_t *scenario_params_json(const struct pcow_scenario *scenario)
{
	json_t *array = json_array();

	for (const struct pcow_param *p = scenario->params; p && p->name; p++) {
		json_t *values = json_object();

		for (enum pcow_profile i = PCOW_QUICK; i < PCOW_PROFILES; i++)
			json_object_set_new(values, pcow_profile_name(i),
					    words_json(scenario, p, i));
		json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", p->name,
						       "kind", kind_name(p->kind), "unit", p->unit,
						       "summary", p->summary, "values", values));
	}
	return array;
}

static json_t *needs_json(const struct list_options *options, const struct pcow_plan *plan,
			  const struct pcow_scenario *scenario)
{
	json_t *array = json_array();
	const struct pcow_pinner *pinner;
	const struct pcow_need *need;
	struct pcow_lack lack;
	char text[128];

	for (size_t i = 0; pcow_scenario_needs(scenario, i, &need, &pinner); i++) {
		for (; need && need->kind; need++) {
			bool met = need_met(options, plan, scenario, need, &lack) == PCOW_MET;

			pcow_need_format(text, sizeof(text), need);
			json_array_append_new(
				array, json_pack("{s:s, s:s, s:b, s:s, s:s}", "need", text,
						 "pinner", pinner ? pinner->name : "", "met", met,
						 "reason", lack.reason, "remedy", lack.remedy));
		}
	}
	return array;
}

static json_t *skipped_json(const struct pcow_scenario *scenario, const struct pcow_plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->nr_cases; i++) {
		const struct pcow_case *c = &plan->cases[i];

		if (c->scenario != scenario || !*c->reason)
			continue;
		json_array_append_new(array, json_pack("{s:o, s:s, s:s}", "params",
						       pcow_params_json(c->params, c->nr_params),
						       "reason", c->reason, "remedy", c->remedy));
	}
	return array;
}

static json_t *scenario_json(const struct list_options *options, const struct pcow_plan *plan,
			     const struct pcow_scenario *scenario)
{
	struct pcow_lack lack;
	bool runnable = pcow_scenario_check(scenario, &options->root, &lack) == PCOW_MET;

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:b, s:s, s:s, s:o}", "name", scenario->name,
			 "summary", scenario->summary, "operation", scenario->operation, "params",
			 scenario_params_json(scenario), "needs",
			 needs_json(options, plan, scenario), "runnable", runnable, "reason",
			 lack.reason, "remedy", lack.remedy, "skipped",
			 skipped_json(scenario, plan));
}

static json_t *list_json(const struct list_options *options, const struct pcow_plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < pcow_scenario_count(); i++) {
		const struct pcow_scenario *scenario = pcow_scenario_at(i);

		if (is_listed(&options->config, scenario))
			json_array_append_new(array, scenario_json(options, plan, scenario));
	}
	return array;
}

/* ---------------------------------------------------------------------- text */

static void needs_print(const struct list_options *options, const struct pcow_plan *plan,
			const struct pcow_scenario *scenario)
{
	json_t *array = needs_json(options, plan, scenario);
	const char *text, *pinner, *reason, *remedy;
	json_t *need;
	size_t i;
	int met;

	json_array_foreach (array, i, need) {
		if (json_unpack(need, "{s:s, s:s, s:b, s:s, s:s}", "need", &text, "pinner", &pinner,
				"met", &met, "reason", &reason, "remedy", &remedy))
			continue;
		printf("    %s%sneeds %s: %s\n", pinner, *pinner ? " " : "", text,
		       met ? "met" : reason);
		if (!met)
			printf("        remedy: %s\n", remedy);
	}
	json_decref(array);
}

static void details_print(const struct pcow_scenario *scenario)
{
	if (scenario->baseline_is)
		printf("    baseline: %s\n", scenario->baseline_is);
	for (const struct pcow_param *p = scenario->params; p && p->name; p++) {
		printf("    %s: %s%s%s", p->name, p->summary, *p->unit ? ", in " : "", p->unit);
		if (p->kind == PCOW_PARAM_COUNT)
			printf(", %" PRIu64 " to %" PRIu64, p->min, p->max);
		printf("\n");
		for (enum pcow_profile i = PCOW_QUICK; i < PCOW_PROFILES; i++) {
			char *words = pcow_param_words(scenario, p, i);

			printf("        %-8s  %s\n", pcow_profile_name(i), words ? words : "");
			free(words);
		}
	}
}

/* The titles of the table, printed as a row of it. */
static const struct pcow_scenario head = {
	.name = "SCENARIO",
	.operation = "OPERATION",
	.summary = "SUMMARY",
};

static int wider(int width, const char *text)
{
	int length = (int)strlen(text);

	return length > width ? length : width;
}

static void scenario_print(const struct pcow_scenario *scenario, const char *here,
			   const int *widths)
{
	printf("%-*s  %-*s  %-4s  %s\n", widths[0], scenario->name, widths[1], scenario->operation,
	       here, scenario->summary);
}

static void scenarios_print(const struct list_options *options, const struct pcow_plan *plan)
{
	int widths[] = { (int)strlen(head.name), (int)strlen(head.operation) };
	const struct pcow_scenario *s;
	struct pcow_lack lack;

	for (size_t i = 0; (s = pcow_scenario_at(i)); i++) {
		if (!is_listed(&options->config, s))
			continue;
		widths[0] = wider(widths[0], s->name);
		widths[1] = wider(widths[1], s->operation);
	}
	scenario_print(&head, "RUNS", widths);
	for (size_t i = 0; (s = pcow_scenario_at(i)); i++) {
		if (!is_listed(&options->config, s))
			continue;
		scenario_print(s, pcow_scenario_check(s, &options->root, &lack) ? "no" : "yes",
			       widths);
		if (!options->verbose)
			continue;
		needs_print(options, plan, s);
		details_print(s);
	}
}

static bool same_cause(const struct pcow_case *a, const struct pcow_case *b)
{
	return !strcmp(a->reason, b->reason) && !strcmp(a->remedy, b->remedy);
}

/* One cause often stops many cases: it is told once, with those cases below. */
static void cause_print(const struct pcow_plan *plan, size_t first)
{
	const struct pcow_case *cause = &plan->cases[first];
	char name[256];

	for (size_t i = 0; i < first; i++) {
		if (same_cause(&plan->cases[i], cause))
			return;
	}
	printf("  %s\n", cause->reason);
	if (*cause->remedy)
		printf("    remedy: %s\n", cause->remedy);
	for (size_t i = first; i < plan->nr_cases; i++) {
		const struct pcow_case *c = &plan->cases[i];

		if (!same_cause(c, cause))
			continue;
		pcow_case_format(name, sizeof(name), c);
		printf("    %s\n", name);
	}
}

static void skips_print(const struct pcow_plan *plan, enum pcow_profile profile)
{
	size_t skipped = 0;

	for (size_t i = 0; i < plan->nr_cases; i++)
		skipped += *plan->cases[i].reason != '\0';
	if (!skipped)
		return;
	printf("\nSkipped here, of the %s profile's %zu cases: %zu\n", pcow_profile_name(profile),
	       plan->nr_cases, skipped);
	for (size_t i = 0; i < plan->nr_cases; i++) {
		if (*plan->cases[i].reason)
			cause_print(plan, i);
	}
}

int cli_list_main(int argc, char **argv)
{
	struct list_options options = {
		.config = { .profile = PCOW_QUICK, .replicates = 1, .cpu = -1 },
	};
	struct pcow_error err = { 0 };
	struct pcow_plan plan;
	int code = CLI_OK;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return CLI_USAGE;
	if (pcow_root_open(&options.root, "/", &err))
		return cli_fail(&err);
	if (pcow_plan_make(&plan, &options.config, &err)) {
		pcow_root_close(&options.root);
		return cli_fail(&err);
	}
	if (options.json) {
		code = cli_json_print(list_json(&options, &plan));
	} else {
		scenarios_print(&options, &plan);
		skips_print(&plan, options.config.profile);
	}
	pcow_plan_clear(&plan);
	pcow_root_close(&options.root);
	return code;
}
