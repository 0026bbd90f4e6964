/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison's lines: what each group has of each series.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Share of samples that slept above which the operation itself waits. */
#define WAITS 0.5

static const struct pcow_cell *cell_of(const struct pcow_analysis *analysis,
				       const struct pcow_series *series,
				       const struct pcow_file *file)
{
	return &series->cells[file - analysis->dataset->files];
}

static void arm_note_status(struct pcow_arm *arm, const struct pcow_cell *cell)
{
	if (!arm->present || pcow_status_is_worse(cell->status, arm->status) ||
	    (cell->status == arm->status && !*arm->reason)) {
		arm->status = cell->status;
		arm->reason = cell->reason;
		arm->remedy = cell->remedy;
	}
	arm->present = true;
	arm->invalid_fraction = fmax(arm->invalid_fraction, cell->invalid_fraction);
}

/* Of a cell without a value. */
static enum pcow_loss status_loss(const struct pcow_cell *cell)
{
	switch (cell->status) {
	case PCOW_STATUS_INVALID:
		return PCOW_LOST_CLAIM;
	case PCOW_STATUS_SKIP:
		return PCOW_LOST_SKIP;
	case PCOW_STATUS_ERROR:
		return PCOW_LOST_ERROR;
	default:
		return *cell->reason ? PCOW_LOST_WORKERS : PCOW_LOST_FIGURE;
	}
}

/* Workers that a case was to have: those planned, where a precision did not decide. */
static double planned_workers(const struct pcow_cell *cell, const struct pcow_header *header)
{
	double planned = json_number_value(json_object_get(header->config, "replicates"));

	if (pcow_header_precision(header) > 0.0)
		planned = 0.0;
	return fmax(planned, (double)cell->nr_workers);
}

/* Share of a run's workers that lack this figure alone, which as many had elsewhere: of
 * memory few are weighed.  Lines are fitted through what workers there are. */
static double cell_lacking(const struct pcow_cell *cell, const struct pcow_series *series)
{
	double expected = fmin((double)series->most, (double)cell->nr_sound);

	if (pcow_metric_is_fitted(series->metric) || (double)cell->n >= expected)
		return 0.0;
	return 1.0 - (double)cell->n / expected;
}

/* Why a run's figure of a case is none to judge by. */
static enum pcow_loss cell_loss(const struct pcow_cell *cell, const struct pcow_series *series,
				const struct pcow_header *header, const struct pcow_policy *policy)
{
	double planned = planned_workers(cell, header);

	if (!cell->n)
		return status_loss(cell);
	/* As of a worker: half of the samples make it. */
	if (cell->invalid_fraction > 0.5)
		return PCOW_LOST_CLAIM;
	if (cell->invalid_fraction > policy->invalid)
		return PCOW_LOST_SAMPLES;
	if ((double)cell->nr_truncated > policy->workers * (double)cell->nr_workers)
		return PCOW_LOST_TRUNCATED;
	if (planned - (double)cell->nr_sound > policy->workers * planned)
		return PCOW_LOST_WORKERS;
	return cell_lacking(cell, series) > policy->workers ? PCOW_LOST_FIGURE : PCOW_LOST_NOT;
}

/**
 * struct runs - what those runs of a boot gave that have the case
 * @values, @n:	figures, those that may be judged by before others
 * @nr_sound:	of them, to be judged by
 * @nr_lost:	runs without, but for those that lack this figure alone
 * @worst:	of all
 * @workers:	with a figure
 * @planned, @missing, @lacking: workers of runs that ought to have the figure, those that
 *		failed, and those that lack it alone
 * @broken:	share of their samples that broke their claim, added up
 * @resolution:	the coarsest
 */
struct runs {
	double *values;
	size_t n, nr_sound, nr_lost;
	enum pcow_loss worst;
	size_t workers;
	double planned, missing, lacking, broken;
	double resolution;
};

/* Boyer and Moore: what most say is what is left. */
static void vote(struct pcow_arm *arm, const char *method)
{
	if (!arm->votes)
		arm->method = method;
	if (strcmp(arm->method, method) == 0)
		arm->votes++;
	else
		arm->votes--;
}

