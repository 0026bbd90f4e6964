/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data of the figures that compare groups. */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compare/fake_analysis.h"
#include "plot/groups.h"

/* Groups whose file has no single operations. */
static void groups_make(struct fake *fake, size_t nr_groups, size_t nr_boots)
{
	static char path[] = PINCOW_FIXTURES "/results/header-only.jsonl";

	fake_make(fake, nr_groups, nr_boots);
	for (size_t i = 0; i < nr_groups; i++)
		fake->files[i].path = path;
}

/* Figure @name of a comparison; *@ret is what write() returned. */
static char *figure_text(struct fake *fake, const char *name, int *ret)
{
	const struct pcow_plot_figure *figure;
	struct pcow_error err = { "" };
	struct pcow_plot *plot;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	if (pcow_plot_compare(&plot, &fake->analysis, &fake->comparison, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; (figure = pcow_plot_figure_at(plot, i)); i++) {
		if (!strcmp(figure->name, name))
			break;
	}
	assert_non_null(figure);
	*ret = figure->write(out, plot);
	fclose(out);
	pcow_plot_free(plot);
	return text;
}

static struct pcow_line *latency(struct fake *fake, const char *scenario, uint64_t size)
{
	return fake_line(fake, scenario, size, "latency", "ns/page", PCOW_METRIC_COST);
}

static void outcomes(struct fake *fake, const char *scenario, uint64_t size, double base,
		     double other)
{
	struct pcow_line *line =
		fake_line(fake, scenario, size, "copied", "copied/page", PCOW_METRIC_WORK);

	fake_arm(fake, line, 0, base);
	fake_arm(fake, line, 1, other);
}

/* ------------------------------------------------------------------- names */

static void assert_name(const struct pcow_analysis *analysis, size_t comparison,
			const char *expected)
{
	struct pcow_error err = { "" };
	struct pcow_plot *plot;
	char name[64];

	assert_int_equal(
		pcow_plot_compare(&plot, analysis, &analysis->comparisons[comparison], &err), 0);
	pcow_plot_figure_name(name, sizeof(name), pcow_plot_figure_at(plot, 0), plot);
	assert_string_equal(name, expected);
	pcow_plot_free(plot);
}

/* What the machine is called comes from the file, and goes into a path. */
static void test_name(void **state)
{
	struct fake fake;

	(void)state;
	groups_make(&fake, 2, 3);
	assert_name(&fake.analysis, 0, "changes-x86_64");
	for (size_t i = 0; i < 2; i++)
		json_object_set_new(fake.files[i].header.host, "machine", json_string("../x 64"));
	assert_name(&fake.analysis, 0, "changes-___x_64");
	json_object_set_new(fake.files[1].header.host, "machine", json_string("arm"));
	assert_name(&fake.analysis, 0, "changes-several");
	fake_clear(&fake);
}

/* Comparisons that share an architecture must not overwrite each other's figures. */
static void test_names_differ(void **state)
{
	struct pcow_comparison both[2];
	struct pcow_analysis analysis;
	struct fake a, b;

	(void)state;
	groups_make(&a, 2, 3);
	groups_make(&b, 2, 3);
	both[0] = a.comparison;
	both[1] = b.comparison;
	analysis = a.analysis;
	analysis.comparisons = both;
	analysis.nr_comparisons = 2;
	for (size_t i = 0; i < 2; i++)
		strcpy(b.files[i].header.clock_domain, "instructions");
	assert_name(&analysis, 0, "changes-x86_64-wall");
	assert_name(&analysis, 1, "changes-x86_64-instructions");
	for (size_t i = 0; i < 2; i++) {
		strcpy(b.files[i].header.clock_domain, "wall");
		json_object_set_new(json_object_get(b.files[i].header.host, "memory"), "page_bytes",
				    json_integer(65536));
	}
	assert_name(&analysis, 0, "changes-x86_64-4K");
	assert_name(&analysis, 1, "changes-x86_64-64K");
	fake_clear(&a);
	fake_clear(&b);
}

static void test_groups(void **state)
{
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 2, 3);
	fake.groups[1].name = (char[]){ "it's `id`\n\xff" };
	fake_change(&fake, latency(&fake, "fork/anon", 4096), 1, 100.0, 0.1, PCOW_WORSE);
	text = figure_text(&fake, "bars", &ret);
	assert_int_equal(ret, 1);
	assert_says(text, "origin_host = 'x86_64, wall clock, pages of 4K, Example CPU @ 2.00GHz, "
			  "host example'\n");
	assert_says(text, "unit = 's'\nwhat = 'time'\ninterval = '95 % interval over boots");
	assert_says(text,
		    "about[1] = '6.1.0 exclusive:  Linux 6.1.0, COW model exclusive, 3 boots'\n");
	assert_says(text, "about[2] = '6.12.0 owner-tracked:  it''s `id`\?\?, Linux 6.12.0, ");
	assert_says(text, "; a boot''s value is the median of its workers'\n");
	assert_says(text, "group[2] = '6.12.0 owner-tracked'\n");
	assert_says(text, "differ = 'different kernels: ");
	free(text);
	fake_clear(&fake);
}

