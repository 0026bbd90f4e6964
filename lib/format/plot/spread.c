/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distributions of single operations in groups of boots.  Operations are never
 * pooled over boots: each boot adds the same weight to a histogram, so memory
 * grows neither with the operations nor with the boots.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plot/groups.h"

static bool is_wanted(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	return pcow_is_fault(line->series->scenario) && !strcmp(line->series->metric, "latency") &&
	       pcow_line_is_largest(comparison, line);
}

static int spread_add(struct pcow_histogram **spread, const struct pcow_operations *boot)
{
	if (!boot->n)
		return 0;
	if (!*spread)
		*spread = calloc(1, sizeof(**spread));
	if (!*spread)
		return -ENOMEM;
	for (size_t i = 0; i < boot->n; i++)
		pcow_histogram_add(*spread, boot->ns[i], 1.0 / (double)boot->n);
	return 0;
}

/* One boot of a group: reads its files, adds its operations, forgets them. */
static int boot_read(struct pcow_plot *plot, const struct pcow_boot *boot, size_t group,
		     struct pcow_error *err)
{
	size_t nr_groups = plot->comparison->stratum.nr_groups;
	struct pcow_operations *cases = calloc(plot->nr_fault_lines, sizeof(*cases));
	int ret = 0;

	if (!cases)
		return pcow_error_set(err, -ENOMEM, "%s: %s", boot->files[0]->path,
				      strerror(ENOMEM));
	for (size_t i = 0; i < plot->nr_fault_lines; i++) {
		const struct pcow_series *series = plot->fault_lines[i]->series;

		cases[i].scenario = series->scenario;
		cases[i].params = series->params;
		cases[i].nr_params = series->nr_params;
	}
	for (size_t i = 0; i < boot->nr_files && !ret; i++)
		ret = pcow_operations_read(cases, plot->nr_fault_lines, boot->files[i]->path, err);
	for (size_t i = 0; i < plot->nr_fault_lines; i++) {
		if (!ret && spread_add(&plot->spreads[i * nr_groups + group], &cases[i]))
			ret = pcow_error_set(err, -ENOMEM, "%s: %s", boot->files[0]->path,
					     strerror(ENOMEM));
		free(cases[i].ns);
	}
	free(cases);
	return ret;
}

int pcow_spreads_read(struct pcow_plot *plot, struct pcow_error *err)
{
	const struct pcow_stratum *stratum = &plot->comparison->stratum;
	struct pcow_pick pick;
	int ret = 0;

	if (pcow_pick_make(&pick, plot->comparison, is_wanted))
		return pcow_error_set(err, -ENOMEM, "figures: %s", strerror(ENOMEM));
	plot->fault_lines = pick.lines;
	plot->nr_fault_lines = pick.n;
	if (!pick.n)
		return 0;
	plot->nr_spreads = pick.n * stratum->nr_groups;
	plot->spreads = calloc(plot->nr_spreads, sizeof(*plot->spreads));
	if (!plot->spreads)
		return pcow_error_set(err, -ENOMEM, "figures: %s", strerror(ENOMEM));
	for (size_t g = 0; g < stratum->nr_groups; g++) {
		for (size_t b = 0; b < stratum->groups[g].nr_boots && !ret; b++)
			ret = boot_read(plot, &stratum->groups[g].boots[b], g, err);
	}
	return ret;
}
