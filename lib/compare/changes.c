/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison's changes: which boots face which, what cannot be compared and
 * why, and what belongs to the gated family.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts of work that differ by more are other work: claims are held to as much. */
#define WORK_SLACK 0.01

/* A difference of two weights is known to twice the coarsest resolution, which is
 * that of slabs: 32 KiB. */
#define LEAST_BYTES 65536.0
#define LEAST_PAGES 16.0

/* Boots of a block stand beside each other; the slowest hosts take hours for one. */
#define PAIR_MOST_NS (24 * 3600 * UINT64_C(1000000000))

/* A slope is the figure of a line: what lies off it is explained by something else. */
#define R2_LEAST 0.9

/* ------------------------------------------------------------------- pairs */

static const struct pcow_boot *find_block(const struct pcow_group *group, uint64_t block)
{
	const struct pcow_boot *found = NULL;

	for (size_t i = 0; i < group->nr_boots; i++) {
		if (group->boots[i].block != block)
			continue;
		if (found)
			return NULL;
		found = &group->boots[i];
	}
	return found;
}

/* The one boot of @other that was made beside @boot of @group: of its block, on its
 * host; NULL where there is none, or more than one of either. */
static const struct pcow_boot *partner(const struct pcow_group *group, const struct pcow_boot *boot,
				       const struct pcow_group *other)
{
	const struct pcow_boot *found = boot->block ? find_block(other, boot->block) : NULL;

	if (!found || find_block(group, boot->block) != boot ||
	    strcmp(pcow_file_hostname(found->files[0]), pcow_file_hostname(boot->files[0])) != 0)
		return NULL;
	return found;
}

static size_t count_pairs(const struct pcow_group *base, const struct pcow_group *other)
{
	size_t n = 0;

	for (size_t i = 0; i < base->nr_boots; i++)
		n += partner(base, &base->boots[i], other) != NULL;
	return n;
}

/* Pairs tell more than boots do, but not where more are left out than may be lost. */
static bool are_enough(size_t pairs, size_t nr_base, size_t nr_other,
		       const struct pcow_policy *policy)
{
	size_t most = nr_base > nr_other ? nr_base : nr_other;

	return pairs > 1 &&
	       (pairs == most ||
		(pairs >= policy->boots && (double)(most - pairs) <= policy->lost * (double)most));
}

static bool has_blocks(const struct pcow_group *group)
{
	for (size_t i = 0; i < group->nr_boots; i++) {
		if (group->boots[i].block)
			return true;
	}
	return false;
}

/* Pairs that hardly were made beside each other, as far as their files tell. */
static size_t count_far(const struct pcow_group *base, const struct pcow_group *other)
{
	size_t n = 0;

	for (size_t i = 0; i < base->nr_boots; i++) {
		const struct pcow_boot *boot = partner(base, &base->boots[i], other);
		uint64_t a = base->boots[i].files[0]->header.created_ns;
		uint64_t b = boot ? boot->files[0]->header.created_ns : 0;

		n += a && b && (a > b ? a - b : b - a) > PAIR_MOST_NS;
	}
	return n;
}

static int note_pairs(struct pcow_analysis *analysis, const struct pcow_group *base,
		      const struct pcow_group *other)
{
	size_t pairs = count_pairs(base, other), far = count_far(base, other);

	if (!are_enough(pairs, base->nr_boots, other->nr_boots, analysis->policy))
		return pcow_analysis_note(analysis,
					  "%s and %s are not paired: %zu of %zu and %zu boots have "
					  "one of the other in their block, on their host",
					  base->name, other->name, pairs, base->nr_boots,
					  other->nr_boots);
	if (far &&
	    pcow_analysis_note(analysis,
			       "%zu of %zu pairs of %s and %s were measured more than a day apart: "
			       "what changed between is in their difference",
			       far, pairs, base->name, other->name))
		return -ENOMEM;
	if (pairs == base->nr_boots && pairs == other->nr_boots)
		return 0;
	return pcow_analysis_note(
		analysis,
		"%s and %s are compared by %zu pairs: %zu and %zu boots have none "
		"of the other in their block, on their host, and are left out",
		base->name, other->name, pairs, base->nr_boots - pairs, other->nr_boots - pairs);
}