static void kernel_set(struct fake *fake, size_t group, const char *key, const char *text)
{
	json_object_set_new(json_object_get(fake->files[group].header.host, "kernel"), key,
			    json_string(text));
}

/* Debian's releases do not tell the version; what two groups share tells neither. */
static void test_group_names(void **state)
{
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 3, 3);
	fake.groups[1].name = (char[]){ "results/é234567890123456789012345678" };
	fake_change(&fake, latency(&fake, "fork/anon", 4096), 1, 100.0, 0.1, PCOW_WORSE);
	for (size_t i = 0; i < 2; i++) {
		kernel_set(&fake, i, "version", "#1 SMP Debian 5.10.262-1 (2026-07-31)");
		json_object_set_new(fake.files[i].header.model, "name", json_string("old"));
	}
	kernel_set(&fake, 2, "release", "6.13.0-rc3-next-2026");
	text = figure_text(&fake, "bars", &ret);
	assert_says(text, "group[1] = '5.10.262 old (6.1.0)'\n");
	assert_says(text, "group[2] = '5.10.262 old (…234567890123456789012345678)'\n");
	assert_says(text, "group[3] = '6.13.0-rc3 owner-tracked'\n");
	free(text);
	fake_clear(&fake);
}

/* Only of one image may the picture say that the model is all. */
static void test_differ(void **state)
{
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 2, 3);
	fake_change(&fake, latency(&fake, "fork/anon", 4096), 1, 100.0, 0.1, PCOW_WORSE);
	kernel_set(&fake, 1, "release", "6.1.0");
	for (size_t i = 0; i < 2; i++)
		kernel_set(&fake, i, "build_id", "0a");
	text = figure_text(&fake, "bars", &ret);
	assert_says(text, "differ = 'one kernel image, switched: ");
	free(text);
	kernel_set(&fake, 1, "build_id", "0b");
	text = figure_text(&fake, "bars", &ret);
	assert_says(text, "compiler; the COW model is a part of it'\n");
	free(text);
	json_object_set_new(fake.files[1].header.model, "name", json_string("exclusive"));
	text = figure_text(&fake, "bars", &ret);
	assert_says(text, "code, configuration, compiler'\n");
	free(text);
	kernel_set(&fake, 1, "build_id", "0a");
	text = figure_text(&fake, "bars", &ret);
	assert_says(text, "differ = ''\n");
	free(text);
	fake_clear(&fake);
}

