/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What figures are drawn from.  Raw single operations of the cases that one shows
 * are read here: no summary keeps them.
 */
#include "plot/groups.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- operations */

/* The place of a worker's operations; NULL when they are not asked for or not reported. */
static struct pcow_operations *place_of(struct pcow_operations *operations, size_t n,
					const struct pcow_record *worker)
{
	if (worker->status != PCOW_STATUS_OK || *worker->op_refused || !worker->op.n ||
	    !worker->clock.hz)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(operations[i].scenario, worker->scenario) &&
		    !pcow_params_compare(operations[i].params, operations[i].nr_params,
					 worker->params, worker->nr_params))
			return &operations[i];
	}
	return NULL;
}

/* Pool a worker's single operations: the replicates of one file are one boot. */
static int add(struct pcow_operations *place, const struct pcow_record *worker)
{
	const int64_t *ticks = pcow_view_column(&worker->op, "ticks");
	const int64_t *valid = pcow_view_column(&worker->op, "valid");
	const struct pcow_clock_record *clock = &worker->clock;
	double overhead =
		((double)clock->overhead_start_ticks + (double)clock->overhead_end_ticks) / 2;
	double *ns = reallocarray(place->ns, place->n + worker->op.n, sizeof(*ns));

	if (!ns)
		return -ENOMEM;
	place->ns = ns;
	for (size_t i = 0; i < worker->op.n; i++) {
		double net = (double)ticks[i] - overhead;

		if (valid && !valid[i])
			continue;
		/* Less than a tick is below what the clock can tell, and has no logarithm. */
		ns[place->n++] = fmax(net, 1.0) * 1e9 / (double)clock->hz;
	}
	return 0;
}

int pcow_operations_read(struct pcow_operations *operations, size_t n, const char *path,
			 struct pcow_error *err)
{
	struct pcow_header header = { 0 };
	struct pcow_record worker = { 0 };
	struct pcow_reader *reader;
	int ret = pcow_reader_open(&reader, path, &header, err);

	if (ret)
		return ret;
	while ((ret = pcow_reader_next(reader, &worker, err)) > 0) {
		struct pcow_operations *place = place_of(operations, n, &worker);

		if (place)
			ret = add(place, &worker);
		pcow_record_clear(&worker);
		if (ret < 0) {
			pcow_error_set(err, ret, "%s: %s", path, strerror(-ret));
			break;
		}
	}
	pcow_reader_close(reader);
	pcow_header_clear(&header);
	return ret;
}

/* ----------------------------------------------------------------- spreads */

static bool is_wanted(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	return pcow_is_fault(line->series->scenario) && !strcmp(line->series->metric, "latency") &&
	       pcow_line_is_largest(comparison, line);
}

/* Operations are never pooled over boots: each boot adds the same weight to a histogram,
 * so memory grows neither with the operations nor with the boots. */
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

/* -------------------------------------------------------------------------- */

void pcow_plot_free(struct pcow_plot *plot)
{
	if (!plot)
		return;
	for (size_t i = 0; i < plot->nr_operations; i++)
		free(plot->operations[i].ns);
	free(plot->operations);
	for (size_t i = 0; plot->spreads && i < plot->nr_spreads; i++)
		free(plot->spreads[i]);
	free(plot->spreads);
	free(plot->fault_lines);
	pcow_summary_clear(&plot->summary);
	free(plot);
}
