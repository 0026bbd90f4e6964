/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How whole the runs are that figures come from: workers, samples and boots that
 * are missing, and what was not measured at all.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Shares of invalid samples, of missing workers and of samples not taken above which a
 * reader must know. */
#define INVALID_TOLD   0.01
#define MISSING_TOLD   0.1
#define UNSAMPLED_TOLD 0.5

/* A case has as many workers at least, by default. */
#define COPIED_WORKERS 3

/* So much of a case's name. */
#define CASE_TOLD 128

/* What is judged without some of its boots is so by the policy's leave. */
static int note_lost(struct pcow_analysis *analysis, const struct pcow_comparison *comparison)
{
	for (size_t g = 0; g < comparison->stratum.nr_groups; g++) {
		const struct pcow_group *group = &comparison->stratum.groups[g];
		size_t n = 0, most = 0;

		for (size_t i = 0; i < comparison->nr_lines; i++) {
			const struct pcow_line *line = &comparison->lines[i];
			size_t lost = line->arms[g].nr_lost;

			if (!lost || lost == group->nr_boots || !line->series->is_headline)
				continue;
			n++;
			most = lost > most ? lost : most;
		}
		if (n && pcow_analysis_note(analysis,
					    "%s: %zu case%s without a figure to judge by in up to "
					    "%zu of %zu boots",
					    group->name, n, n == 1 ? " is" : "s are", most,
					    group->nr_boots))
			return -ENOMEM;
	}
	return 0;
}

/* Had the case all its workers, where a precision decides how many? */
static bool is_finished(const struct pcow_cell *cell, const struct pcow_header *header)
{
	double most = json_number_value(json_object_get(header->config, "replicates"));
	double precision = pcow_header_precision(header);

	return (cell->n >= PCOW_WORKERS_MIN && cell->half_width <= precision * (1.0 + 1e-9)) ||
	       (!cell->n && cell->nr_workers >= PCOW_WORKERS_MIN) ||
	       (double)cell->nr_workers >= most;
}

/* Workers that a file lacks, at least: with a precision, one for each case that has no end. */
static size_t count_missing(const struct pcow_dataset *set, const struct pcow_file *file)
{
	const json_t *config = file->header.config;
	json_int_t planned = json_integer_value(json_object_get(config, "workers"));
	json_int_t most = json_integer_value(json_object_get(config, "replicates"));
	json_int_t known = (json_int_t)file->nr_workers;

	if (pcow_header_precision(&file->header) > 0.0) {
		planned = most ? planned / most : 0;
		known = 0;
		for (size_t i = 0; i < set->nr_series; i++) {
			const struct pcow_cell *cell = &set->series[i].cells[file - set->files];

			known += set->series[i].is_headline && cell->present &&
				 is_finished(cell, &file->header);
		}
	}
	return planned > known ? (size_t)(planned - known) : 0;
}

#define UNFINISHED                                                                                 \
	"%s: %zu of %zu files lack workers that were planned, %zu at least: their runs "           \
	"did not end"

/* Runs that ended early lack cases that nobody may have. */
static int note_unfinished(struct pcow_analysis *analysis, const struct pcow_group *group)
{
	size_t unfinished = 0, files = 0, missing = 0;

	pcow_group_foreach (group, at) {
		size_t n = count_missing(analysis->dataset, *at);

		files++;
		unfinished += n > 0;
		missing += n;
	}
	if (!unfinished)
		return 0;
	/* What is missing everywhere nobody would miss. */
	if ((double)unfinished > analysis->policy->lost * (double)files)
		return pcow_analysis_stop(analysis, PCOW_STOP_UNFINISHED, UNFINISHED, group->name,
					  unfinished, files, missing);
	return pcow_analysis_note(analysis, UNFINISHED, group->name, unfinished, files, missing);
}

int pcow_stratum_note_runs(struct pcow_analysis *analysis, const struct pcow_stratum *stratum)
{
	for (size_t g = 0; g < stratum->nr_groups; g++) {
		if (note_unfinished(analysis, &stratum->groups[g]))
			return -ENOMEM;
	}
	return 0;
}

static double invalid_share(const struct pcow_arm *arm)
{
	return arm->n ? arm->invalid_fraction : 0.0;
}

static double missing_share(const struct pcow_arm *arm)
{
	return arm->missing;
}

