/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate's verdict in each of its outputs, and what hostile names make of
 * them.
 */
#include "compare/fake_analysis.h"
#include "gate/gate.h"

static struct pcow_line *latency(struct fake *fake, uint64_t size)
{
	return fake_line(fake, "fork/anon", size, "latency", "ns/fork", PCOW_METRIC_COST);
}

static struct pcow_change *gated(struct fake *fake, uint64_t size, double shift,
				 enum pcow_verdict verdict)
{
	struct pcow_change *change =
		fake_change(fake, latency(fake, size), 1, 50000.0, shift, verdict);

	change->gated = true;
	return change;
}

/* Passes, fails, is unclear; one case lacks in the family, one outside. */
static void make_usual(struct fake *fake)
{
	struct pcow_line *line;

	fake_make(fake, 2, 5);
	gated(fake, 4096, 0.0, PCOW_SAME);
	gated(fake, 8192, 0.01, PCOW_UNCLEAR)->boots_needed = 17;
	gated(fake, 16384, 0.231, PCOW_WORSE);
	line = latency(fake, 32768);
	fake_arm(fake, line, 0, 1.0);
	line->changes[1].gated = true;
	strcpy(line->changes[1].why, "not measured in 6.12.0");
	line = fake_line(fake, "fork/vfork", 4096, "latency", "ns/fork", PCOW_METRIC_COST);
	strcpy(line->changes[1].why, "skip in 6.12.0: no room");
	fake_gate(fake);
	fake->analysis.boots_needed = 17;
}

static void make_noted(struct fake *fake)
{
	static char note[] = "hosts differ: <a> & \"b\", 5 %\n::error::x";

	fake->notes[0] = note;
	fake->analysis.nr_notes = 1;
}

static void a_person_reads_the_verdict_first(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	text = fake_write(&fake, pcow_gate_text_write, false);
	assert_int_equal(strncmp(text,
				 "FAIL: 4 gated lines: 1 fail, 2 inconclusive, 1 pass; "
				 "17 boots a group would tell\n\nx86_64, ",
				 88),
			 0);
	assert_says(text, "fork/anon base 16K  FAIL: worse            +23.1%  [+22.8, +23.4]     "
			  "2.0%  0.002  5                1.0%\n"
			  "fork/anon base 8K   INCONCLUSIVE: unclear   +1.0%    [+0.7, +1.3]     "
			  "2.0%  0.002  5      17        1.0%\n"
			  "fork/anon base 32K  INCONCLUSIVE: missing");
	assert_says(text, "    not measured in 6.12.0\n");
	assert_silent(text, "fork/anon base 4K");
	assert_says(text, "interval  minimum      q  n  needed  detectable\n");
	assert_says(text,
		    "\nneeded      boots a group for all lines to pass with a chance of 80 % if "
		    "nothing changed\n"
		    "detectable  change that fails with a chance of 80 %, ");
	assert_says(text, "\nNot judged\n  missing: skip in 6.12.0: no room\n"
			  "    cases: fork/vfork base 4K\n");
	assert_says(text, "\nNot gated: 1 line: 1 missing\n");
	assert_lines(text, PCOW_TEXT_WIDTH);
	free(text);
	text = fake_write(&fake, pcow_gate_text_write, true);
	assert_int_equal(strncmp(text, "\033[31mFAIL", 9), 0);
	free(text);
	fake_clear(&fake);
}

/* Two boots do not tell how boots vary, so nor how many it takes. */
static void too_few_boots_promise_nothing(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, 2, 2);
	gated(&fake, 4096, 0.0, PCOW_TOO_FEW)->boots_needed = 3;
	fake_gate(&fake);
	fake.analysis.boots_needed = 3;
	text = fake_write(&fake, pcow_gate_text_write, false);
	assert_says(text, "1 inconclusive, 0 pass; judged from 3 boots a group on\n");
	free(text);
	fake_clear(&fake);
}

static void a_gate_without_lines_is_inconclusive(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, 2, 3);
	fake_gate(&fake);
	text = fake_write(&fake, pcow_gate_text_write, false);
	assert_says(text, "INCONCLUSIVE: no line is gated\n");
	free(text);
	text = fake_write(&fake, pcow_gate_ktap_write, false);
	assert_int_equal(
		strncmp(text, "KTAP version 1\n1..0 # SKIP no line is gated\n# x86_64", 52), 0);
	assert_says(text, "\n# INCONCLUSIVE: no line is gated\n");
	free(text);
	text = fake_write(&fake, pcow_gate_junit_write, false);
	assert_string_equal(text,
			    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<testsuites name=\"pincow gate\" tests=\"1\" failures=\"0\" "
			    "errors=\"0\">\n"
			    "  <testsuite name=\"pincow gate\" tests=\"1\" failures=\"0\" "
			    "errors=\"0\" skipped=\"1\">\n"
			    "    <properties>\n"
			    "      <property name=\"pincow\" value=\"0.2.0\"/>\n"
			    "      <property name=\"command\" value=\"pincow compare old new\"/>\n"
			    "    </properties>\n"
			    "    <testcase classname=\"pincow\" name=\"gate\">\n"
			    "      <skipped type=\"empty\" message=\"no line is gated\"/>\n"
			    "    </testcase>\n"
			    "  </testsuite>\n"
			    "</testsuites>\n");
	free(text);
	text = fake_write(&fake, pcow_gate_github_write, false);
	assert_string_equal(text, "::warning title=pincow gate::INCONCLUSIVE: no line is gated\n"
				  "::notice title=pincow base::6.1.0\n");
	free(text);
	fake_clear(&fake);
}

