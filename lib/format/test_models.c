/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of compared files, which may stand side by side, and the figure's data. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pincow/plot.h>

#include "gnuplot.h"
#include "plot_data.h"

#define FILES 6

/* A file that holds no more than what order and refusal look at. */
static struct pcow_plot *plot_make(const char *machine, const char *model, const char *release,
				   const char *clock, int page_bytes)
{
	struct pcow_plot *plot = calloc(1, sizeof(*plot));

	assert_non_null(plot);
	plot->path = strdup(release);
	plot->summary.header.host = json_pack("{s:s, s:{s:s}, s:{s:i}}", "machine", machine,
					      "kernel", "release", release, "memory", "page_bytes",
					      page_bytes);
	plot->summary.header.model = model ? json_pack("{s:s}", "name", model) : NULL;
	snprintf(plot->summary.header.clock_domain, sizeof(plot->summary.header.clock_domain), "%s",
		 clock);
	return plot;
}

static void plots_free(struct pcow_plot **plots, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pcow_plot_free(plots[i]);
}

static void test_order(void **state)
{
	static const char *const sorted[FILES] = { "7.2.12", "5.10.9", "5.4.1",
						   "5.10.0", "6.1.0",  "4.4.0" };
	struct pcow_plot *plots[FILES] = {
		plot_make("x86_64", NULL, "4.4.0", "wall", 4096),
		plot_make("x86_64", "exclusive", "6.1.0", "wall", 4096),
		plot_make("aarch64", "owner-tracked", "7.2.12", "wall", 65536),
		plot_make("x86_64", "simplified", "5.10.0", "wall", 4096),
		plot_make("x86_64", "old", "5.10.9", "wall", 4096),
		plot_make("x86_64", "simplified", "5.4.1", "wall", 4096),
	};
	struct pcow_error err = { 0 };
	struct pcow_plot_set set;

	(void)state;
	assert_int_equal(pcow_plots_sort(plots, FILES, &err), 0);
	for (size_t i = 0; i < FILES; i++)
		assert_string_equal(plots[i]->path, sorted[i]);
	set = pcow_plot_set_first(plots, FILES);
	assert_int_equal(set.n, 1);
	set = pcow_plot_set_first(plots + 1, FILES - 1);
	assert_int_equal(set.n, FILES - 1);
	plots_free(plots, FILES);
}

static void refused(const char *clock, int page_bytes, const char *expected)
{
	struct pcow_plot *plots[] = {
		plot_make("x86_64", "old", "a", "wall", 4096),
		plot_make("x86_64", "old", "b", clock, page_bytes),
	};
	struct pcow_error err = { 0 };

	assert_int_equal(pcow_plots_sort(plots, 2, &err), -EINVAL);
	assert_string_equal(err.text, expected);
	plots_free(plots, 2);
}

static void test_refused(void **state)
{
	(void)state;
	refused("instructions", 4096,
		"a has the clock 'wall' and b 'instructions', which cannot be compared: plot them "
		"apart");
	refused("wall", 0,
		"a has base pages of 4K and b of unknown size, which cannot be compared: plot "
		"them apart");
	refused("wall", 16384,
		"a has base pages of 4K and b of 16K, which cannot be compared: plot "
		"them apart");
}

/* What the machine is called comes from the file, and goes into a path. */
static void test_name(void **state)
{
	const struct pcow_plot_figure figure = { .name = "models", .compares = true };
	struct pcow_plot *plot = plot_make("../x 64", "old", "a", "wall", 4096);
	struct pcow_plot_set set = { .plots = &plot, .n = 1 };
	char name[64];

	(void)state;
	pcow_plot_figure_name(name, sizeof(name), &figure, &set);
	assert_string_equal(name, "models-___x_64");
	pcow_plot_free(plot);
}

/* The figure's text of two files; *@panels is what was returned. */
static char *models_text(const char *file_a, const char *file_b, int *panels)
{
	const char *const files[] = { file_a, file_b };
	struct pcow_plot *plots[2];
	struct pcow_plot_set set = { .plots = plots, .n = 2 };
	struct pcow_error err = { 0 };
	char *buf = NULL;
	size_t size;
	FILE *out;

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pcow_plot_read(&plots[i], files[i], &err), 0);
	assert_int_equal(pcow_plots_sort(plots, 2, &err), 0);
	out = open_memstream(&buf, &size);
	assert_non_null(out);
	*panels = pcow_models_write(out, &set);
	assert_int_equal(fclose(out), 0);
	plots_free(plots, 2);
	return buf;
}

static void test_data(void **state)
{
	int panels;
	char *text = models_text(PINCOW_FIXTURES "/results/models-owner-tracked.jsonl",
				 PINCOW_FIXTURES "/results/models-simplified.jsonl", &panels);

	(void)state;
	assert_int_equal(panels, 6);
	assert_non_null(strstr(text, "left_out = ''\nfiles = 2\n"));
	assert_non_null(strstr(text, "file[1] = 'Linux 5.10.0-46-cloud-amd64  ·  x86_64  ·  "
				     "COW model simplified  ·  lab 5.10-amd64'\nmodel[1] = 2\n"));
	assert_non_null(strstr(text, "model[2] = 4\n"));
	/* Of fork's two sizes the larger; file, median, least and greatest. */
	assert_non_null(strstr(text, "panel[2] = 'fork/anon'\naxis[2] = 'thp 16M  ·  "
				     "instructions/fork'\n$panel_2 << EOD\n"
				     "1 126266 126266 126266 \"126266\" \"\"\n"));
	assert_non_null(strstr(text,
			       "axis[6] = 'thp-pte sharer=exited 4M  ·  "
			       "instructions/fault'\n$panel_6 << EOD\n"
			       "1 4093.13281 4093.13281 4093.13281 \"4093\" \"copy\"\n"
			       "2 1510.21289 1510.21289 1510.21289 \"1510\" \"reuse\"\nEOD\n"));
	free(text);
}

/* slope.jsonl has fork alone, up to 64 MiB of base pages and 32 MiB of THPs. */
static void test_left_out(void **state)
{
	const char *file = PINCOW_FIXTURES "/results/slope.jsonl";
	int panels;
	char *text = models_text(file, file, &panels);

	(void)state;
	assert_int_equal(panels, 2);
	assert_non_null(strstr(text, "left_out = 'fault/first-touch base, fault/cow-copy base, "
				     "fault/cow-reuse base, fault/cow-reuse thp-pte'\n"));
	assert_non_null(strstr(text, "axis[1] = 'base 64M  ·  µs/fork'\n"));
	assert_non_null(strstr(text, "axis[2] = 'thp 32M  ·  µs/fork'\n"));
	free(text);
}

static void test_nothing(void **state)
{
	int panels;
	char *text = models_text(PINCOW_FIXTURES "/results/slope.jsonl",
				 PINCOW_FIXTURES "/results/header-only.jsonl", &panels);

	(void)state;
	assert_int_equal(panels, 0);
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),	 cmocka_unit_test(test_refused),
		cmocka_unit_test(test_name),	 cmocka_unit_test(test_data),
		cmocka_unit_test(test_left_out), cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
