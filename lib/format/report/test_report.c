/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page of the report: what it must say, and that no text of a file gets
 * through as markup.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/report.h"

#define GROUPS 3
#define LINES  4

#define EVIL "\"'><script>x</script><evil a=\"&amp;\">"

/* ------------------------------------------------------------- the analysis */

/* struct sample - an analysis of three groups with one boot each, built by hand */
struct sample {
	struct pcow_file files[GROUPS];
	const struct pcow_file *runs[GROUPS];
	struct pcow_boot boots[GROUPS];
	struct pcow_group groups[GROUPS];
	struct pcow_series series[LINES];
	struct pcow_arm arms[LINES][GROUPS];
	struct pcow_change changes[LINES][GROUPS];
	struct pcow_line lines[LINES];
	struct pcow_comparison comparison;
	struct pcow_dataset dataset;
	struct pcow_policy policy;
	struct pcow_analysis analysis;
};

static json_t *host(const char *release)
{
	return json_pack("{s:s, s:s, s:{s:s}, s:{s:s}, s:{s:i}, s:{s:i}, s:{s:s}}", "hostname",
			 "example", "machine", "x86_64", "kernel", "release", release, "cpu",
			 "governor", "performance", "memory", "page_bytes", 4096, "limits",
			 "memlock_bytes", -1, "mitigations", "meltdown", "PTI");
}

static void add_group(struct sample *s, size_t i, const char *name, const char *release)
{
	struct pcow_header *header = &s->files[i].header;

	s->files[i].path = (char *)name;
	strcpy(header->version, "0.1.0");
	strcpy(header->clock_domain, "wall");
	header->host = host(release);
	header->config = json_pack("{s:s, s:[s], s:[s], s:i, s:i, s:b}", "profile", "quick",
				   "scenarios", "fork/*", "sets", "size=64M", "seed", 7, "cpu", -1,
				   "prepare", 1);
	s->runs[i] = &s->files[i];
	s->boots[i] = (struct pcow_boot){ .files = &s->runs[i], .nr_files = 1 };
	s->groups[i] =
		(struct pcow_group){ .name = (char *)name, .boots = &s->boots[i], .nr_boots = 1 };
}

/* A line whose arms all have 100 of @unit, and are the same. */
static void add_line(struct sample *s, size_t i, const char *scenario, const char *metric,
		     const char *unit, enum pcow_metric_kind kind)
{
	strcpy(s->series[i].scenario, scenario);
	strcpy(s->series[i].metric, metric);
	strcpy(s->series[i].unit, unit);
	s->series[i].kind = kind;
	s->series[i].is_headline = strcmp(metric, "latency") == 0 || strcmp(metric, "net") == 0;
	for (size_t g = 0; g < GROUPS; g++) {
		s->arms[i][g] = (struct pcow_arm){ .n = 1,
						   .median = 100.0,
						   .low = -INFINITY,
						   .high = INFINITY,
						   .reason = "",
						   .remedy = "",
						   .present = true };
		s->changes[i][g] = (struct pcow_change){ .n = 1,
							 .is_relative = true,
							 .low = -INFINITY,
							 .high = INFINITY,
							 .noise = NAN,
							 .verdict = PCOW_SAME };
	}
	s->lines[i] = (struct pcow_line){ &s->series[i], s->arms[i], s->changes[i], true };
}

/* Line @i in group @g: @value, and what that comes to. */
static void set_change(struct sample *s, size_t i, size_t g, double value,
		       enum pcow_verdict verdict)
{
	struct pcow_change *change = &s->changes[i][g];
	double base = s->arms[i][0].median;

	s->arms[i][g].median = value;
	change->is_relative = base != 0.0;
	change->shift = (value - base) / (base != 0.0 ? base : 1.0);
	change->low = change->shift - 0.01;
	change->high = change->shift + 0.01;
	change->verdict = verdict;
}