/* What is drawn from less than was measured says so. */
static void test_caveat(void **state)
{
	struct pcow_line *line;
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 2, 3);
	line = latency(&fake, "fork/anon", 4096);
	fake_change(&fake, line, 1, 100.0, 0.1, PCOW_WORSE);
	fake.series[0].op_bytes = 2 << 20;
	line->arms[1].n = 2;
	line->arms[0].workers = 3;
	line->arms[1].workers = 1;
	line->arms[0].invalid_fraction = 0.25;
	text = figure_text(&fake, "bars", &ret);
	assert_says(text, "axis[1] = 'base 4K  ·  ns/page of 2M  [n: 2 of 3 boots, 1 of 3 workers, "
			  "25 % of samples invalid]'\n");
	free(text);
	text = figure_text(&fake, "changes", &ret);
	assert_says(text, "name[1] = 'fork/anon base 4K  [n: 2 of 3 boots, 1 of 3 workers, ");
	free(text);
	fake_clear(&fake);
}

/* ------------------------------------------------------------ bars, memory */

/* Each case at the largest of the sizes that most groups have. */
static void test_bars(void **state)
{
	struct pcow_line *line;
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 2, 3);
	line = latency(&fake, "fault/cow-copy", 4 << 20);
	fake_change(&fake, line, 1, 2000.0, 0.5, PCOW_WORSE);
	outcomes(&fake, "fault/cow-copy", 4 << 20, 1.0, 0.0);
	line = latency(&fake, "fault/cow-copy", 16 << 20);
	fake_arm(&fake, line, 0, 9000.0);
	line = latency(&fake, "fault/first-touch", 4 << 20);
	fake_arm(&fake, line, 1, 500.0);
	text = figure_text(&fake, "bars", &ret);
	assert_int_equal(ret, 2);
	assert_says(text, "panel[1] = 'fault/first-touch'\naxis[1] = 'base 4M  ·  ns/page'\n");
	assert_says(text, "$panel_1 << EOD\n1 NaN NaN NaN 0 \"none\" \"\"\n2 500 495 505 505");
	assert_says(text, "panel[2] = 'fault/cow-copy'\naxis[2] = 'base 4M  ·  µs/page'\n");
	assert_says(text, "1 2 1.98 2.02 2.02 \"2.00\" \"copy\"\n2 3 2.97 3.03 3.03 \"3.00\" "
			  "\"reuse\"\nEOD\n");
	assert_silent(text, "16M");
	free(text);
	fake_clear(&fake);
}

/* Which value a parameter has must be known: fork of written memory, of which nobody holds
 * references, is the main job. */
static void test_bars_words(void **state)
{
	static const char *const words[] = { "written", "exited", "written" };
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 2, 3);
	for (size_t i = 0; i < 3; i++) {
		fake_arm(&fake, latency(&fake, "fork/anon", 4096), 0, 100.0);
		fake.series[i].params[1] = (struct pcow_value){ .name = "before" };
		strcpy(fake.series[i].params[1].text, words[i]);
	}
	fake.series[2].params[2] = (struct pcow_value){ .name = "held", .text = "vmsplice" };
	fake.series[2].nr_params = 3;
	fake_arm(&fake, latency(&fake, "fork/anon", 4096), 0, 100.0);
	strcpy(fake.series[3].params[1].name, "threads");
	text = figure_text(&fake, "bars", &ret);
	assert_int_equal(ret, 1);
	assert_says(text, "axis[1] = 'base before=written  ·  ns/page'\n");
	free(text);
	fake_clear(&fake);
}

/* An interval that one boot cannot give is not drawn as one of no width. */
static void test_one_boot(void **state)
{
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 2, 1);
	fake_change(&fake, latency(&fake, "fork/anon", 4096), 1, 100.0, 0.5, PCOW_TOO_FEW);
	text = figure_text(&fake, "bars", &ret);
	assert_says(text, "1 100 NaN NaN 100 \"100\" \"\"\n2 150 NaN NaN 150 \"150\" \"\"\n");
	free(text);
	fake_clear(&fake);
}