int pcow_stratum_note_pairs(struct pcow_analysis *analysis, const struct pcow_stratum *stratum)
{
	const struct pcow_group *base = &stratum->groups[0];

	for (size_t i = 1; i < stratum->nr_groups; i++) {
		/* Of one boot a group there is nothing to pair, nor where all are alike. */
		if (base->nr_boots > 1 && !pcow_stratum_is_counted(stratum) && has_blocks(base) &&
		    has_blocks(&stratum->groups[i]) &&
		    note_pairs(analysis, base, &stratum->groups[i]))
			return -ENOMEM;
	}
	return 0;
}

/* The least difference of memory that can be told on every host. */
static double step_least(const struct pcow_series *series)
{
	if (strcmp(series->unit, "bytes") == 0)
		return LEAST_BYTES;
	return strcmp(series->unit, "pages") == 0 ? LEAST_PAGES : 1.0;
}

/* That, or what matters: no less than the step that either value is known by. */
static double memory_least(const struct pcow_line *line, size_t group)
{
	if (line->series->kind != PCOW_METRIC_MEMORY)
		return 0.0;
	return fmax(step_least(line->series),
		    fmax(line->arms[0].resolution, line->arms[group].resolution));
}

static void pair_values(const struct pcow_group *groups, size_t group, const struct pcow_line *line,
			struct pcow_evidence *evidence)
{
	const struct pcow_group *a = &groups[0], *b = &groups[group];
	size_t n = 0;

	for (size_t i = 0; i < a->nr_boots; i++) {
		const struct pcow_boot *boot = partner(a, &a->boots[i], b);
		size_t other = boot ? (size_t)(boot - b->boots) : 0;

		if (!boot || line->arms[0].losses[i] || line->arms[group].losses[other])
			continue;
		evidence->values[n] = line->arms[0].values[i];
		evidence->values[a->nr_boots + n] = line->arms[group].values[other];
		evidence->boots[n] = i;
		evidence->boots[a->nr_boots + n++] = other;
	}
	memmove(evidence->values + n, evidence->values + a->nr_boots, n * sizeof(double));
	memmove(evidence->boots + n, evidence->boots + a->nr_boots, n * sizeof(size_t));
	evidence->nr_base = evidence->nr_other = n;
}

/* Boots that are judged. */
static size_t nr_sound(const struct pcow_arm *arm, const struct pcow_group *group)
{
	size_t n = 0;

	for (size_t i = 0; i < group->nr_boots; i++)
		n += !arm->losses[i];
	return n;
}

/* Of an arm where none is judged, what there is to look at. */
static size_t take_values(const struct pcow_arm *arm, const struct pcow_group *group,
			  double *values, size_t *boots)
{
	bool none = !nr_sound(arm, group);
	size_t n = 0;

	for (size_t i = 0; i < group->nr_boots; i++) {
		if (none ? isnan(arm->values[i]) : arm->losses[i] != PCOW_LOST_NOT)
			continue;
		values[n] = arm->values[i];
		boots[n++] = i;
	}
	return n;
}

static int take_evidence(struct pcow_evidence *evidence, const struct pcow_line *line,
			 const struct pcow_stratum *stratum, size_t group,
			 const struct pcow_policy *policy)
{
	const struct pcow_group *groups = stratum->groups;
	const struct pcow_arm *base = &line->arms[0], *other = &line->arms[group];
	size_t na = groups[0].nr_boots, nb = groups[group].nr_boots;

	*evidence = (struct pcow_evidence){ .least = memory_least(line, group) };
	evidence->values = calloc(na + nb + 1, sizeof(*evidence->values));
	evidence->boots = calloc(na + nb + 1, sizeof(*evidence->boots));
	if (!evidence->values || !evidence->boots)
		return -ENOMEM;
	pair_values(groups, group, line, evidence);
	evidence->paired = are_enough(evidence->nr_base, base->n, other->n, policy);
	if (evidence->paired)
		return 0;
	na = take_values(base, &groups[0], evidence->values, evidence->boots);
	evidence->nr_base = na;
	evidence->nr_other =
		take_values(other, &groups[group], evidence->values + na, evidence->boots + na);
	return 0;
}

