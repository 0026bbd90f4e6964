/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What programs are told of an arm and of a change.
 */
#include "compare/analysis.h"

#include <stddef.h>

#define ARM(member)    offsetof(struct pcow_arm, member)
#define CHANGE(member) offsetof(struct pcow_change, member)

const struct pcow_field pcow_arm_fields[] = {
	{ "n", PCOW_FIELD_COUNT, ARM(n), "boots that have a figure" },
	{ "median", PCOW_FIELD_REAL, ARM(median), "over the boots" },
	{ "low", PCOW_FIELD_REAL, ARM(low), "confidence interval of their mean: its low end" },
	{ "high", PCOW_FIELD_REAL, ARM(high), "and its high one" },
	{ "present", PCOW_FIELD_BOOL, ARM(present), "a boot has the case" },
	{ "lost", PCOW_FIELD_COUNT, ARM(nr_lost), "boots that have no figure to judge by" },
	{ "invalid_fraction", PCOW_FIELD_REAL, ARM(invalid_fraction),
	  "of the samples, in the worst boot" },
	{ .name = NULL },
};

const struct pcow_field pcow_change_fields[] = {
	{ "n", PCOW_FIELD_COUNT, CHANGE(n), "pairs of boots, or boots of the smaller group" },
	{ "paired", PCOW_FIELD_BOOL, CHANGE(paired), "by blocks" },
	{ "relative", PCOW_FIELD_BOOL, CHANGE(is_relative),
	  "changes are fractions of the base (0.021 for +2.1 %); else differences in `unit`, as "
	  "where the base is 0" },
	{ "deterministic", PCOW_FIELD_BOOL, CHANGE(deterministic),
	  "counted instructions: boots are equal by construction and count as one; no `p`, `q` and "
	  "`noise`, and `low` and `high` are the range of the boots" },
	{ "change", PCOW_FIELD_REAL, CHANGE(shift),
	  "ratio of geometric means less 1, odd boots aside" },
	{ "low", PCOW_FIELD_REAL, CHANGE(low), "its interval by t: the low end, at `confidence`" },
	{ "high", PCOW_FIELD_REAL, CHANGE(high), "and its high one" },
	{ "rank_change", PCOW_FIELD_REAL, CHANGE(rank.estimate),
	  "Hodges-Lehmann estimate of all boots" },
	{ "rank_low", PCOW_FIELD_REAL, CHANGE(rank.low), "its own interval: the low end" },
	{ "rank_high", PCOW_FIELD_REAL, CHANGE(rank.high), "and the high one" },
	{ "rank_p", PCOW_FIELD_REAL, CHANGE(rank.p), "that there is no change, two-sided" },
	{ "rank_confidence", PCOW_FIELD_REAL, CHANGE(rank.confidence),
	  "that the interval reaches" },
	{ "p", PCOW_FIELD_REAL, CHANGE(p),
	  "that the change is no more than `effect`, one-sided, by t" },
	{ "q", PCOW_FIELD_REAL, CHANGE(q), "`p` by Holm over the family" },
	{ "q_any", PCOW_FIELD_REAL, CHANGE(q_any),
	  "that there is no change, two-sided; by Benjamini and Hochberg" },
	{ "noise", PCOW_FIELD_REAL, CHANGE(noise),
	  "what two groups like the base differ by (A/A), as a fraction; null where the base is "
	  "0" },
	{ "effect", PCOW_FIELD_REAL, CHANGE(effect),
	  "minimum effect of interest, as a fraction; of memory without one, in `unit`; else "
	  "null" },
	{ "detectable", PCOW_FIELD_REAL, CHANGE(detectable),
	  "as `effect`: the least change that fails with the policy's `power`, with these boots" },
	{ "boots_needed", PCOW_FIELD_COUNT_OR_NONE, CHANGE(boots_needed),
	  "a group, for the whole family to pass with the policy's `power` if nothing changed, as "
	  "far as this line goes; no fewer than are judged, which is all that is known of one "
	  "boot" },
	{ "gated", PCOW_FIELD_BOOL, CHANGE(gated), "in the family that `gate` judges" },
	{ "verdict", PCOW_FIELD_VERDICT, CHANGE(verdict), "" },
	{ "why", PCOW_FIELD_TEXT, CHANGE(why),
	  "one line where the verdict needs one; else `\"\"`" },
	{ .name = NULL },
};
