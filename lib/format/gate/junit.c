/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate as JUnit XML, in the form that Jenkins' schema takes and other CI
 * servers read: a suite a comparison and group, a test case a gated line.  An
 * inconclusive line is a skip: it neither failed nor passed.  So is the one test
 * case of a gate without lines, which would else look like green.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "gate/gate.h"

static void put_attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	pcow_markup_write(out, text);
	fputc('"', out);
}

static void put_property(FILE *out, const char *name, const char *value)
{
	fputs("      <property", out);
	put_attribute(out, "name", name);
	put_attribute(out, "value", value);
	fputs("/>\n", out);
}

/* Those of every suite. */
static void put_common(FILE *out, const struct pcow_analysis *analysis,
		       const struct pcow_rendering *rendering)
{
	put_property(out, "pincow", rendering->version);
	put_property(out, "command", rendering->command);
	for (size_t i = 0; i < analysis->nr_notes; i++)
		put_property(out, "note", analysis->notes[i]);
}

static void put_groups(FILE *out, const struct pcow_stratum *stratum, size_t group)
{
	char text[PCOW_NAME_SIZE];

	pcow_stratum_format(text, sizeof(text), stratum);
	put_property(out, "host", text);
	pcow_group_format(text, sizeof(text), stratum, 0);
	put_property(out, "base", text);
	pcow_group_format(text, sizeof(text), stratum, group);
	put_property(out, "new", text);
}

static void put_counts(FILE *out, const struct pcow_gated *list, size_t n)
{
	size_t counts[PCOW_INCONCLUSIVE + 1] = { 0 };

	for (size_t i = 0; i < n; i++)
		counts[list[i].gate]++;
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", n,
		counts[PCOW_FAIL], counts[PCOW_INCONCLUSIVE]);
}

static void put_case(FILE *out, const struct pcow_gated *gated)
{
	char text[PCOW_NAME_SIZE], class[PCOW_RESULT_NAME_MAX + 8];

	fputs("    <testcase", out);
	snprintf(class, sizeof(class), "pincow.%s", gated->line->series->scenario);
	put_attribute(out, "classname", class);
	pcow_line_name_format(text, sizeof(text), gated->line);
	put_attribute(out, "name", text);
	if (gated->gate == PCOW_PASS) {
		fputs("/>\n", out);
		return;
	}
	fprintf(out, ">\n      <%s", gated->gate == PCOW_FAIL ? "failure" : "skipped");
	put_attribute(out, "type", pcow_verdict_name(gated->change->verdict));
	pcow_gated_sentence_format(text, sizeof(text), gated);
	put_attribute(out, "message", text);
	fputs("/>\n    </testcase>\n", out);
}

/* All of one comparison and group. */
static void put_suite(FILE *out, const struct pcow_analysis *analysis,
		      const struct pcow_gated *list, size_t n,
		      const struct pcow_rendering *rendering)
{
	const struct pcow_stratum *stratum = &list->comparison->stratum;
	const struct pcow_file *file = stratum->groups[list->group].boots[0].files[0];
	time_t seconds = (time_t)(file->header.created_ns / 1000000000);
	char name[2 * PCOW_NAME_SIZE], when[32];
	struct tm tm;

	fputs("  <testsuite", out);
	snprintf(name, sizeof(name), "%.60s %s: %.600s against %.600s", pcow_file_machine(file),
		 pcow_file_clock(file), stratum->groups[list->group].name, stratum->groups[0].name);
	put_attribute(out, "name", name);
	put_counts(out, list, n);
	if (gmtime_r(&seconds, &tm) && strftime(when, sizeof(when), "%FT%T", &tm))
		put_attribute(out, "timestamp", when);
	put_attribute(out, "hostname", pcow_file_hostname(file));
	fputs(">\n    <properties>\n", out);
	put_common(out, analysis, rendering);
	put_groups(out, stratum, list->group);
	fputs("    </properties>\n", out);
	for (size_t i = 0; i < n; i++)
		put_case(out, &list[i]);
	fputs("  </testsuite>\n", out);
}

static void put_empty_suite(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering)
{
	fputs("  <testsuite name=\"pincow gate\" tests=\"1\" failures=\"0\" errors=\"0\" "
	      "skipped=\"1\">\n    <properties>\n",
	      out);
	put_common(out, analysis, rendering);
	fputs("    </properties>\n"
	      "    <testcase classname=\"pincow\" name=\"gate\">\n"
	      "      <skipped type=\"empty\" message=\"" PCOW_GATE_EMPTY "\"/>\n"
	      "    </testcase>\n"
	      "  </testsuite>\n",
	      out);
}

int pcow_gate_junit_write(FILE *out, const struct pcow_analysis *analysis,
			  const struct pcow_rendering *rendering)
{
	struct pcow_gated *list;
	size_t n;

	if (pcow_gated_list(&list, &n, analysis))
		return -ENOMEM;
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"pincow gate\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n",
		n ? n : 1, analysis->nr_blocked ? 0 : analysis->nr_gated[PCOW_FAIL]);
	if (!n)
		put_empty_suite(out, analysis, rendering);
	for (size_t i = 0, same; i < n; i += same) {
		for (same = 1; i + same < n; same++)
			if (list[i + same].comparison != list[i].comparison ||
			    list[i + same].group != list[i].group)
				break;
		put_suite(out, analysis, list + i, same, rendering);
	}
	fputs("</testsuites>\n", out);
	free(list);
	return 0;
}