static void one_boot_decides_nothing(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, 2, 1);
	strcpy(gated(&fake, 4096, 0.5, PCOW_TOO_FEW)->why, "1 boot a group; judged from 3 on");
	fake_gate(&fake);
	text = fake_write(&fake, pcow_gate_ktap_write, false);
	assert_says(text, "\nok 1 fork/anon base 4K # SKIP too few boots: +50.0 %, minimum effect "
			  "2.0 %, 1 boot: 1 boot a group; judged from 3 on\n");
	free(text);
	fake_clear(&fake);
}

static void without_a_base_there_are_no_fractions(void **state)
{
	static pcow_analysis_write *const writers[] = {
		pcow_gate_text_write, pcow_gate_json_write,   pcow_gate_junit_write,
		pcow_gate_ktap_write, pcow_gate_github_write,
	};
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, 2, 3);
	fake_difference(&fake, PCOW_UNCLEAR)->gated = true;
	fake_gate(&fake);
	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		text = fake_write(&fake, writers[i], false);
		assert_silent(text, "nan");
		assert_silent(text, "inf");
		free(text);
	}
	text = fake_write(&fake, pcow_gate_text_write, false);
	assert_says(text, "change       interval      q  n\n");
	assert_says(text, "INCONCLUSIVE: unclear  +512 B  [-100, +1020]  0.002  3\n");
	free(text);
	text = fake_write(&fake, pcow_gate_ktap_write, false);
	assert_says(text, " # SKIP unclear: +512 B [-100, +1020], q 0.002, 3 boots\n");
	free(text);
	text = fake_write(&fake, pcow_gate_junit_write, false);
	assert_says(text, "message=\"unclear: +512 B [-100, +1020], q 0.002, 3 boots\"/>\n");
	free(text);
	text = fake_write(&fake, pcow_gate_github_write, false);
	assert_says(text, "::unclear: +512 B [-100, +1020], q 0.002, 3 boots\n");
	free(text);
	fake_clear(&fake);
}

static void notes_reach_every_reader(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	make_noted(&fake);
	text = fake_write(&fake, pcow_gate_text_write, false);
	assert_says(text, "\nnote  hosts differ: <a> & \"b\", 5 %?::error::x\n");
	free(text);
	text = fake_write(&fake, pcow_gate_json_write, false);
	assert_says(text, "\"hosts differ: <a> & \\\"b\\\", 5 %?::error::x\"");
	free(text);
	text = fake_write(&fake, pcow_gate_ktap_write, false);
	assert_says(text, "\n# hosts differ: <a> & \"b\", 5 %?::error::x\n");
	free(text);
	text = fake_write(&fake, pcow_gate_github_write, false);
	assert_says(text, "\n::notice title=pincow note::hosts differ: <a> & \"b\", 5 %25?"
			  "::error::x\n");
	free(text);
	text = fake_write(&fake, pcow_gate_junit_write, false);
	assert_says(text, "      <property name=\"note\" value=\"hosts differ: &lt;a&gt; &amp; "
			  "&quot;b&quot;, 5 %?::error::x\"/>\n");
	free(text);
	/* A gate without lines may have them for its reason. */
	fake.comparison.nr_lines = 0;
	fake_gate(&fake);
	text = fake_write(&fake, pcow_gate_junit_write, false);
	assert_says(text, "      <property name=\"note\" value=\"hosts differ: ");
	free(text);
	fake_clear(&fake);
}

/* -------------------------------------------------------------------- ktap */

static void ktap_follows_the_kernels_rules(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	text = fake_write(&fake, pcow_gate_ktap_write, false);
	assert_int_equal(strncmp(text, "KTAP version 1\n1..4\n# x86_64", 28), 0);
	assert_says(text, "\nok 1 fork/anon base 4K\n");
	assert_says(text, "\nok 2 fork/anon base 8K # SKIP unclear: +1.0 % [+0.7, +1.3], "
			  "minimum effect 2.0 %, q 0.002, 5 boots, detectable 1.0 %\n");
	assert_says(text,
		    "\n# fork/anon base 16K: worse: +23.1 % [+22.8, +23.4], minimum effect "
		    "2.0 %, q 0.002, 5 boots, detectable 1.0 %\nnot ok 3 fork/anon base 16K\n");
	assert_says(text, "\nok 4 fork/anon base 32K # SKIP missing: not measured in 6.12.0\n");
	free(text);
	fake_clear(&fake);
}

