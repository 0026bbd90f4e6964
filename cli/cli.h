/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands share: exit codes, the option of every command, and how
 * errors, JSON and parameters are printed.
 */
#ifndef PINCOW_CLI_H
#define PINCOW_CLI_H

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <pincow/core.h>
#include <pincow/error.h>

enum cli_exit {
	CLI_OK = 0,
	CLI_BROKEN = 1, /* a claim was broken, or a worker failed */
	CLI_USAGE = 2, /* wrong usage, bad input, output that cannot be written */
	CLI_INCONCLUSIVE = 3, /* no answer either way */
	CLI_NOTHING = 77, /* every case was skipped: what test harnesses call a skip */
	CLI_SIGNAL = 128, /* plus the signal that ended the run */
};

/**
 * struct cli_command - one word after `pincow`
 * @name:	the word
 * @summary:	one line for `pincow --help`
 * @main:	gets argv[0] = "pincow NAME"; returns the exit code
 */
struct cli_command {
	const char *name;
	const char *summary;
	int (*main)(int argc, char **argv);
};

extern const struct cli_command cli_cmd_list;
extern const struct cli_command cli_cmd_run;
extern const struct cli_command cli_cmd_show;
extern const struct cli_command cli_cmd_doctor;
extern const struct cli_command cli_cmd_plot;
extern const struct cli_command cli_cmd_probe;

/**
 * struct cli_common - options of every command
 * @json:	print JSON instead of text
 */
struct cli_common {
	bool json;
};

/* Child parser of struct cli_common; the parent hands the address of its
 * struct through child_inputs[0] at ARGP_KEY_INIT. */
extern const struct argp_child cli_common_children[];

/* "pincow: <line>" on standard error. */
__attribute__((format(printf, 1, 2))) void cli_error(const char *fmt, ...);

/* Prints the line of @err; returns CLI_USAGE. */
int cli_fail(const struct pcow_error *err);

/* Tell that the last line of result file @path was cut short. */
void cli_warn_truncated(const char *path);

/* Prints @json to standard output and drops the reference; NULL stands for
 * out of memory. Returns an exit code. */
int cli_json_print(json_t *json);

/* The number in @text; anything else, or one outside @min .. @max, ends the
 * program with a usage error that names @option. */
uint64_t cli_parse_u64(const struct argp_state *state, const char *option, const char *text,
		       uint64_t min, uint64_t max);

/* The profile named @text, or a usage error. */
enum pcow_profile cli_parse_profile(const struct argp_state *state, const char *text);

/* The only argument; none or a second one is a usage error. For ARGP_KEY_ARG. */
error_t cli_take_one(const struct argp_state *state, const char **slot, char *arg);

/* May @out be coloured? */
bool cli_color(FILE *out);

#endif
