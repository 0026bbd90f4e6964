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

#include <pincow/compare.h>
#include <pincow/core.h>
#include <pincow/error.h>
#include <pincow/format.h>
#include <pincow/profile.h>

enum cli_exit {
	CLI_OK = 0,
	CLI_BROKEN = 1, /* a claim was broken, a worker failed, or a kernel regressed */
	CLI_USAGE = 2, /* wrong usage, bad input, output that cannot be written */
	CLI_INCONCLUSIVE = 3, /* no answer either way */
	CLI_NOTHING = 77, /* every case was skipped: what test harnesses call a skip */
	CLI_SIGNAL = 128, /* plus the signal that ended the run */
};

/* A command: gets argv[0] = "pincow NAME"; returns the exit code. */
typedef int cli_main(int argc, char **argv);
cli_main cli_list_main;
cli_main cli_run_main;
cli_main cli_show_main;
cli_main cli_compare_main;
cli_main cli_gate_main;
cli_main cli_plot_main;
cli_main cli_report_main;
cli_main cli_export_main;
cli_main cli_doctor_main;
cli_main cli_probe_main;

/* Parser of what every command takes, and a list with it alone; the parent hands the address of
 * a bool for --json through child_inputs[0] at ARGP_KEY_INIT. */
extern const struct argp cli_common_argp;
extern const struct argp_child cli_common_children[];

/* Parser of -h alone. */
extern const struct argp cli_help_argp;

/**
 * struct cli_question - what the commands that compare ask of result files
 * @json:	print JSON instead of text
 * @question:	how to group and judge
 * @policy_path: NULL for the default policy
 * @arguments, @nr_arguments: files and folders
 * @may_lack_files: they need not be there
 * @profiles, @nr_profiles: profiles by function that were among the arguments
 * @policy, @dataset, @analysis: made by cli_question_answer()
 * @command:	the command line that asks it again
 */
struct cli_question {
	bool json;
	struct pcow_question question;
	const char *policy_path;
	char **arguments;
	size_t nr_arguments;
	bool may_lack_files;
	struct pcow_function_profile *profiles;
	size_t nr_profiles;
	struct pcow_policy policy;
	struct pcow_dataset dataset;
	struct pcow_analysis analysis;
	char *command;
};

/* Parser of struct cli_question, as cli_common_children; and of its files without the
 * other options. */
extern const struct argp_child cli_question_children[];
extern const struct argp cli_files_argp;

/* Parse, with what was typed kept as @question->command. 0 or an exit code. */
int cli_question_parse(struct cli_question *question, const struct argp *argp, int argc,
		       char **argv, void *input);

/* Reads the policy and the files, without comparing them. 0, or -errno with its
 * line in @err; cli_question_clear() in either case. */
int cli_question_read(struct cli_question *question, struct pcow_error *err);

/* Reads and compares. As cli_question_read(). */
int cli_question_answer(struct cli_question *question, struct pcow_error *err);
void cli_question_clear(struct cli_question *question);

/* Reads the profiles among the arguments, which keep the others; before
 * cli_question_read(), and as that one. */
int cli_question_take_profiles(struct cli_question *question, struct pcow_error *err);

/* What --format and --json ask for, the first of the list where neither does; both
 * are a usage error.  @format: NULL without --format. */
const struct pcow_analysis_format *
cli_choose_format(const struct argp_state *state,
		  const struct pcow_analysis_format *(*format_at)(size_t index),
		  const struct pcow_analysis_format *format, bool json);

/* The format named @name of a list; a name that is not in it is a usage error. */
const struct pcow_analysis_format *
cli_find_format(const struct argp_state *state,
		const struct pcow_analysis_format *(*format_at)(size_t index), const char *name);

/* What a writer gets besides the figures; borrows from @question. */
struct pcow_rendering cli_rendering(const struct cli_question *question, FILE *out);

struct pcow_plot;
struct pcow_plot_figure;

/* Draws a figure of @plot (see pincow/plot.h) with gnuplot, as "svg" or "png", to
 * @out. Returns 1; 0 when there is nothing to draw; or -errno with its line in @err. */
int cli_figure_draw(const struct pcow_plot_figure *figure, const struct pcow_plot *plot,
		    const char *format, FILE *out, struct pcow_error *err);

/* "pincow: <line>" on standard error. */
__attribute__((format(printf, 1, 2))) void cli_error(const char *fmt, ...);

/* Prints the line of @err, or of having no memory where it has none; returns CLI_USAGE. */
int cli_fail(const struct pcow_error *err);

/* Tell that the last line of result file @path was cut short. */
void cli_warn_truncated(const char *path);

/* Prints @json to standard output and drops the reference; NULL stands for
 * out of memory. Returns an exit code. */
int cli_json_print(json_t *json);

/* The profile named @text, or a usage error. */
enum pcow_profile cli_parse_profile(const struct argp_state *state, const char *text);

/* May @out be coloured? */
bool cli_color(FILE *out);

#endif