static void evidence_clear(struct pcow_evidence *evidence)
{
	free(evidence->values);
	free(evidence->boots);
}

/* -------------------------------------------------------------------- work */

/* In two of three pairs of boots, by more than the slack and the same way.  A stray
 * worker is lost in its boot's median; stray boots, and boots of two modes that both
 * groups have, are fewer. */
static bool differs(const struct pcow_line *line, const struct pcow_stratum *stratum, size_t group)
{
	const struct pcow_arm *a = &line->arms[0], *b = &line->arms[group];
	size_t n = 0, less = 0, more = 0;

	for (size_t i = 0; i < stratum->groups[0].nr_boots; i++) {
		for (size_t j = 0; j < stratum->groups[group].nr_boots; j++) {
			double off = b->values[j] - a->values[i];
			double slack = WORK_SLACK * fmax(fabs(a->values[i]), fabs(b->values[j]));

			n += !isnan(off);
			more += off > slack;
			less += off < -slack;
		}
	}
	return n && 3 * (more > less ? more : less) >= 2 * n;
}

static void judge_work(struct pcow_line *line, const struct pcow_stratum *stratum, size_t group)
{
	double base = line->arms[0].median, other = line->arms[group].median;
	struct pcow_change *change = &line->changes[group];

	change->effect = NAN;
	change->verdict = differs(line, stratum, group) ? PCOW_WORK_CHANGED : PCOW_WORK_SAME;
	change->n = line->arms[0].n < line->arms[group].n ? line->arms[0].n : line->arms[group].n;
	change->is_relative = base != 0.0;
	change->shift = (other - base) / (base != 0.0 ? fabs(base) : 1.0);
	if (change->verdict == PCOW_WORK_CHANGED)
		snprintf(change->why, sizeof(change->why), "%.4g, was %.4g %s", other, base,
			 line->series->unit);
}

/* Costs of a case whose work differs learn of the first count that does. */
static void note_work(struct pcow_comparison *comparison, const struct pcow_line *work,
		      size_t group)
{
	/* What one does not tell may be other, too. */
	if (work->series->kind != PCOW_METRIC_WORK || (!work->arms[0].n == !work->arms[group].n &&
						       !differs(work, &comparison->stratum, group)))
		return;
	for (size_t without = 0; without <= work->series->nr_params; without++) {
		size_t n;
		struct pcow_line *line = pcow_lines_over(comparison, work->series, without, &n);

		for (; n; n--, line++)
			if (!line->changes[group].work)
				line->changes[group].work = work;
	}
}

/* ----------------------------------------------------------------- verdicts */

/* What an arm lost its figures by; NULL where the status tells. */
static const char *loss_format(char *buf, size_t size, enum pcow_loss loss,
			       const struct pcow_policy *policy)
{
	double share = loss == PCOW_LOST_SAMPLES ? policy->invalid : policy->workers;
	const char *what = "";

	switch (loss) {
	case PCOW_LOST_CASE:
		return "not measured";
	case PCOW_LOST_SAMPLES:
		what = "samples broke their claim";
		break;
	case PCOW_LOST_TRUNCATED:
		what = "workers met their time cap";
		break;
	case PCOW_LOST_WORKERS:
		what = "workers have no figure";
		break;
	case PCOW_LOST_CLAIM:
	case PCOW_LOST_ERROR:
	case PCOW_LOST_SKIP:
		return NULL;
	default:
		return "no such figure";
	}
	snprintf(buf, size, "more than %.3g %% of the %s", 100.0 * share, what);
	return buf;
}

/* "error in 2 of 5 boots of NEW: because": why a group lacks figures. */
static void explain_lost(struct pcow_change *change, const struct pcow_arm *arm,
			 const struct pcow_group *group, const struct pcow_policy *policy)
{
	char text[64], boots[64] = "";
	const char *what = loss_format(text, sizeof(text), arm->loss, policy);
	bool by_status = !what || arm->loss == PCOW_LOST_WORKERS;
	const char *reason = by_status ? arm->reason : "";

	if (arm->status == PCOW_STATUS_OK && arm->loss == PCOW_LOST_CLAIM)
		what = "most samples broke their claim";
	if (arm->nr_lost && arm->nr_lost < group->nr_boots)
		snprintf(boots, sizeof(boots), "%zu of %zu boots of ", arm->nr_lost,
			 group->nr_boots);
	snprintf(change->why, sizeof(change->why), "%s in %s%.40s%s%.72s",
		 what ? what : pcow_status_name(arm->status), boots, group->name,
		 *reason ? ": " : "", reason);
}