static void take_run(struct runs *runs, struct pcow_arm *arm, const struct pcow_cell *cell,
		     double planned, double lacking, enum pcow_loss loss)
{
	double missing = fmax(planned - (double)cell->nr_sound, (double)cell->nr_truncated);

	arm_note_status(arm, cell);
	runs->worst = loss > runs->worst ? loss : runs->worst;
	if (loss != PCOW_LOST_FIGURE) {
		runs->nr_lost += loss != PCOW_LOST_NOT;
		runs->planned += planned;
		runs->broken += cell->invalid_fraction;
		runs->missing += loss ? planned : missing;
		runs->lacking += planned * lacking;
	}
	if (!cell->n)
		return;
	vote(arm, cell->method);
	arm->samples = fmin(arm->samples, cell->samples);
	runs->workers += cell->n;
	runs->resolution = fmax(runs->resolution, cell->resolution);
	arm->least = fmin(arm->least, cell->low);
	arm->most = fmax(arm->most, cell->high);
	runs->values[runs->n++] = runs->values[runs->nr_sound];
	runs->values[loss ? runs->n - 1 : runs->nr_sound++] = cell->value;
}

/* A boot is lost without a run to judge by, and with as many that are lost as of workers. */
static void boot_lose(struct pcow_arm *arm, size_t i, const struct runs *runs,
		      const struct pcow_policy *policy)
{
	double nr_runs = (double)(runs->nr_lost + runs->nr_sound);

	if (runs->nr_sound && (double)runs->nr_lost <= policy->workers * nr_runs) {
		double planned = fmax(1.0, runs->planned);

		arm->missing = fmax(arm->missing, fmax(runs->missing, runs->lacking) / planned);
		arm->deserted += runs->missing / planned;
		arm->lacking += runs->lacking / planned;
		arm->broken += runs->broken / fmax(1.0, nr_runs);
		return;
	}
	arm->losses[i] = runs->worst;
	arm->nr_lost++;
	arm->nr_lacking += runs->worst == PCOW_LOST_FIGURE;
	arm->loss = runs->worst > arm->loss ? runs->worst : arm->loss;
}

/* A boot's value is the median of its runs; @values has room for them. Its resolution. */
static double boot_make(struct pcow_arm *arm, size_t i, const struct pcow_analysis *analysis,
			const struct pcow_series *series, const struct pcow_boot *boot,
			double *values)
{
	struct runs runs = { .values = values };
	size_t nr_present = 0;

	for (size_t run = 0; run < boot->nr_files; run++) {
		const struct pcow_header *header = &boot->files[run]->header;
		const struct pcow_cell *cell = cell_of(analysis, series, boot->files[run]);

		/* Runs of one boot may be of other cases each. */
		if (!cell->present)
			continue;
		nr_present++;
		take_run(&runs, arm, cell, planned_workers(cell, header),
			 cell_lacking(cell, series),
			 cell_loss(cell, series, header, analysis->policy));
	}
	if (!nr_present)
		runs.worst = PCOW_LOST_CASE;
	arm->values[i] = pcow_median(values, runs.nr_sound ? runs.nr_sound : runs.n);
	if (runs.n && (!arm->workers || runs.workers < arm->workers))
		arm->workers = runs.workers;
	boot_lose(arm, i, &runs, analysis->policy);
	return runs.resolution;
}

bool pcow_all_above_zero(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!(x[i] > 0.0))
			return false;
	}
	return true;
}

/* Median and interval; @values holds the arm's @n values and may be changed. */
static void arm_estimate(struct pcow_arm *arm, double *values, double confidence)
{
	bool logs = pcow_all_above_zero(values, arm->n);
	struct pcow_shift centre;

	arm->median = pcow_median(values, arm->n);
	for (size_t i = 0; logs && i < arm->n; i++)
		values[i] = log(values[i]);
	centre = pcow_t_one(values, arm->n, confidence);
	arm->low = logs && isfinite(centre.low) ? exp(centre.low) : centre.low;
	arm->high = logs && isfinite(centre.high) ? exp(centre.high) : centre.high;
	/* Values that do not vary: there and back again by the log would show a digit off. */
	if (centre.low == centre.high)
		arm->low = arm->high = arm->median;
}

static int arm_make(struct pcow_arm *arm, const struct pcow_analysis *analysis,
		    const struct pcow_series *series, const struct pcow_group *group)
{
	size_t room = analysis->dataset->nr_files + 1, nr_known = 0;
	double *values = calloc(2 * room, sizeof(*values));

	*arm = (struct pcow_arm){
		.least = NAN, .most = NAN, .samples = NAN, .reason = "", .remedy = "", .method = ""
	};
	arm->values = calloc(group->nr_boots, sizeof(*arm->values));
	arm->losses = calloc(group->nr_boots, sizeof(*arm->losses));
	if (!values || !arm->values || !arm->losses) {
		free(values);
		return -ENOMEM;
	}
	for (size_t i = 0; i < group->nr_boots; i++) {
		double resolution = boot_make(arm, i, analysis, series, &group->boots[i], values);

		if (!isnan(arm->values[i]))
			values[room + nr_known++] = resolution;
	}
	arm->resolution = nr_known ? pcow_median(values + room, nr_known) : 0.0;
	for (size_t i = 0; i < group->nr_boots; i++) {
		if (!isnan(arm->values[i]))
			values[arm->n++] = arm->values[i];
	}
	if (arm->nr_lost < group->nr_boots) {
		arm->deserted /= (double)(group->nr_boots - arm->nr_lost);
		arm->lacking /= (double)(group->nr_boots - arm->nr_lost);
		arm->broken /= (double)(group->nr_boots - arm->nr_lost);
	}
	arm_estimate(arm, values, analysis->policy->confidence);
	free(values);
	return 0;
}

