/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pincow plot: figures of result files.  gnuplot gets its commands from one
 * anonymous file and writes the figure to another, so nothing waits for a pipe
 * and no name of a file is ever part of a command.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pincow/plot.h>

#include "cli.h"

enum {
	KEY_FORMAT = 0x200
};

struct plot_options {
	struct cli_common common;
	char *const *files;
	size_t nr_files;
	const char *dir;
	const char *format; /* NULL for all */
};

static const char *const formats[] = { "svg", "png" };

#define NR_FORMATS (sizeof(formats) / sizeof(formats[0]))

static const struct argp_option option_table[] = {
	{ "output", 'o', "DIR", 0, "Folder of the figures; default: figures beside the first FILE",
	  0 },
	{ "format", KEY_FORMAT, "FORMAT", 0, "svg, png or both (default)", 0 },
	{ 0 },
};

static void parse_format(struct plot_options *options, const struct argp_state *state,
			 const char *arg)
{
	options->format = NULL;
	if (!strcmp(arg, "both"))
		return;
	for (size_t i = 0; i < NR_FORMATS; i++) {
		if (!strcmp(arg, formats[i]))
			options->format = formats[i];
	}
	if (!options->format)
		argp_error(state, "--format: '%s' is none of svg, png, both", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct plot_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->common;
		return 0;
	case 'o':
		options->dir = arg;
		return 0;
	case KEY_FORMAT:
		parse_format(options, state, arg);
		return 0;
	case ARGP_KEY_ARGS:
		options->files = state->argv + state->next;
		options->nr_files = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no result file named");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "FILE...",
	.doc = "Draw the figures of a result file: fork-scaling, fault-latency and overview; "
	       "or of several, side by side: models, one figure an architecture.",
	.children = cli_common_children,
};

/* Scripts lie at the same place beside the binary in a build tree and when installed. */
static int script_dir(char *buf, size_t size, struct pcow_error *err)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n < 0)
		return pcow_error_set(err, -errno, "/proc/self/exe: %s", strerror(errno));
	exe[n] = '\0';
	snprintf(buf, size, "%s/" PINCOW_PLOT_DIR "/", dirname(exe));
	if (access(buf, R_OK))
		return pcow_error_set(err, -errno, "gnuplot scripts: %s: %s: install pincow again",
				      buf, strerror(errno));
	return 0;
}

/* gnuplot's complaint is the first line that it wrote and that is not empty. */
static int gnuplot_failed(int stderr_fd, const char *figure, struct pcow_error *err)
{
	char text[512];
	ssize_t n = pread(stderr_fd, text, sizeof(text) - 1, 0);
	char *line = text;

	text[n > 0 ? n : 0] = '\0';
	line += strspn(line, "\n \t^");
	line[strcspn(line, "\n")] = '\0';
	return pcow_error_set(err, -EIO, "gnuplot could not draw %s: %.400s", figure,
			      *line ? line : "it told no reason");
}

/* Run gnuplot on @script, the figure goes to @figure_fd. */
static int gnuplot_run(int script_fd, int figure_fd, int stderr_fd, const char *figure,
		       struct pcow_error *err)
{
	/* -d: what the user keeps in ~/.gnuplot is not part of a figure. */
	char *argv[] = { (char[]){ "gnuplot" }, (char[]){ "-d" }, NULL };
	posix_spawn_file_actions_t actions;
	int status, ret;
	pid_t pid;

	ret = posix_spawn_file_actions_init(&actions);
	if (ret)
		return pcow_error_set(err, -ret, "gnuplot: %s", strerror(ret));
	posix_spawn_file_actions_adddup2(&actions, script_fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, figure_fd, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, stderr_fd, STDERR_FILENO);
	ret = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (ret == ENOENT)
		return pcow_error_set(
			err, -ret, "gnuplot not found: apt-get install gnuplot-nox draws figures");
	if (ret)
		return pcow_error_set(err, -ret, "gnuplot: %s", strerror(ret));
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return pcow_error_set(err, -errno, "gnuplot: %s", strerror(errno));
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return gnuplot_failed(stderr_fd, figure, err);
	return 0;
}

