/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two profiles in the figure and in the page: which functions, which numbers,
 * and that no text of a file is anything else.
 */
#include <errno.h>

#include "compare/fake_analysis.h"
#include "plot/data.h"
#include "report/report.h"

#define EVIL "\"'><script>x</script><evil>"

/* struct kernels - profiles of the two kernels of an analysis, with one case of four pages */
struct kernels {
	struct fake fake;
	struct pcow_profiled_function functions[2][20];
	struct pcow_profiled_case cases[2];
	struct pcow_function_profile profiles[2];
};

static void add_function(struct kernels *k, size_t kernel, const char *name, bool others,
			 uint64_t instructions)
{
	struct pcow_profiled_case *c = &k->cases[kernel];

	c->functions[c->nr_functions++] =
		(struct pcow_profiled_function){ (char *)(uintptr_t)name, others, instructions, 1 };
}

static int set_up(void **state)
{
	static char paths[2][8] = { "a.json", "b.json" };
	struct kernels *k = calloc(1, sizeof(*k));
	struct pcow_line *line;

	assert_non_null(k);
	fake_make(&k->fake, 2, 1);
	line = fake_line(&k->fake, "fork/anon", 16384, "latency", "ns/fork", PCOW_METRIC_COST);
	fake_change(&k->fake, line, 1, 1000.0, 0.5, PCOW_TOO_FEW);
	for (size_t i = 0; i < 2; i++) {
		struct pcow_function_profile *profile = &k->profiles[i];
		struct pcow_profiled_case *c = &k->cases[i];

		*profile = (struct pcow_function_profile){
			.path = paths[i], .page_bytes = 4096, .cases = c, .nr_cases = 1
		};
		strcpy(profile->kernel, i ? "new" : "old");
		strcpy(profile->release, i ? "6.12.0" : "6.1.0");
		strcpy(profile->machine, "x86_64");
		*c = (struct pcow_profiled_case){ .nr_params = line->series->nr_params,
						  .op_bytes = 16384,
						  .operations = 10,
						  .functions = k->functions[i] };
		memcpy(c->params, line->series->params, sizeof(k->fake.params[0]));
		strcpy(c->scenario, "fork/anon");
		strcpy(c->operation, "fork");
	}
	add_function(k, 0, "copy_pte", false, 800000);
	add_function(k, 0, "gone", false, 400);
	add_function(k, 0, "same", false, 100);
	add_function(k, 1, "copy_pte", false, 1000000);
	add_function(k, 1, "same", false, 100);
	add_function(k, 1, "spawned", true, 3);
	k->cases[1].others_kernel = 3;
	*state = k;
	return 0;
}

static int tear_down(void **state)
{
	struct kernels *k = *state;

	fake_clear(&k->fake);
	free(k);
	return 0;
}

/* ------------------------------------------------------------------ figure */

/* Freed by the caller. */
static char *figure(const struct kernels *k, bool named, char *name, size_t size, int *ret)
{
	const struct pcow_plot_figure *figure;
	struct pcow_error err = { "" };
	struct pcow_plot *plot;
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(
		pcow_plot_profiles(&plot, &k->profiles[0], &k->profiles[1], 0, named, &err), 0);
	figure = pcow_plot_figure_at(plot, 0);
	assert_null(pcow_plot_figure_at(plot, 1));
	pcow_plot_figure_name(name, size, figure, plot);
	*ret = figure->write(out, plot);
	fclose(out);
	pcow_plot_free(plot);
	return text;
}

static void figure_has_both_numbers_of_each_function(void **state)
{
	struct kernels *k = *state;
	char name[256], *text;
	int ret;

	text = figure(k, false, name, sizeof(name), &ret);
	assert_string_equal(name, "why-fork-anon-base-16K");
	assert_int_equal(ret, 3);
	assert_says(text, "headline = 'fork/anon base 16K: ");
	assert_says(text, "new (Linux 6.12.0) against old (Linux 6.1.0), x86_64");
	assert_says(text, "'80,050 → 100,010 instructions/fork (+24.9 %);  "
			  "20,012 → 25,003 a page;  other tasks 0.0 → 0.3'");
	assert_says(text, "rows = 5\n");
	assert_says(text, "name[1] = 'copy_pte'\nbefore[1] = '80,000'\nafter[1] = '100,000'\n"
			  "more[1] = '+20,000'\na_page[1] = '+5,000.0'\n");
	assert_says(text, "name[2] = 'gone'\nbefore[2] = '40.0'\nafter[2] = '–'\n"
			  "more[2] = '-40.0'\n");
	assert_says(text, "name[3] = 'spawned (other task)'\n");
	assert_says(text, "name[4] = '1 more'\n");
	assert_says(text, "name[5] = 'all'\n");
	/* Whose bar it is. */
	assert_says(text, "$rows << EOD\n20000 1 0\n-40 2 0\n0.3 3 1\n0 4 2\n19960.3 5 3\nEOD");
	free(text);
}

