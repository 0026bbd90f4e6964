/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow list: what can be measured, with which parameters, and what not here. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum {
	KEY_PROFILE = 0x200
};

/* Room for all that a scenario needs, as one text. */
#define NEEDS_MAX 128

struct list_options {
	bool json;
	struct pcow_config config;
	bool verbose;
};

static const struct argp_option option_table[] = {
	{ "profile", KEY_PROFILE, "PROFILE", 0,
	  "Whose cases are checked for what would be skipped: quick (default), standard or full",
	  0 },
	{ "verbose", 'v', NULL, 0, "Parameters too, with each profile's values", 0 },
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

static json_t *needs_json(const struct pcow_scenario *scenario)
{
	json_t *array = json_array();

	for (const char *const *need = scenario->needs; need && *need; need++)
		json_array_append_new(array, json_string(*need));
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

static json_t *scenario_json(const struct pcow_scenario *scenario, const struct pcow_plan *plan)
{
	char reason[512] = "";
	char remedy[512] = "";
	bool runnable = pcow_scenario_runnable(scenario, reason, remedy, sizeof(reason));

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:b, s:s, s:s, s:o}", "name", scenario->name,
			 "summary", scenario->summary, "operation", scenario->operation, "params",
			 scenario_params_json(scenario), "needs", needs_json(scenario), "runnable",
			 runnable, "reason", reason, "remedy", remedy, "skipped",
			 skipped_json(scenario, plan));
}

static json_t *list_json(const struct list_options *options, const struct pcow_plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < pcow_scenario_count(); i++) {
		const struct pcow_scenario *scenario = pcow_scenario_at(i);

		if (is_listed(&options->config, scenario))
			json_array_append_new(array, scenario_json(scenario, plan));
	}
	return array;
}

/* ---------------------------------------------------------------------- text */

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

static void needs_format(char *buf, size_t size, const struct pcow_scenario *scenario)
{
	size_t used = 0;

	snprintf(buf, size, "-");
	for (const char *const *need = scenario->needs; need && *need && used < size; need++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "", *need);
}

/* The titles of the table, printed as a row of it. */
static const struct pcow_scenario head = {
	.name = "SCENARIO",
	.operation = "OPERATION",
	.needs = PCOW_NEEDS("NEEDS"),
	.summary = "SUMMARY",
};

static int wider(int width, const char *text)
{
	int length = (int)strlen(text);

	return length > width ? length : width;
}

static void scenario_print(const struct pcow_scenario *scenario, const int *widths)
{
	char needs[NEEDS_MAX];

	needs_format(needs, sizeof(needs), scenario);
	printf("%-*s  %-*s  %-*s  %s\n", widths[0], scenario->name, widths[1], scenario->operation,
	       widths[2], needs, scenario->summary);
}

static void scenarios_print(const struct list_options *options)
{
	int widths[] = { (int)strlen(head.name), (int)strlen(head.operation),
			 (int)strlen(head.needs[0]) };
	const struct pcow_scenario *s;
	char needs[NEEDS_MAX];

	for (size_t i = 0; (s = pcow_scenario_at(i)); i++) {
		if (!is_listed(&options->config, s))
			continue;
		needs_format(needs, sizeof(needs), s);
		widths[0] = wider(widths[0], s->name);
		widths[1] = wider(widths[1], s->operation);
		widths[2] = wider(widths[2], needs);
	}
	scenario_print(&head, widths);
	for (size_t i = 0; (s = pcow_scenario_at(i)); i++) {
		if (!is_listed(&options->config, s))
			continue;
		scenario_print(s, widths);
		if (options->verbose)
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
	if (pcow_plan_make(&plan, &options.config, &err))
		return cli_fail(&err);
	if (options.json) {
		code = cli_json_print(list_json(&options, &plan));
	} else {
		scenarios_print(&options);
		skips_print(&plan, options.config.profile);
	}
	pcow_plan_clear(&plan);
	return code;
}
