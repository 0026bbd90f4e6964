/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main job in each group, and the memory that is held, a panel a case, a bar a
 * group.  Operations differ by orders of magnitude, so a panel has its own axis.
 */
#include "plot/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cases of the main job but for their size, and the other word that they may have. */
static const struct {
	const char *scenario;
	const char *page;
	const char *word;
	const char *value;
} main_job[] = {
	{ "fork/anon", "base", "before", "written" },
	{ "fork/anon", "thp", "before", "written" },
	{ "fault/first-touch", "base", "", "" },
	{ "fault/cow-copy", "base", "", "" },
	{ "fault/cow-reuse", "base", "sharer", "exited" },
	{ "fault/cow-reuse", "thp-pte", "sharer", "exited" },
};

#define NR_CASES (sizeof(main_job) / sizeof(main_job[0]))

/* Of a case with yet another parameter nobody could say which value is meant. */
static bool is_job(const struct pcow_series *series, size_t job)
{
	if (strcmp(series->scenario, main_job[job].scenario))
		return false;
	for (size_t i = 0; i < series->nr_params; i++) {
		const struct pcow_value *param = &series->params[i];
		bool is_page = !strcmp(param->name, "page");

		if (param->is_number ? strcmp(param->name, "size")
				     : strcmp(param->name, is_page ? "page" : main_job[job].word) ||
					       strcmp(param->text, is_page ? main_job[job].page
									   : main_job[job].value))
			return false;
	}
	return true;
}

/* Place among the cases of the main job; NR_CASES for none. */
static size_t rank_of(const struct pcow_series *series)
{
	size_t i = 0;

	while (i < NR_CASES && !is_job(series, i))
		i++;
	return i;
}

static bool is_wanted(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	return !strcmp(line->series->metric, "latency") && rank_of(line->series) < NR_CASES &&
	       pcow_line_is_largest(comparison, line);
}

static int compare_ranks(const void *pa, const void *pb)
{
	size_t a = rank_of((*(const struct pcow_line *const *)pa)->series);
	size_t b = rank_of((*(const struct pcow_line *const *)pb)->series);

	return (a > b) - (a < b);
}

int pcow_main_job_write(FILE *out, const struct pcow_comparison *comparison)
{
	struct pcow_pick pick;
	int ret = pcow_pick_make(&pick, comparison, is_wanted);

	if (ret)
		return ret;
	qsort(pick.lines, pick.n, sizeof(const struct pcow_line *), compare_ranks);
	pcow_bars_write(out, comparison, &pick);
	free(pick.lines);
	return (int)pick.n;
}

int pcow_bars_figure_write(FILE *out, const struct pcow_plot *plot)
{
	pcow_groups_write(out, plot, true);
	return pcow_main_job_write(out, plot->comparison);
}

/* ------------------------------------------------------------------ memory */

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

static bool is_heavy(const struct pcow_comparison *comparison, const struct pcow_line *line)
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
	int ret = pcow_pick_make(&pick, plot->comparison, is_heavy);

	if (ret)
		return ret;
	pcow_groups_write(out, plot, true);
	pcow_bars_write(out, plot->comparison, &pick);
	free(pick.lines);
	return (int)pick.n;
}
