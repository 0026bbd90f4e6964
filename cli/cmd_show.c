/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow show: the figures of a result file, as a table or as JSON. */
#include <pincow/format.h>

#include "cli.h"

struct show_options {
	bool json;
	const char *file;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct show_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->json;
		return 0;
	case ARGP_KEY_ARG:
		if (options->file)
			argp_error(state, "one file at a time: '%s' is a second one", arg);
		options->file = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no result file named");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "FILE",
	.doc = "Show the figures of a result file: the median over the replicates of each case, "
	       "and their range. FILE may be '-' for standard input.",
	.children = cli_common_children,
};

int cli_show_main(int argc, char **argv)
{
	struct show_options options = { 0 };
	struct pcow_summary summary;
	struct pcow_error err = { 0 };
	int code = CLI_OK;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return CLI_USAGE;
	if (pcow_summary_read(&summary, options.file, &err))
		return cli_fail(&err);
	/* The table says it by itself. */
	if (options.json && summary.truncated)
		cli_warn_truncated(options.file);
	if (options.json)
		code = cli_json_print(pcow_summary_json(&summary));
	else
		pcow_summary_print(stdout, &summary, cli_color(stdout));
	pcow_summary_clear(&summary);
	return code;
}
