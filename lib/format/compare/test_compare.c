/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of `pincow compare` for people: terminal, markdown, mailing list,
 * test robot.
 */
#include "compare/fake_analysis.h"

static struct pcow_line *latency(struct fake *fake, uint64_t size)
{
	return fake_line(fake, "fork/anon", size, "latency", "ns/fork", PCOW_METRIC_COST);
}

/* A line that is worse, one that is the same, one without a figure. */
static void make_usual(struct fake *fake)
{
	struct pcow_line *missing;

	fake_make(fake, 2, 3);
	fake_change(fake, latency(fake, 16 << 20), 1, 123000.0, 0.231, PCOW_WORSE);
	fake_change(fake, latency(fake, 4096), 1, 50000.0, -0.0001, PCOW_SAME);
	missing = fake_line(fake, "fork/vfork", 4096, "latency", "ns/fork", PCOW_METRIC_COST);
	fake_arm(fake, missing, 0, 1000.0);
	strcpy(missing->changes[1].why, "not measured in 6.12.0");
}

/* -------------------------------------------------------------------- text */

static void two_groups_stand_beside_each_other(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_says(text, "\nx86_64, wall clock, pages of 4K, Example CPU @ 2.00GHz, host example\n"
			  "  base  6.1.0: Linux 6.1.0, COW model exclusive, 3 boots\n"
			  "  new   6.12.0: Linux 6.12.0, COW model owner-tracked, 3 boots\n");
	assert_says(text, "fork/anon base 16M   123 +-1.0%   151 +-1.0%  us/fork  +23.1%  "
			  "[+22.8, +23.4]  0.4%  3  worse\n");
	assert_says(text, "   0.0%    [-0.3, +0.3]  0.4%  3  same\n");
	assert_says(text, "\nNot compared\n  missing: not measured in 6.12.0\n"
			  "    cases: fork/vfork base 4K\n");
	assert_says(text, "\n3 lines: 1 worse, 1 same, 1 missing; "
			  "largest: fork/anon base 16M +23.1 % [+22.8, +23.4]\n");
	assert_silent(text, "-0.0");
	assert_silent(text, "nan");
	assert_silent(text, "inf");
	assert_lines(text, PCOW_TEXT_WIDTH);
	free(text);
	fake_clear(&fake);
}

static void many_groups_stand_below_each_other(void **state)
{
	struct fake fake;
	struct pcow_line *line;
	char *text;

	(void)state;
	fake_make(&fake, 4, 3);
	fake.comparison.stratum.twin = 1;
	line = latency(&fake, 16 << 20);
	fake_change(&fake, line, 1, 123000.0, 0.001, PCOW_SAME);
	fake_change(&fake, line, 2, 123000.0, -0.3, PCOW_BETTER)->paired = true;
	strcpy(line->changes[3].why, "skip in 6.14.0: no room");
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_says(text, "COW model owner-tracked, 3 boots, the base once more (A/A)\n");
	assert_says(text, "\nfork/anon base 16M\n  6.1.0    123 +-1.0%  us/fork ");
	assert_says(text, "\n  6.13.0  86.1 +-1.0%  us/fork  -30.0%  [-30.3, -29.7]  0.4%  3p  "
			  "better\n");
	assert_says(text, "missing\n");
	assert_says(text, "  6.14.0: missing: skip in 6.14.0: no room\n");
	assert_says(text, "largest: 6.13.0: fork/anon base 16M -30.0 % [-30.3, -29.7]\n");
	assert_lines(text, PCOW_TEXT_WIDTH);
	free(text);
	fake_clear(&fake);
}

static void one_boot_is_looked_at(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, 2, 1);
	fake_change(&fake, latency(&fake, 4096), 1, 1234.0, 0.5, PCOW_TOO_FEW);
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_says(text, "1.23  1.85  us/fork  +50.0%  1  too few boots\n");
	assert_says(text, "fewer than 3 a group are looked at, never judged\n");
	assert_silent(text, "+-0");
	assert_silent(text, "inf");
	free(text);
	fake_clear(&fake);
}