/* What the figure's script finds: variables, data, and where its neighbours are. */
static int script_write(FILE *out, const struct pcow_plot_figure *figure,
			const struct pcow_plot_set *set, const char *format, struct pcow_error *err)
{
	char dir[PATH_MAX + sizeof(PINCOW_PLOT_DIR) + 2];
	int ret = script_dir(dir, sizeof(dir), err);

	if (ret)
		return ret;
	fputs("here = ", out);
	pcow_gnuplot_string(out, dir);
	fputs("\nformat = ", out);
	pcow_gnuplot_string(out, format);
	fputc('\n', out);
	ret = figure->write(out, set);
	if (ret > 0)
		fprintf(out, "load here.'%s.gp'\n", figure->name);
	if (ret < 0 || fflush(out))
		return pcow_error_set(err, -ENOMEM, "%s: %s", figure->name, strerror(ENOMEM));
	rewind(out);
	return ret;
}

/* Writes beside @path first: a figure is there whole or as it was. */
static int figure_save(FILE *script, const char *figure, const char *path, struct pcow_error *err)
{
	char part[PATH_MAX + 8];
	int stderr_fd, figure_fd, ret;

	stderr_fd = memfd_create("gnuplot", MFD_CLOEXEC);
	if (stderr_fd < 0)
		return pcow_error_set(err, -errno, "memfd: %s", strerror(errno));
	snprintf(part, sizeof(part), "%s.part", path);
	figure_fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (figure_fd < 0) {
		ret = pcow_error_set(err, -errno, "%s: %s", part, strerror(errno));
		goto out_close;
	}
	ret = gnuplot_run(fileno(script), figure_fd, stderr_fd, figure, err);
	if (close(figure_fd) && !ret)
		ret = pcow_error_set(err, -errno, "%s: %s", part, strerror(errno));
	if (!ret && rename(part, path))
		ret = pcow_error_set(err, -errno, "%s: %s", path, strerror(errno));
	if (ret)
		unlink(part);
out_close:
	close(stderr_fd);
	return ret;
}

/* Returns 1 when drawn, 0 when the files have nothing for this figure, or -errno. */
static int figure_draw(const struct pcow_plot_figure *figure, const struct pcow_plot_set *set,
		       const char *format, const char *path, struct pcow_error *err)
{
	int fd = memfd_create("gnuplot-script", MFD_CLOEXEC);
	FILE *script = fd < 0 ? NULL : fdopen(fd, "w+");
	int ret;

	if (!script)
		return pcow_error_set(err, -errno, "memfd: %s", strerror(errno));
	ret = script_write(script, figure, set, format, err);
	if (ret > 0) {
		ret = figure_save(script, figure->name, path, err);
		ret = ret ? ret : 1;
	}
	fclose(script);
	return ret;
}

/* One figure in the formats asked for; what is drawn is added to @drawn. */
static int formats_draw(const struct plot_options *options, const struct pcow_plot_figure *figure,
			const struct pcow_plot_set *set, json_t *drawn, struct pcow_error *err)
{
	char name[NAME_MAX];

	pcow_plot_figure_name(name, sizeof(name), figure, set);
	for (size_t i = 0; i < NR_FORMATS; i++) {
		char path[PATH_MAX];
		int ret;

		if (options->format && options->format != formats[i])
			continue;
		if (snprintf(path, sizeof(path), "%s/%s.%s", options->dir, name, formats[i]) >=
		    (int)sizeof(path))
			return pcow_error_set(err, -ENAMETOOLONG, "%.400s: %s", options->dir,
					      strerror(ENAMETOOLONG));
		ret = figure_draw(figure, set, formats[i], path, err);
		if (ret < 0)
			return ret;
		if (!ret) {
			cli_error("%s is left out: %s", name, figure->missing);
			return 0;
		}
		json_array_append_new(drawn, json_pack("{s:s, s:s, s:s}", "figure", name, "format",
						       formats[i], "path", path));
	}
	return 0;
}

