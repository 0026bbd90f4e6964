/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host settings that cases ask for: changed for the run, put back by platform. */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/page.h>

/*
 * The host gets hugetlb pages once, for the case that wants most of them: keep
 * the largest number that is asked of a file, any word as it is.
 */
static int note(struct pcow_page_demand **demands, size_t *n, const struct pcow_page_demand *demand)
{
	struct pcow_page_demand *grown;

	for (size_t i = 0; i < *n; i++) {
		struct pcow_page_demand *known = &(*demands)[i];

		if (strcmp(known->path, demand->path))
			continue;
		if (strtoull(demand->value, NULL, 10) > strtoull(known->value, NULL, 10))
			*known = *demand;
		return 0;
	}
	grown = reallocarray(*demands, *n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[(*n)++] = *demand;
	*demands = grown;
	return 0;
}

static int change(struct pcow_engine *engine, const struct pcow_page_demand *demands, size_t n,
		  struct pcow_error *err)
{
	int ret = n ? pcow_settings_open(&engine->settings, err) : 0;

	for (size_t i = 0; i < n && !ret; i++) {
		ret = pcow_settings_change(engine->settings, demands[i].path, demands[i].value,
					   err);
		/* Fewer hugetlb pages than asked: the cases that lack them are skipped. */
		if (ret == -ENOMEM)
			ret = 0;
	}
	return ret;
}

int pcow_prepare(struct pcow_engine *engine, struct pcow_error *err)
{
	struct pcow_page_demand *demands = NULL;
	struct pcow_page_demand demand;
	size_t n = 0;
	int ret = 0;

	for (size_t i = 0; i < engine->plan.nr_cases && !ret; i++) {
		pcow_case_check(&engine->plan.cases[i], &demand);
		if (engine->config.prepare && demand.path[0])
			ret = note(&demands, &n, &demand);
	}
	if (!ret)
		ret = change(engine, demands, n, err);
	for (size_t i = 0; i < engine->plan.nr_cases && n && !ret; i++)
		pcow_case_check(&engine->plan.cases[i], NULL);
	free(demands);
	return ret;
}
