/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the outputs of `pincow export` share: the cases of a dataset, and texts
 * that each consumer takes.
 */
#ifndef PINCOW_FORMAT_EXPORT_H
#define PINCOW_FORMAT_EXPORT_H

#include <limits.h>

#include <pincow/format.h>

/* write() of each. */
typedef int pcow_export_write(FILE *out, const struct pcow_dataset *set,
			      const struct pcow_rendering *rendering, struct pcow_error *err);
pcow_export_write pcow_export_gbench_write;
pcow_export_write pcow_export_benchstat_write;
pcow_export_write pcow_export_openmetrics_write;
pcow_export_write pcow_export_kcidb_write;
pcow_export_write pcow_export_csv_write;

#define PCOW_EXPORT_PATH_SIZE PATH_MAX
#define PCOW_EXPORT_TIME_SIZE 40
/* A scenario and all its parameters, each with a character around. */
#define PCOW_EXPORT_NAME_SIZE ((2 * PCOW_RESULT_PARAMS_MAX + 1) * (PCOW_RESULT_NAME_MAX + 1))

/**
 * struct pcow_export_case - the series of one case, which lie side by side
 * @series:	the first
 * @nr_series:	how many
 */
struct pcow_export_case {
	const struct pcow_series *series;
	size_t nr_series;
};

/* Steps on to the next case, to the first from a zeroed one; false behind the last. */
bool pcow_export_case_next(struct pcow_export_case *which, const struct pcow_dataset *set);

/* Does the file have a figure there? */
bool pcow_export_has_figure(const struct pcow_series *series, size_t file);

/* The metric's series that has a figure of the file, or NULL. */
const struct pcow_series *pcow_export_figure(const struct pcow_export_case *which,
					     const char *metric, size_t file);

/* A series of the case's headline: net, or latency where the case has no net; or NULL. */
const struct pcow_series *pcow_export_headline(const struct pcow_export_case *which);

/* The headline's series that has a figure of the file, or NULL. */
const struct pcow_series *pcow_export_headline_figure(const struct pcow_export_case *which,
						      size_t file);

/* A cell that tells the case's status in the file; NULL where the file has no such case. */
const struct pcow_cell *pcow_export_state(const struct pcow_export_case *which, size_t file);

/* Operations in a sample of the file, at least 1. */
long long pcow_export_operations(const struct pcow_export_case *which, size_t file);

/* "fork/anon/page:base/size:16M", for a @separator of ':'. */
void pcow_export_name_format(char *buf, size_t size, const struct pcow_series *series,
			     char separator);

/* "base", "16M", "64" */
void pcow_export_value_format(char *buf, size_t size, const struct pcow_value *value);

/* What a unit is per: "page" of "ns/page"; "" of "bytes". */
const char *pcow_export_per(const char *unit);

bool pcow_export_ends_with(const char *text, const char *end);

/* "2026-01-01T00:00:02.619416962Z" (RFC 3339); and when a file was begun. */
void pcow_export_time_format(char *buf, size_t size, uint64_t ns);
json_t *pcow_export_time_json(const struct pcow_file *file);

#endif
