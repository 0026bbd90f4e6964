/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison at a glance: its groups with what each came to, then the
 * changes that matter, in sentences.
 */
#include <stdlib.h>

#include "compare/findings.h"
#include "report/report.h"

/* ------------------------------------------------------------------ groups */

/* Columns of the table: verdicts that a reader need not tell apart here. */
static const struct tally_column {
	const char *head;
	enum pcow_verdict verdicts[4];
} tally_columns[] = {
	{ "worse", { PCOW_WORSE, PCOW_BROKEN, PCOW_BROKEN, PCOW_BROKEN } },
	{ "better", { PCOW_BETTER, PCOW_LIKELY_BETTER, PCOW_BETTER, PCOW_BETTER } },
	{ "same", { PCOW_SAME, PCOW_NO_WORSE, PCOW_WORSE_SMALL, PCOW_BETTER_SMALL } },
	{ "not settled", { PCOW_UNCLEAR, PCOW_LIKELY_WORSE, PCOW_TOO_FEW, PCOW_TOO_FEW } },
	{ "other work", { PCOW_OTHER_WORK, PCOW_OTHER_WORK, PCOW_OTHER_WORK, PCOW_OTHER_WORK } },
	{ "missing", { PCOW_MISSING, PCOW_MISSING, PCOW_MISSING, PCOW_MISSING } },
};

#define TALLY_COLUMNS (sizeof(tally_columns) / sizeof(tally_columns[0]))

/* Headline lines of a group by their verdict. */
static size_t tally(const struct pcow_comparison *comparison, size_t group,
		    const struct tally_column *column)
{
	size_t n = 0;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		enum pcow_verdict verdict = comparison->lines[i].changes[group].verdict;
		bool counts = false;

		for (size_t v = 0; v < 4; v++)
			counts |= verdict == column->verdicts[v];
		n += counts && comparison->lines[i].series->is_headline;
	}
	return n;
}

static void group_tally(FILE *out, const struct pcow_comparison *comparison, size_t group)
{
	if (!group) {
		fprintf(out, "<td colspan=\"%zu\">the base</td>", TALLY_COLUMNS);
		return;
	}
	for (size_t i = 0; i < TALLY_COLUMNS; i++) {
		size_t n = tally(comparison, group, &tally_columns[i]);

		if (n)
			fprintf(out, "<td class=\"number\">%zu</td>", n);
		else
			fputs("<td class=\"number\">–</td>", out);
	}
}

static void group_row(FILE *out, const struct pcow_comparison *comparison, size_t group)
{
	char text[PCOW_NAME_SIZE];

	pcow_group_format(text, sizeof(text), &comparison->stratum, group);
	pcow_markup_print(out, "<tr><th scope=\"row\">%s</th><td>%s</td>",
			  comparison->stratum.groups[group].name, text);
	group_tally(out, comparison, group);
	fputs("</tr>\n", out);
}

static void groups_print(FILE *out, const struct pcow_comparison *comparison)
{
	pcow_html_table_begin(out, "Groups, and their cases by verdict");
	fputs("<thead><tr><th scope=\"col\">group</th><th scope=\"col\">what it is</th>", out);
	for (size_t i = 0; i < TALLY_COLUMNS; i++)
		fprintf(out, "<th scope=\"col\" class=\"number\">%s</th>", tally_columns[i].head);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < comparison->stratum.nr_groups; i++)
		group_row(out, comparison, i);
	fputs("</tbody>\n", out);
	pcow_html_table_end(out);
}

/* ---------------------------------------------------------------- findings */

/* "copied in simplified and exclusive": the groups that did so, or did not. */
static void outcome_print(FILE *out, const struct pcow_stratum *stratum,
			  const struct pcow_line *line, bool copied)
{
	const char *before = copied ? "copied in " : "reused in ";

	for (size_t i = 0; i < stratum->nr_groups; i++) {
		if (!line->arms[i].n || pcow_arm_copied(&line->arms[i]) != copied)
			continue;
		pcow_markup_print(out, "%s<b>%s</b>", before, stratum->groups[i].name);
		before = " and ";
	}
}

/* "+18.7 % [+18.1, +19.2] in NEW: 14.6, was 12.3 us/page" */
static void change_print(FILE *out, const struct pcow_stratum *stratum,
			 const struct pcow_example *example)
{
	const struct pcow_line *line = example->line;
	const struct pcow_change *change = &line->changes[example->group];
	struct pcow_style style = pcow_line_style(line, stratum->nr_groups);
	char base[PCOW_CELL_SIZE], other[PCOW_CELL_SIZE];
	char shift[PCOW_CELL_SIZE], interval[PCOW_CELL_SIZE];

	pcow_style_format(base, sizeof(base), &style, line->arms[0].median);
	pcow_style_format(other, sizeof(other), &style, line->arms[example->group].median);
	pcow_change_format(shift, sizeof(shift), &style, change, " %");
	pcow_interval_format(interval, sizeof(interval), &style, change);
	pcow_markup_print(out, "<b class=\"shift\">%s</b> %s in <b>%s</b>: %s, was %s %s", shift,
			  interval, stratum->groups[example->group].name, other, base, style.unit);
}

