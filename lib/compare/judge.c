/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule: both sides have to be shown.  A line fails when its change is shown
 * to be more than what matters, whatever else the family holds; it passes when
 * its change is shown to be less; between nobody knows yet.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* On neither side of the minimum effect for sure enough. */
static enum pcow_verdict judge_small(const struct pcow_change *change, bool changed)
{
	if (changed && change->low > 0.0)
		return change->high <= change->effect ? PCOW_WORSE_SMALL : PCOW_LIKELY_WORSE;
	if (changed && change->high < 0.0)
		return change->low >= -change->effect ? PCOW_BETTER_SMALL : PCOW_LIKELY_BETTER;
	if (change->high <= change->effect)
		return change->low >= -change->effect ? PCOW_SAME : PCOW_NO_WORSE;
	return PCOW_UNCLEAR;
}

/* Boots that are one observation are all evidence there is: as they say. */
static enum pcow_verdict judge_counted(const struct pcow_change *change)
{
	if (change->low > change->effect)
		return PCOW_WORSE;
	if (change->high < -change->effect)
		return PCOW_BETTER;
	return judge_small(change, true);
}

static enum pcow_verdict judge(const struct pcow_change *change, const struct pcow_policy *policy)
{
	bool beyond = change->q <= policy->alarms;

	/* Without a minimum effect there is no better and no worse, but the same there is. */
	if (isnan(change->effect) && change->low >= 0.0 && change->high <= 0.0)
		return PCOW_SAME;
	if (isnan(change->effect))
		return PCOW_UNCLEAR;
	if (change->deterministic)
		return judge_counted(change);
	if (change->n < policy->boots)
		return PCOW_TOO_FEW;
	if (beyond && change->low > change->effect)
		return PCOW_WORSE;
	if (beyond && change->high < -change->effect)
		return PCOW_BETTER;
	return judge_small(change, change->q_any <= 1.0 - policy->confidence);
}

static void explain_open(struct pcow_change *change)
{
	char effect[32];

	snprintf(effect, sizeof(effect), change->is_relative ? "%.3g %%" : "%.3g",
		 change->is_relative ? 100.0 * change->effect : change->effect);
	if (isnan(change->effect))
		snprintf(change->why, sizeof(change->why),
			 "values of 0 or less have no share that matters");
	else if (change->deterministic)
		snprintf(change->why, sizeof(change->why),
			 "counted boots that ought to be equal differ on both sides of %s", effect);
	else if (change->boots_needed > change->n)
		snprintf(change->why, sizeof(change->why),
			 "if nothing changed, %zu%s boots a group would tell %s",
			 change->boots_needed,
			 change->boots_needed == PCOW_BOOTS_MAX ? " or more" : "", effect);
	else
		snprintf(change->why, sizeof(change->why),
			 "the change is near the minimum effect: more boots may not settle it");
}

static void explain(struct pcow_change *change, const struct pcow_policy *policy)
{
	if (change->verdict == PCOW_TOO_FEW) {
		snprintf(change->why, sizeof(change->why), "%zu %s%s a group; judged from %zu on",
			 change->n, change->paired ? "pair" : "boot", change->n == 1 ? "" : "s",
			 policy->boots);
	} else if (change->verdict == PCOW_UNCLEAR || change->verdict == PCOW_LIKELY_WORSE) {
		explain_open(change);
	}
}

int pcow_changes_judge(struct pcow_change **changes, size_t n, const struct pcow_policy *policy)
{
	double *p = calloc(2 * n + 1, sizeof(*p));
	double *q = calloc(2 * n + 1, sizeof(*q));
	size_t *order = calloc(n + 1, sizeof(*order));
	int ret = p && q && order ? 0 : -ENOMEM;

	for (size_t i = 0; !ret && i < n; i++) {
		p[i] = changes[i]->p;
		p[n + i] = changes[i]->p_any;
	}
	if (!ret) {
		pcow_holm_adjust(p, q, n, order);
		pcow_bh_adjust(p + n, q + n, n, order);
	}
	for (size_t i = 0; !ret && i < n; i++) {
		changes[i]->q = q[i];
		changes[i]->q_any = q[n + i];
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
		[PCOW_BETTER_SMALL] = "better below the minimum",
		[PCOW_WORSE_SMALL] = "worse below the minimum",
		[PCOW_LIKELY_BETTER] = "likely better",
		[PCOW_LIKELY_WORSE] = "likely worse",
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
	case PCOW_BETTER_SMALL:
	case PCOW_LIKELY_BETTER:
	case PCOW_WORSE_SMALL:
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
