/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main job in each group, a panel a case, a bar a group.  Operations differ
 * by orders of magnitude, so a panel has its own axis.
 */
#include "plot_groups.h"

#include <stdlib.h>
#include <string.h>

/* Cases of the main job but for their size; "" is a word that the case lacks. */
static const struct {
	const char *scenario;
	const char *page;
	const char *sharer;
} main_job[] = {
	{ "fork/anon", "base", "" },
	{ "fork/anon", "thp", "" },
	{ "fault/first-touch", "base", "" },
	{ "fault/cow-copy", "base", "" },
	{ "fault/cow-reuse", "base", "exited" },
	{ "fault/cow-reuse", "thp-pte", "exited" },
};

#define NR_CASES (sizeof(main_job) / sizeof(main_job[0]))

/* Place among the cases of the main job; NR_CASES for none.  Of a case with yet
 * another parameter nobody could say which value is meant. */
static size_t rank_of(const struct pcow_series *series)
{
	size_t i = 0;

	while (i < NR_CASES && (strcmp(series->scenario, main_job[i].scenario) ||
				strcmp(pcow_series_word(series, "page"), main_job[i].page) ||
				strcmp(pcow_series_word(series, "sharer"), main_job[i].sharer) ||
				series->nr_params != (*main_job[i].sharer ? 3 : 2)))
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
	pcow_panels_begin(out, pick.n);
	for (size_t i = 0; i < pick.n; i++) {
		const struct pcow_series *series = pick.lines[i]->series;
		char about[PCOW_LABEL_MAX];

		pcow_params_format(about, sizeof(about), series->params, series->nr_params);
		pcow_bars_write(out, comparison, pick.lines[i], i + 1, series->scenario, about);
	}
	free(pick.lines);
	return (int)pick.n;
}

int pcow_bars_figure_write(FILE *out, const struct pcow_plot *plot)
{
	pcow_groups_write(out, plot, true);
	return pcow_main_job_write(out, plot->comparison);
}