static void without_lines_there_is_no_table(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, 2, 3);
	fake.notes[0] = strdup("two hosts");
	fake.analysis.nr_notes = 1;
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_silent(text, "change");
	assert_says(text, "\nnote  two hosts\n");
	assert_says(text, "\n0 lines\n");
	free(text);
	free(fake.notes[0]);
	fake_clear(&fake);
}

static void what_is_not_shown_is_not_written(void **state)
{
	static pcow_analysis_write *const writers[] = {
		pcow_compare_text_write,  pcow_compare_markdown_write, pcow_compare_csv_write,
		pcow_compare_json_write,  pcow_compare_lkml_write,     pcow_compare_lkp_write,
		pcow_compare_brief_write,
	};
	struct fake fake;

	(void)state;
	make_usual(&fake);
	fake.lines[2].shown = false;
	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		char *text = fake_write(&fake, writers[i], false);

		assert_says(text, "fork/anon");
		assert_silent(text, "fork/vfork");
		free(text);
	}
	fake_clear(&fake);
}

static void verdicts_are_colored_on_demand(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	fake_change(&fake, latency(&fake, 8192), 1, 1.0, -0.1, PCOW_BETTER);
	fake_change(&fake, latency(&fake, 16384), 1, 1.0, 0.01, PCOW_UNCLEAR)->boots_needed = 17;
	text = fake_write(&fake, pcow_compare_text_write, true);
	assert_says(text, "\033[31mfork/anon base 16M");
	assert_says(text, "\033[32mfork/anon base 8K");
	assert_says(text, "\033[33mfork/anon base 16K");
	assert_says(text, "17  unclear\n\033[0m");
	assert_int_equal(count(text, "\033[0m"), count(text, "\033[") / 2);
	free(text);
	fake_clear(&fake);
}

static void a_case_is_refused_once(void **state)
{
	struct fake fake;
	struct pcow_line *line, *tail;
	char *text;

	(void)state;
	fake_make(&fake, 2, 3);
	line = latency(&fake, 4096);
	fake_change(&fake, line, 1, 1.0, 0.1, PCOW_OTHER_WORK);
	strcpy(line->changes[1].why, "1, was 0 copied/page");
	tail = fake_line(&fake, "fork/anon", 4096, "p99", "ns/fork", PCOW_METRIC_COST);
	strcpy(tail->changes[1].why, "no such figure in 6.12.0");
	tail = fake_line(&fake, "fork/exit", 4096, "p99", "ns/fork", PCOW_METRIC_COST);
	strcpy(tail->changes[1].why, "no such figure in 6.12.0");
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_int_equal(count(text, "fork/anon"), 1);
	assert_says(text, "  other work: 1, was 0 copied/page\n    cases: fork/anon base 4K\n");
	assert_says(text, "    cases: fork/exit base 4K p99\n");
	free(text);
	fake_clear(&fake);
}

static void without_a_base_there_are_no_fractions(void **state)
{
	static pcow_analysis_write *const writers[] = {
		pcow_compare_text_write, pcow_compare_brief_write, pcow_compare_markdown_write,
		pcow_compare_csv_write,	 pcow_compare_json_write,  pcow_compare_lkml_write,
		pcow_compare_lkp_write,
	};
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, 2, 3);
	fake_difference(&fake, PCOW_WORSE);
	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		text = fake_write(&fake, writers[i], false);
		assert_says(text, "512");
		assert_silent(text, "nan");
		assert_silent(text, "inf");
		free(text);
	}
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_says(text, "     0  512 +-1.0%  B  +512 B  [-100, +1020]  3  worse\n");
	free(text);
	/* The unit is that of what is more than nothing. */
	fake.arms[0][1].median = 512.0 * 1024;
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_says(text, "     0  512 +-0.0%  KiB  ");
	fake.arms[0][1].median = 512.0;
	free(text);
	text = fake_write(&fake, pcow_compare_markdown_write, false);
	assert_says(text, "| +512 B | [-100, +1020] |  | 3 | worse |\n");
	free(text);
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_says(text, "\nworse:\n"
			  "pin/futex base 4K held_bytes       0B     512B    +512    "
			  "[-100, +1020]   3\n");
	free(text);
	fake_clear(&fake);
}

/* ------------------------------------------------------------------- brief */

