/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcow_analysis_make(): group, pair, compare, judge, and tell what the reader
 * must know.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------- families */

/* A change that was estimated, and is not settled otherwise. */
static bool is_open(const struct pcow_change *change)
{
	return change->verdict == PCOW_UNCLEAR;
}

/* What is judged together: the gated family by itself, so that what is only looked
 * at costs it no power, and the same lines of the base's twin. */
enum family {
	GATED,
	TWIN,
	OTHERS,
	NR_FAMILIES,
};

static enum family family_of(const struct pcow_line *line, const struct pcow_stratum *stratum,
			     size_t group)
{
	if (line->changes[group].gated)
		return GATED;
	return group == stratum->twin && pcow_line_is_gated(line, stratum->nr_groups) ? TWIN
										      : OTHERS;
}

/* Calls for every change; the base has none. */
static size_t collect(const struct pcow_analysis *analysis, enum family family,
		      struct pcow_change **changes)
{
	size_t n = 0;

	for (size_t c = 0; c < analysis->nr_comparisons; c++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[c];

		for (size_t i = 0; i < comparison->nr_lines; i++) {
			const struct pcow_line *line = &comparison->lines[i];

			for (size_t g = 1; g < comparison->stratum.nr_groups; g++) {
				if (is_open(&line->changes[g]) &&
				    family_of(line, &comparison->stratum, g) == family)
					changes[n++] = &line->changes[g];
			}
		}
	}
	return n;
}

static size_t nr_changes(const struct pcow_analysis *analysis)
{
	size_t n = 0;

	for (size_t c = 0; c < analysis->nr_comparisons; c++)
		n += analysis->comparisons[c].nr_lines * analysis->comparisons[c].stratum.nr_groups;
	return n;
}

static int judge_families(struct pcow_analysis *analysis)
{
	struct pcow_change **changes = calloc(nr_changes(analysis) + 1, sizeof(*changes));
	int ret = changes ? 0 : -ENOMEM;

	for (enum family family = GATED; !ret && family < NR_FAMILIES; family++) {
		size_t n = collect(analysis, family, changes);

		ret = pcow_changes_judge(changes, n, analysis->policy);
	}
	free(changes);
	return ret;
}

/* A twin that differs says that the host or the build does; one that cannot tell
 * says nothing. */
static int judge_twin(struct pcow_analysis *analysis, const struct pcow_comparison *comparison)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	size_t lines = 0, differs = 0, untold = 0;
	double most = 0.0;

	for (size_t i = 0; stratum->twin && i < comparison->nr_lines; i++) {
		const struct pcow_change *twin = &comparison->lines[i].changes[stratum->twin];

		if (family_of(&comparison->lines[i], stratum, stratum->twin) != TWIN)
			continue;
		lines++;
		untold += twin->deterministic || twin->verdict == PCOW_TOO_FEW ||
			  twin->verdict == PCOW_OTHER_WORK || twin->verdict == PCOW_MISSING ||
			  twin->verdict == PCOW_BROKEN;
		if (twin->deterministic ||
		    (twin->verdict != PCOW_WORSE && twin->verdict != PCOW_BETTER &&
		     twin->verdict != PCOW_LIKELY_WORSE && twin->verdict != PCOW_LIKELY_BETTER))
			continue;
		differs++;
		most = fabs(twin->shift) > fabs(most) ? twin->shift : most;
	}
	if (differs && pcow_analysis_block(
			       analysis,
			       "A/A: %s is shown to differ from the base, perhaps by more than the "
			       "minimum effect, in %zu gated line%s, by %+.3g %% at most: nothing "
			       "can be gated here until it does not",
			       stratum->groups[stratum->twin].name, differs,
			       differs == 1 ? "" : "s", 100.0 * most))
		return -ENOMEM;
	if (untold && untold == lines && !pcow_stratum_is_counted(stratum) &&
	    pcow_analysis_block(analysis,
				"A/A: %s tells nothing in any gated line: it has no figure, fewer "
				"boots than are judged, or did other work",
				stratum->groups[stratum->twin].name))
		return -ENOMEM;
	if (untold && (untold < lines || pcow_stratum_is_counted(stratum)) &&
	    pcow_analysis_note(analysis,
			       "A/A: %s is no measure of noise in %zu gated lines: it has no "
			       "figure, fewer boots than are judged, did other work, or its "
			       "boots are equal by construction",
			       stratum->groups[stratum->twin].name, untold))
		return -ENOMEM;
	return 0;
}

static void count_gated(struct pcow_analysis *analysis, const struct pcow_change *change)
{
	enum pcow_gate gate = pcow_verdict_gate(change->verdict);

	if (!change->gated)
		return;
	analysis->nr_gated[gate]++;
	/* Other reasons not to know are not mended by boots. */
	if ((change->verdict == PCOW_UNCLEAR || change->verdict == PCOW_TOO_FEW ||
	     change->verdict == PCOW_LIKELY_WORSE) &&
	    change->boots_needed > change->n && change->boots_needed > analysis->boots_needed)
		analysis->boots_needed = change->boots_needed;
}

