/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison's changes: what cannot be compared and why, and what belongs to
 * the gated family.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

/* Counts of work that differ by more are other work: claims are held to as much. */
#define WORK_SLACK 0.01

/* A slope is the figure of a line: what lies off it is explained by something else. */
#define R2_LEAST 0.9

/* Workers or samples that one group lacks more of than the base, of all its boots'. */
#define DESERTED 0.1

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

/* Share of a group's workers that do not tell of the work; 1 where none does. */
static double untold(const struct pcow_arm *arm, const struct pcow_group *group)
{
	return arm->n ? arm->lacking + (double)arm->nr_lacking / (double)group->nr_boots : 1.0;
}

/* What one does not tell may be other, too. */
static bool tells_less(const struct pcow_line *work, const struct pcow_stratum *stratum,
		       size_t group)
{
	return fabs(untold(&work->arms[group], &stratum->groups[group]) -
		    untold(&work->arms[0], &stratum->groups[0])) > DESERTED;
}

/* Costs of a case whose work differs learn of the first count that does. */
static void note_work(struct pcow_comparison *comparison, const struct pcow_line *work,
		      size_t group)
{
	const struct pcow_stratum *stratum = &comparison->stratum;

	if (work->series->kind != PCOW_METRIC_WORK ||
	    (!tells_less(work, stratum, group) && !differs(work, stratum, group)))
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
static const char *loss_format(char *buf, size_t size, const struct pcow_arm *arm,
			       const struct pcow_policy *policy)
{
	double share = arm->loss == PCOW_LOST_SAMPLES ? policy->invalid : policy->workers;
	const char *what = "";

	switch (arm->loss) {
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
		if (!arm->n)
			return "no such figure";
		what = "workers give no such figure";
	}
	snprintf(buf, size, "more than %.3g %% of the %s", 100.0 * share, what);
	return buf;
}

/* "error in 2 of 5 boots of NEW: because": why a group lacks figures. */
static void explain_lost(struct pcow_change *change, const struct pcow_arm *arm, const char *where,
			 size_t nr_boots, const struct pcow_policy *policy)
{
	char text[64], boots[64] = "";
	const char *what = loss_format(text, sizeof(text), arm, policy);
	bool by_status = !what || arm->loss == PCOW_LOST_WORKERS;
	const char *reason = by_status ? arm->reason : "";

	if (arm->status == PCOW_STATUS_OK && arm->loss == PCOW_LOST_CLAIM)
		what = "most samples broke their claim";
	if (arm->nr_lost && arm->nr_lost < nr_boots)
		snprintf(boots, sizeof(boots), "%zu of %zu boots of ", arm->nr_lost, nr_boots);
	snprintf(change->why, sizeof(change->why), "%s in %s%.40s%s%.72s",
		 what ? what : pcow_status_name(arm->status), boots, where, *reason ? ": " : "",
		 reason);
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
	explain_lost(change, arm,
		     line->arms[0].n || line->arms[group].n ? stratum->groups[lacking].name
							    : "both",
		     stratum->groups[lacking].nr_boots, policy);
}

/* Boots of a group that lost a line, and those among them that lost its case. */
static double lost_share(const struct pcow_arm *arm, const struct pcow_group *group, bool all)
{
	return (double)(arm->nr_lost - (all ? 0 : arm->nr_lacking)) / (double)group->nr_boots;
}

/* Workers that die or lack the figure, and samples that break their claim, on one side only
 * are told by no median of the others. */
static void judge_deserted(struct pcow_change *change, const struct pcow_arm *base,
			   const struct pcow_arm *arm, const struct pcow_group *groups,
			   size_t group)
{
	const struct {
		double base, other;
		const char *what;
	} shares[] = {
		{ base->deserted, arm->deserted,
		  "workers are missing, failed or met their time cap" },
		{ base->broken, arm->broken, "samples broke their claim" },
		{ base->lacking, arm->lacking,
		  "workers give no such figure, or none that closed," },
	};
	size_t i = 0, n = sizeof(shares) / sizeof(shares[0]);

	while (i < n && shares[i].other - shares[i].base <= DESERTED)
		i++;
	if (change->verdict == PCOW_OTHER_WORK || i == n)
		return;
	change->verdict = PCOW_MISSING;
	snprintf(change->why, sizeof(change->why),
		 "%.3g %% of the %s in %.40s, %.3g %% in %.40s%s%.72s", 100.0 * shares[i].other,
		 shares[i].what, groups[group].name, 100.0 * shares[i].base, groups[0].name,
		 *arm->reason ? ": " : "", arm->reason);
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

	if (!more && fmax(base_share, share) <= policy->lost) {
		judge_deserted(change, base, arm, groups, group);
		return;
	}
	if (more && arm->loss == PCOW_LOST_CLAIM)
		change->verdict = PCOW_BROKEN;
	else if (change->verdict == PCOW_OTHER_WORK)
		return;
	else
		change->verdict = PCOW_MISSING;
	if (more || share > base_share)
		explain_lost(change, arm, groups[group].name, groups[group].nr_boots, policy);
	else
		explain_lost(change, base, groups[0].name, groups[0].nr_boots, policy);
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
	return pcow_metric_is_fitted(metric) ? 0 : lacking;
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

static void weight_format(char *buf, size_t size, double value, const char *unit)
{
	if (strcmp(unit, "bytes") == 0)
		value = pcow_bytes_scale(value, &unit);
	snprintf(buf, size, "%.3g %.32s", value, unit);
}

/* What the scales do not show is none to pass by. */
static void refuse_weight(struct pcow_line *line, const struct pcow_stratum *stratum, size_t group)
{
	const struct pcow_arm *base = &line->arms[0], *arm = &line->arms[group];
	struct pcow_change *change = &line->changes[group];
	double step = fmax(base->resolution, arm->resolution);
	char shown[64], asked[64];
	double matters = fmax(change->effect * fabs(base->median), pcow_series_step(line->series));

	if (strcmp(base->method, arm->method) != 0) {
		change->verdict = PCOW_MISSING;
		snprintf(change->why, sizeof(change->why),
			 "weighed by %.20s in %.40s, by %.20s in %.40s: these may differ by that",
			 base->method, stratum->groups[0].name, arm->method,
			 stratum->groups[group].name);
	} else if (step > matters && fabs(arm->median - base->median) <= step + matters) {
		change->verdict = PCOW_MISSING;
		weight_format(shown, sizeof(shown), step, line->series->unit);
		weight_format(asked, sizeof(asked), matters, line->series->unit);
		snprintf(change->why, sizeof(change->why),
			 "weighed to %s, coarser than the %s that matter: weigh as root, or raise "
			 "[effect]",
			 shown, asked);
	}
}

static void judge_memory(struct pcow_line *line, const struct pcow_stratum *stratum, size_t group,
			 const struct pcow_policy *policy)
{
	const struct pcow_arm *base = &line->arms[0], *arm = &line->arms[group];
	struct pcow_change *change = &line->changes[group];

	if (is_unresolved(base, arm) &&
	    (change->deterministic || (base->n >= policy->boots && arm->n >= policy->boots)))
		change->verdict = PCOW_SAME;
	if (change->gated)
		refuse_weight(line, stratum, group);
}

static void explain_untold(struct pcow_change *change, const struct pcow_line *work,
			   const struct pcow_stratum *stratum, size_t group)
{
	bool base = untold(&work->arms[0], &stratum->groups[0]) >
		    untold(&work->arms[group], &stratum->groups[group]);
	size_t by = base ? 0 : group;

	snprintf(change->why, sizeof(change->why), "%s is not told by %s%.64s",
		 work->series->metric, work->arms[by].n ? "some workers of " : "",
		 stratum->groups[by].name);
}

/* What was estimated, and yet is no comparison of costs. */
static void refuse_cost(const struct pcow_comparison *comparison, struct pcow_line *line,
			size_t group)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	struct pcow_change *change = &line->changes[group];
	const struct pcow_line *work = change->work;

	if (work) {
		change->verdict = PCOW_OTHER_WORK;
		if (!tells_less(work, stratum, group))
			snprintf(change->why, sizeof(change->why), "%.4g, was %.4g %s",
				 work->arms[group].median, work->arms[0].median,
				 work->series->unit);
		else
			explain_untold(change, work, stratum, group);
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
		 !line->arms[0].waits	    ? stratum->groups[group].name
		 : !line->arms[group].waits ? stratum->groups[0].name
					    : "both");
}

/* Is there no telling whether the sizes lie on a line?  Of two points there is not. */
static bool lacks_fit(const struct pcow_analysis *analysis, const struct pcow_stratum *stratum,
		      const struct pcow_line *line, size_t group, double *r2)
{
	const struct pcow_dataset *set = analysis->dataset;
	const struct pcow_series *fit = NULL;

	*r2 = NAN;
	for (size_t i = 0; i < set->nr_series && !fit; i++) {
		if (!strcmp(set->series[i].metric, "r2") &&
		    pcow_series_same_case(&set->series[i], line->series))
			fit = &set->series[i];
	}
	pcow_group_foreach (&stratum->groups[group], at)
		*r2 = fit ? fmin(*r2, fit->cells[*at - set->files].value) : NAN;
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

static void change_make(const struct pcow_analysis *analysis,
			const struct pcow_comparison *comparison, struct pcow_line *line,
			size_t group)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	struct pcow_change *change = &line->changes[group];

	if (!line->arms[0].n || !line->arms[group].n) {
		judge_missing(line, stratum, group, analysis->policy);
		return;
	}
	if (line->series->kind == PCOW_METRIC_WORK) {
		judge_work(line, stratum, group);
		return;
	}
	change->verdict = PCOW_UNCLEAR;
	change->deterministic = pcow_stratum_is_counted(stratum);
	if (line->series->kind == PCOW_METRIC_MEMORY)
		judge_memory(line, stratum, group, analysis->policy);
	if (line->series->kind == PCOW_METRIC_COST)
		refuse_cost(comparison, line, group);
	if (strcmp(line->series->metric, "slope") == 0)
		refuse_slope(analysis, stratum, line, group);
	judge_lost(line, stratum, group, analysis->policy);
}

static void line_change(const struct pcow_analysis *analysis, struct pcow_comparison *comparison,
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
		change_make(analysis, comparison, line, i);
	}
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
	const struct pcow_stratum *stratum = &comparison->stratum;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		for (size_t j = 0; j < stratum->nr_groups; j++)
			blank(&comparison->lines[i].changes[j]);
	}
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		for (size_t j = 1; j < stratum->nr_groups; j++)
			note_work(comparison, &comparison->lines[i], j);
	}
	for (size_t i = 0; i < comparison->nr_lines; i++)
		line_change(analysis, comparison, &comparison->lines[i]);
	if (pcow_lines_estimate(analysis, comparison))
		return -ENOMEM;
	for (size_t i = 0; stratum->twin && i < comparison->nr_lines; i++)
		raise_noise(&comparison->lines[i], stratum);
	return note_lacking(analysis, comparison);
}