static void figure_sums_up_what_has_no_bar(void **state)
{
	static char names[14][8];
	struct kernels *k = *state;
	char name[256], *text;
	int ret;

	k->cases[0].nr_functions = 0;
	k->cases[1].nr_functions = 0;
	for (size_t i = 0; i < 14; i++) {
		snprintf(names[i], sizeof(names[i]), "f%zu", i);
		add_function(k, 1, names[i], false, 1000 - i);
	}
	text = figure(k, false, name, sizeof(name), &ret);
	assert_says(text, "name[12] = 'f11'\n");
	assert_says(text, "name[13] = '2 more'\nbefore[13] = '–'\nafter[13] = '197.5'\n");
	free(text);
	/* One more has room of its own. */
	k->cases[1].nr_functions = 13;
	text = figure(k, false, name, sizeof(name), &ret);
	assert_says(text, "name[13] = 'f12'\n");
	assert_says(text, "name[14] = 'all'\n");
	free(text);
}

static void figure_of_an_operation_on_one_page_has_no_column_for_it(void **state)
{
	struct kernels *k = *state;
	char name[256], *text;
	int ret;

	k->cases[0].op_bytes = 4096;
	k->cases[0].waited = true;
	text = figure(k, false, name, sizeof(name), &ret);
	assert_says(text, "paged = 0\n");
	assert_silent(text, "a_page[1]");
	assert_silent(text, "a page");
	assert_says(text, "it waited");
	free(text);
}

static void figure_of_several_kernels_is_named_by_its_own(void **state)
{
	struct kernels *k = *state;
	char name[256];
	int ret;

	strcpy(k->profiles[1].kernel, "../up");
	free(figure(k, true, name, sizeof(name), &ret));
	assert_string_equal(name, "why-fork-anon-base-16K-___up");
}

static void texts_are_no_commands_of_gnuplot(void **state)
{
	struct kernels *k = *state;
	char name[256], *text;
	int ret;

	add_function(k, 1, "it's\n`x`", false, 99999999);
	text = figure(k, false, name, sizeof(name), &ret);
	assert_says(text, "name[1] = 'it''s?`x`'\n");
	free(text);
}

static void nothing_that_differs_is_no_figure(void **state)
{
	struct kernels *k = *state;
	struct pcow_error err = { "" };
	struct pcow_plot *plot;
	char name[256];
	int ret;

	memcpy(k->functions[1], k->functions[0], sizeof(k->functions[0]));
	free(figure(k, false, name, sizeof(name), &ret));
	assert_int_equal(ret, 0);
	strcpy(k->cases[1].scenario, "fork/exit");
	assert_int_equal(
		pcow_plot_profiles(&plot, &k->profiles[0], &k->profiles[1], 0, false, &err),
		-ENODATA);
	assert_string_equal(err.text, "fork/anon base 16K: b.json has no such case");
}

/* -------------------------------------------------------------------- page */

/* Freed by the caller. */
static char *section(const struct kernels *k)
{
	const struct pcow_report_extras extras = { .profiles = k->profiles, .nr_profiles = 2 };
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(pcow_report_why(out, &k->fake.comparison, &extras), 0);
	fclose(out);
	return text;
}

static void assert_no_reason(const struct kernels *k)
{
	char *text = section(k);

	assert_string_equal(text, "<p>No case that changed has profiles of both kernels.</p>\n");
	free(text);
}

