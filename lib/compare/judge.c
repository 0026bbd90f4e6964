/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule: a change counts when it is significant within its family and
 * larger than what matters; it is ruled out when its interval says so; else
 * nobody knows yet.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static enum pcow_verdict judge(const struct pcow_change *change, const struct pcow_policy *policy)
{
	bool significant = change->q <= policy->fdr;

	if (change->n < policy->boots)
		return PCOW_TOO_FEW;
	if (!change->is_relative)
		return change->low >= 0.0 && change->high <= 0.0 ? PCOW_SAME : PCOW_UNCLEAR;
	if (significant && change->shift > change->effect && change->low > 0.0)
		return PCOW_WORSE;
	if (significant && change->shift < -change->effect && change->high < 0.0)
		return PCOW_BETTER;
	if (change->high <= change->effect)
		return change->low >= -change->effect ? PCOW_SAME : PCOW_NO_WORSE;
	return PCOW_UNCLEAR;
}

static void explain(struct pcow_change *change, const struct pcow_policy *policy)
{
	if (change->verdict == PCOW_TOO_FEW) {
		if (change->boots_needed < policy->boots)
			change->boots_needed = policy->boots;
		snprintf(change->why, sizeof(change->why), "%zu %s%s a group; judged from %zu on",
			 change->n, change->paired ? "pair" : "boot", change->n == 1 ? "" : "s",
			 policy->boots);
	} else if (change->verdict == PCOW_UNCLEAR && !change->is_relative) {
		snprintf(change->why, sizeof(change->why),
			 "values of 0 or less have no share that matters");
	} else if (change->verdict == PCOW_UNCLEAR && change->boots_needed > change->n) {
		snprintf(change->why, sizeof(change->why), "%zu%s boots a group would tell %.3g %%",
			 change->boots_needed,
			 change->boots_needed == PCOW_BOOTS_MAX ? " or more" : "",
			 100.0 * change->effect);
	} else if (change->verdict == PCOW_UNCLEAR) {
		snprintf(change->why, sizeof(change->why),
			 "the change is near the minimum effect: more boots may not settle it");
	}
}

int pcow_changes_judge(struct pcow_change **changes, size_t n, const struct pcow_policy *policy)
{
	double *p = calloc(n + 1, sizeof(*p));
	double *q = calloc(n + 1, sizeof(*q));
	size_t *order = calloc(n + 1, sizeof(*order));
	int ret = p && q && order ? 0 : -ENOMEM;

	for (size_t i = 0; !ret && i < n; i++)
		p[i] = changes[i]->p;
	if (!ret)
		pcow_bh_adjust(p, q, n, order);
	for (size_t i = 0; !ret && i < n; i++) {
		changes[i]->q = q[i];
		changes[i]->verdict = judge(changes[i], policy);
		explain(changes[i], policy);
	}
	free(p);
	free(q);
	free(order);
	return ret;
}

double pcow_change_size(const struct pcow_change *change)
{
	if (!change->is_relative || !isfinite(change->shift))
		return 0.0;
	return change->shift > -1.0 ? fabs(log1p(change->shift)) : INFINITY;
}

const char *pcow_verdict_name(enum pcow_verdict verdict)
{
	static const char *const names[PCOW_NR_VERDICTS] = {
		[PCOW_SAME] = "same",
		[PCOW_BETTER] = "better",
		[PCOW_WORSE] = "worse",
		[PCOW_NO_WORSE] = "no worse",
		[PCOW_UNCLEAR] = "unclear",
		[PCOW_TOO_FEW] = "too few boots",
		[PCOW_OTHER_WORK] = "other work",
		[PCOW_WORK_SAME] = "same work",
		[PCOW_WORK_CHANGED] = "work changed",
		[PCOW_BROKEN] = "broken claim",
		[PCOW_MISSING] = "missing",
	};

	return names[verdict];
}

enum pcow_gate pcow_verdict_gate(enum pcow_verdict verdict)
{
	switch (verdict) {
	case PCOW_SAME:
	case PCOW_BETTER:
	case PCOW_NO_WORSE:
	case PCOW_WORK_SAME:
		return PCOW_PASS;
	case PCOW_WORSE:
	case PCOW_BROKEN:
		return PCOW_FAIL;
	default:
		return PCOW_INCONCLUSIVE;
	}
}

const char *pcow_gate_name(enum pcow_gate gate)
{
	static const char *const names[] = {
		[PCOW_PASS] = "PASS",
		[PCOW_FAIL] = "FAIL",
		[PCOW_INCONCLUSIVE] = "INCONCLUSIVE",
	};

	return names[gate];
}
