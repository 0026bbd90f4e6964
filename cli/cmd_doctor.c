/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pincow doctor: what in this host makes figures noisy or different, and how
 * to mend it; and the way back from what a killed run left changed.
 */
#include <string.h>

#include <pincow/platform.h>

#include "cli.h"

enum {
	KEY_ROOT = 0x200,
	KEY_RESTORE
};

struct doctor_options {
	bool json;
	const char *root;
	bool restore;
};

static const struct argp_option option_table[] = {
	{ "root", KEY_ROOT, "DIR", 0,
	  "Look at the recorded /proc and /sys under DIR instead of this machine's", 0 },
	{ "restore", KEY_RESTORE, NULL, 0,
	  "Undo what a killed 'run --prepare' left changed of the host, and do nothing else", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct doctor_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->json;
		return 0;
	case KEY_ROOT:
		options->root = arg;
		return 0;
	case KEY_RESTORE:
		options->restore = true;
		return 0;
	case ARGP_KEY_END:
		if (options->root && options->restore)
			argp_error(state, "--restore is about this machine, --root about another");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.doc = "Check what in this host makes figures noisy, or gives them another meaning, and "
	       "tell the command that mends it.",
	.children = cli_common_children,
};

/* What the table needs beside the check itself. */
struct print_state {
	bool color;
	unsigned int warnings;
};

static int check_print(const struct pcow_check *check, void *arg)
{
	static const char *const colors[] = {
		[PCOW_CHECK_OK] = "\033[32m",
		[PCOW_CHECK_WARN] = "\033[33m",
		[PCOW_CHECK_UNKNOWN] = "\033[2m",
	};
	struct print_state *state = arg;

	printf("%s%-7s%s  %-18s  %s\n", state->color ? colors[check->status] : "",
	       pcow_check_status_name(check->status), state->color ? "\033[0m" : "", check->check,
	       check->value);
	if (check->status != PCOW_CHECK_WARN)
		return 0;
	state->warnings++;
	printf("         why: %s\n", check->why);
	if (*check->remedy)
		printf("         remedy: %s\n", check->remedy);
	return 0;
}

static int restore(bool json)
{
	struct pcow_error err = { 0 };
	unsigned int restored;

	if (pcow_fixtures_restore(&restored, &err))
		return cli_fail(&err);
	if (json)
		return cli_json_print(json_pack("{s:i}", "restored", (int)restored));
	if (restored)
		printf("%u changes to the host are undone\n", restored);
	else
		printf("nothing to restore: no run left a journal at %s\n",
		       pcow_fixtures_journal());
	return CLI_OK;
}

static int check_host(const struct pcow_root *root, bool json)
{
	struct print_state state = { .color = cli_color(stdout) };

	if (json)
		return cli_json_print(pcow_doctor_json(root));
	if (pcow_doctor(root, check_print, &state))
		return cli_fail(&(struct pcow_error){ "" });
	if (state.warnings)
		printf("\n%u warnings: figures hold for this host as it stands\n", state.warnings);
	else
		printf("\nno warnings\n");
	return CLI_OK;
}

int cli_doctor_main(int argc, char **argv)
{
	struct doctor_options options = { 0 };
	struct pcow_error err = { 0 };
	struct pcow_root root;
	int code;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return CLI_USAGE;
	if (options.restore)
		return restore(options.json);
	if (pcow_root_open(&root, options.root ? options.root : "/", &err))
		return cli_fail(&err);
	code = check_host(&root, options.json);
	pcow_root_close(&root);
	return code;
}