/* Several files have the figures that compare them, one has the others. */
static int set_draw(const struct plot_options *options, const struct pcow_plot_set *set,
		    json_t *drawn, struct pcow_error *err)
{
	const struct pcow_plot_figure *figure;

	for (size_t i = 0; (figure = pcow_plot_figure_at(i)); i++) {
		int ret = 0;

		if (figure->compares == (options->nr_files > 1))
			ret = formats_draw(options, figure, set, drawn, err);
		if (ret)
			return ret;
	}
	return 0;
}

static int figures_draw(const struct plot_options *options, struct pcow_plot *const *plots,
			json_t *drawn, struct pcow_error *err)
{
	struct pcow_plot_set set;

	if (mkdir(options->dir, 0777) && errno != EEXIST)
		return pcow_error_set(err, -errno, "%.400s: %s", options->dir, strerror(errno));
	for (size_t i = 0; i < options->nr_files; i += set.n) {
		int ret;

		set = pcow_plot_set_first(plots + i, options->nr_files - i);
		ret = set_draw(options, &set, drawn, err);
		if (ret)
			return ret;
	}
	if (!json_array_size(drawn))
		return pcow_error_set(err, -ENODATA, "%.400s%s: nothing to draw", options->files[0],
				      options->nr_files > 1 ? " ..." : "");
	return 0;
}

static int plots_draw(const struct plot_options *options, struct pcow_plot *const *plots)
{
	struct pcow_error err = { 0 };
	json_t *drawn = json_array();
	json_t *item;
	size_t i;

	if (figures_draw(options, plots, drawn, &err)) {
		json_decref(drawn);
		return cli_fail(&err);
	}
	if (options->common.json)
		return cli_json_print(drawn);
	json_array_foreach (drawn, i, item)
		puts(json_string_value(json_object_get(item, "path")));
	json_decref(drawn);
	return CLI_OK;
}

/* Read the files into @plots, in the order in which they are shown. */
static int plots_read(const struct plot_options *options, struct pcow_plot **plots,
		      struct pcow_error *err)
{
	for (size_t i = 0; i < options->nr_files; i++) {
		int ret = pcow_plot_read(&plots[i], options->files[i], err);

		if (ret)
			return ret;
		if (pcow_plot_truncated(plots[i]))
			cli_warn_truncated(options->files[i]);
	}
	return pcow_plots_sort(plots, options->nr_files, err);
}

static int plot_main(int argc, char **argv)
{
	struct plot_options options = { 0 };
	struct pcow_error err = { 0 };
	struct pcow_plot **plots;
	char beside[PATH_MAX];
	int code;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return CLI_USAGE;
	plots = calloc(options.nr_files, sizeof(struct pcow_plot *));
	if (!plots) {
		cli_error("%zu files: %s", options.nr_files, strerror(ENOMEM));
		return CLI_USAGE;
	}
	if (!options.dir) {
		const char *slash = strrchr(options.files[0], '/');

		snprintf(beside, sizeof(beside), "%.*sfigures",
			 slash ? (int)(slash - options.files[0]) + 1 : 0, options.files[0]);
		options.dir = beside;
	}
	code = plots_read(&options, plots, &err) ? cli_fail(&err) : plots_draw(&options, plots);
	for (size_t i = 0; i < options.nr_files; i++)
		pcow_plot_free(plots[i]);
	free(plots);
	return code;
}

const struct cli_command cli_cmd_plot = {
	.name = "plot",
	.summary = "draw the figures of result files with gnuplot",
	.main = plot_main,
};
