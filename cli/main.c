/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow: finds the command and hands over. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <pincow/format.h>

#include "cli.h"

const char *argp_program_version = "pincow " PINCOW_VERSION;

/**
 * struct command - one word after `pincow`
 * @name:	the word
 * @summary:	one line for `pincow --help`
 * @main:	see there
 */
static const struct command {
	const char *name;
	const char *summary;
	cli_main *main;
} commands[] = {
	{ "list", "list scenarios, and what this host would skip", cli_list_main },
	{ "run", "measure, and write a result file", cli_run_main },
	{ "show", "show the figures of a result file", cli_show_main },
	{ "compare", "compare kernels, models or hosts over their boots", cli_compare_main },
	{ "gate", "judge a kernel against another: pass, fail or not known yet", cli_gate_main },
	{ "plot", "draw the figures of result files with gnuplot", cli_plot_main },
	{ "report", "write one HTML page that compares", cli_report_main },
	{ "export", "hand results to other programs", cli_export_main },
	{ "doctor", "check what in this host disturbs measurements, with remedies",
	  cli_doctor_main },
	{ "probe", "name the copy-on-write model of this kernel, and its features",
	  cli_probe_main },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char doc[] =
	"Measure what Linux's copy-on-write and page pinning cost: fork, write fault, GUP-fast, "
	"pin and unpin, on the running kernel.\v";

struct invocation {
	const struct command *command;
	int argc;
	char **argv;
};

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static const char *command_name_at(size_t index)
{
	return index < NR_COMMANDS ? commands[index].name : NULL;
}

static void command_unknown(const struct argp_state *state, const char *name)
{
	const char *nearest = pcow_nearest(name, command_name_at);

	if (nearest)
		argp_error(state, "no command '%s'; did you mean '%s'?", name, nearest);
	else
		argp_error(state, "no command '%s'", name);
}

/* argp frees the text that a filter made. */
static char *help_filter(int key, const char *text, void *input)
{
	char *help = NULL;
	size_t size;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	out = open_memstream(&help, &size);
	if (!out)
		return NULL;
	fputs("Commands:\n", out);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\n'pincow COMMAND --help' tells the options of a command.", out);
	return fclose(out) ? NULL : help;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct invocation *invocation = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		invocation->command = command_find(arg);
		if (!invocation->command)
			command_unknown(state, arg);
		/* What follows belongs to the command. */
		invocation->argc = state->argc - state->next + 1;
		invocation->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "COMMAND [ARGUMENT...]",
	.doc = doc,
	.children = (const struct argp_child[]){ { &cli_help_argp, 0, NULL, 0 }, { 0 } },
	.help_filter = help_filter,
};

/* A terminal would break the lines of a table anywhere. */
static void fit_terminal(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		pcow_text_narrow(size.ws_col);
}

static int command_run(struct invocation *invocation)
{
	char name[32];
	int code;

	snprintf(name, sizeof(name), "pincow %s", invocation->command->name);
	invocation->argv[0] = name;
	fit_terminal();
	code = invocation->command->main(invocation->argc, invocation->argv);
	/* A full disk behind a redirection shows itself no earlier than here. */
	if (fflush(stdout) || ferror(stdout)) {
		cli_error("cannot write to standard output: %s", strerror(errno));
		return CLI_USAGE;
	}
	return code;
}

int main(int argc, char **argv)
{
	struct invocation invocation = { 0 };

	argp_err_exit_status = CLI_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &invocation))
		return CLI_USAGE;
	return command_run(&invocation);
}
