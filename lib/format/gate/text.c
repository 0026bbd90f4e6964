/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate's verdict for a person who reads the log of a CI run: the verdict,
 * the lines that keep it from being PASS, and what was not judged.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/stats.h>

#include "gate/gate.h"

/* Where a term of the legend is explained. */
#define TERM_INDENT 12

enum column {
	COL_CASE,
	COL_VERDICT,
	COL_CHANGE,
	COL_INTERVAL,
	COL_EFFECT,
	COL_Q,
	COL_N,
	COL_NEEDED,
	COL_DETECTABLE,
	NR_COLUMNS,
};

_Static_assert(NR_COLUMNS <= PCOW_GRID_COLUMNS, "the grid has too few columns");

static const struct pcow_grid_column columns[NR_COLUMNS] = {
	[COL_CASE] = { "case", false },
	[COL_VERDICT] = { "verdict", false },
	[COL_CHANGE] = { "change", true },
	[COL_INTERVAL] = { "interval", true },
	[COL_EFFECT] = { "minimum", true },
	[COL_Q] = { "q", true },
	[COL_N] = { "n", true },
	[COL_NEEDED] = { "needed", true },
	[COL_DETECTABLE] = { "detectable", true },
};

static const char *gate_color(enum pcow_gate gate)
{
	static const char *const colors[] = {
		[PCOW_PASS] = "\033[32m",
		[PCOW_FAIL] = "\033[31m",
		[PCOW_INCONCLUSIVE] = "\033[33m",
	};

	return colors[gate];
}

static void print_verdict(FILE *out, const struct pcow_analysis *analysis, bool color)
{
	char text[PCOW_SENTENCE_SIZE];

	pcow_gate_summary_format(text, sizeof(text), analysis);
	fprintf(out, "%s%s%s\n", color ? gate_color(analysis->gate) : "", text,
		color ? "\033[0m" : "");
}

/* A share, or what it is in the unit. */
static void effect_cell(char *cell, const struct pcow_style *style,
			const struct pcow_change *change, double effect)
{
	char number[24];

	if (change->is_relative) {
		pcow_percent_format(cell, PCOW_CELL_SIZE, effect, false, "%");
		return;
	}
	pcow_style_format(number, sizeof(number), style, effect);
	snprintf(cell, PCOW_CELL_SIZE, "%s%s%s", number, *number && *style->unit ? " " : "",
		 *number ? style->unit : "");
}

static void gated_row(struct pcow_table *table, const struct pcow_analysis *analysis,
		      const struct pcow_gated *gated)
{
	const struct pcow_change *change = gated->change;
	struct pcow_style style =
		pcow_line_style(gated->line, gated->comparison->stratum.nr_groups);
	char cells[NR_COLUMNS][PCOW_CELL_SIZE] = { { "" } };
	char name[PCOW_NAME_SIZE], why[sizeof(change->why)] = "";
	bool is_few = change->verdict == PCOW_TOO_FEW;

	pcow_gated_name_format(name, sizeof(name), analysis, gated);
	snprintf(cells[COL_VERDICT], PCOW_CELL_SIZE, "%s: %s", pcow_gate_name(gated->gate),
		 pcow_verdict_name(change->verdict));
	/* How many would tell, a column says; how many are judged, the verdict above. */
	if (pcow_change_is_refused(change) ||
	    (gated->gate == PCOW_INCONCLUSIVE && !is_few && change->boots_needed <= change->n))
		pcow_text_plain(why, sizeof(why), change->why);
	if (!pcow_change_is_refused(change)) {
		pcow_change_format(cells[COL_CHANGE], PCOW_CELL_SIZE, &style, change, "%");
		pcow_interval_format(cells[COL_INTERVAL], PCOW_CELL_SIZE, &style, change);
		effect_cell(cells[COL_EFFECT], &style, change, change->effect);
		pcow_q_format(cells[COL_Q], PCOW_CELL_SIZE, change->q);
		snprintf(cells[COL_N], PCOW_CELL_SIZE, "%zu%s", change->n,
			 change->paired ? "p" : "");
		if (gated->gate == PCOW_INCONCLUSIVE && !is_few && change->boots_needed > change->n)
			snprintf(cells[COL_NEEDED], PCOW_CELL_SIZE, "%zu%s", change->boots_needed,
				 change->boots_needed == PCOW_BOOTS_MAX ? "+" : "");
		effect_cell(cells[COL_DETECTABLE], &style, change, change->detectable);
	}
	pcow_table_row(table, name, cells, why, table->grid.color ? gate_color(gated->gate) : "");
}

