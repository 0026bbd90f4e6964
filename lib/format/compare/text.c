/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of `pincow compare` at a terminal: two groups stand beside each
 * other in one row a line; more stand below each other, one row a group.
 */
#include <errno.h>
#include <stdio.h>

#include <pincow/stats.h>

#include "compare/analysis.h"

/* Where a term of the legend is explained. */
#define TERM_INDENT 19

enum column {
	COL_CASE,
	COL_BASE,
	COL_MEDIAN,
	COL_UNIT,
	COL_CHANGE,
	COL_INTERVAL,
	COL_NOISE,
	COL_N,
	COL_NEEDS,
	COL_VERDICT,
	NR_COLUMNS,
};

_Static_assert(NR_COLUMNS <= PCOW_GRID_COLUMNS, "the grid has too few columns");

static const struct pcow_grid_column two_columns[NR_COLUMNS] = {
	[COL_CASE] = { "case", false },	   [COL_BASE] = { "base", true },
	[COL_MEDIAN] = { "new", true },	   [COL_UNIT] = { "", false },
	[COL_CHANGE] = { "change", true }, [COL_INTERVAL] = { "interval", true },
	[COL_NOISE] = { "A/A", true },	   [COL_NEEDS] = { "needs", true },
	[COL_N] = { "n", true },	   [COL_VERDICT] = { "verdict", false },
};

static const struct pcow_grid_column many_columns[NR_COLUMNS] = {
	[COL_CASE] = { "group", false },   [COL_BASE] = { "", true },
	[COL_MEDIAN] = { "median", true }, [COL_UNIT] = { "", false },
	[COL_CHANGE] = { "change", true }, [COL_INTERVAL] = { "interval", true },
	[COL_NOISE] = { "A/A", true },	   [COL_NEEDS] = { "needs", true },
	[COL_N] = { "n", true },	   [COL_VERDICT] = { "verdict", false },
};

/* Change, interval, noise, n and verdict.  The reasons of verdicts stand in the
 * columns, or below the table where there is no change to show. */
static void change_cells(char cells[][PCOW_CELL_SIZE], const struct pcow_style *style,
			 const struct pcow_change *change)
{
	snprintf(cells[COL_VERDICT], PCOW_CELL_SIZE, "%s", pcow_verdict_name(change->verdict));
	if (pcow_change_is_refused(change))
		return;
	if ((change->verdict == PCOW_UNCLEAR || change->verdict == PCOW_LIKELY_WORSE) &&
	    change->boots_needed > change->n)
		snprintf(cells[COL_NEEDS], PCOW_CELL_SIZE, "%zu%s", change->boots_needed,
			 change->boots_needed == PCOW_BOOTS_MAX ? "+" : "");
	pcow_change_format(cells[COL_CHANGE], PCOW_CELL_SIZE, style, change, "%");
	pcow_interval_format(cells[COL_INTERVAL], PCOW_CELL_SIZE, style, change);
	pcow_percent_format(cells[COL_NOISE], PCOW_CELL_SIZE, change->noise, false, "%");
	snprintf(cells[COL_N], PCOW_CELL_SIZE, "%zu%s", change->n, change->paired ? "p" : "");
}

static void median_cells(char cells[][PCOW_CELL_SIZE], enum column column,
			 const struct pcow_style *style, const struct pcow_arm *arm)
{
	pcow_arm_format(cells[column], PCOW_CELL_SIZE, style, arm);
	snprintf(cells[COL_UNIT], PCOW_CELL_SIZE, "%s", style->unit);
}

static void two_row(struct pcow_table *table, const struct pcow_line *line)
{
	const struct pcow_change *change = &line->changes[1];
	struct pcow_style style = pcow_line_style(line, 2);
	char cells[NR_COLUMNS][PCOW_CELL_SIZE] = { { "" } };
	char name[PCOW_NAME_SIZE];

	if (pcow_change_is_refused(change))
		return;
	pcow_line_name_format(name, sizeof(name), line);
	median_cells(cells, COL_BASE, &style, &line->arms[0]);
	median_cells(cells, COL_MEDIAN, &style, &line->arms[1]);
	change_cells(cells, &style, change);
	pcow_table_row(table, name, cells, "",
		       table->grid.color ? pcow_verdict_color(change->verdict) : "");
}