/* -------------------------------------------------------------------- JSON */

static void json_has_the_gated_lines(void **state)
{
	struct fake fake;
	json_t *json, *lines, *change;
	char *text;

	(void)state;
	make_usual(&fake);
	/* What a table shows is no concern of the gate's. */
	fake.lines[0].shown = false;
	text = fake_write(&fake, pcow_gate_json_write, false);
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	assert_int_equal(json_object_size(json), 9);
	assert_int_equal(json_integer_value(json_object_get(json, "blocked")), 0);
	assert_string_equal(json_string_value(json_object_get(json, "gate")), "FAIL");
	assert_int_equal(json_integer_value(json_object_get(json, "boots_needed")), 17);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(json, "gated"), "inconclusive")),
		2);
	lines = json_object_get(json_array_get(json_object_get(json, "comparisons"), 0), "lines");
	assert_int_equal(json_array_size(lines), 4);
	change = json_array_get(json_object_get(json_array_get(lines, 2), "changes"), 0);
	assert_string_equal(json_string_value(json_object_get(change, "gate")), "FAIL");
	json_decref(json);
	free(text);
	fake_clear(&fake);
}

/* Nothing may look green then, whatever the lines say by themselves. */
static void a_blocked_gate_is_green_nowhere(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	make_noted(&fake);
	fake.analysis.nr_blocked = 1;
	fake.analysis.gate = PCOW_INCONCLUSIVE;
	text = fake_write(&fake, pcow_gate_text_write, false);
	assert_says(text, "INCONCLUSIVE: 4 gated lines: 1 would fail, 2 inconclusive, 1 would "
			  "pass; the first note tells why there is no verdict\n");
	assert_says(text, "INCONCLUSIVE: worse");
	free(text);
	text = fake_write(&fake, pcow_gate_json_write, false);
	assert_says(text, "\"blocked\": 1");
	assert_null(strstr(text, "\"gate\": \"FAIL\""));
	free(text);
	text = fake_write(&fake, pcow_gate_ktap_write, false);
	assert_null(strstr(text, "not ok"));
	assert_says(text, "\nok 4 ");
	for (const char *ok = text; (ok = strstr(ok, "\nok ")); ok++)
		assert_true(strstr(ok, "# SKIP") < strchr(ok + 1, '\n'));
	free(text);
	text = fake_write(&fake, pcow_gate_github_write, false);
	assert_says(text, "::warning title=pincow note::hosts differ");
	assert_null(strstr(text, "::error title"));
	free(text);
	text = fake_write(&fake, pcow_gate_junit_write, false);
	assert_says(text, "tests=\"4\" failures=\"0\" errors=\"0\" skipped=\"4\"");
	assert_says(text, "<testsuites name=\"pincow gate\" tests=\"4\" failures=\"0\"");
	free(text);
	fake_clear(&fake);
}

/* --------------------------------------------------------- hostile texts */

static void make_hostile(struct fake *fake)
{
	static char name[] = "n#1\n::error::x <&\"'> 5%, a:b \033[31m\xff\xef\xbf\xbe";
	struct pcow_line *line;

	fake_make(fake, 3, 3);
	fake->groups[2].name = name;
	line = fake_line(fake, "fork/<&\"#>,:%", 4096, "latency", "ns/fork", PCOW_METRIC_COST);
	fake_change(fake, line, 2, 50000.0, 0.5, PCOW_WORSE)->gated = true;
	line = fake_line(fake, "fork/anon", 4096, "latency", "ns/fork", PCOW_METRIC_COST);
	line->changes[2].gated = true;
	strcpy(line->changes[2].why, "]]> <!-- \r\nnot ok 9 x # SKIP %0A");
	fake_gate(fake);
}

static void hostile_names_begin_no_directive(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_hostile(&fake);
	text = fake_write(&fake, pcow_gate_ktap_write, false);
	assert_says(text, "\nnot ok 1 n?1?::error::x <&\"'> 5%, a:b ?[31m????: "
			  "fork/<&\"?>,:% base 4K\n");
	assert_int_equal(count(text, "\nnot ok "), 1);
	assert_int_equal(count(text, "\nok "), 1);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (*line != '#')
			assert_true(count(line, "#") <= (strncmp(line, "ok ", 3) == 0));
	free(text);
	fake_clear(&fake);
}

