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

/* The scenario's, then those of the pinner that a parameter names. */
#define NEEDS_OF 2

static const struct pcow_need *needs_of(const struct pcow_case *case_, int of)
{
	const struct pcow_scenario *scenario = case_->scenario;

	if (of == 0)
		return scenario->needs;
	for (const struct pcow_param *p = scenario->params; p && p->name; p++) {
		const struct pcow_value *value = pcow_case_value(case_, p->name);

		if (p->kind == PCOW_PARAM_PINNER && value && pcow_pinner_find(value->text))
			return pcow_pinner_find(value->text)->needs;
	}
	return NULL;
}

const struct pcow_need *pcow_case_lacks(const struct pcow_case *case_, const struct pcow_root *root,
					struct pcow_lack *lack)
{
	for (int of = 0; of < NEEDS_OF; of++)
		for (const struct pcow_need *n = needs_of(case_, of); n && n->kind; n++)
			if (check(case_, root, n, lack) == PCOW_UNMET)
				return n;
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
	for (int of = 0; of < NEEDS_OF; of++) {
		if (needs_of(a, of) != needs_of(b, of))
			return false;
		for (const struct pcow_need *n = needs_of(a, of); n && n->kind; n++)
			if (times(a, n) != times(b, n))
				return false;
	}
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
			lacks = pcow_case_lacks(c, &root, &lack);
		asked = c;
		/* What follows a setting that will be changed may hang on it. */
		if (lacks && !(prepare && *lack.path))
			pcow_case_skip(c, &lack);
	}
	pcow_root_close(&root);
}

bool pcow_scenario_needs(const struct pcow_scenario *scenario, size_t index,
			 const struct pcow_need **needs, const struct pcow_pinner **pinner)
{
	*needs = scenario->needs;
	*pinner = NULL;
	for (size_t i = 0; index && i < pcow_pinner_count(); i++) {
		*pinner = pcow_pinner_at(i);
		*needs = (*pinner)->needs;
		index -= pcow_scenario_takes(scenario, *pinner);
	}
	return index == 0;
}

static enum pcow_met check_all(const struct pcow_scenario *scenario, const struct pcow_root *root,
			       const struct pcow_need *needs, struct pcow_lack *lack)
{
	const struct pcow_case least = { .scenario = scenario };
	enum pcow_met met = PCOW_MET;

	*lack = (struct pcow_lack){ .reason = "" };
	for (const struct pcow_need *need = needs; need && need->kind; need++) {
		enum pcow_met one = check(&least, root, need, lack);

		if (one == PCOW_UNMET)
			return one;
		if (one == PCOW_MET_UNKNOWN)
			met = one;
	}
	return met;
}

/* Of pinners one will do. */
enum pcow_met pcow_scenario_check(const struct pcow_scenario *scenario,
				  const struct pcow_root *root, struct pcow_lack *lack)
{
	enum pcow_met met = check_all(scenario, root, scenario->needs, lack);
	enum pcow_met pinners = PCOW_UNMET;
	const struct pcow_pinner *pinner;
	const struct pcow_need *needs;
	size_t i = 1;

	for (; met == PCOW_MET && pcow_scenario_needs(scenario, i, &needs, &pinner); i++) {
		enum pcow_met one = check_all(scenario, root, needs, lack);

		if (one == PCOW_MET)
			return PCOW_MET;
		if (one == PCOW_MET_UNKNOWN)
			pinners = one;
	}
	return met == PCOW_MET && i > 1 ? pinners : met;
}
