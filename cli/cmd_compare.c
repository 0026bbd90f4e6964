/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow compare: groups of boots side by side, with intervals and verdicts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum {
	KEY_ONLY = 0x200,
	KEY_METRIC,
	KEY_CHANGED,
	KEY_SORT,
	KEY_FORMAT,
};

struct compare_options {
	struct cli_question question;
	struct pcow_selection selection;
	char **cases, **metrics; /* what the selection points to */
	const struct pcow_analysis_format *format;
};

static const struct argp_option option_table[] = {
	{ "only", KEY_ONLY, "PATTERN", 0,
	  "Show these cases, by scenario or as tables name them: 'fork/*', 'fork/anon base *'; may "
	  "be repeated",
	  0 },
	{ "metric", KEY_METRIC, "NAME", 0,
	  "Show this metric; may be repeated. Default: latency (net where there is one), p99, "
	  "slope, and memory and work that changed",
	  0 },
	{ "changed", KEY_CHANGED, NULL, 0, "Show what is better, worse, other or missing", 0 },
	{ "sort", KEY_SORT, "ORDER", 0, "case (default), or change: the largest first", 0 },
	{ "format", KEY_FORMAT, "FORMAT", 0,
	  "text (default), brief (a few lines), markdown, csv, json, lkml (for a commit message), "
	  "lkp (0-day's layout)",
	  0 },
	{ 0 },
};

static error_t parse_init(struct compare_options *options, struct argp_state *state)
{
	state->child_inputs[0] = &options->question;
	options->cases = calloc((size_t)state->argc, sizeof(*options->cases));
	options->metrics = calloc((size_t)state->argc, sizeof(*options->metrics));
	options->selection.cases = options->cases;
	options->selection.metrics = options->metrics;
	return options->cases && options->metrics ? 0 : ENOMEM;
}

static void parse_sort(struct compare_options *options, const struct argp_state *state,
		       const char *arg)
{
	options->selection.by_change = strcmp(arg, "change") == 0;
	if (!options->selection.by_change && strcmp(arg, "case") != 0)
		argp_error(state, "--sort: '%s' is neither case nor change", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct compare_options *options = state->input;
	struct pcow_selection *selection = &options->selection;

	switch (key) {
	case ARGP_KEY_INIT:
		return parse_init(options, state);
	case KEY_ONLY:
		options->cases[selection->nr_cases++] = arg;
		return 0;
	case KEY_METRIC:
		options->metrics[selection->nr_metrics++] = arg;
		return 0;
	case KEY_CHANGED:
		selection->changed = true;
		return 0;
	case KEY_SORT:
		parse_sort(options, state, arg);
		return 0;
	case KEY_FORMAT:
		options->format = cli_find_format(state, pcow_compare_format_at, arg);
		return 0;
	case ARGP_KEY_END:
		options->format = cli_choose_format(state, pcow_compare_format_at, options->format,
						    options->question.json);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "FILE|FOLDER...",
	.doc = "Compare groups of boots: of each case the median over boots, its interval, the "
	       "change against the first group, the noise that two groups of the same thing have, "
	       "and a verdict. A folder stands for its *.jsonl files.",
	.children = cli_question_children,
};

static int compare(struct compare_options *options)
{
	struct pcow_rendering rendering = cli_rendering(&options->question, stdout);
	struct pcow_error err = { "" };

	if (cli_question_answer(&options->question, &err) ||
	    pcow_selection_check(&options->selection, &options->question.dataset, &err))
		return cli_fail(&err);
	pcow_analysis_select(&options->question.analysis, &options->selection);
	if (options->format->write(stdout, &options->question.analysis, &rendering))
		return cli_fail(&err);
	return CLI_OK;
}

int cli_compare_main(int argc, char **argv)
{
	struct compare_options options = { 0 };
	int code = cli_question_parse(&options.question, &argp, argc, argv, &options);

	if (code == CLI_OK)
		code = compare(&options);
	cli_question_clear(&options.question);
	free(options.cases);
	free(options.metrics);
	return code;
}
