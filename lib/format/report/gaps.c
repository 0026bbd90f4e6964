/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is not in the figures: cases that did not run, samples that were left
 * out, arms that did other work.  A page that hides them lies.
 */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum gap_kind {
	GAP_ERROR,
	GAP_INVALID,
	GAP_SKIP,
	GAP_ABSENT,
	GAP_WORK,
	GAP_SAMPLES,
};

static const char *const kind_names[] = {
	[GAP_ERROR] = "failed",	     [GAP_INVALID] = "invalid: no sample did what the case says",
	[GAP_SKIP] = "skipped",	     [GAP_ABSENT] = "not measured",
	[GAP_WORK] = "not compared", [GAP_SAMPLES] = "some samples left out",
};

/**
 * struct gap - one case in one group
 * @group:	place in the stratum
 * @kind:	see there
 * @why, @remedy: one line each; "" for none
 * @series:	of the case
 * @fraction:	of samples left out
 */
struct gap {
	size_t group;
	enum gap_kind kind;
	const char *why, *remedy;
	const struct pcow_series *series;
	double fraction;
};

/* Everything but the case. */
static int compare_causes(const struct gap *a, const struct gap *b)
{
	int order = (int)a->kind - (int)b->kind;

	if (order == 0)
		order = (a->group > b->group) - (a->group < b->group);
	if (order == 0)
		order = strcmp(a->why, b->why);
	return order ? order : strcmp(a->remedy, b->remedy);
}

static int compare_gaps(const void *pa, const void *pb)
{
	const struct gap *a = pa, *b = pb;
	int order = compare_causes(a, b);

	/* Series are sorted already: cases keep that order. */
	return order ? order : (a->series > b->series) - (a->series < b->series);
}

/* The arm itself has nothing, or something to explain. */
static bool arm_gap(struct gap *gap, const struct pcow_arm *arm)
{
	static const enum gap_kind kinds[] = {
		[PCOW_STATUS_INVALID] = GAP_INVALID,
		[PCOW_STATUS_SKIP] = GAP_SKIP,
		[PCOW_STATUS_ERROR] = GAP_ERROR,
	};

	if (arm->present && arm->status != PCOW_STATUS_OK) {
		gap->kind = kinds[arm->status];
		gap->why = *arm->reason ? arm->reason : "no reason was recorded";
		gap->remedy = arm->remedy;
		return true;
	}
	gap->kind = GAP_ABSENT;
	gap->why = arm->present ? "the figure is not in the group's files"
				: "the case is not in the group's files";
	gap->remedy = "measure all groups with one profile and one version of pincow";
	return !arm->n;
}

/* The gaps of one arm of a headline, at most two; returns how many. */
static size_t find_gaps(struct gap *gaps, const struct pcow_line *line, size_t group)
{
	const struct pcow_change *change = &line->changes[group];
	const struct pcow_arm *arm = &line->arms[group];
	struct gap gap = { .group = group, .series = line->series };
	size_t n = 0;

	if (!line->series->is_headline)
		return 0;
	if (arm_gap(&gap, arm)) {
		gaps[n++] = gap;
	} else if (group && change->verdict == PCOW_OTHER_WORK) {
		gap.kind = GAP_WORK;
		gap.why = change->why;
		gap.remedy = "costs of other work are no regression: judge the work itself";
		gaps[n++] = gap;
	}
	if (arm->n && arm->invalid_fraction > 0.0) {
		gap.kind = GAP_SAMPLES;
		gap.why = "they broke the case's claim";
		gap.remedy = "above 1 %, find out why before believing the rest";
		gap.fraction = arm->invalid_fraction;
		gaps[n++] = gap;
	}
	return n;
}

static void cases_print(FILE *out, const struct gap *gaps, size_t n)
{
	char name[512];

	for (size_t i = 0; i < n; i++) {
		pcow_series_case_format(name, sizeof(name), gaps[i].series);
		pcow_markup_print(out, "%s<span class=\"case\">%s", i ? ", " : "", name);
		if (gaps[i].kind == GAP_SAMPLES)
			fprintf(out, " (%.2g&nbsp;%%)", 100.0 * gaps[i].fraction);
		fputs("</span>", out);
	}
}

static void gaps_row(FILE *out, const struct pcow_stratum *stratum, const struct gap *gaps,
		     size_t n)
{
	fprintf(out, "<tr><td>%s</td>", kind_names[gaps->kind]);
	pcow_markup_print(out, "<td class=\"group\">%s</td><td>%s</td><td>%s</td><td>",
			  stratum->groups[gaps->group].name, gaps->why, gaps->remedy);
	cases_print(out, gaps, n);
	fputs("</td></tr>\n", out);
}

static void gaps_table(FILE *out, const struct pcow_stratum *stratum, const struct gap *gaps,
		       size_t n)
{
	pcow_html_table_begin(out, "What is not in the figures");
	fputs("<thead><tr><th scope=\"col\">what</th><th scope=\"col\" class=\"group\">group</th>"
	      "<th scope=\"col\">why</th><th scope=\"col\">remedy</th>"
	      "<th scope=\"col\">cases</th></tr></thead>\n<tbody>\n",
	      out);
	for (size_t first = 0, same; first < n; first += same) {
		same = 1;
		while (first + same < n && compare_causes(&gaps[first], &gaps[first + same]) == 0)
			same++;
		gaps_row(out, stratum, &gaps[first], same);
	}
	fputs("</tbody>\n", out);
	pcow_html_table_end(out);
}

size_t pcow_report_count_gaps(const struct pcow_comparison *comparison)
{
	struct gap gaps[2];
	size_t n = 0;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		for (size_t group = 0; group < comparison->stratum.nr_groups; group++)
			n += find_gaps(gaps, &comparison->lines[i], group) > 0;
	}
	return n;
}

int pcow_report_gaps(FILE *out, const struct pcow_analysis *analysis,
		     const struct pcow_comparison *comparison)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	struct gap *gaps = calloc(2 * comparison->nr_lines * stratum->nr_groups + 1, sizeof(*gaps));
	size_t n = 0;

	(void)analysis;
	if (!gaps)
		return -ENOMEM;
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		for (size_t group = 0; group < stratum->nr_groups; group++)
			n += find_gaps(gaps + n, &comparison->lines[i], group);
	}
	qsort(gaps, n, sizeof(*gaps), compare_gaps);
	if (n)
		gaps_table(out, stratum, gaps, n);
	else
		fputs("<p>Nothing: every case of every group ran, kept its claim in all samples, "
		      "and did the same work as in the base.</p>\n",
		      out);
	free(gaps);
	return 0;
}
