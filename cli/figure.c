/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs gnuplot.  It gets its commands from one anonymous file and writes the
 * figure to another file, so nothing waits for a pipe and no name of a file is
 * ever part of a command.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pincow/plot.h>

#include "cli.h"

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
			const struct pcow_plot *plot, const char *format, struct pcow_error *err)
{
	char dir[PATH_MAX + sizeof(PINCOW_PLOT_DIR) + 2];
	int ret = script_dir(dir, sizeof(dir), err);

	if (ret)
		return ret;
	fputs("here = ", out);
	pcow_gnuplot_string(out, dir);
	fputs("\nformat = ", out);
	pcow_gnuplot_string(out, format);
	fputs("\nheadline = ", out);
	pcow_gnuplot_string(out, figure->title);
	fputc('\n', out);
	ret = figure->write(out, plot);
	if (ret > 0)
		fprintf(out, "load here.'%s.gp'\n", figure->name);
	if (ret < 0 || fflush(out))
		return pcow_error_set(err, -ENOMEM, "%s: %s", figure->name, strerror(ENOMEM));
	rewind(out);
	return ret;
}

/* gnuplot exits with 0 where the disk is full: a figure is written here. */
static int figure_copy(int from, FILE *to, const char *figure, struct pcow_error *err)
{
	char buf[8192];
	ssize_t n;

	for (off_t at = 0; (n = pread(from, buf, sizeof(buf), at)) > 0; at += n)
		fwrite(buf, 1, (size_t)n, to);
	if (n < 0 || fflush(to) || ferror(to))
		return pcow_error_set(err, -errno, "writing %s: %s", figure, strerror(errno));
	return 0;
}

int cli_figure_draw(const struct pcow_plot_figure *figure, const struct pcow_plot *plot,
		    const char *format, FILE *out, struct pcow_error *err)
{
	int script_fd = memfd_create("gnuplot-script", MFD_CLOEXEC);
	int stderr_fd = memfd_create("gnuplot-stderr", MFD_CLOEXEC);
	int figure_fd = memfd_create("gnuplot-figure", MFD_CLOEXEC);
	bool open = script_fd >= 0 && stderr_fd >= 0 && figure_fd >= 0;
	FILE *script = open ? fdopen(script_fd, "w+") : NULL;
	int ret;

	if (!script) {
		ret = pcow_error_set(err, -errno, "memfd: %s", strerror(errno));
		goto out_close;
	}
	ret = script_write(script, figure, plot, format, err);
	if (ret > 0) {
		ret = gnuplot_run(script_fd, figure_fd, stderr_fd, figure->name, err);
		if (!ret)
			ret = figure_copy(figure_fd, out, figure->name, err);
		ret = ret ? ret : 1;
	}
	fclose(script);
	script_fd = -1;
out_close:
	if (script_fd >= 0)
		close(script_fd);
	if (stderr_fd >= 0)
		close(stderr_fd);
	if (figure_fd >= 0)
		close(figure_fd);
	return ret;
}
