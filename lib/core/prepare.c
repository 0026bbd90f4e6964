/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a case asks of the host: settings are changed before it, and put back by
 * platform; for want of the rest it is skipped. */
#include "engine.h"

#include <errno.h>
#include <stdio.h>

#include <pincow/need.h>
#include <pincow/page.h>
#include <pincow/root.h>

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

static int change(struct pcow_engine *engine, const char *path, const char *value,
		  struct pcow_error *err)
{
	int ret = 0;

	if (!engine->fixtures)
		ret = pcow_fixtures_open(&engine->fixtures, err);
	if (!ret)
		ret = pcow_fixture_setting(engine->fixtures, path, value, err);
	/* Fewer hugetlb pages than asked: the case is skipped for want of them. */
	return ret == -ENOMEM ? 0 : ret;
}

static int prepare_pages(struct pcow_engine *engine, struct pcow_case *case_,
			 struct pcow_error *err)
{
	struct pcow_page_demands demands;
	int ret = 0;

	pcow_case_check(case_, &demands);
	if (!engine->config.prepare || !demands.n)
		return 0;
	for (size_t i = 0; i < demands.n && !ret; i++)
		ret = change(engine, demands.list[i].path, demands.list[i].value, err);
	if (!ret)
		pcow_case_check(case_, NULL);
	return ret;
}

static int prepare_needs(struct pcow_engine *engine, struct pcow_case *case_,
			 struct pcow_error *err)
{
	const struct pcow_need *need, *changed = NULL;
	struct pcow_lack lack;
	struct pcow_root root;
	int ret = pcow_root_open(&root, "/", err);

	if (ret)
		return ret;
	need = pcow_case_lacks(case_, &root, &lack);
	/* One that its setting did not bring about is not met by setting it again. */
	while (engine->config.prepare && need && need != changed && *lack.path && !ret) {
		ret = change(engine, lack.path, lack.value, err);
		changed = need;
		need = pcow_case_lacks(case_, &root, &lack);
	}
	if (need)
		pcow_case_skip(case_, &lack);
	pcow_root_close(&root);
	return ret;
}

/*
 * Case by case, as they contradict each other: one mTHP size wants off what
 * another wants on.  Everything goes back at the end of the run.
 */
int pcow_prepare(struct pcow_engine *engine, struct pcow_case *case_, struct pcow_error *err)
{
	int ret = prepare_pages(engine, case_, err);

	return ret || *case_->reason ? ret : prepare_needs(engine, case_, err);
}
