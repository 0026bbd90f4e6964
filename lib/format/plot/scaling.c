/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cost against size, threads or whatever else is a number, a panel for each
 * case but for that number, a curve a group.
 */
#include "plot/groups.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct family - lines that differ in one number alone
 * @first:	line of the family, in the pick
 * @param:	the number, among the parameters of each
 */
struct family {
	size_t first;
	size_t param;
};

/* Is there a cost that a logarithmic axis can show? */
static bool arm_has_point(const struct pcow_arm *arm)
{
	return arm->n && arm->median > 0.0;
}

static bool is_wanted(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	bool any = false;

	for (size_t g = 0; g < comparison->stratum.nr_groups; g++)
		any |= arm_has_point(&line->arms[g]);
	return any && pcow_line_has_figure(comparison, line) && line->series->is_headline;
}

/* Do two lines differ in nothing but this parameter, a number? */
static bool same_but(const struct pcow_series *a, const struct pcow_series *b, size_t param)
{
	if (strcmp(a->scenario, b->scenario) || strcmp(a->metric, b->metric) ||
	    a->nr_params != b->nr_params)
		return false;
	for (size_t i = 0; i < a->nr_params; i++) {
		bool same = i == param ? !strcmp(a->params[i].name, b->params[i].name) &&
						 b->params[i].is_number && b->params[i].number
				       : !pcow_params_compare(&a->params[i], 1, &b->params[i], 1);

		if (!same)
			return false;
	}
	return true;
}

/* Calls of the same number for a line before it would draw the family again. */
static bool begins_family(const struct pcow_pick *pick, size_t line, size_t param)
{
	const struct pcow_series *series = pick->lines[line]->series;
	size_t members = 0;

	if (!series->params[param].is_number || !series->params[param].number)
		return false;
	for (size_t i = 0; i < pick->n; i++) {
		if (!same_but(series, pick->lines[i]->series, param))
			continue;
		if (i < line)
			return false;
		members++;
	}
	return members > 1;
}

/* The families there are; @families has room for every parameter of every line. */
static size_t find_families(const struct pcow_pick *pick, struct family *families)
{
	size_t n = 0;

	for (size_t i = 0; i < pick->n; i++) {
		for (size_t p = 0; p < pick->lines[i]->series->nr_params; p++) {
			if (begins_family(pick, i, p))
				families[n++] = (struct family){ .first = i, .param = p };
		}
	}
	return n;
}

static bool has_curve(const struct pcow_pick *pick, const struct family *family, size_t group)
{
	const struct pcow_series *series = pick->lines[family->first]->series;

	for (size_t i = family->first; i < pick->n; i++) {
		if (same_but(series, pick->lines[i]->series, family->param) &&
		    arm_has_point(&pick->lines[i]->arms[group]))
			return true;
	}
	return false;
}

static void write_curve(FILE *out, const struct pcow_pick *pick, const struct family *family,
			size_t group, size_t i)
{
	const struct pcow_series *series = pick->lines[family->first]->series;
	double unit = pcow_axis_unit(series->unit);

	fprintf(out, "style[%zu] = %zu\n$curve_%zu << EOD\n", i, group + 1, i);
	for (size_t l = family->first; l < pick->n; l++) {
		const struct pcow_line *line = pick->lines[l];
		const struct pcow_arm *arm = &line->arms[group];
		bool whole = isfinite(arm->low) && arm->low > 0.0 && isfinite(arm->high);

		if (!same_but(series, line->series, family->param) || !arm_has_point(arm))
			continue;
		fprintf(out, "%" PRIu64 " %.9g %.9g %.9g\n",
			line->series->params[family->param].number, arm->median * unit,
			(whole ? arm->low : arm->median) * unit,
			(whole ? arm->high : arm->median) * unit);
	}
	fputs("EOD\n", out);
}

/* A line of the family that rests on less than was measured, or the first. */
static const struct pcow_line *weakest(const struct pcow_pick *pick, const struct family *family,
				       const struct pcow_comparison *comparison)
{
	const struct pcow_line *first = pick->lines[family->first];
	char caveat[PCOW_CAVEAT_SIZE];

	for (size_t i = family->first; i < pick->n; i++) {
		pcow_line_caveat_format(caveat, sizeof(caveat), comparison, pick->lines[i]);
		if (*caveat && same_but(first->series, pick->lines[i]->series, family->param))
			return pick->lines[i];
	}
	return first;
}

/* Curves are numbered across panels, panel p has those from first[p] to first[p + 1] - 1. */
static void write_panel(FILE *out, const struct pcow_comparison *comparison,
			const struct pcow_pick *pick, const struct family *family, size_t p,
			size_t *curves)
{
	const struct pcow_line *line = weakest(pick, family, comparison);
	const struct pcow_value *number = &line->series->params[family->param];

	pcow_curves_title_write(out, comparison, line, p, number);
	pcow_gnuplot_item(out, "along", p, "%s", strcmp(number->name, "size") ? number->name : "");
	fprintf(out, "first[%zu] = %zu\n", p, *curves + 1);
	for (size_t g = 0; g < comparison->stratum.nr_groups; g++) {
		if (has_curve(pick, family, g))
			write_curve(out, pick, family, g, ++*curves);
	}
}

static void write_panels(FILE *out, const struct pcow_plot *plot, const struct pcow_pick *pick,
			 const struct family *families, size_t n)
{
	size_t curves = 0;

	pcow_groups_write(out, plot, true);
	pcow_panels_begin(out, n);
	fprintf(out, "curves = panels * groups\narray along[panels]\narray first[panels + 1]\n"
		     "array style[curves]\n");
	for (size_t i = 0; i < n; i++)
		write_panel(out, plot->comparison, pick, &families[i], i + 1, &curves);
	fprintf(out, "first[%zu] = %zu\n", n + 1, curves + 1);
}

int pcow_scaling_write(FILE *out, const struct pcow_plot *plot)
{
	struct pcow_pick pick;
	struct family *families = NULL;
	int ret = pcow_pick_make(&pick, plot->comparison, is_wanted);

	if (ret)
		return ret;
	families = calloc(pick.n * PCOW_RESULT_PARAMS_MAX + 1, sizeof(*families));
	if (!families) {
		ret = -ENOMEM;
		goto out_free;
	}
	ret = (int)find_families(&pick, families);
	if (ret)
		write_panels(out, plot, &pick, families, (size_t)ret);
	free(families);
out_free:
	free(pick.lines);
	return ret;
}
