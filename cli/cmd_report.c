/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow report: one HTML page with verdict, figures, tables and environments. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pincow/plot.h>
#include <pincow/why.h>

#include "cli.h"

struct report_options {
	struct cli_question question;
	const char *output;
};

static const struct argp_option option_table[] = {
	{ "output", 'o', "FILE", 0, "The page; default: report.html in the working directory", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->question;
		return 0;
	case 'o':
		options->output = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "FILE|FOLDER|PROFILE...",
	.doc = "Write one HTML page that needs nothing else: the verdict, figures, tables, where "
	       "each group was measured, what was skipped and why, and how to repeat it. With "
	       "profiles by function of the groups' kernels, which `lab profile` writes, also why: "
	       "in which functions the instructions of each case that changed went.",
	.children = cli_question_children,
};

/* ----------------------------------------------------------------- figures */

/* A figure that has no data is left out of the page. */
static int draw_figure(struct pcow_report_extras *extras, const struct pcow_plot_figure *figure,
		       const struct pcow_plot *plot, struct pcow_error *err)
{
	struct pcow_report_figure *figures;
	char *svg = NULL;
	size_t size;
	FILE *out = open_memstream(&svg, &size);
	int ret = out ? cli_figure_draw(figure, plot, "svg", out, err) : -ENOMEM;

	if (out && fclose(out) && ret >= 0)
		ret = -ENOMEM;
	figures = reallocarray(extras->figures, extras->nr_figures + 1, sizeof(*figures));
	if (figures)
		extras->figures = figures;
	else
		ret = -ENOMEM;
	if (ret > 0)
		figures[extras->nr_figures++] =
			(struct pcow_report_figure){ figure->title, svg, size };
	else
		free(svg);
	if (ret == -ENOMEM)
		pcow_error_set(err, ret, "%s: %s", figure->name, strerror(ENOMEM));
	return ret < 0 ? ret : 0;
}

/* The page is worth having without a figure: what fails is told, and all others are
 * drawn.  Returns 0, or the last failure; gnuplot that is not there fails once. */
static int draw_figures(struct pcow_report_extras *extras, const struct pcow_analysis *analysis)
{
	int failed = 0;

	for (size_t i = 0; failed != -ENOENT && i < analysis->nr_comparisons; i++) {
		const struct pcow_plot_figure *figure;
		struct pcow_error err = { "" };
		struct pcow_plot *plot;
		int ret = pcow_plot_compare(&plot, analysis, &analysis->comparisons[i], &err);

		if (ret) {
			cli_error("the page lacks figures: %s", err.text);
			failed = -EIO;
			continue;
		}
		for (size_t f = 0; failed != -ENOENT && (figure = pcow_plot_figure_at(plot, f));
		     f++) {
			ret = draw_figure(extras, figure, plot, &err);
			if (ret)
				cli_error("the page lacks figures: %s", err.text);
			failed = ret ? ret : failed;
		}
		pcow_plot_free(plot);
	}
	return failed;
}

static void figures_clear(struct pcow_report_extras *extras)
{
	for (size_t i = 0; i < extras->nr_figures; i++)
		free((char *)extras->figures[i].svg);
	free(extras->figures);
}

/* -------------------------------------------------------------------- page */

/* A failed write may have left no errno: an earlier one, of which only the flag is left. */
static int write_failed(const char *path, struct pcow_error *err)
{
	int code = errno ? errno : EIO;

	return pcow_error_set(err, -code, "%.400s: cannot be written: %s", path, strerror(code));
}

/* @path is what the user calls it. */
static int page_write(const char *to, const char *path, const struct pcow_analysis *analysis,
		      const struct pcow_report_extras *extras,
		      const struct pcow_rendering *rendering, struct pcow_error *err)
{
	FILE *out = fopen(to, "we");
	int ret;

	if (!out)
		return write_failed(path, err);
	errno = 0;
	ret = pcow_report_write(out, analysis, extras, rendering);
	if (!ret && (fflush(out) || ferror(out)))
		ret = write_failed(path, err);
	fclose(out);
	return ret;
}

/* Writes beside @path first: a page is there whole or as it was.  What is no
 * file, as a pipe, is written to and stays what it is. */
static int page_save(const char *path, const struct pcow_analysis *analysis,
		     const struct pcow_report_extras *extras,
		     const struct pcow_rendering *rendering, struct pcow_error *err)
{
	char part[PATH_MAX + 8];
	struct stat st;
	int ret;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return page_write(path, path, analysis, extras, rendering, err);
	snprintf(part, sizeof(part), "%s.part", path);
	ret = page_write(part, path, analysis, extras, rendering, err);
	if (!ret && rename(part, path))
		ret = pcow_error_set(err, -errno, "%.400s: %s", path, strerror(errno));
	if (ret)
		unlink(part);
	return ret;
}

/* A profile may well be of a kernel that is left out of this page. */
static void note_unused(const struct cli_question *question)
{
	for (size_t i = 0; i < question->nr_profiles; i++) {
		const struct pcow_function_profile *profile = &question->profiles[i];

		if (!pcow_function_profile_is_used(profile, &question->analysis))
			cli_error("%s: left out: no group is of its kernel, Linux %s on %s",
				  profile->path, profile->release, profile->machine);
	}
}

static int page_print(const struct report_options *options, size_t nr_figures)
{
	const struct pcow_analysis *analysis = &options->question.analysis;

	if (options->question.json)
		return cli_json_print(json_pack("{s:s, s:s, s:I}", "report", options->output,
						"gate", pcow_gate_name(analysis->gate), "figures",
						(json_int_t)nr_figures));
	puts(options->output);
	return CLI_OK;
}

static int report(struct report_options *options)
{
	const struct pcow_selection selection = { .by_change = true, .changed = true };
	struct cli_question *question = &options->question;
	struct pcow_rendering rendering = cli_rendering(question, stdout);
	struct pcow_analysis *analysis = &question->analysis;
	struct pcow_report_extras extras = { 0 };
	struct pcow_error err = { "" };
	int code, failed;

	if (cli_question_take_profiles(question, &err))
		return cli_fail(&err);
	if (!question->nr_arguments) {
		pcow_error_set(&err, -EINVAL,
			       "%.400s: a profile says why; give the result files of what changed, "
			       "too",
			       question->profiles[0].path);
		return cli_fail(&err);
	}
	if (cli_question_answer(question, &err))
		return cli_fail(&err);
	note_unused(question);
	extras.profiles = question->profiles;
	extras.nr_profiles = question->nr_profiles;
	failed = draw_figures(&extras, analysis);
	pcow_analysis_select(analysis, &selection);
	if (page_save(options->output, analysis, &extras, &rendering, &err))
		code = cli_fail(&err);
	else
		code = page_print(options, extras.nr_figures);
	/* A host may do without gnuplot; one that fails is an error. */
	if (code == CLI_OK && failed && failed != -ENOENT)
		code = CLI_USAGE;
	figures_clear(&extras);
	return code;
}

int cli_report_main(int argc, char **argv)
{
	struct report_options options = { .output = "report.html" };
	int code = cli_question_parse(&options.question, &argp, argc, argv, &options);

	if (code == CLI_OK)
		code = report(&options);
	cli_question_clear(&options.question);
	return code;
}
