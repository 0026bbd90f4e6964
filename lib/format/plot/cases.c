/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases that differ in numbers alone: figures with room for one show the largest.
 */
#include "plot/data.h"

#include <string.h>

bool pcow_is_fault(const char *scenario)
{
	return !strncmp(scenario, "fault/", strlen("fault/"));
}

bool pcow_params_same_but_numbers(const struct pcow_value *a, size_t nr_a,
				  const struct pcow_value *b, size_t nr_b)
{
	if (nr_a != nr_b)
		return false;
	for (size_t i = 0; i < nr_a; i++) {
		if (strcmp(a[i].name, b[i].name) || a[i].is_number != b[i].is_number ||
		    (!a[i].is_number && strcmp(a[i].text, b[i].text)))
			return false;
	}
	return true;
}

bool pcow_params_larger_numbers(const struct pcow_value *a, const struct pcow_value *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i].number != b[i].number)
			return a[i].number > b[i].number;
	}
	return false;
}
