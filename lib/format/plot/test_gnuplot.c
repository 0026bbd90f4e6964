/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gnuplot is sent: quoting, and the numbers of recorded files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/plot.h>

static void quoted(const char *text, const char *expected)
{
	char *buf = NULL;
	size_t size;
	FILE *out = open_memstream(&buf, &size);

	assert_non_null(out);
	pcow_gnuplot_string(out, text);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(buf, expected);
	free(buf);
}

static void test_string(void **state)
{
	(void)state;
	quoted("", "''");
	quoted("thp-pte", "'thp-pte'");
	quoted("it's", "'it''s'");
	quoted("'.system('id').'", "\"'\".'.system(''id'').'''");
	quoted("''", "\"''\".''");
	quoted("`id` @x \\n \"y\"", "'`id` @x \\n \"y\"'");
	quoted("a\nEOD\r\x7f", "'a?EOD?\?'");
	quoted("\xc3\xa9\xc3", "'\xc3\xa9?'");
	quoted("5 µs", "'5 µs'");
}

/* The text of the figure called @name; *@ret is what write() returned. */
static char *figure_text(const char *name, const char *file, int *ret)
{
	const struct pcow_plot_figure *figure = NULL;
	struct pcow_error err = { 0 };
	struct pcow_plot *plot;
	char *buf = NULL;
	size_t size;
	FILE *out;

	assert_int_equal(pcow_plot_read(&plot, file, &err), 0);
	for (size_t i = 0; (figure = pcow_plot_figure_at(plot, i)); i++) {
		if (!strcmp(figure->name, name))
			break;
	}
	assert_non_null(figure);
	out = open_memstream(&buf, &size);
	assert_non_null(out);
	*ret = figure->write(out, plot);
	assert_int_equal(fclose(out), 0);
	pcow_plot_free(plot);
	return buf;
}

static void test_fork_scaling(void **state)
{
	int curves;
	char *text = figure_text("fork-scaling", PINCOW_FIXTURES "/results/slope.jsonl", &curves);

	(void)state;
	assert_int_equal(curves, 2);
	assert_non_null(strstr(text, "curves = 2\n"));
	assert_non_null(strstr(text, "legend[1] = 'base:  1.05 ms/GiB,  n 3'\n"));
	assert_non_null(strstr(text, "legend[2] = 'thp:  1.05 ms/GiB,  n 3'\n"));
	/* bytes, then median, least and greatest in seconds */
	assert_non_null(strstr(text, "$curve_1 << EOD\n16777216 3.6384e-05 2.8192e-05 4.4576e-05"));
	free(text);
}

/* Of fork/anon's sizes the largest is shown, of each page kind. */
static void test_overview(void **state)
{
	int rows;
	char *text = figure_text("overview", PINCOW_FIXTURES "/results/slope.jsonl", &rows);

	(void)state;
	assert_int_equal(rows, 3);
	assert_non_null(strstr(text, "name[1] = 'fork/anon  base 64M'\n"));
	assert_non_null(strstr(text, "name[2] = 'fork/anon  thp 32M'\n"));
	assert_non_null(strstr(text, "name[3] = 'gup/get  pages=4 pinner=vmsplice'\n"));
	free(text);
}

static void test_instructions(void **state)
{
	int rows;
	char *text = figure_text("overview", PINCOW_FIXTURES "/results/instructions.jsonl", &rows);

	(void)state;
	assert_int_equal(rows, 1);
	assert_non_null(strstr(text, "unit = ''\nwhat = 'instructions'\n"));
	assert_non_null(strstr(text, ", COW model exclusive'\n"));
	assert_non_null(strstr(text, "$rows << EOD\n500000 1 500000 500000 1\nEOD\n"));
	free(text);
}

static void test_fault_latency(void **state)
{
	int curves;
	char *text =
		figure_text("fault-latency", PINCOW_FIXTURES "/results/cli-figures.jsonl", &curves);

	(void)state;
	assert_int_equal(curves, 12);
	assert_non_null(strstr(text, "region_bytes = 16777216\npanels = 4\n"));
	assert_non_null(strstr(text, "panel[2] = 'fault/cow-reuse'\n"));
	assert_non_null(strstr(text, "first[5] = 13\n"));
	/* 3 replicates of 250 operations: enough for a median, not for a p99. */
	assert_non_null(strstr(text, "  –  (750; n 3)'\n"));
	free(text);
}

static void test_nothing(void **state)
{
	const char *const names[] = { "fork-scaling", "fault-latency", "overview" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int ret;
		char *text =
			figure_text(names[i], PINCOW_FIXTURES "/results/header-only.jsonl", &ret);

		assert_int_equal(ret, 0);
		assert_string_equal(text, "");
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_string),	      cmocka_unit_test(test_fork_scaling),
		cmocka_unit_test(test_overview),      cmocka_unit_test(test_instructions),
		cmocka_unit_test(test_fault_latency), cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