static void held(struct fake *fake, const char *metric, double bytes)
{
	struct pcow_line *line =
		fake_line(fake, "fork/anon", 16 << 20, metric, "bytes", PCOW_METRIC_MEMORY);

	fake_arm(fake, line, 0, bytes);
	fake_arm(fake, line, 1, bytes);
}

/* What is given back is not held, and what is next to nothing is the host's. */
static void test_memory(void **state)
{
	struct pcow_line *line;
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 2, 3);
	held(&fake, "anon_bytes", -4096.0);
	held(&fake, "page_tables_bytes", 512.0 * 1024.0);
	held(&fake, "slab_bytes", 5000.0);
	held(&fake, "vmalloc_bytes", 5500.0);
	line = fake_line(&fake, "fork/anon", 16 << 20, "foll_pins", "count", PCOW_METRIC_MEMORY);
	fake_arm(&fake, line, 0, 8.0);
	text = figure_text(&fake, "memory", &ret);
	assert_int_equal(ret, 3);
	assert_says(text, "panel[1] = 'page tables'\naxis[1] = 'fork/anon base 16M  ·  KiB'\n"
			  "$panel_1 << EOD\n1 512 ");
	assert_says(text, "panel[2] = 'vmalloc'\n");
	assert_says(text, "panel[3] = 'foll pins'\naxis[3] = 'fork/anon base 16M  ·  count'\n"
			  "$panel_3 << EOD\n1 8 7.92 8.08 8.08 \"8\" \"\"\n");
	free(text);
	fake_clear(&fake);
}

/* ---------------------------------------------------------- changes, ratio */

static void make_changes(struct fake *fake)
{
	struct pcow_line *line;

	groups_make(fake, 2, 3);
	fake_change(fake, latency(fake, "fork/anon", 4096), 1, 100.0, 0.01, PCOW_SAME);
	line = latency(fake, "fork/exit", 4096);
	fake_arm(fake, line, 0, 100.0);
	line = latency(fake, "fault/cow-reuse", 4096);
	fake_change(fake, line, 1, 100.0, -0.5, PCOW_OTHER_WORK);
	outcomes(fake, "fault/cow-reuse", 4096, 0.0, 1.0);
	line = latency(fake, "gup/get", 0);
	fake_change(fake, line, 1, 100.0, 0.8, PCOW_WORSE)->high = INFINITY;
	line = latency(fake, "pin/register", 4096);
	fake_arm(fake, line, 0, 100.0);
	line->changes[1].verdict = PCOW_BROKEN;
}

/* A broken claim first, then by ratio: a half is more than eight tenths more. */
static void test_changes(void **state)
{
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	make_changes(&fake);
	text = figure_text(&fake, "changes", &ret);
	assert_int_equal(ret, 5);
	assert_says(text, "rows = 5\nmore = 0\n");
	assert_says(text, "name[1] = 'pin/register base 4K'\nname[2] = 'fault/cow-reuse base 4K'\n"
			  "name[3] = 'gup/get base'\nname[4] = 'fork/anon base 4K'\n"
			  "name[5] = 'fork/exit base 4K'\n");
	assert_says(text, "1 NaN NaN NaN NaN \"broken claim\" \"broken claim\" \"\"\n"
			  "2 -0.5 -0.503 -0.497 0.02 \"other work\" \"\" \"reuse → copy\"\n"
			  "3 0.8 0.8 0.8 0.02 \"worse\" \"+80.0 %\" \"\"\n"
			  "4 0.01 0.007 0.013 0.02 \"same\" \"+1.0 %\" \"\"\n"
			  "5 NaN NaN NaN NaN \"missing\" \"missing\" \"\"\nEOD\n");
	assert_says(text, "verdict[1] = 'same'\nverdict[2] = 'worse'\nverdict[3] = 'other work'\n"
			  "verdicts = 3\n");
	free(text);
	fake_clear(&fake);
}

