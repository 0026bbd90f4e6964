/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which lines a table shows, and in which order.
 */
#include "analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Has any arm a verdict that a reader of changes wants? */
static bool has_changed(const struct pcow_line *line, size_t nr_groups)
{
	for (size_t i = 1; i < nr_groups; i++) {
		switch (line->changes[i].verdict) {
		case PCOW_WORSE:
		case PCOW_LIKELY_WORSE:
		case PCOW_BETTER:
		case PCOW_LIKELY_BETTER:
		case PCOW_OTHER_WORK:
		case PCOW_WORK_CHANGED:
		case PCOW_BROKEN:
		case PCOW_MISSING:
			return true;
		default:
			break;
		}
	}
	return false;
}

static bool work_changed(const struct pcow_line *line, size_t nr_groups)
{
	for (size_t i = 1; i < nr_groups; i++) {
		if (line->changes[i].verdict == PCOW_WORK_CHANGED)
			return true;
	}
	return false;
}

bool pcow_line_is_gated(const struct pcow_line *line, size_t nr_groups)
{
	for (size_t i = 1; i < nr_groups; i++) {
		if (line->changes[i].gated)
			return true;
	}
	return false;
}

/* Most of what the kernel counts is not touched by a case, or as much as it was. */
static bool memory_changed(const struct pcow_line *line, size_t nr_groups)
{
	for (size_t i = 1; i < nr_groups; i++) {
		enum pcow_verdict verdict = line->changes[i].verdict;

		if (verdict != PCOW_SAME && verdict != PCOW_NO_WORSE &&
		    !(line->arms[0].median == 0.0 && line->arms[i].median == 0.0))
			return true;
	}
	return false;
}

static bool shows_metric(const struct pcow_comparison *comparison, const struct pcow_line *line,
			 const struct pcow_selection *selection)
{
	const struct pcow_series *series = line->series;

	for (size_t i = 0; i < selection->nr_metrics; i++) {
		if (strcmp(selection->metrics[i], series->metric) == 0)
			return true;
	}
	if (selection->nr_metrics)
		return false;
	if (series->kind == PCOW_METRIC_WORK)
		return work_changed(line, comparison->stratum.nr_groups);
	if (series->kind == PCOW_METRIC_MEMORY)
		return memory_changed(line, comparison->stratum.nr_groups);
	return strcmp(series->metric, "p99") == 0 || strcmp(series->metric, "slope") == 0 ||
	       pcow_line_is_gated(line, comparison->stratum.nr_groups) || line->series->is_headline;
}

static bool shows_case(const struct pcow_line *line, const struct pcow_selection *selection)
{
	for (size_t i = 0; i < selection->nr_cases; i++) {
		if (pcow_series_matches(line->series, selection->cases[i]))
			return true;
	}
	return !selection->nr_cases;
}

/* The largest change of any arm. */
static double largest_change(const struct pcow_line *line, size_t nr_groups)
{
	double largest = 0.0;

	for (size_t i = 1; i < nr_groups; i++)
		largest = fmax(largest, pcow_change_size(&line->changes[i]));
	return largest;
}

/* Place of a metric among those of its case: what matters most stands first. */
static int metric_rank(const struct pcow_series *series)
{
	if (strcmp(series->metric, "net") == 0)
		return 0;
	if (strcmp(series->metric, "latency") == 0)
		return 1;
	return 2 + (int)series->kind;
}

/* qsort_r()'s third argument: how many groups, or NULL for the order of the series. */
static int compare_lines(const void *pa, const void *pb, void *arg)
{
	const struct pcow_line *a = pa, *b = pb;
	const size_t *nr_groups = arg;
	double change_a = nr_groups ? largest_change(a, *nr_groups) : 0.0;
	double change_b = nr_groups ? largest_change(b, *nr_groups) : 0.0;

	if (change_a != change_b)
		return change_a < change_b ? 1 : -1;
	if (pcow_series_same_case(a->series, b->series) &&
	    metric_rank(a->series) != metric_rank(b->series))
		return metric_rank(a->series) < metric_rank(b->series) ? -1 : 1;
	/* Both point into one array, which is in order. */
	return (a->series > b->series) - (a->series < b->series);
}

void pcow_analysis_select(struct pcow_analysis *analysis, const struct pcow_selection *selection)
{
	for (size_t c = 0; c < analysis->nr_comparisons; c++) {
		struct pcow_comparison *comparison = &analysis->comparisons[c];
		size_t nr_groups = comparison->stratum.nr_groups;

		for (size_t i = 0; i < comparison->nr_lines; i++) {
			struct pcow_line *line = &comparison->lines[i];

			line->shown = shows_case(line, selection) &&
				      shows_metric(comparison, line, selection) &&
				      (!selection->changed || has_changed(line, nr_groups));
		}
		if (comparison->nr_lines)
			qsort_r(comparison->lines, comparison->nr_lines, sizeof(struct pcow_line),
				compare_lines, selection->by_change ? &nr_groups : NULL);
	}
}