static void page_says_why_a_case_changed(void **state)
{
	char *text = section(*state);

	assert_says(text,
		    "<details open><summary><span class=\"case\">fork/anon base 16K</span> in "
		    "<b>6.12.0</b>: 80,050 → 100,010 instructions/fork (+24.9 %)");
	assert_says(text, "<th scope=\"row\">copy_pte</th><td class=\"number\">80,000</td>"
			  "<td class=\"number\">100,000</td>"
			  "<td class=\"number worse\">+20,000</td>"
			  "<td class=\"number worse\">+5,000.0</td></tr>");
	assert_says(text, "<th scope=\"row\">gone</th><td class=\"number\">40.0</td>"
			  "<td class=\"number\">–</td><td class=\"number better\">-40.0</td>");
	assert_says(text, "<th scope=\"row\">1 more</th>");
	assert_says(text, "<th scope=\"row\">all</th>");
	free(text);
}

static void page_tells_what_the_sum_is_not(void **state)
{
	struct kernels *k = *state;
	char *text = section(k);

	assert_silent(text, "<p>");
	free(text);
	strcpy(k->fake.series[0].metric, "net");
	k->cases[1].waited = true;
	text = section(k);
	assert_says(text, "<p>It waited: ");
	assert_says(text, "its net is less");
	free(text);
}

static void page_has_no_reason_for_what_did_not_change(void **state)
{
	struct kernels *k = *state;
	struct pcow_change *change = &k->fake.changes[0][1];

	change->verdict = PCOW_SAME;
	assert_no_reason(k);
	change->verdict = PCOW_BETTER;
	free(section(k));
	change->verdict = PCOW_UNCLEAR;
	change->shift = 0.01;
	assert_no_reason(k);
}

static void page_needs_profiles_of_both_kernels(void **state)
{
	struct kernels *k = *state;

	strcpy(k->profiles[1].release, "6.13.0");
	assert_no_reason(k);
	strcpy(k->profiles[1].release, "6.12.0");
	k->cases[1].params[1].number = 4096;
	assert_no_reason(k);
}

static void page_folds_what_comes_fourth(void **state)
{
	struct kernels *k = *state;
	char *text;

	for (size_t i = 0; i < 3; i++) {
		struct pcow_line *line = fake_line(&k->fake, "fork/anon", 16384, "latency",
						   "ns/fork", PCOW_METRIC_COST);

		fake_change(&k->fake, line, 1, 1000.0, 0.1, PCOW_WORSE);
	}
	text = section(k);
	assert_int_equal(count(text, "<details open>"), 3);
	assert_int_equal(count(text, "<details>"), 1);
	free(text);
}

static void page_takes_no_text_for_markup(void **state)
{
	struct kernels *k = *state;
	char *text;

	add_function(k, 1, EVIL, false, 99999999);
	strcpy(k->cases[0].operation, EVIL);
	k->fake.groups[1].name = (char[]){ EVIL };
	text = section(k);
	assert_silent(text, "<script");
	assert_silent(text, "<evil");
	assert_int_equal(count(text, "&lt;evil"), 4);
	free(text);
}

static void page_without_profiles_has_no_section_for_them(void **state)
{
	static const struct pcow_rendering rendering = { "0.1.0", "pincow report", false };
	struct kernels *k = *state;

	for (size_t n = 0; n <= 2; n += 2) {
		struct pcow_report_extras extras = { .profiles = k->profiles, .nr_profiles = n };
		size_t length;
		char *text;
		FILE *out = open_memstream(&text, &length);

		assert_non_null(out);
		assert_int_equal(pcow_report_write(out, &k->fake.analysis, &extras, &rendering), 0);
		fclose(out);
		assert_int_equal(count(text, "<section id=\"why\""), n ? 1 : 0);
		assert_int_equal(count(text, "<a href=\"#why\">"), n ? 1 : 0);
		free(text);
	}
}

int main(void)
{
#define WHY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WHY_TEST(figure_has_both_numbers_of_each_function),
		WHY_TEST(figure_sums_up_what_has_no_bar),
		WHY_TEST(figure_of_an_operation_on_one_page_has_no_column_for_it),
		WHY_TEST(figure_of_several_kernels_is_named_by_its_own),
		WHY_TEST(texts_are_no_commands_of_gnuplot),
		WHY_TEST(nothing_that_differs_is_no_figure),
		WHY_TEST(page_says_why_a_case_changed),
		WHY_TEST(page_tells_what_the_sum_is_not),
		WHY_TEST(page_has_no_reason_for_what_did_not_change),
		WHY_TEST(page_needs_profiles_of_both_kernels),
		WHY_TEST(page_folds_what_comes_fourth),
		WHY_TEST(page_takes_no_text_for_markup),
		WHY_TEST(page_without_profiles_has_no_section_for_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