static double unsampled_share(const struct pcow_arm *arm)
{
	return arm->unsampled;
}

/* Cases of which more than @least is not there, and how much at most; @what tells of what. */
static int note_share(struct pcow_analysis *analysis, const struct pcow_comparison *comparison,
		      double (*share)(const struct pcow_arm *), double least, const char *what)
{
	for (size_t g = 0; g < comparison->stratum.nr_groups; g++) {
		char cases[CASE_TOLD] = "";
		double worst = 0.0;
		size_t n = 0;

		for (size_t i = 0; i < comparison->nr_lines; i++) {
			const struct pcow_line *line = &comparison->lines[i];
			double its = share(&line->arms[g]);

			if (its <= least || !line->series->is_headline)
				continue;
			if (its > worst)
				pcow_series_case_format(cases, sizeof(cases), line->series);
			worst = fmax(worst, its);
			n++;
		}
		if (n &&
		    pcow_analysis_note(analysis, "%zu case%s of %s: up to %.3g %% (%s) of %s", n,
				       n == 1 ? "" : "s", comparison->stratum.groups[g].name,
				       100.0 * worst, cases, what))
			return -ENOMEM;
	}
	return 0;
}

/* Figures rest on the samples that kept their claim and the workers that have one; how
 * many did not must be told. */
static int note_shares(struct pcow_analysis *analysis, const struct pcow_comparison *comparison)
{
	int ret = note_share(analysis, comparison, invalid_share, INVALID_TOLD,
			     "the samples broke their claim and are left out");

	if (!ret)
		ret = note_share(analysis, comparison, missing_share, MISSING_TOLD,
				 "a boot's workers are missing, failed, met their time cap or lack "
				 "the figure");
	if (!ret)
		ret = note_share(analysis, comparison, unsampled_share, UNSAMPLED_TOLD,
				 "the samples that another group's workers took are not there");
	return ret;
}

/* Workers of two files that took the same times; 0 for so few that no case rests on them. */
static size_t count_copies(const struct pcow_file *a, const struct pcow_file *b)
{
	size_t least = a->nr_prints < b->nr_prints ? a->nr_prints : b->nr_prints;
	size_t i = 0, j = 0, n = 0;

	while (i < a->nr_prints && j < b->nr_prints) {
		uint64_t left = a->prints[i], right = b->prints[j];

		n += left == right;
		i += left <= right;
		j += right <= left;
	}
	return n >= COPIED_WORKERS || 2 * n >= least ? n : 0;
}

/* Is a boot copied by another of @group, from its @first on? 1 when it was noted, else 0 or
 * -ENOMEM. */
static int note_copy(struct pcow_analysis *analysis, const struct pcow_boot *boot,
		     const struct pcow_group *group, size_t first)
{
	for (size_t i = 0; i < boot->nr_files; i++) {
		pcow_group_foreach (group, at) {
			size_t n = at_boot < first ? 0 : count_copies(boot->files[i], *at);

			if (n)
				return pcow_analysis_stop(
					       analysis, PCOW_STOP_SAME_BOOT,
					       "%s and %s have the same times to the digit in "
					       "%zu worker%s: one is a copy",
					       boot->files[i]->path, (*at)->path, n,
					       n == 1 ? "" : "s")
					       ? -ENOMEM
					       : 1;
		}
	}
	return 0;
}

/* Times that are equal to the digit were not measured twice.  One pair tells. */
static int note_copies(struct pcow_analysis *analysis, const struct pcow_stratum *stratum)
{
	int ret = pcow_stratum_is_counted(stratum);

	for (size_t g = 0; !ret && g < stratum->nr_groups; g++) {
		const struct pcow_group *group = &stratum->groups[g];

		for (size_t i = 0; !ret && i < group->nr_boots; i++) {
			for (size_t h = g; !ret && h < stratum->nr_groups; h++)
				ret = note_copy(analysis, &group->boots[i], &stratum->groups[h],
						h == g ? i + 1 : 0);
		}
	}
	return ret < 0 ? ret : 0;
}

int pcow_lines_note(struct pcow_analysis *analysis, const struct pcow_comparison *comparison)
{
	int ret = note_shares(analysis, comparison);

	if (!ret)
		ret = note_copies(analysis, &comparison->stratum);
	return ret ? ret : note_lost(analysis, comparison);
}