/* Are there no figures because the case cannot run there, or was not asked for? */
static bool cannot_run(const struct pcow_arm *arm)
{
	return !arm->n && (arm->loss == PCOW_LOST_CASE || arm->loss == PCOW_LOST_SKIP ||
			   arm->loss == PCOW_LOST_FIGURE);
}

/* One of the two has no figure. */
static void judge_missing(struct pcow_line *line, const struct pcow_stratum *stratum, size_t group,
			  const struct pcow_policy *policy)
{
	size_t lacking = line->arms[group].n ? 0 : group;
	const struct pcow_arm *arm = &line->arms[lacking];
	struct pcow_change *change = &line->changes[group];

	change->verdict = PCOW_MISSING;
	if (lacking == group && line->arms[0].n && arm->loss == PCOW_LOST_CLAIM)
		change->verdict = PCOW_BROKEN;
	/* What neither could run tells nothing of the other. */
	change->gated &= !cannot_run(&line->arms[0]) || !cannot_run(&line->arms[group]);
	explain_lost(change, arm, &stratum->groups[lacking], policy);
}

/* Boots of a group that lost a line, and those among them that lost its case. */
static double lost_share(const struct pcow_arm *arm, const struct pcow_group *group, bool all)
{
	return (double)(arm->nr_lost - (all ? 0 : arm->nr_lacking)) / (double)group->nr_boots;
}

/* Boots that gave no figure, and more of them than the base's, are none to leave out
 * in silence: those that did may be the lucky ones.  Nor are too many of either. */
static void judge_lost(struct pcow_line *line, const struct pcow_stratum *stratum, size_t group,
		       const struct pcow_policy *policy)
{
	const struct pcow_group *groups = stratum->groups;
	const struct pcow_arm *base = &line->arms[0], *arm = &line->arms[group];
	struct pcow_change *change = &line->changes[group];
	double base_share = lost_share(base, &groups[0], true);
	double share = lost_share(arm, &groups[group], true);
	bool more = lost_share(arm, &groups[group], false) > lost_share(base, &groups[0], false);

	if (!more && fmax(base_share, share) <= policy->lost)
		return;
	if (more && arm->loss == PCOW_LOST_CLAIM)
		change->verdict = PCOW_BROKEN;
	else if (change->verdict == PCOW_OTHER_WORK)
		return;
	else
		change->verdict = PCOW_MISSING;
	if (more || share > base_share)
		explain_lost(change, arm, &groups[group], policy);
	else
		explain_lost(change, base, &groups[0], policy);
}

static bool matches_any(const struct pcow_series *series, char *const *patterns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pcow_series_matches(series, patterns[i]))
			return true;
	}
	return false;
}

static bool has_case(const struct pcow_policy *policy, const struct pcow_series *series)
{
	if (policy->nr_cases && !matches_any(series, policy->cases, policy->nr_cases))
		return false;
	/* The harness by itself is no kernel's doing. */
	if (!policy->nr_cases && pcow_series_matches(series, "null/*"))
		return false;
	return !matches_any(series, policy->ignored, policy->nr_ignored);
}

static bool has_metric(const struct pcow_policy *policy, const struct pcow_series *series)
{
	for (size_t i = 0; i < policy->nr_metrics; i++) {
		if (strcmp(policy->metrics[i], series->metric) == 0)
			return true;
	}
	return !policy->nr_metrics && series->is_headline;
}

/* Cases of the family with a headline, and those of them that have no @metric; none where
 * it is one of fitted lines. */
