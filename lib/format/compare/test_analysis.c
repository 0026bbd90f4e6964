/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and texts of an analysis: what stands in every output.
 */
#include "compare/fake_analysis.h"

static void assert_percent(double fraction, const char *expected)
{
	char text[PCOW_CELL_SIZE];

	pcow_percent_format(text, sizeof(text), fraction, true, " %");
	assert_string_equal(text, expected);
}

static void a_small_change_has_no_sign(void **state)
{
	(void)state;
	assert_percent(0.0, "0.0 %");
	assert_percent(-0.0, "0.0 %");
	assert_percent(-0.00049, "0.0 %");
	assert_percent(0.00049, "0.0 %");
	assert_percent(-0.00051, "-0.1 %");
	assert_percent(0.231, "+23.1 %");
	assert_percent(12.3456, "+1235 %");
	assert_percent(1e9, "+1e+11 %");
	assert_percent(NAN, "");
	assert_percent(-INFINITY, "");
}

static void assert_plain(const char *text, const char *expected)
{
	char plain[64];

	pcow_text_plain(plain, sizeof(plain), text);
	assert_string_equal(plain, expected);
}

static void hostile_bytes_become_question_marks(void **state)
{
	char tiny[4];

	(void)state;
	assert_plain("gr\xc3\xb6\xc3\x9f"
		     "e 4 \xe2\x82\xac \xf0\x9f\x90\x84",
		     "gr\xc3\xb6\xc3\x9f"
		     "e 4 \xe2\x82\xac \xf0\x9f\x90\x84");
	assert_plain("a\033[31mb\r\n\x7f", "a?[31mb???");
	/* C1 controls, overlong forms, surrogates, what XML cannot hold, cut ends. */
	assert_plain("\xc2\x9b"
		     "1m",
		     "??1m");
	assert_plain("\xc0\xaf", "??");
	assert_plain("\xe0\x80\xaf", "???");
	assert_plain("\xed\xa0\x80", "???");
	assert_plain("\xef\xbf\xbe", "???");
	assert_plain("\xf4\x90\x80\x80", "????");
	assert_plain("\xff\x80 \xe2\x82", "?? ??");
	/* A character that has no room is left out whole. */
	pcow_text_plain(tiny, sizeof(tiny), "ab\xc3\xb6");
	assert_string_equal(tiny, "ab");
}

static void long_texts_are_wrapped(void **state)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	fputs("to: ", out);
	pcow_text_wrap(out, "one two  three abcdefghijklmnop", 4, 12);
	pcow_text_wrap(out, "", 0, 12);
	fclose(out);
	assert_string_equal(text, "to: one two\n    three\n    abcdefgh\n    ijklmnop\n\n");
	free(text);
}

static void groups_share_a_unit(void **state)
{
	struct fake fake;
	struct pcow_line *line;
	struct pcow_style style;
	char text[PCOW_CELL_SIZE];

	(void)state;
	fake_make(&fake, 2, 3);
	line = fake_line(&fake, "fork/anon", 4096, "latency", "ns/fork", PCOW_METRIC_COST);
	fake_change(&fake, line, 1, 999000.0, 0.01, PCOW_SAME);
	style = pcow_line_style(line, 2);
	assert_string_equal(style.unit, "us/fork");
	pcow_arm_format(text, sizeof(text), &style, &line->arms[1]);
	assert_string_equal(text, "1009 +-1.0%");
	/* The base has no figure: the other group's unit. */
	line->arms[0].n = 0;
	assert_string_equal(pcow_line_style(line, 2).unit, "ms/fork");
	line = fake_line(&fake, "fork/anon", 4096, "table_bytes", "bytes", PCOW_METRIC_MEMORY);
	fake_change(&fake, line, 1, 1048576.0, 0.5, PCOW_WORSE);
	style = pcow_line_style(line, 2);
	pcow_style_format(text, sizeof(text), &style, 1572864.0);
	assert_string_equal(text, "1.50");
	assert_string_equal(style.unit, "MiB");
	fake_clear(&fake);
}

static void a_base_of_zero_has_differences(void **state)
{
	struct pcow_style style = { 1.0, "copied/page" };
	struct pcow_change change = { .shift = 1.0, .low = 0.99, .high = 1.01 };
	char text[PCOW_CELL_SIZE];

	(void)state;
	pcow_change_format(text, sizeof(text), &style, &change, " %");
	assert_string_equal(text, "+1.00 copied/page");
	pcow_interval_format(text, sizeof(text), &style, &change);
	assert_string_equal(text, "[+0.99, +1.01]");
	change.shift = -0.001;
	pcow_change_format(text, sizeof(text), &style, &change, " %");
	assert_string_equal(text, "0 copied/page");
	change.shift = NAN;
	pcow_change_format(text, sizeof(text), &style, &change, " %");
	assert_string_equal(text, "");
}

static void infinite_intervals_are_not_written(void **state)
{
	struct pcow_style style = { 1.0, "" };
	struct pcow_change change = { .is_relative = true, .low = -INFINITY, .high = INFINITY };
	struct pcow_arm arm = { .median = 1e12, .low = -INFINITY, .high = INFINITY };
	char text[PCOW_CELL_SIZE];

	(void)state;
	pcow_interval_format(text, sizeof(text), &style, &change);
	assert_string_equal(text, "");
	pcow_arm_format(text, sizeof(text), &style, &arm);
	assert_string_equal(text, "1e+12");
	arm.median = NAN;
	pcow_arm_format(text, sizeof(text), &style, &arm);
	assert_string_equal(text, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_change_has_no_sign),
		cmocka_unit_test(hostile_bytes_become_question_marks),
		cmocka_unit_test(long_texts_are_wrapped),
		cmocka_unit_test(groups_share_a_unit),
		cmocka_unit_test(a_base_of_zero_has_differences),
		cmocka_unit_test(infinite_intervals_are_not_written),
	};

	return cmocka_run_group_tests_name("format/analysis", tests, NULL, NULL);
}
