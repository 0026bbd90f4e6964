/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow plot: figures of one thing, or of groups side by side. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pincow/plot.h>

#include "cli.h"

enum {
	KEY_FORMAT = 0x200
};

struct plot_options {
	struct cli_question question;
	const char *dir;
	const char *format; /* one of formats, or both */
	json_t *drawn; /* what cli_plot_main() prints */
};

static const char *const formats[] = { "svg", "png" };

#define NR_FORMATS (sizeof(formats) / sizeof(formats[0]))

static const struct argp_option option_table[] = {
	{ "output", 'o', "DIR", 0, "Folder of the figures; default: figures beside the first file",
	  0 },
	{ "format", KEY_FORMAT, "FORMAT", 0, "svg, png or both (default)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct plot_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->question;
		return 0;
	case 'o':
		options->dir = arg;
		return 0;
	case KEY_FORMAT:
		if (strcmp(arg, "svg") && strcmp(arg, "png") && strcmp(arg, "both"))
			argp_error(state, "--format: '%s' is none of svg, png, both", arg);
		options->format = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "FILE|FOLDER|PROFILE...",
	.doc = "Draw figures. Of one file, or of boots of one thing, of which the first is shown: "
	       "fork-scaling, fault-latency and overview. Of several groups, side by side, a set "
	       "for each architecture: changes (a page that says what changed), bars, ratio, ecdf, "
	       "scaling and memory. Of profiles by function, which `lab profile` writes: why, the "
	       "functions in which another kernel differs from that of the first profile, a figure "
	       "for each case.",
	.children = cli_question_children,
};

/* Draws into a file beside @path first: a figure is there whole or as it was.
 * Returns 1 when drawn, 0 when there is nothing for this figure, or -errno. */
static int figure_save(const struct pcow_plot_figure *figure, const struct pcow_plot *plot,
		       const char *format, const char *path, struct pcow_error *err)
{
	char part[PATH_MAX + 8];
	FILE *out;
	int ret;

	snprintf(part, sizeof(part), "%s.part", path);
	out = fopen(part, "we");
	if (!out)
		return pcow_error_set(err, -errno, "%s: %s", part, strerror(errno));
	ret = cli_figure_draw(figure, plot, format, out, err);
	if (fclose(out) && ret >= 0)
		ret = pcow_error_set(err, -errno, "%s: %s", part, strerror(errno));
	if (ret > 0 && rename(part, path))
		ret = pcow_error_set(err, -errno, "%s: %s", path, strerror(errno));
	if (ret <= 0)
		unlink(part);
	return ret;
}

/* One figure in the formats asked for; what is drawn is added to the options. */
static int formats_draw(const struct plot_options *options, const struct pcow_plot_figure *figure,
			const struct pcow_plot *plot, struct pcow_error *err)
{
	char name[NAME_MAX];

	pcow_plot_figure_name(name, sizeof(name), figure, plot);
	for (size_t i = 0; i < NR_FORMATS; i++) {
		char path[PATH_MAX];
		int ret;

		if (strcmp(options->format, "both") && strcmp(options->format, formats[i]))
			continue;
		if (snprintf(path, sizeof(path), "%s/%s.%s", options->dir, name, formats[i]) >=
		    (int)sizeof(path))
			return pcow_error_set(err, -ENAMETOOLONG, "%.400s: %s", options->dir,
					      strerror(ENAMETOOLONG));
		ret = figure_save(figure, plot, formats[i], path, err);
		if (ret < 0)
			return ret;
		if (!ret) {
			cli_error("%s is left out: %s", name, figure->missing);
			return 0;
		}
		json_array_append_new(options->drawn,
				      json_pack("{s:s, s:s, s:s}", "figure", name, "format",
						formats[i], "path", path));
	}
	return 0;
}

/* Every figure of @plot, which is freed. */
static int plot_draw(const struct plot_options *options, struct pcow_plot *plot,
		     struct pcow_error *err)
{
	const struct pcow_plot_figure *figure;
	int ret = 0;

	for (size_t i = 0; !ret && (figure = pcow_plot_figure_at(plot, i)); i++)
		ret = formats_draw(options, figure, plot, err);
	pcow_plot_free(plot);
	return ret;
}

/* The figures of one thing: of a file, since boots are no part of one another. */
static int thing_draw(const struct plot_options *options, struct pcow_error *err)
{
	const struct pcow_dataset *set = &options->question.dataset;
	struct pcow_plot *plot;
	int ret;

	if (set->files[0].truncated)
		cli_warn_truncated(set->files[0].path);
	if (set->nr_files > 1)
		cli_error("%zu files of one group: the figures show %s", set->nr_files,
			  set->files[0].path);
	ret = pcow_plot_read(&plot, set->files[0].path, err);
	return ret ? ret : plot_draw(options, plot, err);
}

static int groups_draw(struct plot_options *options, struct pcow_error *err)
{
	struct cli_question *question = &options->question;
	struct pcow_analysis *analysis = &question->analysis;
	int ret = pcow_analysis_make(analysis, &question->dataset, &question->question, err);

	for (size_t i = 0; i < analysis->nr_notes && !ret; i++)
		cli_error("%s", analysis->notes[i]);
	for (size_t i = 0; i < analysis->nr_comparisons && !ret; i++) {
		struct pcow_plot *plot;

		ret = pcow_plot_compare(&plot, analysis, &analysis->comparisons[i], err);
		if (!ret)
			ret = plot_draw(options, plot, err);
	}
	return ret;
}

/* The file of the first figures. */
static const char *first_path(const struct plot_options *options)
{
	return options->question.nr_arguments ? options->question.dataset.files[0].path
					      : options->question.profiles[0].path;
}

/* What one kernel differs in from the first. */
static int kernel_draw(const struct plot_options *options,
		       const struct pcow_function_profile *other, struct pcow_error *err)
{
	const struct pcow_function_profile *base = options->question.profiles;
	bool several = options->question.nr_profiles > 2;

	if (strcmp(base->machine, other->machine))
		return pcow_error_set(err, -EINVAL,
				      "%.200s is of %s, %.200s of %s: give profiles of one "
				      "architecture",
				      base->path, base->machine, other->path, other->machine);
	for (size_t i = 0; i < base->nr_cases; i++) {
		struct pcow_plot *plot;
		int ret = pcow_plot_profiles(&plot, base, other, i, several, err);

		if (!ret)
			ret = plot_draw(options, plot, err);
		else if (ret == -ENODATA)
			cli_error("%s", err->text);
		if (ret && ret != -ENODATA)
			return ret;
	}
	return 0;
}

static int profiles_draw(const struct plot_options *options, struct pcow_error *err)
{
	const struct cli_question *question = &options->question;
	int ret = 0;

	if (question->nr_profiles == 1)
		return pcow_error_set(err, -EINVAL,
				      "%.400s: the only profile: give that of another kernel, too",
				      question->profiles[0].path);
	for (size_t i = 1; i < question->nr_profiles && !ret; i++)
		ret = kernel_draw(options, &question->profiles[i], err);
	return ret;
}

static int results_draw(struct plot_options *options, struct pcow_error *err)
{
	const struct cli_question *question = &options->question;
	size_t nr_groups;
	int ret;

	ret = pcow_dataset_count_groups(&question->dataset, question->question.keys, &nr_groups);
	if (ret)
		return pcow_error_set(err, ret, "%s", strerror(-ret));
	return nr_groups > 1 ? groups_draw(options, err) : thing_draw(options, err);
}

static int figures_draw(struct plot_options *options, struct pcow_error *err)
{
	const struct cli_question *question = &options->question;
	int ret = 0;

	if (mkdir(options->dir, 0777) && errno != EEXIST)
		return pcow_error_set(err, -errno, "%.400s: %s", options->dir, strerror(errno));
	if (question->nr_arguments)
		ret = results_draw(options, err);
	if (!ret && question->nr_profiles)
		ret = profiles_draw(options, err);
	if (!ret && !json_array_size(options->drawn))
		return pcow_error_set(
			err, -ENODATA, "%.400s%s: nothing to draw", first_path(options),
			question->nr_arguments + question->nr_profiles > 1 ? " ..." : "");
	return ret;
}

static int plot(struct plot_options *options)
{
	struct pcow_error err = { "" };
	char beside[PATH_MAX];
	json_t *item;
	size_t i;

	if (cli_question_take_profiles(&options->question, &err) ||
	    (options->question.nr_arguments && cli_question_read(&options->question, &err)))
		return cli_fail(&err);
	if (!options->dir) {
		const char *path = first_path(options);
		const char *slash = strrchr(path, '/');

		snprintf(beside, sizeof(beside), "%.*sfigures", slash ? (int)(slash - path) + 1 : 0,
			 path);
		options->dir = beside;
	}
	options->drawn = json_array();
	if (figures_draw(options, &err))
		return cli_fail(&err);
	if (options->question.json)
		return cli_json_print(json_incref(options->drawn));
	json_array_foreach (options->drawn, i, item)
		puts(json_string_value(json_object_get(item, "path")));
	return CLI_OK;
}

int cli_plot_main(int argc, char **argv)
{
	struct plot_options options = { .format = "both" };
	int code = cli_question_parse(&options.question, &argp, argc, argv, &options);

	if (code == CLI_OK)
		code = plot(&options);
	json_decref(options.drawn);
	cli_question_clear(&options.question);
	return code;
}