static size_t count_lacking(const struct pcow_comparison *comparison,
			    const struct pcow_policy *policy, const char *metric, size_t *cases)
{
	size_t lacking = 0;

	*cases = 0;
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_series *series = comparison->lines[i].series;
		const struct pcow_line *line;
		size_t n;

		if (!series->is_headline || !has_case(policy, series))
			continue;
		line = pcow_lines_over(comparison, series, series->nr_params, &n);
		while (n && strcmp(line->series->metric, metric) != 0) {
			line++;
			n--;
		}
		++*cases;
		lacking += !n;
	}
	return strcmp(metric, "slope") && strcmp(metric, "intercept") ? lacking : 0;
}

/* A family that is smaller than it reads must not look as if all of it passed. */
static int note_lacking(struct pcow_analysis *analysis, const struct pcow_comparison *comparison)
{
	const struct pcow_policy *policy = analysis->policy;

	for (size_t i = 0; i < policy->nr_metrics; i++) {
		size_t cases, n = count_lacking(comparison, policy, policy->metrics[i], &cases);

		if (n && pcow_analysis_note(analysis,
					    "%zu of %zu cases of the family %s no %s: %s not gated "
					    "by that",
					    n, cases, n == 1 ? "has" : "have", policy->metrics[i],
					    n == 1 ? "it is" : "they are"))
			return -ENOMEM;
	}
	return 0;
}

/* Do the values differ by no more than the step that they are known by? */
static bool is_unresolved(const struct pcow_arm *a, const struct pcow_arm *b)
{
	return fmax(a->most, b->most) - fmin(a->least, b->least) <=
	       fmax(a->resolution, b->resolution);
}

static void judge_memory(struct pcow_line *line, size_t group, const struct pcow_policy *policy)
{
	const struct pcow_arm *base = &line->arms[0], *arm = &line->arms[group];
	struct pcow_change *change = &line->changes[group];
	double step = fmax(base->resolution, arm->resolution);

	if (is_unresolved(base, arm) &&
	    (change->deterministic || (base->n >= policy->boots && arm->n >= policy->boots)))
		change->verdict = PCOW_SAME;
	/* That nothing shows is none to pass by. */
	if (change->gated && step > fmax(fabs(base->median), fabs(arm->median)) &&
	    step > step_least(line->series)) {
		change->verdict = PCOW_MISSING;
		snprintf(change->why, sizeof(change->why),
			 "less than the %.4g %s that it is weighed to", step, line->series->unit);
	}
}

/* What was estimated, and yet is no comparison of costs. */
static void refuse_cost(const struct pcow_comparison *comparison, struct pcow_line *line,
			size_t group)
{
	struct pcow_change *change = &line->changes[group];
	const struct pcow_line *work = change->work;

	if (work) {
		change->verdict = PCOW_OTHER_WORK;
		if (work->arms[0].n && work->arms[group].n)
			snprintf(change->why, sizeof(change->why), "%.4g, was %.4g %s",
				 work->arms[group].median, work->arms[0].median,
				 work->series->unit);
		else
			snprintf(change->why, sizeof(change->why), "%s is not told by %.64s",
				 work->series->metric,
				 comparison->stratum.groups[work->arms[0].n ? group : 0].name);
		return;
	}
	if (!line->arms[0].waits && !line->arms[group].waits)
		return;
	change->verdict = PCOW_OTHER_WORK;
	/* Where the base waits, a cost it is not, and no boots and no kernel mend that.  Where
	 * it does not, the other has begun to. */
	if (line->arms[0].waits)
		change->gated = false;
	snprintf(change->why, sizeof(change->why),
		 "it waits in %.64s, and idle time is no instructions",
		 !line->arms[0].waits	    ? comparison->stratum.groups[group].name
		 : !line->arms[group].waits ? comparison->stratum.groups[0].name
					    : "both");
}

/* Is there no telling whether the sizes lie on a line?  Of two points there is not. */
static bool lacks_fit(const struct pcow_analysis *analysis, const struct pcow_stratum *stratum,
		      const struct pcow_line *line, size_t group, double *r2)
{
	const struct pcow_dataset *set = analysis->dataset;
	const struct pcow_group *of = &stratum->groups[group];
	const struct pcow_series *fit = NULL;

	*r2 = NAN;
	for (size_t i = 0; i < set->nr_series && !fit; i++) {
		if (!strcmp(set->series[i].metric, "r2") &&
		    pcow_series_same_case(&set->series[i], line->series))
			fit = &set->series[i];
	}
	for (size_t i = 0; fit && i < of->nr_boots; i++) {
		for (size_t run = 0; run < of->boots[i].nr_files; run++)
			*r2 = fmin(*r2, fit->cells[of->boots[i].files[run] - set->files].value);
	}
	return !(*r2 >= R2_LEAST);
}

