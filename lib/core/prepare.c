/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host settings that a case asks for: changed before it, put back by platform. */
#include "engine.h"

#include <errno.h>
#include <stdio.h>

#include <pincow/page.h>

int pcow_prepare_begin(const struct pcow_config *config, struct pcow_error *err)
{
	unsigned int restored;
	int ret;

	if (!config->prepare)
		return 0;
	ret = pcow_fixtures_ready(&restored, err);
	if (!ret && restored)
		fprintf(stderr,
			"pincow: %u changes to the host that a killed run left are undone\n",
			restored);
	return ret;
}

/*
 * Case by case, as they contradict each other: one mTHP size wants off what
 * another wants on.  Everything goes back at the end of the run.
 */
int pcow_prepare(struct pcow_engine *engine, struct pcow_case *case_, struct pcow_error *err)
{
	struct pcow_page_demands demands;
	int ret = 0;

	pcow_case_check(case_, &demands);
	if (!engine->config.prepare || !demands.n)
		return 0;
	if (!engine->fixtures)
		ret = pcow_fixtures_open(&engine->fixtures, err);
	for (size_t i = 0; i < demands.n && !ret; i++) {
		ret = pcow_fixture_setting(engine->fixtures, demands.list[i].path,
					   demands.list[i].value, err);
		/* Fewer hugetlb pages than asked: the case is skipped for want of them. */
		if (ret == -ENOMEM)
			ret = 0;
	}
	if (!ret)
		pcow_case_check(case_, NULL);
	return ret;
}
