/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What changes are estimated from: which boots face which, and which lines stand
 * together.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A difference of two weights is known to twice the coarsest resolution, which is
 * that of slabs: 32 KiB. */
#define LEAST_BYTES 65536.0
#define LEAST_PAGES 16.0

/* Boots of a block stand beside each other; the slowest hosts take hours for one. */
#define PAIR_MOST_NS (24 * 3600 * UINT64_C(1000000000))

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

/* When boots were measured. */
struct span {
	uint64_t first, last;
};

static void span_add(struct span *span, uint64_t ns)
{
	span->first = !span->last || ns < span->first ? ns : span->first;
	span->last = ns > span->last ? ns : span->last;
}

/* Is all of one before all of the other? 1 when it was noted, else 0 or -ENOMEM. */
static int note_order(struct pcow_analysis *analysis, const struct span *spans,
		      const struct pcow_group *base, const struct pcow_group *other, const char *so)
{
	bool later = spans[0].last < spans[1].first;

	if (!spans[0].first || !spans[1].first || !(later || spans[1].last < spans[0].first))
		return 0;
	analysis->no_turns = true;
	return pcow_analysis_note(analysis, "all boots of %s were measured before those of %s: %s",
				  later ? base->name : other->name,
				  later ? other->name : base->name, so)
		       ? -ENOMEM
		       : 1;
}

/* What drifts meanwhile looks like a change, and no interval knows of it. */
static int note_turns(struct pcow_analysis *analysis, const struct pcow_group *base,
		      const struct pcow_group *other)
{
	const struct pcow_group *const groups[] = { base, other };
	struct span spans[2] = { { 0 } };

	for (size_t g = 0; g < 2; g++) {
		for (size_t i = 0; i < groups[g]->nr_boots; i++)
			span_add(&spans[g], groups[g]->boots[i].files[0]->header.created_ns);
	}
	return note_order(
		analysis, spans, base, other,
		"what drifted meanwhile counts as a change; boot them in turn, in blocks");
}

/* A block is a promise that its boots were made beside each other: what speaks against it,
 * as far as the files of @pairs tell. */
static int note_times(struct pcow_analysis *analysis, const struct pcow_group *base,
		      const struct pcow_group *other, size_t pairs)
{
	struct span spans[2] = { { 0 } };
	size_t known = 0, far = 0;

	for (size_t i = 0; i < base->nr_boots; i++) {
		const struct pcow_boot *boot = partner(base, &base->boots[i], other);
		uint64_t a = base->boots[i].files[0]->header.created_ns;
		uint64_t b = boot ? boot->files[0]->header.created_ns : 0;

		if (!a || !b)
			continue;
		known++;
		far += (a > b ? a - b : b - a) > PAIR_MOST_NS;
		span_add(&spans[0], a);
		span_add(&spans[1], b);
	}
	if (known > 1) {
		int ret = note_order(analysis, spans, base, other,
				     "they are paired by blocks that were none");

		if (ret)
			return ret < 0 ? ret : 0;
	}
	return far ? pcow_analysis_note(
			     analysis,
			     "%zu of %zu pairs of %s and %s were measured more than a day "
			     "apart: what changed between is in their difference",
			     far, pairs, base->name, other->name)
		   : 0;
}

static bool share_host(const struct pcow_group *base, const struct pcow_group *other)
{
	for (size_t i = 0; i < base->nr_boots; i++) {
		for (size_t j = 0; j < other->nr_boots; j++) {
			if (strcmp(pcow_file_hostname(base->boots[i].files[0]),
				   pcow_file_hostname(other->boots[j].files[0])) == 0)
				return true;
		}
	}
	return false;
}

/* A block whose other kernel left no file is a kernel that did not come back.  Of two hosts
 * blocks are no promise. */
static int note_unpaired(struct pcow_analysis *analysis, const struct pcow_group *base,
			 const struct pcow_group *other, size_t pairs)
{
	static const char told[] = "%s and %s are not paired: %zu of %zu and %zu boots have one of "
				   "the other in their block, on their host";

	return share_host(base, other)
		       ? pcow_analysis_stop(analysis, PCOW_STOP_UNFINISHED, told, base->name,
					    other->name, pairs, base->nr_boots, other->nr_boots)
		       : pcow_analysis_note(analysis, told, base->name, other->name, pairs,
					    base->nr_boots, other->nr_boots);
}

/* What keeps boots from being pairs, where they are none. */
static int note_no_blocks(struct pcow_analysis *analysis, const struct pcow_group *base,
			  const struct pcow_group *other)
{
	const struct pcow_group *told = has_blocks(base) ? base : other;

	if (base->nr_boots != other->nr_boots &&
	    pcow_analysis_note(analysis,
			       "%s has %zu boots and %s %zu: where boots died, those that "
			       "are left may be the lucky ones",
			       base->name, base->nr_boots, other->name, other->nr_boots))
		return -ENOMEM;
	if (has_blocks(told) &&
	    pcow_analysis_note(analysis,
			       "%s tells its blocks and %s does not: their boots are not paired, "
			       "and what the boots of a block share counts as noise; measure both "
			       "with run --block",
			       told->name, told == base ? other->name : base->name))
		return -ENOMEM;
	return note_turns(analysis, base, other);
}