/* Did most samples sleep, in any run of the group? */
static bool group_sleeps(const struct pcow_analysis *analysis, const struct pcow_group *group,
			 const struct pcow_series *sleeps)
{
	pcow_group_foreach (group, at) {
		if (cell_of(analysis, sleeps, *at)->value > WAITS)
			return true;
	}
	return false;
}

static int line_make(struct pcow_line *line, const struct pcow_analysis *analysis,
		     const struct pcow_stratum *stratum, const struct pcow_series *series)
{
	double most = NAN;

	*line = (struct pcow_line){ .series = series, .shown = true };
	line->arms = calloc(stratum->nr_groups, sizeof(*line->arms));
	line->changes = calloc(stratum->nr_groups, sizeof(*line->changes));
	if (!line->arms || !line->changes)
		return -ENOMEM;
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		if (arm_make(&line->arms[i], analysis, series, &stratum->groups[i]))
			return -ENOMEM;
		most = fmax(most, line->arms[i].samples);
	}
	for (size_t i = 0; i < stratum->nr_groups; i++)
		line->arms[i].unsampled = fmax(0.0, 1.0 - line->arms[i].samples / most);
	return 0;
}

static void line_clear(struct pcow_line *line, size_t nr_groups)
{
	for (size_t i = 0; line->arms && i < nr_groups; i++) {
		free(line->arms[i].values);
		free(line->arms[i].losses);
	}
	free(line->arms);
	free(line->changes);
}

static bool is_here(const struct pcow_line *line, size_t nr_groups)
{
	for (size_t i = 0; i < nr_groups; i++) {
		if (line->arms[i].present)
			return true;
	}
	return false;
}

/* What the kernel does while an operation waits is no part of its cost, but a
 * guest's instructions go on. */
static void note_sleeps(struct pcow_comparison *comparison, const struct pcow_analysis *analysis,
			const struct pcow_series *sleeps)
{
	for (size_t g = 0; g < comparison->stratum.nr_groups; g++) {
		if (!group_sleeps(analysis, &comparison->stratum.groups[g], sleeps))
			continue;
		for (size_t without = 0; without <= sleeps->nr_params; without++) {
			size_t n;
			struct pcow_line *line = pcow_lines_over(comparison, sleeps, without, &n);

			for (; n; n--, line++)
				line->arms[g].waits = line->series->kind == PCOW_METRIC_COST;
		}
	}
}

static void note_waits(struct pcow_comparison *comparison, const struct pcow_analysis *analysis)
{
	const struct pcow_dataset *set = analysis->dataset;

	for (size_t i = 0; i < set->nr_series; i++)
		if (strcmp(set->series[i].metric, "sleeps") == 0)
			note_sleeps(comparison, analysis, &set->series[i]);
}

int pcow_lines_make(struct pcow_comparison *comparison, const struct pcow_analysis *analysis)
{
	const struct pcow_dataset *set = analysis->dataset;
	size_t nr_groups = comparison->stratum.nr_groups;

	comparison->lines = calloc(set->nr_series + 1, sizeof(*comparison->lines));
	if (!comparison->lines)
		return -ENOMEM;
	for (size_t i = 0; i < set->nr_series; i++) {
		struct pcow_line *line = &comparison->lines[comparison->nr_lines];

		/* How far figures are to be believed is no subject of comparison. */
		if (set->series[i].kind == PCOW_METRIC_QUALITY)
			continue;
		if (line_make(line, analysis, &comparison->stratum, &set->series[i])) {
			line_clear(line, nr_groups);
			return -ENOMEM;
		}
		if (is_here(line, nr_groups))
			comparison->nr_lines++;
		else
			line_clear(line, nr_groups);
	}
	if (pcow_stratum_is_counted(&comparison->stratum))
		note_waits(comparison, analysis);
	return 0;
}

void pcow_lines_clear(struct pcow_comparison *comparison)
{
	for (size_t i = 0; i < comparison->nr_lines; i++)
		line_clear(&comparison->lines[i], comparison->stratum.nr_groups);
	free(comparison->lines);
	comparison->lines = NULL;
	comparison->nr_lines = 0;
}