static void the_brief_tells_of_what_is_shown(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	fake_change(&fake, latency(&fake, 8192), 1, 60000.0, 0.5, PCOW_WORSE);
	text = fake_write(&fake, pcow_compare_brief_write, false);
	assert_says(text,
		    "\n  2 cases cost more, most: fork/anon base 8K: +50.0 % in 6.12.0\n"
		    "  1 case lacks a figure on one side: fork/vfork base 4K: not measured in "
		    "6.12.0\n"
		    "  1 case costs the same\n");
	free(text);
	fake.lines[1].shown = false;
	fake.lines[2].shown = false;
	fake.lines[3].shown = false;
	text = fake_write(&fake, pcow_compare_brief_write, false);
	assert_says(text, "\n  1 case costs more: fork/anon base 16M: +23.1 % in 6.12.0\n");
	assert_silent(text, "base 8K");
	assert_silent(text, "fork/vfork");
	/* Nobody asked for those that are the same. */
	assert_silent(text, "the same");
	free(text);
	fake.lines[0].shown = false;
	text = fake_write(&fake, pcow_compare_brief_write, false);
	assert_says(text, "\n  0 cases cost the same\n");
	assert_silent(text, "fork/anon");
	free(text);
	fake_clear(&fake);
}

/* ----------------------------------------------------------- hostile texts */

static void make_hostile(struct fake *fake)
{
	static char name[PCOW_RESULT_NAME_MAX], group[300];
	struct pcow_line *line;

	memset(name, 'x', sizeof(name) - 1);
	memset(group, 'g', sizeof(group) - 1);
	strcpy(group, "a|b`c`<script>&\"',#%::\r\n\033[31m\xff");
	group[strlen(group)] = '/';
	fake_make(fake, 3, 2);
	fake->groups[1].name = group;
	json_object_set_new(json_object_get(fake->files[1].header.host, "cpu"), "model",
			    json_string("CPU | `x` \xc3\xb6 <b> with a name that goes on and on "
					"and on and on and on and on"));
	line = fake_line(fake, name, UINT64_MAX, name, name, PCOW_METRIC_COST);
	fake_change(fake, line, 1, 1e300, 1e12, PCOW_WORSE)->gated = true;
	fake_change(fake, line, 2, 1e300, 1e12, PCOW_UNCLEAR)->gated = true;
	strcpy(line->changes[2].why, "why|#\n::error::%0A <tag> \"x\"");
	line = fake_line(fake, "fork/anon", 0, "p99", "ns/fork", PCOW_METRIC_COST);
	strcpy(line->changes[1].why, "no \"figure\", at all | in\nany & <file>");
}

static void hostile_texts_stay_in_their_place(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_hostile(&fake);
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_says(text, "a|b`c`<script>&\"',#%::???[31m?");
	assert_lines(text, 10000);
	free(text);
	text = fake_write(&fake, pcow_compare_lkp_write, false);
	assert_lines(text, 10000);
	free(text);
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_lines(text, 75);
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c < 0x80);
	free(text);
	fake_clear(&fake);
}

static void long_names_keep_lines_short(void **state)
{
	struct fake fake;
	struct pcow_line *line;
	char *text;

	(void)state;
	make_hostile(&fake);
	for (size_t i = 1; i < 3; i++)
		fake_change(&fake, &fake.lines[0], i, 1e5, 0.5, PCOW_WORSE);
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_lines(text, PCOW_TEXT_WIDTH);
	free(text);
	fake_clear(&fake);
	/* It would fit a cell, but not its row: it gets a line of its own. */
	fake_make(&fake, 2, 3);
	line = fake_line(&fake, "a/scenario-with-a-name-that-takes-half-of-a-line", 4096, "net",
			 "instructions/page", PCOW_METRIC_COST);
	fake_change(&fake, line, 1, 123456.0, 0.5, PCOW_WORSE);
	text = fake_write(&fake, pcow_compare_text_write, false);
	assert_lines(text, PCOW_TEXT_WIDTH);
	assert_says(text, "\na/scenario-with-a-name-that-takes-half-of-a-line base 4K\n     ");
	free(text);
	fake_clear(&fake);
}

/* ---------------------------------------------------------------- markdown */