static int note_pairs(struct pcow_analysis *analysis, const struct pcow_group *base,
		      const struct pcow_group *other)
{
	size_t pairs = count_pairs(base, other);
	size_t alone[] = { base->nr_boots - pairs, other->nr_boots - pairs };

	if (!are_enough(pairs, base->nr_boots, other->nr_boots, analysis->policy))
		return note_unpaired(analysis, base, other, pairs);
	if (note_times(analysis, base, other, pairs))
		return -ENOMEM;
	if (!alone[0] && !alone[1])
		return 0;
	return pcow_analysis_note(
		analysis,
		"%s and %s are compared by %zu pairs: %zu and %zu boots have none "
		"of the other in their block, on their host, and are left out",
		base->name, other->name, pairs, alone[0], alone[1]);
}

int pcow_stratum_note_pairs(struct pcow_analysis *analysis, const struct pcow_stratum *stratum)
{
	const struct pcow_group *base = &stratum->groups[0];

	for (size_t i = 1; i < stratum->nr_groups; i++) {
		const struct pcow_group *other = &stratum->groups[i];
		bool blocks = has_blocks(base) && has_blocks(other);

		/* Of one boot a group there is nothing to pair, nor where all are alike. */
		if (base->nr_boots < 2 || pcow_stratum_is_counted(stratum))
			continue;
		if ((blocks ? note_pairs(analysis, base, other)
			    : note_no_blocks(analysis, base, other)) < 0)
			return -ENOMEM;
	}
	return 0;
}

double pcow_series_step(const struct pcow_series *series)
{
	if (strcmp(series->unit, "bytes") == 0)
		return LEAST_BYTES;
	return strcmp(series->unit, "pages") == 0 ? LEAST_PAGES : 1.0;
}

/* That, or the step that either value is known by; but a gate asks for what matters. */
static double memory_least(const struct pcow_line *line, size_t group)
{
	if (line->series->kind != PCOW_METRIC_MEMORY)
		return 0.0;
	if (line->changes[group].gated)
		return pcow_series_step(line->series);
	return fmax(pcow_series_step(line->series),
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
		    size_t group, const struct pcow_family *family, bool gated)
{
	for (size_t i = 0; i < family->nr_odd; i++) {
		const struct pcow_odd *odd = &family->odd[i];
		const struct pcow_group *base = &stratum->groups[0],
					*other = &stratum->groups[group];
		const struct pcow_group *of = odd->arm ? other : base;
		const struct pcow_boot *boot = &of->boots[odd->boot];
		const struct pcow_boot *pair =
			family->evidence[0].paired ? partner(base, boot, other) : NULL;
		char off[32] = "";

		if (odd->most != 0.0)
			snprintf(off, sizeof(off), " (%+.3g %% at most)", 100.0 * expm1(odd->most));
		if (pcow_analysis_note(analysis,
				       "%s%s%s: the %s of %s%s%s lies too far off the others for "
				       "chance in %zu %sgated line%s%s and is set aside there",
				       of->name, pair ? " and " : "", pair ? other->name : "",
				       pair ? "pair" : "boot", boot->files[0]->path,
				       pair ? " and " : "", pair ? pair->files[0]->path : "",
				       odd->nr_lines, gated ? "" : "un",
				       odd->nr_lines == 1 ? "" : "s", off))
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
		struct pcow_evidence *evidence = &family.evidence[family.n];
		struct pcow_change *change = &line->changes[group];

		if (line->series->kind != kind || !is_estimated(line, group) ||
		    pcow_line_is_gated(line, stratum->nr_groups) != gated)
			continue;
		ret = take_evidence(evidence, line, stratum, group, analysis->policy);
		if (!change->deterministic) {
			family.changes[family.n++] = change;
			continue;
		}
		if (!ret)
			ret = pcow_change_count(change, evidence);
		evidence_clear(evidence);
	}
	if (!ret && family.n)
		ret = pcow_family_estimate(&family, analysis->policy);
	if (!ret)
		ret = note_odd(analysis, stratum, group, &family, gated);
	analysis->nr_odd += gated ? family.nr_odd : 0;
	for (size_t i = 0; i < family.n; i++)
		evidence_clear(&family.evidence[i]);
	free(family.evidence);
	free(family.changes);
	return ret;
}

int pcow_lines_estimate(struct pcow_analysis *analysis, struct pcow_comparison *comparison)
{
	static const enum pcow_metric_kind kinds[] = { PCOW_METRIC_COST, PCOW_METRIC_MEMORY };

	for (size_t g = 1; g < comparison->stratum.nr_groups; g++) {
		/* The gated ones first, as their notes are. */
		for (size_t i = 0; i < 4; i++) {
			if (estimate_family(analysis, comparison, g, kinds[i / 2], !(i % 2)))
				return -ENOMEM;
		}
	}
	return 0;
}