static void example_print(FILE *out, const struct pcow_comparison *comparison,
			  const struct pcow_example *example)
{
	const struct pcow_change *change = &example->line->changes[example->group];
	const struct pcow_stratum *stratum = &comparison->stratum;
	bool outcome = pcow_example_is_outcome(example);
	char name[PCOW_NAME_SIZE];

	if (outcome)
		pcow_series_case_format(name, sizeof(name), example->line->series);
	else
		pcow_line_name_format(name, sizeof(name), example->line);
	pcow_markup_print(out, "<li><span class=\"case\">%s</span>: ", name);
	if (outcome) {
		outcome_print(out, stratum, example->line, true);
		fputs("; ", out);
		outcome_print(out, stratum, example->line, false);
	} else if (pcow_change_is_refused(change)) {
		pcow_markup_write(out, change->why);
	} else {
		change_print(out, stratum, example);
	}
	fputs("</li>\n", out);
}

static bool finding_print(FILE *out, const struct pcow_comparison *comparison,
			  const struct pcow_finding *finding)
{
	struct pcow_example examples[PCOW_EXAMPLES] = { { .line = NULL } };
	size_t n = pcow_finding_examples(examples, comparison, finding, NULL);

	if (!n)
		return false;
	fprintf(out, "<li><strong>%zu %s</strong>%s\n<ul>\n", n,
		n == 1 ? finding->one : finding->many, n > PCOW_EXAMPLES ? ", among them:" : ":");
	for (size_t i = 0; i < PCOW_EXAMPLES && examples[i].line; i++)
		example_print(out, comparison, &examples[i]);
	fputs("</ul></li>\n", out);
	return true;
}

/* ---------------------------------------------------------------- features */

/* What a probe saw the kernels do differently: the behaviour behind the figures. */
static const json_t *features_of(const struct pcow_group *group)
{
	return json_object_get(group->boots[0].files[0]->header.model, "features");
}

/* 1 for what the kernel does, 0 for what it does not, -1 for what nobody saw. */
static int seen(const json_t *features, const char *name)
{
	const json_t *value = json_object_get(json_object_get(features, name), "seen");

	return json_is_boolean(value) ? json_is_true(value) : -1;
}

/* " a, b": the features that @group has, or lacks, otherwise than the base; how many. */
static size_t features_print(FILE *out, const json_t *base, const json_t *group, int wanted,
			     const char *before)
{
	const char *name;
	json_t *feature;
	size_t n = 0;

	json_object_foreach ((json_t *)group, name, feature) {
		if (seen(group, name) != wanted || seen(base, name) != !wanted)
			continue;
		pcow_markup_print(out, "%s%s", n++ ? ", " : before, name);
	}
	return n;
}

/* A list item on the features that groups have otherwise than the base; of how many groups. */
static size_t features_item(FILE *out, const struct pcow_stratum *stratum)
{
	const json_t *base = features_of(&stratum->groups[0]);
	size_t groups = 0;

	for (size_t g = 1; g < stratum->nr_groups; g++) {
		const json_t *group = features_of(&stratum->groups[g]);
		char *text = NULL;
		size_t size, n;
		FILE *list = open_memstream(&text, &size);

		if (!list)
			continue;
		n = features_print(list, base, group, 1, "does ");
		n += features_print(list, base, group, 0, n ? "; no longer " : "no longer ");
		fclose(list);
		if (n) {
			fputs(groups++ ? ""
				       : "<li><strong>Copy-on-write behaves otherwise</strong>"
					 " (what the features are, <code>pincow probe</code> "
					 "and docs/kernels.md tell):\n<ul>\n",
			      out);
			pcow_markup_print(out, "<li><b>%s</b>", stratum->groups[g].name);
			fprintf(out, " %s</li>\n", text);
		}
		free(text);
	}
	if (groups)
		fputs("</ul></li>\n", out);
	return groups;
}

int pcow_report_findings(FILE *out, const struct pcow_analysis *analysis,
			 const struct pcow_comparison *comparison)
{
	const struct pcow_finding *finding;
	size_t n = 0;

	(void)analysis;
	groups_print(out, comparison);
	fputs("<ul class=\"findings\">\n", out);
	for (size_t i = 0; n < PCOW_FINDINGS_MAX && (finding = pcow_finding_at(i)); i++)
		n += finding_print(out, comparison, finding);
	n += features_item(out, &comparison->stratum);
	if (!n)
		fputs("<li><strong>Nothing changed</strong> by its minimum effect or more.</li>\n",
		      out);
	fputs("</ul>\n", out);
	return 0;
}