static void group_row(struct pcow_table *table, const struct pcow_stratum *stratum,
		      const struct pcow_line *line, size_t group)
{
	const struct pcow_change *change = &line->changes[group];
	struct pcow_style style = pcow_line_style(line, stratum->nr_groups);
	char cells[NR_COLUMNS][PCOW_CELL_SIZE] = { { "" } };
	char plain[PCOW_NAME_SIZE], name[PCOW_NAME_SIZE + 2];
	const char *color = "";

	pcow_text_plain(plain, sizeof(plain), stratum->groups[group].name);
	snprintf(name, sizeof(name), "  %s", plain);
	if (line->arms[group].n)
		median_cells(cells, COL_MEDIAN, &style, &line->arms[group]);
	if (group) {
		change_cells(cells, &style, change);
		color = table->grid.color ? pcow_verdict_color(change->verdict) : "";
	} else {
		snprintf(cells[COL_N], PCOW_CELL_SIZE, "%zu", line->arms[0].n);
	}
	pcow_table_row(table, name, cells, "", color);
}

static bool has_change(const struct pcow_line *line, size_t nr_groups)
{
	for (size_t i = 1; i < nr_groups; i++)
		if (!pcow_change_is_refused(&line->changes[i]))
			return true;
	return false;
}

static void many_rows(struct pcow_table *table, const struct pcow_comparison *comparison,
		      const struct pcow_line *line)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	char name[PCOW_NAME_SIZE];

	if (!has_change(line, stratum->nr_groups))
		return;
	pcow_line_name_format(name, sizeof(name), line);
	if (table->grid.out)
		pcow_text_wrap(table->grid.out, name, 0, pcow_text_width());
	for (size_t i = 0; i < stratum->nr_groups; i++)
		group_row(table, stratum, line, i);
}

static void rows(struct pcow_table *table, const struct pcow_comparison *comparison)
{
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		if (!comparison->lines[i].shown)
			continue;
		if (comparison->stratum.nr_groups == 2)
			two_row(table, &comparison->lines[i]);
		else
			many_rows(table, comparison, &comparison->lines[i]);
	}
}

/* Also into @filled, which columns any row filled; false when no line has a row. */
static bool print_table(FILE *out, const struct pcow_comparison *comparison, bool color,
			bool filled[NR_COLUMNS])
{
	bool two = comparison->stratum.nr_groups == 2;
	struct pcow_table table = {
		.grid = { .columns = two ? two_columns : many_columns,
			  .nr_columns = NR_COLUMNS,
			  .color = color },
	};

	rows(&table, comparison);
	if (!table.longest)
		return false;
	for (size_t i = 0; i < NR_COLUMNS; i++)
		filled[i] |= table.grid.widths[i] > 0;
	fputc('\n', out);
	pcow_table_start(&table, out);
	rows(&table, comparison);
	return true;
}

/* No column is explained that is not there. */
static void print_legend(FILE *out, const struct pcow_analysis *analysis,
			 const struct pcow_tally *tally, const bool filled[NR_COLUMNS])
{
	const struct pcow_policy *policy = analysis->policy;

	fputc('\n', out);
	pcow_term_print(out, "base, new, median", TERM_INDENT,
			"over the boots of a group, +- half the interval of their mean");
	if (filled[COL_CHANGE])
		pcow_term_print(out, "change", TERM_INDENT,
				"ratio of geometric means: not that of the medians");
	if (filled[COL_INTERVAL])
		pcow_interval_explain(out, analysis, TERM_INDENT);
	if (filled[COL_NOISE])
		pcow_term_print(out, "A/A", TERM_INDENT, "what two groups like the base differ by");
	pcow_n_explain(out, analysis, TERM_INDENT);
	if (filled[COL_NEEDS])
		pcow_term_print(out, "needs", TERM_INDENT,
				"boots a group for all lines to pass with a chance of %.4g %% if "
				"nothing changed",
				100.0 * policy->power);
	if (tally->n[PCOW_TOO_FEW])
		pcow_term_print(out, "too few boots", TERM_INDENT,
				"fewer than %zu a group are looked at, never judged",
				policy->boots);
}

int pcow_compare_text_write(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering)
{
	char summary[2 * PCOW_NAME_SIZE];
	struct pcow_tally tally;
	bool has_rows = false, filled[NR_COLUMNS] = { false };

	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[i];

		pcow_stratum_print(out, &comparison->stratum, rendering->color);
		has_rows |= print_table(out, comparison, rendering->color, filled);
		if (pcow_refusals_print(out, comparison, pcow_change_is_shown, "Not compared",
					rendering->color))
			return -ENOMEM;
	}
	pcow_tally_make(&tally, analysis, pcow_change_is_shown);
	if (has_rows)
		print_legend(out, analysis, &tally, filled);
	fputs(analysis->nr_notes ? "\n" : "", out);
	pcow_notes_print(out, analysis, 0, analysis->nr_notes, rendering->color);
	pcow_tally_format(summary, sizeof(summary), &tally);
	fputc('\n', out);
	pcow_text_wrap(out, summary, 0, pcow_text_width());
	return 0;
}
