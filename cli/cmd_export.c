/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow export: results for other programs. */
#include <string.h>

#include "cli.h"

enum {
	KEY_FORMAT = 0x200
};

struct export_options {
	struct cli_question question;
	const struct pcow_export_format *format;
};

static const struct argp_option option_table[] = {
	{ "format", KEY_FORMAT, "FORMAT", 0,
	  "gbench (google-benchmark's JSON), benchstat, openmetrics, kcidb or csv", 0 },
	{ 0 },
};

static void parse_format(struct export_options *options, const struct argp_state *state,
			 const char *arg)
{
	for (size_t i = 0; (options->format = pcow_export_format_at(i)); i++) {
		if (!strcmp(options->format->name, arg))
			return;
	}
	argp_error(state, "--format: '%s' is none of gbench, benchstat, openmetrics, kcidb, csv",
		   arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct export_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->question;
		return 0;
	case KEY_FORMAT:
		parse_format(options, state, arg);
		return 0;
	case ARGP_KEY_END:
		if (!options->format)
			argp_error(state, "--format: which one of gbench, benchstat, openmetrics, "
					  "kcidb, csv?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "FILE|FOLDER...",
	.doc = "Write results as other programs read them; docs/export.md tells what each field "
	       "means. A folder stands for its *.jsonl files.",
	.children = (const struct argp_child[]){ { &cli_files_argp, 0, NULL, 0 },
						 { &cli_help_argp, 0, NULL, 0 },
						 { 0 } },
};

static int export(struct export_options *options)
{
	struct pcow_rendering rendering = cli_rendering(&options->question, stdout);
	struct pcow_error err = { "" };

	if (cli_question_read(&options->question, &err))
		return cli_fail(&err);
	if (options->format->write(stdout, &options->question.dataset, &rendering, &err))
		return cli_fail(&err);
	return CLI_OK;
}

int cli_export_main(int argc, char **argv)
{
	struct export_options options = { 0 };
	int code = cli_question_parse(&options.question, &argp, argc, argv, &options);

	if (code == CLI_OK)
		code = export(&options);
	cli_question_clear(&options.question);
	return code;
}