/* A table that was sorted by change must not scatter the scenarios. */
static void test_ratio(void **state)
{
	struct pcow_line swapped;
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	make_changes(&fake);
	swapped = fake.lines[0];
	fake.lines[0] = fake.lines[2];
	fake.lines[2] = swapped;
	fake.series[4].nr_params = 0;
	text = figure_text(&fake, "ratio", &ret);
	assert_int_equal(ret, 3);
	assert_says(text, "heads[1] = 1\nname[1] = 'fork/anon'\nheads[2] = 0\nname[2] = 'base 4K'\n"
			  "heads[3] = 1\nname[3] = 'fault/cow-reuse'\n");
	assert_says(text, "heads[5] = 1\nname[5] = 'gup/get'\nrows = 5\n");
	assert_says(text, "$ratio_2 << EOD\n 1.01 2 1.007 1.013 1\n 0.5 4 0.497 0.503 0\n"
			  " 1.8 5 1.8 1.8 1\nEOD\n");
	free(text);
	fake_clear(&fake);
}

/* ---------------------------------------------------------------- scaling */

static void test_scaling(void **state)
{
	struct pcow_line *line;
	struct fake fake;
	char *text;
	int ret;

	(void)state;
	groups_make(&fake, 2, 3);
	line = latency(&fake, "fork/anon", 4096);
	fake_arm(&fake, line, 0, 1000.0);
	line = latency(&fake, "fork/anon", 8192);
	fake_arm(&fake, line, 0, 2000.0);
	fake_arm(&fake, line, 1, 0.0);
	line = latency(&fake, "fork/exit", 4096);
	fake_arm(&fake, line, 0, 1000.0);
	text = figure_text(&fake, "scaling", &ret);
	assert_int_equal(ret, 1);
	assert_says(text, "panel[1] = 'fork/anon'\naxis[1] = 'base  ·  time/page'\n"
			  "along[1] = ''\nfirst[1] = 1\nstyle[1] = 1\n$curve_1 << EOD\n"
			  "4096 1e-06 9.9e-07 1.01e-06\n8192 2e-06 1.98e-06 2.02e-06\nEOD\n"
			  "first[2] = 2\n");
	free(text);
	fake_clear(&fake);
}

/* ------------------------------------------------------------------- ecdf */

/* A result file of @n single faults, each of @ns; returns its path, to be freed. */
static char *file_make(struct pcow_header header, const struct pcow_series *series, size_t n,
		       double ns)
{
	struct pcow_record worker = { .nr_params = series->nr_params, .cpu = -1 };
	int fd = memfd_create("result", 0);
	int64_t ticks = (int64_t)(4.0 * ns);
	char *path;

	assert_true(fd >= 0);
	assert_true(asprintf(&path, "/proc/self/fd/%d", fd) > 0);
	strcpy(worker.scenario, series->scenario);
	strcpy(worker.operation, "page");
	memcpy(worker.params, series->params, series->nr_params * sizeof(*series->params));
	worker.clock = (struct pcow_clock_record){ .source = "tsc", .hz = 4000000000 };
	pcow_view_add(&worker.batch, "ticks", 1)[0] = ticks;
	pcow_view_add(&worker.batch, "ops", 1)[0] = 1;
	pcow_view_add(&worker.batch, "valid", 1)[0] = 1;
	for (size_t i = 0; i < n; i++)
		(i ? worker.op.columns[0].values : pcow_view_add(&worker.op, "ticks", n))[i] =
			ticks;
	header.model = NULL;
	assert_int_equal(pcow_header_write(fd, &header), 0);
	assert_int_equal(pcow_record_write(fd, &worker), 0);
	pcow_record_clear(&worker);
	return path;
}