static void refuse_slope(const struct pcow_analysis *analysis, const struct pcow_stratum *stratum,
			 struct pcow_line *line, size_t group)
{
	struct pcow_change *change = &line->changes[group];
	double r2;

	for (size_t i = 0; i <= group && change->verdict != PCOW_MISSING; i += group) {
		if (!lacks_fit(analysis, stratum, line, i, &r2))
			continue;
		change->verdict = PCOW_MISSING;
		if (isnan(r2))
			snprintf(change->why, sizeof(change->why),
				 "two sizes always lie on a line: a slope takes three");
		else
			snprintf(change->why, sizeof(change->why),
				 "the sizes lie on no line in %.64s: r2 %.3g",
				 stratum->groups[i].name, r2);
	}
}

static int count_change(const struct pcow_analysis *analysis, struct pcow_line *line,
			const struct pcow_stratum *stratum, size_t group)
{
	struct pcow_evidence evidence;
	int ret = take_evidence(&evidence, line, stratum, group, analysis->policy);

	if (!ret)
		ret = pcow_change_count(&line->changes[group], &evidence);
	evidence_clear(&evidence);
	return ret;
}

static int change_make(const struct pcow_analysis *analysis,
		       const struct pcow_comparison *comparison, struct pcow_line *line,
		       size_t group)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	struct pcow_change *change = &line->changes[group];

	if (!line->arms[0].n || !line->arms[group].n) {
		judge_missing(line, stratum, group, analysis->policy);
		return 0;
	}
	if (line->series->kind == PCOW_METRIC_WORK) {
		judge_work(line, stratum, group);
		return 0;
	}
	change->verdict = PCOW_UNCLEAR;
	change->deterministic = pcow_stratum_is_counted(stratum);
	if (line->series->kind == PCOW_METRIC_MEMORY)
		judge_memory(line, group, analysis->policy);
	if (line->series->kind == PCOW_METRIC_COST)
		refuse_cost(comparison, line, group);
	if (strcmp(line->series->metric, "slope") == 0)
		refuse_slope(analysis, stratum, line, group);
	judge_lost(line, stratum, group, analysis->policy);
	return change->deterministic ? count_change(analysis, line, stratum, group) : 0;
}

static int line_change(const struct pcow_analysis *analysis, struct pcow_comparison *comparison,
		       struct pcow_line *line)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	bool counted = pcow_stratum_is_counted(stratum);
	double effect = pcow_policy_effect(analysis->policy, line->series->metric,
					   line->series->kind, counted);
	bool gated = has_case(analysis->policy, line->series) &&
		     has_metric(analysis->policy, line->series);

	if (counted && line->series->kind == PCOW_METRIC_COST)
		effect = fmax(effect, pcow_counted_floor(line->series));
	for (size_t i = 1; i < stratum->nr_groups; i++) {
		struct pcow_change *change = &line->changes[i];

		change->gated = gated && i != stratum->twin;
		change->effect = effect;
		if (change_make(analysis, comparison, line, i))
			return -ENOMEM;
	}
	return 0;
}

/* ----------------------------------------------------------------- families */

/* What is refused for the boots that it lost is estimated all the same, to be looked at. */
static bool is_estimated(const struct pcow_line *line, size_t group)
{
	enum pcow_verdict verdict = line->changes[group].verdict;

	if (verdict == PCOW_MISSING || verdict == PCOW_BROKEN)
		return line->arms[0].n && line->arms[group].n;
	return verdict == PCOW_UNCLEAR || verdict == PCOW_OTHER_WORK || verdict == PCOW_SAME;
}

