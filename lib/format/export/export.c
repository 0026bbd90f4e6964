/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the outputs of `pincow export` share.
 */
#include "export/export.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include <pincow/units.h>

#include "compare/analysis.h"

#define NS_PER_S 1000000000

/* ------------------------------------------------------------------- cases */

bool pcow_export_case_next(struct pcow_export_case *which, const struct pcow_dataset *set)
{
	const struct pcow_series *end = set->series + set->nr_series;
	const struct pcow_series *first = which->series ? which->series + which->nr_series
							: set->series;
	size_t n = 0;

	while (first + n < end && pcow_series_same_case(first, first + n))
		n++;
	*which = (struct pcow_export_case){ .series = first, .nr_series = n };
	return n > 0;
}

bool pcow_export_has_figure(const struct pcow_series *series, size_t file)
{
	const struct pcow_cell *cell = &series->cells[file];

	return cell->n && isfinite(cell->value) && isfinite(cell->low) && isfinite(cell->high);
}

const struct pcow_series *pcow_export_figure(const struct pcow_export_case *which,
					     const char *metric, size_t file)
{
	for (size_t i = 0; i < which->nr_series; i++) {
		const struct pcow_series *series = &which->series[i];

		/* In a set of two clocks a metric has two series. */
		if (!strcmp(series->metric, metric) && pcow_export_has_figure(series, file))
			return series;
	}
	return NULL;
}

const struct pcow_series *pcow_export_headline(const struct pcow_export_case *which)
{
	const struct pcow_series *headline = NULL;

	for (size_t i = 0; i < which->nr_series; i++) {
		if (!strcmp(which->series[i].metric, "net"))
			return &which->series[i];
		if (!strcmp(which->series[i].metric, "latency"))
			headline = &which->series[i];
	}
	return headline;
}

const struct pcow_series *pcow_export_headline_figure(const struct pcow_export_case *which,
						      size_t file)
{
	const struct pcow_series *headline = pcow_export_headline(which);

	return headline ? pcow_export_figure(which, headline->metric, file) : NULL;
}

const struct pcow_cell *pcow_export_state(const struct pcow_export_case *which, size_t file)
{
	for (size_t i = 0; i < which->nr_series; i++) {
		if (which->series[i].cells[file].present)
			return &which->series[i].cells[file];
	}
	return NULL;
}

long long pcow_export_operations(const struct pcow_export_case *which, size_t file)
{
	const struct pcow_series *ops = pcow_export_figure(which, "ops", file);

	return ops && ops->cells[file].value > 1.0 ? llround(ops->cells[file].value) : 1;
}

/* ------------------------------------------------------------------- texts */

void pcow_export_value_format(char *buf, size_t size, const struct pcow_value *value)
{
	if (!value->is_number)
		snprintf(buf, size, "%s", value->text);
	else if (!strcmp(value->name, "size"))
		pcow_bytes_format(buf, size, value->number);
	else
		snprintf(buf, size, "%" PRIu64, value->number);
}

void pcow_export_name_format(char *buf, size_t size, const struct pcow_series *series,
			     char separator)
{
	char value[PCOW_RESULT_NAME_MAX];
	size_t used = (size_t)snprintf(buf, size, "%s", series->scenario);

	for (size_t i = 0; i < series->nr_params && used < size; i++) {
		pcow_export_value_format(value, sizeof(value), &series->params[i]);
		used += (size_t)snprintf(buf + used, size - used, "/%s%c%s", series->params[i].name,
					 separator, value);
	}
}

const char *pcow_export_per(const char *unit)
{
	const char *slash = strchr(unit, '/');

	return slash ? slash + 1 : "";
}

bool pcow_export_ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && !strcmp(text + length - end_length, end);
}

void pcow_export_time_format(char *buf, size_t size, uint64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	struct tm tm;
	size_t used;

	gmtime_r(&seconds, &tm);
	used = strftime(buf, size, "%FT%T", &tm);
	snprintf(buf + used, size - used, ".%09" PRIu64 "Z", ns % NS_PER_S);
}

json_t *pcow_export_time_json(const struct pcow_file *file)
{
	char text[PCOW_EXPORT_TIME_SIZE];

	pcow_export_time_format(text, sizeof(text), file->header.created_ns);
	return json_string(text);
}
