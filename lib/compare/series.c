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

bool pcow_series_same_case(const struct pcow_series *a, const struct pcow_series *b)
{
	return strcmp(a->scenario, b->scenario) == 0 &&
	       pcow_params_compare(a->params, a->nr_params, b->params, b->nr_params) == 0;
}

bool pcow_series_matches(const struct pcow_series *series, const char *pattern)
{
	char name[512];

	if (fnmatch(pattern, series->scenario, 0) == 0)
		return true;
	pcow_series_case_format(name, sizeof(name), series);
	return fnmatch(pattern, name, 0) == 0;
}

bool pcow_series_is_of_case(const struct pcow_series *series, const struct pcow_series *line)
{
	if (strcmp(series->scenario, line->scenario) != 0)
		return false;
	for (size_t i = 0; i < line->nr_params; i++) {
		bool found = false;

		for (size_t j = 0; j < series->nr_params; j++)
			found |= pcow_params_compare(&line->params[i], 1, &series->params[j], 1) ==
				 0;
		if (!found)
			return false;
	}
	return true;
}
