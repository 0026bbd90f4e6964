/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cost of every case as a multiple of the base's, by scenario.
 */
#include "plot/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool has_ratio(const struct pcow_change *change)
{
	return change->is_relative && isfinite(change->shift) && change->shift > -1.0 &&
	       change->verdict != PCOW_MISSING && change->verdict != PCOW_BROKEN;
}

static bool is_wanted(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	bool any = false;

	for (size_t g = 1; g < comparison->stratum.nr_groups; g++)
		any |= has_ratio(&line->changes[g]);
	return any && pcow_line_has_figure(comparison, line) && line->series->is_headline;
}

static bool begins_scenario(const struct pcow_pick *pick, size_t i)
{
	return !i || strcmp(pick->lines[i]->series->scenario, pick->lines[i - 1]->series->scenario);
}

/* Rows that a case takes: below its scenario's name, or that where it has no parameters. */
static size_t nr_rows(const struct pcow_pick *pick, size_t i)
{
	return begins_scenario(pick, i) && pick->lines[i]->series->nr_params ? 2 : 1;
}

/* Returns how many rows there are. */
static size_t write_names(FILE *out, const struct pcow_comparison *comparison,
			  const struct pcow_pick *pick)
{
	size_t row = 0;

	fprintf(out, "array name[%zu]\narray heads[%zu]\n", 2 * pick->n, 2 * pick->n);
	for (size_t i = 0; i < pick->n; i++) {
		const struct pcow_series *series = pick->lines[i]->series;
		char label[PCOW_LABEL_MAX];
		const char *name = series->nr_params ? label : series->scenario;

		if (begins_scenario(pick, i) && series->nr_params) {
			fprintf(out, "heads[%zu] = 1\n", ++row);
			pcow_gnuplot_item(out, "name", row, "%s", series->scenario);
		}
		pcow_params_format(label, sizeof(label), series->params, series->nr_params);
		fprintf(out, "heads[%zu] = %d\n", ++row, !series->nr_params);
		pcow_line_item_write(out, "name", row, comparison, pick->lines[i], name);
	}
	return row;
}

/* Ratio, row, low, high, whether both did the same work. */
static void write_ratios(FILE *out, const struct pcow_pick *pick, size_t group)
{
	size_t row = 0;

	fprintf(out, "$ratio_%zu << EOD\n", group + 1);
	for (size_t i = 0; i < pick->n; i++) {
		const struct pcow_change *change = &pick->lines[i]->changes[group];
		bool whole = isfinite(change->low) && isfinite(change->high) && change->low > -1.0;

		row += nr_rows(pick, i);
		pcow_gnuplot_number(out, has_ratio(change) ? 1.0 + change->shift : NAN);
		fprintf(out, " %zu", row);
		pcow_gnuplot_number(out, 1.0 + (whole ? change->low : change->shift));
		pcow_gnuplot_number(out, 1.0 + (whole ? change->high : change->shift));
		fprintf(out, " %d\n", change->verdict != PCOW_OTHER_WORK);
	}
	fputs("EOD\n", out);
}

int pcow_ratio_write(FILE *out, const struct pcow_plot *plot)
{
	struct pcow_pick pick;
	int ret = pcow_pick_make(&pick, plot->comparison, is_wanted);

	if (ret || !pick.n)
		goto out_free;
	pcow_groups_write(out, plot, true);
	fprintf(out, "rows = %zu\n", write_names(out, plot->comparison, &pick));
	for (size_t g = 1; g < plot->comparison->stratum.nr_groups; g++)
		write_ratios(out, &pick, g);
	ret = (int)pick.n;
out_free:
	free(pick.lines);
	return ret;
}