static void lines_fit_a_narrow_terminal(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	strcpy(fake.series[0].scenario, "fork/with-a-name-that-is-longer");
	pcow_text_narrow(80);
	text = fake_write(&fake, pcow_compare_text_write, false);
	pcow_text_narrow(PCOW_TEXT_WIDTH);
	assert_lines(text, 80);
	/* The row stands below its name, whole. */
	assert_says(text, "\nfork/with-a-name-that-is-longer base 16M\n   ");
	free(text);
	fake_clear(&fake);
}

static void markdown_is_a_table(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	text = fake_write(&fake, pcow_compare_markdown_write, false);
	assert_says(text,
		    "### x86_64, wall clock, pages of 4K, Example CPU @ 2.00GHz, host example\n"
		    "\n- base **6.1.0**: Linux 6.1.0");
	assert_says(text,
		    "\n| case | base | new | change | interval | A/A | n | verdict |\n"
		    "|---|--:|--:|--:|--:|--:|--:|---|\n"
		    "| fork/anon base 16M | 123 +-1.0% us/fork | 151 +-1.0% us/fork | +23.1% | "
		    "[+22.8, +23.4] | 0.4% | 3 | worse |\n");
	assert_says(text, "\n- missing: not measured in 6.12.0 (fork/vfork base 4K)\n");
	assert_says(text, "; pincow 0.2.0: pincow compare old new\n");
	free(text);
	fake_clear(&fake);
	make_hostile(&fake);
	text = fake_write(&fake, pcow_compare_markdown_write, false);
	assert_says(text, "a\\|b\\`c\\`\\<script\\>\\&\"',\\#%::???\\[31m?");
	assert_says(text, "| unclear: why\\|\\#?::error::%0A \\<tag\\> \"x\" |");
	free(text);
	fake_clear(&fake);
}

/* --------------------------------------------------------------------- lkp */

static void the_robots_layout_is_kept(void **state)
{
	struct fake fake;
	struct pcow_line *line;
	char *text;

	(void)state;
	make_usual(&fake);
	/* 10, 11, 12: mean 11, standard deviation 1, which is 9 %. */
	line = latency(&fake, 8192);
	fake_change(&fake, line, 1, 11.0, 0.0, PCOW_SAME);
	line->arms[1].values[0] = 10.0;
	line->arms[1].values[2] = 12.0;
	line = fake_line(&fake, "fork/anon", 4096, "copied", "copied/fork", PCOW_METRIC_WORK);
	fake_change(&fake, line, 1, 0.0, 0.0, PCOW_WORK_SAME)->is_relative = false;
	text = fake_write(&fake, pcow_compare_lkp_write, false);
	assert_says(text,
		    "\narch/clock/page/tbox_group/testcase:\n  x86_64/wall/4K/example/pincow\n");
	assert_says(text, "\n6.1.0            6.12.0\n"
			  "---------------- ---------------------------\n"
			  "         %stddev     %change         %stddev\n"
			  "             \\          |                \\\n");
	assert_says(text, "\n    123000           +23.1%     151413        "
			  "pincow.fork/anon.base.16M.latency\n");
	assert_says(text, "\n     11.00             0.0%      11.00 ±  9%  "
			  "pincow.fork/anon.base.8K.latency\n");
	assert_says(text, "\n      0.00            +0.0        0.00        "
			  "pincow.fork/anon.base.4K.copied\n");
	assert_silent(text, "vfork.base");
	assert_says(text, "    cases: fork/vfork base 4K\n");
	free(text);
	fake_clear(&fake);
}

/* -------------------------------------------------------------------- lkml */

static size_t nr_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void a_list_gets_what_changed(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	json_object_set_new(json_object_get(fake.files[1].header.host, "kernel"), "compiler",
			    json_string("gcc-12 12.2.0"));
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_says(text,
		    "Platform:  Example CPU @ 2.00GHz, x86_64, 16.0 GiB, 2 NUMA nodes,\n"
		    "           hypervisor kvm\n"
		    "Base:      Linux 6.1.0, COW model exclusive, 3 boots\n"
		    "New:       Linux 6.12.0, COW model owner-tracked, 3 boots\n"
		    "Compiler:  unknown; of new: gcc-12 12.2.0\n"
		    "Config:    profile standard, workers a case 3, page bytes 4096, THP always\n"
		    "Clock:     wall time\n");
	assert_says(text, "Command:   pincow compare old new (pincow 0.2.0)\n");
	assert_says(
		text,
		"\n\n                                 base      new  change         interval   n\n"
		"worse:\n"
		"fork/anon base 16M              123us    151us  +23.1%   [+22.8, +23.4]   3\n"
		"\n");
	assert_says(text, "\nNot compared: fork/vfork base 4K: missing: not measured in 6.12.0\n");
	/* What is the same is a number. */
	assert_says(text, " 1 same, ");
	assert_silent(text, "base 8K");
	assert_lines(text, 75);
	free(text);
	fake.lines[0].shown = false;
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_silent(text, "worse");
	assert_silent(text, "interval   n");
	free(text);
	fake_clear(&fake);
}