/* The figure of a group of two boots: of @n[i] faults, each of @ns[i]. */
static char *ecdf_text(const size_t *n, const double *ns)
{
	const struct pcow_file *pointers[2];
	struct pcow_file files[2];
	struct pcow_line *line;
	struct fake fake;
	char *text;
	int ret;

	groups_make(&fake, 2, 2);
	line = fake_line(&fake, "fault/first-touch", 4096, "latency", "ns/page", PCOW_METRIC_COST);
	fake_arm(&fake, line, 0, 150.0);
	for (size_t i = 0; i < 2; i++) {
		files[i] = fake.files[0];
		files[i].path = file_make(fake.files[0].header, line->series, n[i], ns[i]);
		pointers[i] = &files[i];
		fake.boots[0][i].files = &pointers[i];
	}
	fake.groups[1].nr_boots = 0;
	text = figure_text(&fake, "ecdf", &ret);
	assert_int_equal(ret, 1);
	for (size_t i = 0; i < 2; i++) {
		close(atoi(strrchr(files[i].path, '/') + 1));
		free(files[i].path);
	}
	fake_clear(&fake);
	return text;
}

/* A boot with ten times the operations has no louder voice. */
static void test_ecdf(void **state)
{
	char *text = ecdf_text((size_t[]){ 400, 4000 }, (double[]){ 100.0, 200.0 });

	(void)state;
	assert_says(text, "; each boot weighs the same, however many operations it timed'\n");
	assert_says(
		text,
		"panel[1] = 'fault/first-touch'\naxis[1] = 'base 4K  ·  time/page'\nfirst[1] = 1\n"
		"style[1] = 1\n$curve_1 << EOD\n"
		"1e-07 0\n1.005e-07 0.5\n2e-07 0.5\n2.01e-07 1\nEOD\n");
	free(text);
}

/* Between two buckets that meet, the curve has one point. */
static void test_ecdf_neighbours(void **state)
{
	char *text = ecdf_text((size_t[]){ 1, 3 }, (double[]){ 255.0, 256.0 });

	(void)state;
	assert_says(text, "\n2.55e-07 0\n2.56e-07 0.5\n2.58e-07 1\nEOD\n");
	free(text);
}

/* What is below the first edge, or beyond the last, is drawn at that edge. */
static void test_ecdf_open_ends(void **state)
{
	char *text = ecdf_text((size_t[]){ 2, 1 }, (double[]){ 0.25, 0x1p50 });

	(void)state;
	assert_says(text, "\n1e-09 0\n1e-09 0.5\n281475 0.5\n281475 1\nEOD\n");
	free(text);
}

static void test_ecdf_file_lost(void **state)
{
	struct pcow_error err = { "" };
	struct pcow_plot *plot;
	struct pcow_line *line;
	struct fake fake;

	(void)state;
	groups_make(&fake, 2, 1);
	fake.files[0].path = (char[]){ "/none.jsonl" };
	line = fake_line(&fake, "fault/first-touch", 4096, "latency", "ns/page", PCOW_METRIC_COST);
	fake_arm(&fake, line, 0, 150.0);
	assert_int_equal(pcow_plot_compare(&plot, &fake.analysis, &fake.comparison, &err), -ENOENT);
	assert_says(err.text, "/none.jsonl: ");
	fake_clear(&fake);
}

static void test_nothing(void **state)
{
	static const char *const names[] = {
		"changes", "bars", "ratio", "ecdf", "scaling", "memory"
	};
	struct fake fake;

	(void)state;
	groups_make(&fake, 2, 3);
	latency(&fake, "fork/anon", 4096);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int ret;

		free(figure_text(&fake, names[i], &ret));
		assert_int_equal(ret, 0);
	}
	fake_clear(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_names_differ),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_group_names),
		cmocka_unit_test(test_differ),
		cmocka_unit_test(test_caveat),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_bars_words),
		cmocka_unit_test(test_one_boot),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_ratio),
		cmocka_unit_test(test_scaling),
		cmocka_unit_test(test_ecdf),
		cmocka_unit_test(test_ecdf_neighbours),
		cmocka_unit_test(test_ecdf_open_ends),
		cmocka_unit_test(test_ecdf_file_lost),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
