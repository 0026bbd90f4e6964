/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison in a few lines: what was compared, and of the lines that were
 * selected the largest change of each kind.
 */
#include "compare/findings.h"

#include <string.h>

/* "copied in simplified and exclusive; reused in old" */
static size_t outcome_format(char *buf, size_t size, const struct pcow_stratum *stratum,
			     const struct pcow_line *line, bool copied)
{
	const char *before = copied ? "copied in " : "reused in ";
	size_t used = 0;

	for (size_t i = 0; i < stratum->nr_groups && used < size; i++) {
		if (!line->arms[i].n || pcow_arm_copied(&line->arms[i]) != copied)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s", before,
					 stratum->groups[i].name);
		before = " and ";
	}
	return used;
}

/* "+51.1 % in exclusive" */
static void change_format(char *buf, size_t size, const struct pcow_stratum *stratum,
			  const struct pcow_example *example)
{
	const struct pcow_change *change = &example->line->changes[example->group];
	struct pcow_style style = pcow_line_style(example->line, stratum->nr_groups);
	size_t used;

	if (pcow_example_is_outcome(example)) {
		used = outcome_format(buf, size, stratum, example->line, true);
		if (used + 2 >= size)
			return;
		strcpy(buf + used, "; ");
		outcome_format(buf + used + 2, size - used - 2, stratum, example->line, false);
	} else if (pcow_change_is_refused(change)) {
		snprintf(buf, size, "%s", change->why);
	} else {
		pcow_change_format(buf, size, &style, change, " %");
		used = strlen(buf);
		snprintf(buf + used, size - used, " in %s", stratum->groups[example->group].name);
	}
}

static bool finding_print(FILE *out, const struct pcow_comparison *comparison,
			  const struct pcow_finding *finding)
{
	struct pcow_example examples[PCOW_EXAMPLES] = { { .line = NULL } };
	size_t n = pcow_finding_examples(examples, comparison, finding, pcow_change_is_shown);
	char name[PCOW_NAME_SIZE], change[PCOW_NAME_SIZE], plain[3 * PCOW_NAME_SIZE];
	char line[3 * PCOW_NAME_SIZE];

	if (!n)
		return false;
	if (pcow_example_is_outcome(&examples[0]))
		pcow_series_case_format(name, sizeof(name), examples[0].line->series);
	else
		pcow_line_name_format(name, sizeof(name), examples[0].line);
	change_format(change, sizeof(change), &comparison->stratum, &examples[0]);
	snprintf(line, sizeof(line), "%zu %s%s %s: %s", n, n == 1 ? finding->one : finding->many,
		 n == 1 ? ":" : ", most:", name, change);
	pcow_text_plain(plain, sizeof(plain), line);
	fprintf(out, "  %s\n", plain);
	return true;
}

/* By less than the minimum effect, or not at all. */
#define SAME                                                                                       \
	(1U << PCOW_SAME | 1U << PCOW_NO_WORSE | 1U << PCOW_WORSE_SMALL | 1U << PCOW_BETTER_SMALL)

/* Cases that cost what they cost in the base, whatever the group. */
static size_t nr_same(const struct pcow_comparison *comparison)
{
	size_t n = 0;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];
		bool same = line->shown && line->series->is_headline;

		for (size_t g = 1; same && g < comparison->stratum.nr_groups; g++)
			same = SAME & 1U << line->changes[g].verdict;
		n += same;
	}
	return n;
}

static void comparison_print(FILE *out, const struct pcow_comparison *comparison, bool color)
{
	const struct pcow_finding *finding;
	size_t same = nr_same(comparison);
	size_t n = 0;

	pcow_stratum_print(out, &comparison->stratum, color);
	for (size_t i = 0; n < PCOW_FINDINGS_MAX && (finding = pcow_finding_at(i)); i++)
		n += finding_print(out, comparison, finding);
	if (same || !n)
		fprintf(out, "  %zu case%s the same\n", same, same == 1 ? " costs" : "s cost");
}

int pcow_compare_brief_write(FILE *out, const struct pcow_analysis *analysis,
			     const struct pcow_rendering *rendering)
{
	for (size_t i = 0; i < analysis->nr_comparisons; i++)
		comparison_print(out, &analysis->comparisons[i], rendering->color);
	pcow_notes_print(out, analysis, 0, analysis->nr_notes, rendering->color);
	return 0;
}