/* Failures first. */
static void rows(struct pcow_table *table, const struct pcow_analysis *analysis,
		 const struct pcow_gated *list, size_t n)
{
	static const enum pcow_gate order[] = { PCOW_FAIL, PCOW_INCONCLUSIVE };

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < n; j++)
			if (list[j].gate == order[i] &&
			    pcow_verdict_gate(list[j].change->verdict) != PCOW_PASS)
				gated_row(table, analysis, &list[j]);
}

/* No column is explained that is not there. */
static void print_legend(FILE *out, const struct pcow_grid *grid,
			 const struct pcow_analysis *analysis)
{
	const struct pcow_policy *policy = analysis->policy;

	fputc('\n', out);
	if (grid->widths[COL_INTERVAL])
		pcow_interval_explain(out, analysis, TERM_INDENT);
	if (grid->widths[COL_EFFECT])
		pcow_term_print(
			out, "minimum", TERM_INDENT,
			"effect that matters; FAIL is a change that is shown to be beyond it");
	if (grid->widths[COL_Q])
		pcow_term_print(out, "q", TERM_INDENT,
				"chance to be so far beyond the minimum without being so (Holm); "
				"FAIL takes %.4g",
				policy->alarms);
	if (grid->widths[COL_N])
		pcow_n_explain(out, analysis, TERM_INDENT);
	if (grid->widths[COL_NEEDED])
		pcow_term_print(out, "needed", TERM_INDENT,
				"boots a group for all lines to pass with a chance of %.4g %% if "
				"nothing changed",
				100.0 * policy->power);
	if (grid->widths[COL_DETECTABLE])
		pcow_term_print(out, "detectable", TERM_INDENT,
				"change that fails with a chance of %.4g %%, with these boots",
				100.0 * policy->power);
}

static int print_lines(FILE *out, const struct pcow_analysis *analysis, bool color)
{
	struct pcow_table table = {
		.grid = { .columns = columns, .nr_columns = NR_COLUMNS, .color = color },
	};
	struct pcow_gated *list;
	size_t n;

	if (pcow_gated_list(&list, &n, analysis))
		return -ENOMEM;
	rows(&table, analysis, list, n);
	if (table.longest) {
		fputc('\n', out);
		pcow_table_start(&table, out);
		rows(&table, analysis, list, n);
		print_legend(out, &table.grid, analysis);
	}
	free(list);
	return 0;
}

/* What lies outside the family, so that nobody takes a PASS for more than it is. */
static void print_outside(FILE *out, const struct pcow_analysis *analysis)
{
	char text[2 * PCOW_NAME_SIZE];
	struct pcow_tally tally;

	pcow_tally_make(&tally, analysis, pcow_change_is_not_gated);
	if (!tally.lines)
		return;
	pcow_tally_format(text, sizeof(text), &tally);
	fputs("\nNot gated: ", out);
	pcow_text_wrap(out, text, strlen("Not gated: "), pcow_text_width());
}

/* A whole case, not one of its lesser figures. */
static bool is_case_outside(const struct pcow_line *line, const struct pcow_change *change)
{
	return !change->gated && line->series->is_headline;
}

int pcow_gate_text_write(FILE *out, const struct pcow_analysis *analysis,
			 const struct pcow_rendering *rendering)
{
	size_t blocked = analysis->nr_blocked;

	print_verdict(out, analysis, rendering->color);
	pcow_notes_print(out, analysis, 0, blocked, rendering->color);
	for (size_t i = 0; i < analysis->nr_comparisons; i++)
		pcow_stratum_print(out, &analysis->comparisons[i].stratum, rendering->color);
	if (print_lines(out, analysis, rendering->color))
		return -ENOMEM;
	for (size_t i = 0; i < analysis->nr_comparisons; i++)
		if (pcow_refusals_print(out, &analysis->comparisons[i], is_case_outside,
					"Not judged", rendering->color))
			return -ENOMEM;
	print_outside(out, analysis);
	fputs(analysis->nr_notes > blocked ? "\n" : "", out);
	pcow_notes_print(out, analysis, blocked, analysis->nr_notes - blocked, rendering->color);
	return 0;
}
