/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands share; see cli.h. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum {
	KEY_JSON = 0x100
};

static error_t help_parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != 'h')
		return ARGP_ERR_UNKNOWN;
	argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
	return 0;
}

const struct argp cli_help_argp = {
	.options = (const struct argp_option[]){ { NULL, 'h', NULL, 0, "The same as --help", -1 },
						 { 0 } },
	.parser = help_parse,
};

static error_t common_parse(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	(void)arg;
	if (key != KEY_JSON)
		return ARGP_ERR_UNKNOWN;
	*json = true;
	return 0;
}

const struct argp cli_common_argp = {
	.options =
		(const struct argp_option[]){
			{ "json", KEY_JSON, NULL, 0, "Print JSON instead of text", 0 }, { 0 } },
	.parser = common_parse,
	.children = (const struct argp_child[]){ { &cli_help_argp, 0, NULL, 0 }, { 0 } },
};

const struct argp_child cli_common_children[] = {
	{ &cli_common_argp, 0, NULL, 0 },
	{ 0 },
};

void cli_error(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("pincow: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int cli_fail(const struct pcow_error *err)
{
	cli_error("%s", *err->text ? err->text : "out of memory");
	return CLI_USAGE;
}

void cli_warn_truncated(const char *path)
{
	cli_error("%s: the last line was cut short and is left out: "
		  "'pincow run --resume -o %s' measures that worker again",
		  path, path);
}

int cli_json_print(json_t *json)
{
	return pcow_json_write(stdout, json) ? cli_fail(&(struct pcow_error){ "" }) : CLI_OK;
}

enum pcow_profile cli_parse_profile(const struct argp_state *state, const char *text)
{
	enum pcow_profile profile = PCOW_QUICK;

	if (pcow_profile_parse(text, &profile))
		argp_error(state, "--profile: '%s' is none of quick, standard, full, lab", text);
	return profile;
}

bool cli_color(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");

	/* https://no-color.org: present and not empty. */
	return isatty(fileno(out)) && !(no_color && *no_color);
}