static void a_list_is_told_what_is_no_latency(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	fake.lines[0].arms[1].n = 2;
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_says(text, "[+22.8, +23.4] 3/2\n");
	free(text);
	for (size_t i = 0; i < 2; i++)
		strcpy(fake.files[i].header.clock_domain, "instructions");
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_says(text, "Clock:     counted instructions of an emulated CPU: no latencies\n");
	assert_says(text, "boots ought to be equal and are not");
	assert_says(text, "[+22.8, +23.4] 3/2\n");
	free(text);
	for (size_t i = 0; i < fake.comparison.nr_lines; i++) {
		struct pcow_change *change = &fake.lines[i].changes[1];

		change->low = change->high = change->shift;
	}
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_says(text, "boots are equal by construction, so changes are\n");
	assert_says(text, " base      new  change\n");
	assert_lines(text, 75);
	free(text);
	fake_clear(&fake);
}

/* Long names, many notes: what has no room is counted. */
static void a_list_is_no_longer_than_a_screen(void **state)
{
	static char *notes[30];
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, 2, 3);
	for (size_t i = 0; i < FAKE_LINES; i++) {
		char name[PCOW_RESULT_NAME_MAX];

		snprintf(name, sizeof(name), "scenario/with-a-long-name-%zu", i);
		fake_change(&fake, fake_line(&fake, name, 4096, "net", "ns/fork", PCOW_METRIC_COST),
			    1, 50.0, 0.01 * (double)i, i % 2 ? PCOW_BETTER : PCOW_WORSE);
	}
	for (size_t i = 0; i < 30; i++)
		notes[i] = (char *)"something is as it is, and told in a line that has to be "
				   "broken, as it is longer than the list takes";
	fake.analysis.notes = notes;
	fake.analysis.nr_notes = 30;
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_true(nr_lines(text) <= 40);
	assert_lines(text, 75);
	assert_says(text, "\nscenario/with-a-long-name-6 base 4K\n");
	assert_says(text, " more: pincow compare has all\n\n8 lines: ");
	assert_says(text, "\nand 53 lines more: pincow compare has all\n");
	free(text);
	fake.analysis.nr_notes = 0;
	text = fake_write(&fake, pcow_compare_lkml_write, false);
	assert_silent(text, " more");
	free(text);
	fake_clear(&fake);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_groups_stand_beside_each_other),
		cmocka_unit_test(many_groups_stand_below_each_other),
		cmocka_unit_test(one_boot_is_looked_at),
		cmocka_unit_test(without_lines_there_is_no_table),
		cmocka_unit_test(what_is_not_shown_is_not_written),
		cmocka_unit_test(verdicts_are_colored_on_demand),
		cmocka_unit_test(a_case_is_refused_once),
		cmocka_unit_test(without_a_base_there_are_no_fractions),
		cmocka_unit_test(the_brief_tells_of_what_is_shown),
		cmocka_unit_test(hostile_texts_stay_in_their_place),
		cmocka_unit_test(long_names_keep_lines_short),
		cmocka_unit_test(lines_fit_a_narrow_terminal),
		cmocka_unit_test(markdown_is_a_table),
		cmocka_unit_test(the_robots_layout_is_kept),
		cmocka_unit_test(a_list_gets_what_changed),
		cmocka_unit_test(a_list_is_told_what_is_no_latency),
		cmocka_unit_test(a_list_is_no_longer_than_a_screen),
	};

	return cmocka_run_group_tests_name("format/compare", tests, NULL, NULL);
}