static void hostile_names_end_no_annotation(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_hostile(&fake);
	text = fake_write(&fake, pcow_gate_github_write, false);
	assert_int_equal(count(text, "\n"), 4);
	assert_says(text, "\n::error title=pincow%3A n#1?%3A%3Aerror%3A%3Ax <&\"'> 5%25%2C a%3Ab "
			  "?[31m????%3A fork/<&\"#>%2C%3A%25 base 4K::worse: +50.0 %25 [");
	assert_says(text, "\n::warning title=pincow");
	assert_says(text, "::missing: ]]> <!-- ??not ok 9 x # SKIP %250A\n");
	free(text);
	fake_clear(&fake);
}

/* Needs xmllint; what it does not know of JUnit, the next test holds. */
static void hostile_names_are_well_formed_xml(void **state)
{
	struct fake fake;
	char *text;
	FILE *lint;

	(void)state;
	if (system("command -v xmllint >/dev/null 2>&1") != 0)
		skip();
	make_hostile(&fake);
	text = fake_write(&fake, pcow_gate_junit_write, false);
	lint = popen("xmllint --noout -", "w");
	assert_non_null(lint);
	fputs(text, lint);
	assert_int_equal(pclose(lint), 0);
	free(text);
	fake_clear(&fake);
}

static void junit_has_a_suite_a_group(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	make_usual(&fake);
	text = fake_write(&fake, pcow_gate_junit_write, false);
	assert_says(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			  "<testsuites name=\"pincow gate\" tests=\"4\" failures=\"1\" "
			  "errors=\"0\">\n"
			  "  <testsuite name=\"x86_64 wall: 6.12.0 against 6.1.0\" tests=\"4\" "
			  "failures=\"1\" errors=\"0\" skipped=\"2\" "
			  "timestamp=\"2026-01-01T00:00:00\" hostname=\"example\">\n");
	assert_says(text, "    <testcase classname=\"pincow.fork/anon\" "
			  "name=\"fork/anon base 4K\"/>\n");
	assert_says(text, "      <failure type=\"worse\" message=\"worse: +23.1 % ");
	assert_says(text, "      <skipped type=\"missing\" "
			  "message=\"missing: not measured in 6.12.0\"/>\n    </testcase>\n");
	free(text);
	fake_clear(&fake);
	make_hostile(&fake);
	text = fake_write(&fake, pcow_gate_junit_write, false);
	assert_int_equal(count(text, "<testsuite "), 1);
	assert_says(text, "classname=\"pincow.fork/&lt;&amp;&quot;#&gt;,:%\"");
	assert_says(text, "message=\"missing: ]]&gt; &lt;!-- ??not ok 9 x # SKIP %0A\"");
	free(text);
	fake_clear(&fake);
}

static void several_strata_are_told_apart(void **state)
{
	struct pcow_comparison both[2];
	struct fake wall, counted;
	char *text;

	(void)state;
	make_usual(&wall);
	make_usual(&counted);
	for (size_t i = 0; i < 2; i++)
		strcpy(counted.files[i].header.clock_domain, "instructions");
	both[0] = wall.comparison;
	both[1] = counted.comparison;
	wall.analysis.comparisons = both;
	wall.analysis.nr_comparisons = 2;
	make_noted(&wall);
	text = fake_write(&wall, pcow_gate_ktap_write, false);
	assert_says(text, "\nok 1 x86_64 wall 4K: fork/anon base 4K\n");
	assert_says(text, "\nok 5 x86_64 instructions 4K: fork/anon base 4K\n");
	free(text);
	text = fake_write(&wall, pcow_gate_junit_write, false);
	assert_int_equal(count(text, "<testsuite "), 2);
	assert_int_equal(count(text, "<property name=\"note\" "), 2);
	assert_says(text, "\"x86_64 instructions: 6.12.0 against 6.1.0\"");
	free(text);
	fake_clear(&wall);
	fake_clear(&counted);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_reads_the_verdict_first),
		cmocka_unit_test(too_few_boots_promise_nothing),
		cmocka_unit_test(a_gate_without_lines_is_inconclusive),
		cmocka_unit_test(one_boot_decides_nothing),
		cmocka_unit_test(without_a_base_there_are_no_fractions),
		cmocka_unit_test(notes_reach_every_reader),
		cmocka_unit_test(a_blocked_gate_is_green_nowhere),
		cmocka_unit_test(ktap_follows_the_kernels_rules),
		cmocka_unit_test(json_has_the_gated_lines),
		cmocka_unit_test(hostile_names_begin_no_directive),
		cmocka_unit_test(hostile_names_end_no_annotation),
		cmocka_unit_test(hostile_names_are_well_formed_xml),
		cmocka_unit_test(junit_has_a_suite_a_group),
		cmocka_unit_test(several_strata_are_told_apart),
	};

	return cmocka_run_group_tests_name("format/gate", tests, NULL, NULL);
}
