/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a series' case is named, and found by that name.
 */
#include "analysis.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

void pcow_series_case_format(char *buf, size_t size, const struct pcow_series *series)
{
	size_t used = (size_t)snprintf(buf, size, "%s", series->scenario);

	if (!series->nr_params || used + 2 >= size)
		return;
	buf[used++] = ' ';
	pcow_params_format(buf + used, size - used, series->params, series->nr_params);
}

static int compare_cases(const struct pcow_series *a, const struct pcow_series *b)
{
	int order = strcmp(a->scenario, b->scenario);

	return order ? order
		     : pcow_params_compare(a->params, a->nr_params, b->params, b->nr_params);
}

bool pcow_series_same_case(const struct pcow_series *a, const struct pcow_series *b)
{
	return compare_cases(a, b) == 0;
}

bool pcow_series_matches(const struct pcow_series *series, const char *pattern)
{
	char name[512];

	if (fnmatch(pattern, series->scenario, 0) == 0)
		return true;
	pcow_series_case_format(name, sizeof(name), series);
	return fnmatch(pattern, name, 0) == 0;
}

bool pcow_metric_is_fitted(const char *metric)
{
	return strcmp(metric, "slope") == 0 || strcmp(metric, "intercept") == 0;
}

struct pcow_line *pcow_lines_over(const struct pcow_comparison *comparison,
				  const struct pcow_series *part, size_t without, size_t *n)
{
	struct pcow_value params[PCOW_RESULT_PARAMS_MAX];
	struct pcow_series key = { .params = params };
	size_t first = 0, end = comparison->nr_lines;

	strcpy(key.scenario, part->scenario);
	for (size_t i = 0; i < part->nr_params; i++)
		if (i != without)
			params[key.nr_params++] = part->params[i];
	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (compare_cases(comparison->lines[middle].series, &key) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	while (end < comparison->nr_lines &&
	       compare_cases(comparison->lines[end].series, &key) == 0)
		end++;
	*n = end - first;
	return comparison->lines + first;
}
