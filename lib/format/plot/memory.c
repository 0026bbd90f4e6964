/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is held, a panel a case and kind of memory, a bar a group.
 */
#include "plot/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/analysis.h"

/* What is less than this of the most that a case holds is the host's, not the case's. */
#define LEAST_SHARE 0.01

/* 0 for a case that gives memory back. */
static double most_held(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	double most = 0.0;

	for (size_t g = 0; g < comparison->stratum.nr_groups; g++)
		most = fmax(most, line->arms[g].median);
	return most;
}

static bool is_wanted(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	double most = most_held(comparison, line), most_of_case = 0.0;

	if (line->series->kind != PCOW_METRIC_MEMORY || most <= 0.0 ||
	    !pcow_line_is_largest(comparison, line))
		return false;
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *other = &comparison->lines[i];

		if (!strcmp(other->series->unit, line->series->unit) &&
		    pcow_series_same_case(other->series, line->series))
			most_of_case = fmax(most_of_case, most_held(comparison, other));
	}
	return most >= LEAST_SHARE * most_of_case;
}

int pcow_memory_write(FILE *out, const struct pcow_plot *plot)
{
	struct pcow_pick pick;
	int ret = pcow_pick_make(&pick, plot->comparison, is_wanted);

	if (ret)
		return ret;
	pcow_groups_write(out, plot, true);
	pcow_bars_write(out, plot->comparison, &pick);
	free(pick.lines);
	return (int)pick.n;
}