/* Is a line gated that the pattern names? */
static bool is_gated(const struct pcow_analysis *analysis, const char *pattern)
{
	for (size_t c = 0; c < analysis->nr_comparisons; c++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[c];

		for (size_t i = 0; i < comparison->nr_lines; i++) {
			if (pcow_line_is_gated(&comparison->lines[i],
					       comparison->stratum.nr_groups) &&
			    pcow_series_matches(comparison->lines[i].series, pattern))
				return true;
		}
	}
	return false;
}

/* What a policy names by itself is not passed for want of anybody who measured it. */
static int block_unmeasured(struct pcow_analysis *analysis)
{
	const struct pcow_policy *policy = analysis->policy;

	for (size_t i = 0; i < policy->nr_cases; i++) {
		if (!is_gated(analysis, policy->cases[i]) &&
		    pcow_analysis_block(
			    analysis,
			    "%s: nothing that matches case = %.100s was measured in the "
			    "base or another group, or costs what can be compared",
			    policy->name, policy->cases[i]))
			return -ENOMEM;
	}
	return 0;
}

static void close_gate(struct pcow_analysis *analysis)
{
	for (size_t c = 0; c < analysis->nr_comparisons; c++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[c];

		for (size_t i = 0; i < comparison->nr_lines; i++) {
			for (size_t g = 1; g < comparison->stratum.nr_groups; g++)
				count_gated(analysis, &comparison->lines[i].changes[g]);
		}
	}
	analysis->gate = PCOW_PASS;
	if (analysis->nr_gated[PCOW_INCONCLUSIVE] || !analysis->nr_gated[PCOW_PASS])
		analysis->gate = PCOW_INCONCLUSIVE;
	if (analysis->nr_gated[PCOW_FAIL])
		analysis->gate = PCOW_FAIL;
	/* Whose difference that is nobody knows. */
	if (analysis->nr_blocked)
		analysis->gate = PCOW_INCONCLUSIVE;
}

/* ------------------------------------------------------------------ refusals */

/* Were samples taken, whatever has become of them? */
static bool was_measured(const struct pcow_arm *arm)
{
	return arm->n || arm->loss == PCOW_LOST_CLAIM;
}

/* Has any group but the base something that the base has, too? */
static bool has_common(const struct pcow_analysis *analysis)
{
	for (size_t c = 0; c < analysis->nr_comparisons; c++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[c];

		for (size_t i = 0; i < comparison->nr_lines; i++) {
			for (size_t g = 1; g < comparison->stratum.nr_groups; g++) {
				if (was_measured(&comparison->lines[i].arms[0]) &&
				    was_measured(&comparison->lines[i].arms[g]))
					return true;
			}
		}
	}
	return false;
}

static int refuse_disjoint(const struct pcow_analysis *analysis, struct pcow_error *err)
{
	const struct pcow_stratum *stratum = &analysis->comparisons[0].stratum;

	return pcow_error_set(err, -EINVAL,
			      "nothing to compare: '%.100s' and '%.100s' have no case in common "
			      "that was measured in both; run both with the same profile",
			      stratum->groups[0].name, stratum->groups[1].name);
}

static bool knows_metric(const struct pcow_dataset *set, const char *metric)
{
	for (size_t i = 0; i < set->nr_series; i++) {
		if (strcmp(set->series[i].metric, metric) == 0 &&
		    set->series[i].kind != PCOW_METRIC_QUALITY)
			return true;
	}
	return false;
}

/* "latency, net, p99": each once, as far as there is room. */
static void metrics_format(char *buf, size_t size, const struct pcow_dataset *set)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < set->nr_series; i++) {
		const struct pcow_series *series = &set->series[i];
		size_t first = 0;

		while (strcmp(set->series[first].metric, series->metric) != 0)
			first++;
		if (first == i && series->kind != PCOW_METRIC_QUALITY &&
		    used + strlen(series->metric) + 3 < size)
			used += (size_t)sprintf(buf + used, "%s%s", used ? ", " : "",
						series->metric);
	}
}

static int refuse_metric(const struct pcow_dataset *set, const char *who, const char *metric,
			 struct pcow_error *err)
{
	char metrics[320];

	metrics_format(metrics, sizeof(metrics), set);
	return pcow_error_set(err, -EINVAL, "%s: no result has a metric '%.64s'; there are %s", who,
			      metric, metrics);
}

/* Does a case match, with one of the metrics if there are any? */
static bool knows_case(const struct pcow_dataset *set, const char *pattern, char *const *metrics,
		       size_t nr_metrics)
{
	for (size_t i = 0; i < set->nr_series; i++) {
		bool has = !nr_metrics;

		for (size_t m = 0; m < nr_metrics; m++)
			has |= strcmp(set->series[i].metric, metrics[m]) == 0;
		if (has && pcow_series_matches(&set->series[i], pattern))
			return true;
	}
	return false;
}

