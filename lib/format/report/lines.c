/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of a comparison: a block of rows a line, a row a group against the
 * base.
 */
#include "report/report.h"

#include <math.h>

/* Colours are for those who see them; the word stands there as well. */
static const char *verdict_class(enum pcow_verdict verdict)
{
	switch (verdict) {
	case PCOW_WORSE:
	case PCOW_BROKEN:
		return "worse";
	case PCOW_BETTER:
	case PCOW_LIKELY_BETTER:
		return "better";
	case PCOW_LIKELY_WORSE:
	case PCOW_UNCLEAR:
	case PCOW_TOO_FEW:
		return "unclear";
	case PCOW_OTHER_WORK:
	case PCOW_WORK_CHANGED:
	case PCOW_MISSING:
		return "other";
	default:
		return "same";
	}
}

/* A number that spans @rows, and in small what goes with it. */
static void number_cell(FILE *out, const char *text, const char *small, size_t rows)
{
	pcow_markup_print(out, "<td class=\"number\" rowspan=\"%zu\">%s", rows, *text ? text : "–");
	if (*small)
		pcow_markup_print(out, " <small>%s</small>", small);
	fputs("</td>", out);
}

static void arm_cell(FILE *out, const struct pcow_style *style, const struct pcow_arm *arm,
		     size_t rows)
{
	double half = (arm->high - arm->low) / 2.0 / fabs(arm->median);
	char value[PCOW_CELL_SIZE], small[PCOW_CELL_SIZE + 2], width[PCOW_CELL_SIZE];

	pcow_style_format(value, sizeof(value), style, arm->median);
	pcow_percent_format(width, sizeof(width), half, false, " %");
	snprintf(small, sizeof(small), "%s%s", *width ? "±" : "", width);
	number_cell(out, value, small, rows);
}

static void change_cell(FILE *out, const struct pcow_style *style, const struct pcow_change *change)
{
	char shift[PCOW_CELL_SIZE], interval[PCOW_CELL_SIZE];

	if (pcow_change_is_refused(change)) {
		number_cell(out, "", "", 1);
		return;
	}
	pcow_change_format(shift, sizeof(shift), style, change, " %");
	pcow_interval_format(interval, sizeof(interval), style, change);
	number_cell(out, shift, interval, 1);
}

static void verdict_cell(FILE *out, const struct pcow_change *change, bool stopped)
{
	fprintf(out, "<td class=\"verdict %s\">%s", verdict_class(change->verdict),
		pcow_verdict_name(change->verdict));
	if (change->gated && pcow_verdict_gate(change->verdict) == PCOW_FAIL)
		fprintf(out, ", <b>%s the gate</b>", stopped ? "would fail" : "fails");
	/* Why boots are too few, n says. */
	if (*change->why && change->verdict != PCOW_TOO_FEW)
		pcow_markup_print(out, " <small>%s</small>", change->why);
	fputs("</td>", out);
}

static void change_row(FILE *out, const struct pcow_comparison *comparison,
		       const struct pcow_line *line, size_t group, bool stopped)
{
	struct pcow_style style = pcow_line_style(line, comparison->stratum.nr_groups);
	const struct pcow_change *change = &line->changes[group];
	char noise[PCOW_CELL_SIZE], boots[PCOW_CELL_SIZE];

	fputs("<td class=\"group\">", out);
	pcow_markup_write(out, comparison->stratum.groups[group].name);
	fputs("</td>", out);
	arm_cell(out, &style, &line->arms[group], 1);
	change_cell(out, &style, change);
	pcow_percent_format(noise, sizeof(noise), change->noise, false, " %");
	number_cell(out, noise, "", 1);
	snprintf(boots, sizeof(boots), "%zu", change->n);
	number_cell(out, boots, change->paired ? "pairs" : "", 1);
	verdict_cell(out, change, stopped);
	fputs("</tr>\n", out);
}

static void line_rows(FILE *out, const struct pcow_comparison *comparison,
		      const struct pcow_line *line, bool stopped)
{
	size_t rows = comparison->stratum.nr_groups - 1;
	struct pcow_style style = pcow_line_style(line, rows + 1);
	char name[PCOW_NAME_SIZE];

	pcow_series_case_format(name, sizeof(name), line->series);
	pcow_markup_print(out,
			  "<tbody><tr><th scope=\"rowgroup\" rowspan=\"%zu\">%s "
			  "<small>%s%s%s</small></th>",
			  rows, name, line->series->metric, *style.unit ? ", " : "", style.unit);
	arm_cell(out, &style, &line->arms[0], rows);
	for (size_t i = 1; i <= rows; i++) {
		fputs(i > 1 ? "<tr>" : "", out);
		change_row(out, comparison, line, i, stopped);
	}
	fputs("</tbody>\n", out);
}

static void table_print(FILE *out, const struct pcow_comparison *comparison, bool all, bool stopped)
{
	pcow_html_table_begin(out, all ? "Every figure compared" : "Figures compared");
	pcow_markup_print(out,
			  "<thead><tr><th scope=\"col\">case <small>metric, unit</small></th>"
			  "<th scope=\"col\" class=\"number\">%s</th>"
			  "<th scope=\"col\" class=\"group\">group</th>"
			  "<th scope=\"col\" class=\"number\">median</th>"
			  "<th scope=\"col\" class=\"number\">change [interval]</th>"
			  "<th scope=\"col\" class=\"number\">noise</th>"
			  "<th scope=\"col\" class=\"number\">n</th>"
			  "<th scope=\"col\">verdict</th></tr></thead>\n",
			  comparison->stratum.groups[0].name);
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		if (all || comparison->lines[i].shown)
			line_rows(out, comparison, &comparison->lines[i], stopped);
	}
	pcow_html_table_end(out);
}

int pcow_report_lines(FILE *out, const struct pcow_analysis *analysis,
		      const struct pcow_comparison *comparison)
{
	size_t shown = 0;

	for (size_t i = 0; i < comparison->nr_lines; i++)
		shown += comparison->lines[i].shown;
	if (shown)
		table_print(out, comparison, false, analysis->nr_blocked > 0);
	else
		fputs("<p>No figure is selected.</p>\n", out);
	if (shown == comparison->nr_lines)
		return 0;
	fprintf(out, "<details><summary>All %zu figures</summary>\n", comparison->nr_lines);
	table_print(out, comparison, true, analysis->nr_blocked > 0);
	fputs("</details>\n", out);
	return 0;
}
