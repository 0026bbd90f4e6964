/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenarios that are linked in, found by the bounds of their section. */
#include <pincow/worker.h>

#include <stdlib.h>
#include <string.h>

/* Made by the linker for a section whose name is a C identifier. */
extern const struct pcow_scenario *const __start_pcow_scenarios[];
extern const struct pcow_scenario *const __stop_pcow_scenarios[];

size_t pcow_scenario_count(void)
{
	return (size_t)(__stop_pcow_scenarios - __start_pcow_scenarios);
}

static int compare_name(const void *a, const void *b)
{
	const struct pcow_scenario *const *x = a;
	const struct pcow_scenario *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

const struct pcow_scenario *pcow_scenario_at(size_t index)
{
	static const struct pcow_scenario **sorted;
	size_t n = pcow_scenario_count();

	/* The section is in link order, which means nothing to a reader. */
	if (!sorted) {
		sorted = malloc(n * sizeof(*sorted));
		if (!sorted)
			abort();
		memcpy(sorted, __start_pcow_scenarios, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), compare_name);
	}
	return index < n ? sorted[index] : NULL;
}

const struct pcow_scenario *pcow_scenario_find(const char *name)
{
	for (size_t i = 0; i < pcow_scenario_count(); i++)
		if (strcmp(pcow_scenario_at(i)->name, name) == 0)
			return pcow_scenario_at(i);
	return NULL;
}
