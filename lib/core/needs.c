/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The needs of scenarios, and of cases whose parameters say how much. */
#include "engine.h"

#include <stdio.h>

#include <pincow/need.h>
#include <pincow/root.h>

static uint64_t times(const struct pcow_case *case_, const struct pcow_need *need)
{
	const struct pcow_value *value = need->times ? pcow_case_value(case_, need->times) : NULL;

	return value ? value->number : 0;
}

static enum pcow_met check(const struct pcow_case *case_, const struct pcow_root *root,
			   const struct pcow_need *need, struct pcow_lack *lack)
{
	return pcow_need_check(need, root, times(case_, need), lack);
}

const struct pcow_need *pcow_case_lacks(const struct pcow_case *case_, const struct pcow_root *root,
					const struct pcow_need *from, struct pcow_lack *lack)
{
	for (const struct pcow_need *need = from; need && need->kind; need++)
		if (check(case_, root, need, lack) == PCOW_UNMET)
			return need;
	return NULL;
}

void pcow_case_skip(struct pcow_case *case_, const struct pcow_lack *lack)
{
	snprintf(case_->reason, sizeof(case_->reason), "%s", lack->reason);
	snprintf(case_->remedy, sizeof(case_->remedy), "%s", lack->remedy);
}

/* Does the host answer to both the same?  Then it is asked once: a plan has thousands. */
static bool ask_the_same(const struct pcow_case *a, const struct pcow_case *b)
{
	if (a->scenario != b->scenario)
		return false;
	for (const struct pcow_need *need = a->scenario->needs; need && need->kind; need++)
		if (times(a, need) != times(b, need))
			return false;
	return true;
}

void pcow_plan_check_needs(struct pcow_plan *plan, bool prepare)
{
	const struct pcow_case *asked = NULL;
	const struct pcow_need *lacks = NULL;
	struct pcow_lack lack;
	struct pcow_root root;

	if (pcow_root_open(&root, "/", NULL))
		return;
	for (size_t i = 0; i < plan->nr_cases; i++) {
		struct pcow_case *c = &plan->cases[i];

		if (*c->reason)
			continue;
		if (!asked || !ask_the_same(asked, c))
			lacks = pcow_case_lacks(c, &root, c->scenario->needs, &lack);
		asked = c;
		/* What follows a setting that will be changed may hang on it. */
		if (lacks && !(prepare && *lack.path))
			pcow_case_skip(c, &lack);
	}
	pcow_root_close(&root);
}

enum pcow_met pcow_scenario_check(const struct pcow_scenario *scenario,
				  const struct pcow_root *root, struct pcow_lack *lack)
{
	const struct pcow_case least = { .scenario = scenario };
	enum pcow_met met = PCOW_MET;

	for (const struct pcow_need *need = scenario->needs; need && need->kind; need++) {
		enum pcow_met one = check(&least, root, need, lack);

		if (one == PCOW_UNMET)
			return one;
		if (one == PCOW_MET_UNKNOWN)
			met = one;
	}
	if (root->live &&
	    !pcow_scenario_runnable(scenario, lack->reason, lack->remedy, sizeof(lack->reason)))
		return PCOW_UNMET;
	return met;
}
