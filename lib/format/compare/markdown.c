/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of `pincow compare` for GitHub and other readers of markdown.
 */
#include <errno.h>
#include <string.h>

#include "compare/analysis.h"

/* A cell holds a name, or a verdict with its reason. */
#define CELL_SIZE PCOW_NAME_SIZE

/* What would end a cell, or make more than text of it. */
static const char special[] = "\\`*[]<>|~&#";

void pcow_markdown_write(FILE *out, const char *text)
{
	char plain[2 * CELL_SIZE];

	pcow_text_plain(plain, sizeof(plain), text);
	for (const char *c = plain; *c; c++)
		fprintf(out, "%s%c", strchr(special, *c) ? "\\" : "", *c);
}

static void put_cell(FILE *out, const char *text)
{
	fputc(' ', out);
	pcow_markdown_write(out, text);
	fputs(" |", out);
}

/* Of our own making: brackets of intervals are no links. */
static void put_number(FILE *out, const char *text)
{
	fprintf(out, " %s |", text);
}

static void put_head(FILE *out, const struct pcow_stratum *stratum)
{
	char text[PCOW_NAME_SIZE];

	fputs("### ", out);
	pcow_stratum_format(text, sizeof(text), stratum);
	pcow_markdown_write(out, text);
	fputs("\n\n", out);
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		fprintf(out, "- %s **", i ? "new" : "base");
		pcow_markdown_write(out, stratum->groups[i].name);
		fputs("**: ", out);
		pcow_group_format(text, sizeof(text), stratum, i);
		pcow_markdown_write(out, text);
		fputc('\n', out);
	}
}

static void put_median(FILE *out, const struct pcow_style *style, const struct pcow_arm *arm)
{
	char value[PCOW_CELL_SIZE];

	pcow_arm_format(value, sizeof(value), style, arm);
	fprintf(out, " %s", value);
	put_cell(out, *value ? style->unit : "");
}

static void put_change(FILE *out, const struct pcow_style *style, const struct pcow_change *change)
{
	char text[CELL_SIZE];

	pcow_change_format(text, sizeof(text), style, change, "%");
	put_cell(out, text);
	pcow_interval_format(text, sizeof(text), style, change);
	put_number(out, text);
	pcow_percent_format(text, sizeof(text), change->noise, false, "%");
	put_number(out, text);
	snprintf(text, sizeof(text), "%zu%s", change->n, change->paired ? " pairs" : "");
	put_number(out, text);
	snprintf(text, sizeof(text), "%s%s%s", pcow_verdict_name(change->verdict),
		 *change->why ? ": " : "", change->why);
	put_cell(out, text);
	fputc('\n', out);
}

static void put_row(FILE *out, const struct pcow_comparison *comparison,
		    const struct pcow_line *line, size_t group)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	struct pcow_style style = pcow_line_style(line, stratum->nr_groups);
	char name[PCOW_NAME_SIZE];

	fputc('|', out);
	pcow_line_name_format(name, sizeof(name), line);
	put_cell(out, name);
	if (stratum->nr_groups > 2)
		put_cell(out, stratum->groups[group].name);
	put_median(out, &style, &line->arms[0]);
	put_median(out, &style, &line->arms[group]);
	put_change(out, &style, &line->changes[group]);
}

static void put_table(FILE *out, const struct pcow_comparison *comparison)
{
	size_t nr_groups = comparison->stratum.nr_groups;
	bool begun = false;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];

		for (size_t group = 1; line->shown && group < nr_groups; group++) {
			if (pcow_change_is_refused(&line->changes[group]))
				continue;
			if (!begun)
				fprintf(out,
					"\n| case |%s base | new | change | interval | A/A | n | "
					"verdict |\n|---|%s--:|--:|--:|--:|--:|--:|---|\n",
					nr_groups > 2 ? " group |" : "",
					nr_groups > 2 ? "---|" : "");
			begun = true;
			put_row(out, comparison, line, group);
		}
	}
}

static int put_refusals(FILE *out, const struct pcow_comparison *comparison)
{
	struct pcow_refusals refusals;
	int ret = pcow_refusals_make(&refusals, comparison, pcow_change_is_shown);

	if (!ret && refusals.n)
		fputs("\nNot compared:\n\n", out);
	for (size_t i = 0, same; !ret && i < refusals.n; i += same) {
		char text[PCOW_NAME_SIZE];

		same = pcow_refusals_same(&refusals, i);
		pcow_refusal_format(text, sizeof(text), comparison, &refusals.at[i]);
		fputs("- ", out);
		pcow_markdown_write(out, text);
		for (size_t j = i; j < i + same; j++) {
			pcow_line_name_format(text, sizeof(text), refusals.at[j].line);
			fputs(j == i ? " (" : ", ", out);
			pcow_markdown_write(out, text);
		}
		fputs(")\n", out);
	}
	pcow_refusals_clear(&refusals);
	return ret;
}

int pcow_compare_markdown_write(FILE *out, const struct pcow_analysis *analysis,
				const struct pcow_rendering *rendering)
{
	char summary[2 * PCOW_NAME_SIZE];
	struct pcow_tally tally;

	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		put_head(out, &analysis->comparisons[i].stratum);
		put_table(out, &analysis->comparisons[i]);
		if (put_refusals(out, &analysis->comparisons[i]))
			return -ENOMEM;
		fputc('\n', out);
	}
	for (size_t i = 0; i < analysis->nr_notes; i++) {
		fputs("Note: ", out);
		pcow_markdown_write(out, analysis->notes[i]);
		fputs("\n\n", out);
	}
	pcow_tally_make(&tally, analysis, pcow_change_is_shown);
	pcow_tally_format(summary, sizeof(summary), &tally);
	pcow_markdown_write(out, summary);
	fprintf(out,
		"\n\nMedians over boots, +- half the %.4g %% interval of their mean; changes are "
		"ratios of geometric means, not of medians; pincow ",
		100.0 * analysis->policy->confidence);
	pcow_markdown_write(out, rendering->version);
	fputs(": ", out);
	pcow_markdown_write(out, rendering->command);
	fputc('\n', out);
	return 0;
}