/* Line @i in group @g was not measured, and why. */
static void set_status(struct sample *s, size_t i, size_t g, enum pcow_status status,
		       const char *reason, const char *remedy)
{
	struct pcow_arm *arm = &s->arms[i][g];

	*arm = (struct pcow_arm){ .median = NAN, .low = NAN, .high = NAN, .present = true };
	arm->status = status;
	arm->reason = reason;
	arm->remedy = remedy;
	s->changes[i][g].shift = NAN;
	s->changes[i][g].verdict = status == PCOW_STATUS_INVALID ? PCOW_BROKEN : PCOW_MISSING;
}

static int set_up(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	add_group(s, 0, "one", "6.1");
	add_group(s, 1, "two", "6.2");
	add_group(s, 2, "three", "6.3");
	add_line(s, 0, "fork/anon", "latency", "ns/fork", PCOW_METRIC_COST);
	add_line(s, 1, "fork/exit", "latency", "ns/exit", PCOW_METRIC_COST);
	add_line(s, 2, "fork/exit", "copied", "copied/exit", PCOW_METRIC_WORK);
	add_line(s, 3, "fork/exit", "slab_bytes", "bytes", PCOW_METRIC_MEMORY);
	s->comparison.stratum = (struct pcow_stratum){ s->groups, GROUPS, 0 };
	s->comparison.lines = s->lines;
	s->comparison.nr_lines = LINES;
	pcow_policy_default(&s->policy);
	s->analysis = (struct pcow_analysis){
		.dataset = &s->dataset,
		.policy = &s->policy,
		.comparisons = &s->comparison,
		.nr_comparisons = 1,
		.gate = PCOW_PASS,
		.nr_gated = { [PCOW_PASS] = 4 },
	};
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct sample *s = *state;

	for (size_t i = 0; i < GROUPS; i++)
		pcow_header_clear(&s->files[i].header);
	pcow_policy_clear(&s->policy);
	free(s);
	return 0;
}

/* ----------------------------------------------------------------- the page */

/* Freed by the caller. */
static char *page(const struct sample *s)
{
	struct pcow_report_figure figure = { EVIL, "<svg id=\"a\"/>", 13 };
	const struct pcow_report_extras extras = { .figures = &figure, .nr_figures = 1 };
	const struct pcow_rendering rendering = { "0.1.0", "pincow report '" EVIL "'", false };
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(pcow_report_write(out, &s->analysis, &extras, &rendering), 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), length);
	return text;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is missing from:\n%s", part, text);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

/* The page has @part. */
static void assert_page_says(const struct sample *s, const char *part)
{
	char *text = page(s);

	assert_says(text, part);
	free(text);
}

/* Every element that begins ends, in order: what a text that got through would upset. */
static void assert_is_nested(const char *text)
{
	static const char *const empty[] = { "!DOCTYPE", "meta", "link", "img", "br" };
	char open[64][16];
	size_t depth = 0;

	while ((text = strchr(text, '<'))) {
		bool ends = *++text == '/';
		char name[16] = "";
		bool is_empty = false;

		assert_int_equal(sscanf(text + ends, "%15[a-zA-Z0-9!]", name), 1);
		for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
			is_empty |= strcmp(name, empty[i]) == 0;
		if (is_empty)
			continue;
		if (ends) {
			assert_true(depth > 0);
			assert_string_equal(open[--depth], name);
		} else {
			assert_true(depth < 64);
			strcpy(open[depth++], name);
		}
	}
	assert_int_equal(depth, 0);
}

/* -------------------------------------------------------------------- tests */

static void a_text_is_no_markup(void **state)
{
	char *text;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	pcow_markup_write(out, "a<b>&\"'\n\t\x7f\xc3\xa4");
	fclose(out);
	assert_string_equal(text, "a&lt;b&gt;&amp;&quot;&#39;???\xc3\xa4");
	free(text);
}

static void data_is_encoded_byte_by_byte(void **state)
{
	char *text;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	pcow_html_data(out, "a/1 %#\"<\0\xff", 10);
	fclose(out);
	assert_string_equal(text, "a/1%20%25%23%22%3C%00%FF");
	free(text);
}