/* A boot that was set aside is told, with the file to look at. */
static int note_odd(struct pcow_analysis *analysis, const struct pcow_stratum *stratum,
		    size_t group, const struct pcow_family *family)
{
	for (size_t i = 0; i < family->nr_odd; i++) {
		const struct pcow_odd *odd = &family->odd[i];
		const struct pcow_group *of = &stratum->groups[odd->arm ? group : 0];
		bool paired = family->evidence[0].paired;

		if (pcow_analysis_note(
			    analysis,
			    "%s: the %s of %s lies too far off the others for chance in %zu "
			    "line%s and is set aside there",
			    of->name, paired ? "pair" : "boot", of->boots[odd->boot].files[0]->path,
			    odd->nr_lines, odd->nr_lines == 1 ? "" : "s"))
			return -ENOMEM;
	}
	return 0;
}

/* The lines of one kind, in the gated family or out of it, against one group. */
static int estimate_family(struct pcow_analysis *analysis, struct pcow_comparison *comparison,
			   size_t group, enum pcow_metric_kind kind, bool gated)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	struct pcow_family family = {
		.evidence = calloc(comparison->nr_lines + 1, sizeof(*family.evidence)),
		.changes = calloc(comparison->nr_lines + 1, sizeof(*family.changes)),
		.nr_base = stratum->groups[0].nr_boots,
		.nr_other = stratum->groups[group].nr_boots,
	};
	int ret = family.evidence && family.changes ? 0 : -ENOMEM;

	for (size_t i = 0; !ret && i < comparison->nr_lines; i++) {
		struct pcow_line *line = &comparison->lines[i];
		struct pcow_change *change = &line->changes[group];

		if (line->series->kind != kind || change->deterministic ||
		    !is_estimated(line, group) ||
		    pcow_line_is_gated(line, stratum->nr_groups) != gated)
			continue;
		family.changes[family.n] = change;
		ret = take_evidence(&family.evidence[family.n++], line, stratum, group,
				    analysis->policy);
	}
	if (!ret && family.n)
		ret = pcow_family_estimate(&family, analysis->policy);
	if (!ret)
		ret = note_odd(analysis, stratum, group, &family);
	for (size_t i = 0; i < family.n; i++)
		evidence_clear(&family.evidence[i]);
	free(family.evidence);
	free(family.changes);
	return ret;
}

static void blank(struct pcow_change *change)
{
	*change = (struct pcow_change){
		.shift = NAN,
		.low = NAN,
		.high = NAN,
		.rank = { NAN, NAN, NAN, NAN, 0.0 },
		.p = NAN,
		.q = NAN,
		.p_any = NAN,
		.q_any = NAN,
		.noise = NAN,
		.effect = NAN,
		.detectable = NAN,
	};
}

/* What the twin differs by is noise, too. */
static void raise_noise(struct pcow_line *line, const struct pcow_stratum *stratum)
{
	double systematic = fabs(line->changes[stratum->twin].shift);

	for (size_t i = 1; i < stratum->nr_groups; i++) {
		struct pcow_change *change = &line->changes[i];

		if (i != stratum->twin && !isnan(change->noise))
			change->noise = fmax(change->noise, systematic);
	}
}

int pcow_lines_change(struct pcow_analysis *analysis, struct pcow_comparison *comparison)
{
	static const enum pcow_metric_kind kinds[] = { PCOW_METRIC_COST, PCOW_METRIC_MEMORY };
	const struct pcow_stratum *stratum = &comparison->stratum;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		for (size_t j = 0; j < stratum->nr_groups; j++)
			blank(&comparison->lines[i].changes[j]);
	}
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		for (size_t j = 1; j < stratum->nr_groups; j++)
			note_work(comparison, &comparison->lines[i], j);
	}
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		if (line_change(analysis, comparison, &comparison->lines[i]))
			return -ENOMEM;
	}
	for (size_t g = 1; g < stratum->nr_groups; g++) {
		for (size_t i = 0; i < 4; i++) {
			if (estimate_family(analysis, comparison, g, kinds[i / 2], i % 2))
				return -ENOMEM;
		}
	}
	for (size_t i = 0; stratum->twin && i < comparison->nr_lines; i++)
		raise_noise(&comparison->lines[i], stratum);
	return note_lacking(analysis, comparison);
}
