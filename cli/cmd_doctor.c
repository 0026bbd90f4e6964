/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pincow doctor: what in this host makes figures noisy or different, and how
 * to mend it; and the way back from what a killed run left changed.
 */
#include <string.h>

#include <pincow/need.h>
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
	.doc = "Check what in this host makes figures noisy, gives them another meaning, or keeps "
	       "a "
	       "scenario from running, and tell the command that mends it.",
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

static int check_append(const struct pcow_check *check, void *array)
{
	return json_array_append_new(array, pcow_check_json(check));
}

static int lack_emit(const char *scenario, const struct pcow_lack *lack,
		     int (*emit)(const struct pcow_check *, void *), void *arg)
{
	struct pcow_check check = {
		.status = PCOW_CHECK_WARN,
		.why = "where a scenario's needs are not met, its cases are skipped",
	};

	snprintf(check.check, sizeof(check.check), "%s", scenario);
	snprintf(check.value, sizeof(check.value), "%s", lack->reason);
	snprintf(check.remedy, sizeof(check.remedy), "%s", lack->remedy);
	return emit(&check, arg);
}

/* platform knows the host, this knows what is measured on it: one check for each scenario
 * that cannot run, one for all the others. */
static int scenarios_check(const struct pcow_root *root,
			   int (*emit)(const struct pcow_check *, void *), void *arg)
{
	struct pcow_check others = { .check = "scenarios",
				     .why = "each has needs of its own: pincow list --verbose" };
	const struct pcow_scenario *s;
	size_t met = 0, unknown = 0;
	struct pcow_lack lack;
	int ret = 0;

	for (size_t i = 0; !ret && (s = pcow_scenario_at(i)); i++) {
		enum pcow_met one = pcow_scenario_check(s, root, &lack);

		met += one == PCOW_MET;
		unknown += one == PCOW_MET_UNKNOWN;
		if (one == PCOW_UNMET)
			ret = lack_emit(s->name, &lack, emit, arg);
	}
	others.status = unknown ? PCOW_CHECK_UNKNOWN : PCOW_CHECK_OK;
	snprintf(others.value, sizeof(others.value), "%zu of %zu can run%s", met,
		 pcow_scenario_count(),
		 unknown ? "; needs of others are not part of a recorded host" : "");
	return ret ? ret : emit(&others, arg);
}

static int checks_all(const struct pcow_root *root, int (*emit)(const struct pcow_check *, void *),
		      void *arg)
{
	int ret = pcow_doctor(root, emit, arg);

	return ret ? ret : scenarios_check(root, emit, arg);
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
	json_t *array = json ? json_array() : NULL;

	if (json && !checks_all(root, check_append, array))
		return cli_json_print(array);
	json_decref(array);
	if (json || checks_all(root, check_print, &state))
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