static void the_page_needs_nothing_else(void **state)
{
	char *text = page(*state);

	assert_int_equal(strncmp(text, "<!DOCTYPE html>\n<html lang=\"en\">", 32), 0);
	assert_says(text,
		    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:;");
	assert_says(text, "src=\"data:image/svg+xml,%3Csvg%20id=%22a%22/%3E\"");
	assert_int_equal(count(text, "<script"), 0);
	assert_int_equal(count(text, "http:"), 0);
	assert_int_equal(count(text, "https:"), 0);
	assert_int_equal(count(text, "url("), 0);
	assert_is_nested(text);
	free(text);
}

static void the_verdict_comes_first(void **state)
{
	struct sample *s = *state;
	char *text;

	s->analysis.gate = PCOW_FAIL;
	s->analysis.nr_gated[PCOW_FAIL] = 2;
	s->analysis.nr_gated[PCOW_INCONCLUSIVE] = 1;
	s->analysis.boots_needed = 8;
	text = page(s);
	assert_says(text, "<h1>two and three against one</h1>");
	assert_says(text, "FAIL</strong> Of 7 gated figures: 2 fail, 4 pass, 1 inconclusive. "
			  "Where more boots can tell, 8 a group would.");
	assert_true(strstr(text, "FAIL</strong>") < strstr(text, "<figure>"));
	free(text);
}

static void what_fails_is_named(void **state)
{
	struct sample *s = *state;
	char *text;

	for (size_t i = 0; i < LINES; i++)
		s->changes[i][2].gated = true;
	set_change(s, 0, 2, 150.0, PCOW_WORSE);
	strcpy(s->changes[0][2].why, EVIL);
	text = page(s);
	assert_says(text, "</p>\n<ul>\n<li><b>three: fork/anon</b>: worse: +50.0 % [+49.0, +51.0]");
	assert_int_equal(count(text, "<li><b>three: "), 1);
	assert_true(strstr(text, "<li><b>three: ") < strstr(text, "<nav "));
	assert_is_nested(text);
	free(text);
}

static void warnings_are_counted(void **state)
{
	const char *notes[] = { "n1", "n2" };
	struct sample *s = *state;

	assert_page_says(s, "<p>No warnings.</p>");
	s->analysis.notes = (char **)notes;
	s->analysis.nr_notes = 2;
	assert_page_says(s, "<p>2 warnings: 2 notes below.</p>");
	s->arms[0][1].invalid_fraction = 0.5;
	assert_page_says(s, "<p>3 warnings: 2 notes below, 1 figure <a href=\"#gaps\">");
}

static void an_empty_family_is_told(void **state)
{
	struct sample *s = *state;

	s->analysis.gate = PCOW_INCONCLUSIVE;
	s->analysis.nr_gated[PCOW_PASS] = 0;
	assert_page_says(s, "There is nothing to judge");
}

static void notes_beyond_three_are_folded(void **state)
{
	const char *notes[] = { "n1", "n2", "n3", EVIL, "n5" };
	struct sample *s = *state;
	char *text;

	s->analysis.notes = (char **)notes;
	s->analysis.nr_notes = 5;
	text = page(s);
	assert_says(text, "Note: n3</p>\n<details><summary>2 more notes</summary>\n");
	assert_int_equal(count(text, "class=\"note\""), 5);
	assert_is_nested(text);
	free(text);
}

static void nothing_changed_is_a_finding(void **state)
{
	assert_page_says(*state, "<strong>Nothing changed</strong>");
}

static json_t *model(int a, int b)
{
	return json_pack("{s:s, s:{s:{s:b}, s:{s:b}, s:{s:n}}}", "name", "exclusive", "features",
			 "a_" EVIL, "seen", a, "b", "seen", b, "c", "seen");
}

static void behaviour_that_differs_is_told(void **state)
{
	struct sample *s = *state;
	char *text;

	s->files[0].header.model = model(0, 1);
	s->files[1].header.model = model(0, 1);
	s->files[2].header.model = model(1, 0);
	text = page(s);
	assert_says(text, "<li><b>three</b> does a_");
	assert_says(text, "; no longer b</li>\n</ul></li>\n");
	assert_int_equal(count(text, "<li><b>two</b> "), 0);
	assert_int_equal(count(text, "Nothing changed"), 0);
	assert_is_nested(text);
	free(text);
}

static void the_largest_change_is_told_in_a_sentence(void **state)
{
	struct sample *s = *state;
	char *text;

	set_change(s, 0, 1, 103.0, PCOW_WORSE);
	set_change(s, 0, 2, 150.0, PCOW_WORSE);
	set_change(s, 1, 2, 120.0, PCOW_WORSE);
	/* Findings are of all lines, whatever the tables show. */
	s->lines[0].shown = false;
	text = page(s);
	assert_says(text, "<strong>2 cases cost more</strong>:\n<ul>\n"
			  "<li><span class=\"case\">fork/anon</span>: "
			  "<b class=\"shift\">+50.0 %</b> [+49.0, +51.0] in <b>three</b>: 150, was "
			  "100 ns/fork</li>\n"
			  "<li><span class=\"case\">fork/exit</span>: ");
	assert_int_equal(count(text, "Nothing changed"), 0);
	free(text);
}

static void what_came_from_nothing_is_largest(void **state)
{
	struct sample *s = *state;

	set_change(s, 0, 1, 900.0, PCOW_WORSE);
	s->arms[1][0].median = 0.0;
	set_change(s, 1, 1, 2.0, PCOW_WORSE);
	assert_page_says(s, "cost more</strong>:\n<ul>\n<li><span class=\"case\">fork/exit</span>: "
			    "<b class=\"shift\">+2.00 ns/exit</b> [");
}

static void at_most_five_findings_are_told(void **state)
{
	static const enum pcow_verdict costs[] = { PCOW_BROKEN, PCOW_WORSE, PCOW_BETTER,
						   PCOW_MISSING };
	struct sample *s = *state;
	char *text;

	for (size_t i = 0; i < 4; i++)
		set_change(s, i % 2, 1 + i / 2, 50.0, costs[i]);
	set_change(s, 2, 1, 50.0, PCOW_WORK_CHANGED);
	set_change(s, 3, 1, 50.0, PCOW_BETTER);
	text = page(s);
	assert_says(text, "<strong>1 case breaks its claim</strong>");
	assert_says(text, "<strong>1 memory figure changed</strong>");
	assert_int_equal(count(text, "lacks a figure on one side"), 0);
	free(text);
}

static void copies_and_reuses_are_told_by_group(void **state)
{
	struct sample *s = *state;

	s->arms[2][0].median = 0.0;
	set_change(s, 2, 1, 1.0, PCOW_WORK_CHANGED);
	set_change(s, 2, 2, 0.0, PCOW_WORK_SAME);
	assert_page_says(s,
			 "<span class=\"case\">fork/exit</span>: copied in <b>two</b>; reused in "
			 "<b>one</b> and <b>three</b></li>");
}

static void groups_are_counted_by_verdict(void **state)
{
	struct sample *s = *state;

	set_change(s, 0, 1, 150.0, PCOW_WORSE);
	set_change(s, 1, 1, 50.0, PCOW_BETTER);
	/* No headline, so no case of its own. */
	set_change(s, 3, 1, 150.0, PCOW_WORSE);
	assert_page_says(s, "two</th><td>Linux 6.2, COW model unknown, 1 boot</td>"
			    "<td class=\"number\">1</td><td class=\"number\">1</td>"
			    "<td class=\"number\">–</td>");
}

static void a_line_has_a_row_for_each_group(void **state)
{
	struct sample *s = *state;

	s->arms[0][1].low = 99.0;
	set_change(s, 0, 1, 100.0, PCOW_WORSE);
	s->arms[0][1].high = 101.0;
	s->changes[0][1].gated = true;
	s->changes[0][1].paired = true;
	s->changes[0][1].n = 5;
	s->changes[0][1].noise = 0.012;
	assert_page_says(
		s, "<tbody><tr><th scope=\"rowgroup\" rowspan=\"2\">fork/anon <small>latency, "
		   "ns/fork</small></th><td class=\"number\" rowspan=\"2\">100</td>"
		   "<td class=\"group\">two</td>"
		   "<td class=\"number\" rowspan=\"1\">100 <small>±1.0 %</small></td>"
		   "<td class=\"number\" rowspan=\"1\">0.0 % <small>[-1.0, +1.0]</small></td>"
		   "<td class=\"number\" rowspan=\"1\">1.2 %</td>"
		   "<td class=\"number\" rowspan=\"1\">5 <small>pairs</small></td>"
		   "<td class=\"verdict worse\">worse, <b>fails the gate</b></td></tr>\n"
		   "<tr><td class=\"group\">three</td>");
}

static void a_refused_change_is_not_shown(void **state)
{
	struct sample *s = *state;
	char *text;

	set_change(s, 0, 1, 150.0, PCOW_OTHER_WORK);
	set_change(s, 1, 1, 150.0, PCOW_WORSE);
	set_change(s, 1, 2, 170.0, PCOW_TOO_FEW);
	strcpy(s->changes[0][1].why, "of other work");
	strcpy(s->changes[1][2].why, "of few boots");
	text = page(s);
	assert_says(text, "150</td><td class=\"number\" rowspan=\"1\">–</td>");
	assert_says(text,
		    "<td class=\"verdict other\">other work <small>of other work</small></td>");
	/* Not of the gate's family. */
	assert_says(text, "<td class=\"verdict worse\">worse</td>");
	assert_says(text, "<td class=\"verdict unclear\">too few boots</td>");
	free(text);
}

static void what_is_not_selected_is_folded(void **state)
{
	struct sample *s = *state;
	char *text = page(s);

	assert_int_equal(count(text, "<summary>All"), 0);
	free(text);
	s->lines[0].shown = false;
	text = page(s);
	assert_says(text, "<details><summary>All 4 figures</summary>");
	assert_int_equal(count(text, "rowgroup"), 3 + 4);
	free(text);
}

static void what_is_no_number_is_not_written(void **state)
{
	struct sample *s = *state;
	char *text;

	for (size_t i = 0; i < LINES; i++) {
		set_status(s, i, 1, PCOW_STATUS_SKIP, "why", "");
		set_change(s, i, 2, INFINITY, PCOW_UNCLEAR);
		s->changes[i][2].noise = NAN;
	}
	text = page(s);
	assert_int_equal(count(text, ">nan"), 0);
	assert_int_equal(count(text, ">inf"), 0);
	assert_int_equal(count(text, "nan"), 0);
	assert_int_equal(count(text, "inf"), count(text, "info"));
	free(text);
}

static void a_reason_stands_once_with_its_cases(void **state)
{
	struct sample *s = *state;
	char *text;

	set_status(s, 0, 1, PCOW_STATUS_SKIP, "no <pages>", "have some");
	set_status(s, 1, 1, PCOW_STATUS_SKIP, "no <pages>", "have some");
	text = page(s);
	assert_says(text, "<tr><td>skipped</td><td class=\"group\">two</td>"
			  "<td>no &lt;pages&gt;</td><td>have some</td>"
			  "<td><span class=\"case\">fork/anon</span>, "
			  "<span class=\"case\">fork/exit</span></td></tr>\n</tbody>");
	free(text);
}

static void every_gap_is_told(void **state)
{
	struct sample *s = *state;

	set_status(s, 0, 1, PCOW_STATUS_ERROR, "", "");
	s->arms[0][2] = (struct pcow_arm){ .reason = "", .remedy = "" };
	s->arms[1][0].invalid_fraction = 0.25;
	set_change(s, 1, 1, 150.0, PCOW_OTHER_WORK);
	strcpy(s->changes[1][1].why, "1, was 0 copied/exit");
	assert_page_says(s, "<tr><td>failed</td><td class=\"group\">two</td>"
			    "<td>no reason was recorded</td>");
	assert_page_says(s, "<tr><td>not measured</td><td class=\"group\">three</td>");
	assert_page_says(s, "<tr><td>not compared</td><td class=\"group\">two</td>"
			    "<td>1, was 0 copied/exit</td>");
	assert_page_says(s, "fork/exit (25&nbsp;%)</span>");
}

static void a_case_has_one_gap_a_cause(void **state)
{
	struct sample *s = *state;
	char *text;

	for (size_t i = 1; i < LINES; i++) {
		set_status(s, i, 1, PCOW_STATUS_INVALID, "why", "");
		s->arms[i][1].invalid_fraction = 1.0;
	}
	text = page(s);
	assert_says(text, "<td><span class=\"case\">fork/exit</span></td></tr>\n</tbody>");
	assert_int_equal(count(text, "some samples left out"), 0);
	free(text);
}

static void without_gaps_the_page_says_so(void **state)
{
	assert_page_says(*state, "<p>Nothing: every case of every group ran");
}

static void what_differs_stands_before_what_does_not(void **state)
{
	char *text = page(*state);
	const char *release = strstr(text, "<tr class=\"differs\"><th scope=\"row\">Kernel release"
					   "</th><td>6.1</td><td>6.2</td><td>6.3</td></tr>");
	const char *governor = strstr(text, "<tr><th scope=\"row\">Governor</th>"
					    "<td colspan=\"3\">performance</td></tr>");

	assert_non_null(release);
	assert_non_null(governor);
	assert_true(release < governor);
	assert_says(text, "Mitigation meltdown</th><td colspan=\"3\">PTI</td>");
	assert_says(text, "Page size</th><td colspan=\"3\">4 KiB</td>");
	assert_says(text, "Locked memory limit</th><td colspan=\"3\">no limit</td>");
	assert_says(text, "Microcode</th><td colspan=\"3\">not known</td>");
	free(text);
}

static void boots_of_a_group_may_differ(void **state)
{
	struct sample *s = *state;
	const struct pcow_file *runs[GROUPS] = { &s->files[0], &s->files[1], &s->files[2] };

	s->boots[0] = (struct pcow_boot){ .files = runs, .nr_files = 2 };
	assert_page_says(s, "Kernel release</th><td>6.1<br>6.2</td><td>6.2</td>");
}

static void commands_can_be_pasted(void **state)
{
	struct sample *s = *state;
	json_t *config = s->files[1].header.config;

	assert_page_says(s, "<code>pincow run --profile quick --set size=64M --prepare --seed 7 -- "
			    "&#39;fork/*&#39;\n</code>");
	json_object_set_new(config, "scenarios", json_pack("[s, i, s]", "-o; it's", 1, ""));
	json_object_set_new(config, "sets", json_string("no array"));
	json_object_set_new(config, "cpu", json_integer(3));
	strcpy(s->files[1].header.label, "$(x)");
	s->files[1].header.block = 2;
	json_object_set_new(s->files[1].header.host, "lab", json_string("id=a\nrm -rf b"));
	assert_page_says(s, "<code># in a guest of scripts/lab/lab: id=a?rm -rf b\n"
			    "pincow run --profile quick --cpu 3 --prepare --seed 7 "
			    "--label &#39;$(x)&#39; --block 2 -- "
			    "&#39;-o; it&#39;\\&#39;&#39;s&#39; &#39;&#39;\n</code>");
}

static void files_are_listed(void **state)
{
	struct sample *s = *state;

	strcpy(s->files[1].header.boot_id, "b-1");
	s->files[1].header.created_ns = 1767225600000000000;
	s->files[1].truncated = true;
	s->boots[1].block = 4;
	assert_page_says(s, "<tr><td class=\"group\">two</td><td>4</td>"
			    "<td>two (last line cut short)</td><td>b-1</td>"
			    "<td>2026-01-01 00:00:00 UTC</td></tr>");
}

static void instructions_are_no_latency(void **state)
{
	struct sample *s = *state;
	char *text = page(s);

	assert_int_equal(count(text, "Counted instructions are not latency"), 0);
	assert_says(text, "Wall time");
	free(text);
	for (size_t i = 0; i < GROUPS; i++)
		strcpy(s->files[i].header.clock_domain, "instructions");
	text = page(s);
	assert_says(text, "Counted instructions are not latency");
	assert_int_equal(count(text, "Wall time"), 0);
	free(text);
}

/* Everything that a file can fill. */
static void poison(struct sample *s)
{
	for (size_t i = 0; i < GROUPS; i++) {
		struct pcow_header *header = &s->files[i].header;

		json_decref(header->host);
		header->host = host(EVIL);
		json_object_set_new(header->host, "lab", json_string(EVIL));
		json_object_set_new(header->host, "mitigations", json_pack("{s:s}", EVIL, EVIL));
		json_object_set_new(header->config, "profile", json_string(EVIL));
		header->model = json_pack("{s:s, s:{s:s}}", "name", EVIL, "features", EVIL, EVIL);
		strcpy(header->version, EVIL);
		strcpy(header->boot_id, EVIL);
		s->groups[i].name = (char *)EVIL;
		s->files[i].path = (char *)EVIL;
	}
	for (size_t i = 0; i < LINES; i++) {
		strcpy(s->series[i].scenario, EVIL);
		strcpy(s->series[i].unit, "<b>/<b>");
		strcpy(s->changes[i][1].why, EVIL);
		s->arms[i][0].median = 0.0;
		set_change(s, i, 1, 5.0, PCOW_WORSE);
	}
	set_change(s, 2, 1, 2.0, PCOW_WORK_CHANGED);
	set_status(s, 1, 2, PCOW_STATUS_INVALID, EVIL, EVIL);
}

static void no_text_of_a_file_is_markup(void **state)
{
	struct sample *s = *state;
	char *text;

	poison(s);
	text = page(s);
	assert_is_nested(text);
	assert_int_equal(count(text, "<script"), 0);
	assert_int_equal(count(text, "<evil"), 0);
	assert_int_equal(count(text, "<b>/"), 0);
	/* An attribute that ends early. */
	assert_int_equal(count(text, "\"&#39;"), 0);
	assert_int_equal(count(text, "\"'"), 0);
	assert_true(count(text, "&lt;evil a=&quot;&amp;amp;&quot;&gt;") > 20);
	free(text);
}

int main(void)
{
#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_no_markup),
		cmocka_unit_test(data_is_encoded_byte_by_byte),
		PAGE_TEST(the_page_needs_nothing_else),
		PAGE_TEST(the_verdict_comes_first),
		PAGE_TEST(what_fails_is_named),
		PAGE_TEST(warnings_are_counted),
		PAGE_TEST(an_empty_family_is_told),
		PAGE_TEST(notes_beyond_three_are_folded),
		PAGE_TEST(nothing_changed_is_a_finding),
		PAGE_TEST(behaviour_that_differs_is_told),
		PAGE_TEST(the_largest_change_is_told_in_a_sentence),
		PAGE_TEST(what_came_from_nothing_is_largest),
		PAGE_TEST(at_most_five_findings_are_told),
		PAGE_TEST(copies_and_reuses_are_told_by_group),
		PAGE_TEST(groups_are_counted_by_verdict),
		PAGE_TEST(a_line_has_a_row_for_each_group),
		PAGE_TEST(a_refused_change_is_not_shown),
		PAGE_TEST(what_is_not_selected_is_folded),
		PAGE_TEST(what_is_no_number_is_not_written),
		PAGE_TEST(a_reason_stands_once_with_its_cases),
		PAGE_TEST(every_gap_is_told),
		PAGE_TEST(a_case_has_one_gap_a_cause),
		PAGE_TEST(without_gaps_the_page_says_so),
		PAGE_TEST(what_differs_stands_before_what_does_not),
		PAGE_TEST(boots_of_a_group_may_differ),
		PAGE_TEST(commands_can_be_pasted),
		PAGE_TEST(files_are_listed),
		PAGE_TEST(instructions_are_no_latency),
		PAGE_TEST(no_text_of_a_file_is_markup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