/* A misspelt name would gate less than was meant, and pass. */
/* Does the policy leave out all that the pattern names? */
static bool is_ignored(const struct pcow_dataset *set, const struct pcow_policy *policy,
		       const char *pattern)
{
	for (size_t i = 0; i < set->nr_series; i++) {
		size_t by = 0;

		while (by < policy->nr_ignored &&
		       !pcow_series_matches(&set->series[i], policy->ignored[by]))
			by++;
		if (by == policy->nr_ignored && pcow_series_matches(&set->series[i], pattern))
			return false;
	}
	return true;
}

static int check_policy(const struct pcow_analysis *analysis, struct pcow_error *err)
{
	const struct pcow_policy *policy = analysis->policy;

	for (size_t i = 0; i < policy->nr_cases + policy->nr_ignored; i++) {
		const char *pattern = i < policy->nr_cases ? policy->cases[i]
							   : policy->ignored[i - policy->nr_cases];

		if (!knows_case(analysis->dataset, pattern, NULL, 0))
			return pcow_error_set(err, -EINVAL,
					      "%s: no case of the results matches %s = %.100s; "
					      "`pincow compare` names those there are",
					      policy->name,
					      i < policy->nr_cases ? "case" : "ignore", pattern);
		if (i < policy->nr_cases && is_ignored(analysis->dataset, policy, pattern))
			return pcow_error_set(err, -EINVAL,
					      "%s: all that matches case = %.100s is ignored, so "
					      "that nothing of it would be gated; take one of the "
					      "two out",
					      policy->name, pattern);
		if (i < policy->nr_cases &&
		    !knows_case(analysis->dataset, pattern, policy->metrics, policy->nr_metrics))
			return pcow_error_set(err, -EINVAL,
					      "%s: no case that matches case = %.100s has a metric "
					      "of the policy, so that nothing of it would be gated",
					      policy->name, pattern);
	}
	for (size_t i = 0; i < policy->nr_metrics + policy->nr_effects; i++) {
		const char *metric = i < policy->nr_metrics
					     ? policy->metrics[i]
					     : policy->effects[i - policy->nr_metrics].metric;

		if (!knows_metric(analysis->dataset, metric))
			return refuse_metric(analysis->dataset, policy->name, metric, err);
	}
	return 0;
}

int pcow_selection_check(const struct pcow_selection *selection, const struct pcow_dataset *set,
			 struct pcow_error *err)
{
	for (size_t i = 0; i < selection->nr_metrics; i++) {
		if (!knows_metric(set, selection->metrics[i]))
			return refuse_metric(set, "--metric", selection->metrics[i], err);
	}
	for (size_t i = 0; i < selection->nr_cases; i++) {
		if (!knows_case(set, selection->cases[i], NULL, 0))
			return pcow_error_set(
				err, -EINVAL,
				"--only: no case is called '%.100s'; `pincow compare` "
				"without it names those there are",
				selection->cases[i]);
	}
	return 0;
}

static int no_memory(struct pcow_error *err)
{
	return pcow_error_set(err, -ENOMEM, "out of memory");
}

int pcow_analysis_make(struct pcow_analysis *analysis, const struct pcow_dataset *dataset,
		       const struct pcow_question *question, struct pcow_error *err)
{
	int ret;

	*analysis = (struct pcow_analysis){ .dataset = dataset, .policy = question->policy };
	ret = check_policy(analysis, err);
	if (!ret)
		ret = pcow_strata_make(analysis, question, err);
	if (ret)
		return ret;
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		struct pcow_comparison *comparison = &analysis->comparisons[i];

		if (pcow_stratum_note_environment(analysis, &comparison->stratum, question->keys) ||
		    pcow_stratum_note_runs(analysis, &comparison->stratum) ||
		    pcow_stratum_note_pairs(analysis, &comparison->stratum) ||
		    pcow_lines_make(comparison, analysis) ||
		    pcow_lines_note(analysis, comparison) ||
		    pcow_lines_change(analysis, comparison))
			return no_memory(err);
	}
	if (!has_common(analysis))
		return refuse_disjoint(analysis, err);
	ret = judge_families(analysis);
	for (size_t i = 0; !ret && i < analysis->nr_comparisons; i++)
		ret = judge_twin(analysis, &analysis->comparisons[i]);
	if (!ret)
		ret = block_unmeasured(analysis);
	if (ret)
		return no_memory(err);
	close_gate(analysis);
	return 0;
}

void pcow_analysis_clear(struct pcow_analysis *analysis)
{
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		pcow_lines_clear(&analysis->comparisons[i]);
		pcow_stratum_clear(&analysis->comparisons[i].stratum);
	}
	free(analysis->comparisons);
	for (size_t i = 0; i < analysis->nr_notes; i++)
		free(analysis->notes[i]);
	free(analysis->notes);
	*analysis = (struct pcow_analysis){ 0 };
}
