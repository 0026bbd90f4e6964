/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines and groups of a comparison, as the figures of it want them.
 */
#include "plot_groups.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"

/* A group's name at an axis has no more bytes. */
#define GROUP_NAME_MAX 28

/* ------------------------------------------------------------------- lines */

static int compare_lines(const void *pa, const void *pb)
{
	const struct pcow_line *a = *(const struct pcow_line *const *)pa;
	const struct pcow_line *b = *(const struct pcow_line *const *)pb;

	/* Both point into one array. */
	return (a->series > b->series) - (a->series < b->series);
}

int pcow_pick_make(struct pcow_pick *pick, const struct pcow_comparison *comparison,
		   bool (*wanted)(const struct pcow_comparison *comparison,
				  const struct pcow_line *line))
{
	*pick = (struct pcow_pick){
		.lines = calloc(comparison->nr_lines + 1, sizeof(const struct pcow_line *)),
	};
	if (!pick->lines)
		return -ENOMEM;
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		if (wanted(comparison, &comparison->lines[i]))
			pick->lines[pick->n++] = &comparison->lines[i];
	}
	qsort(pick->lines, pick->n, sizeof(const struct pcow_line *), compare_lines);
	return 0;
}

static size_t nr_arms(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	size_t n = 0;

	for (size_t g = 0; g < comparison->stratum.nr_groups; g++)
		n += line->arms[g].n > 0;
	return n;
}

bool pcow_line_has_figure(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	for (size_t g = 0; g < comparison->stratum.nr_groups; g++) {
		if (line->arms[g].waits)
			return false;
	}
	return nr_arms(comparison, line) > 0;
}

static bool same_but_numbers(const struct pcow_series *a, const struct pcow_series *b)
{
	return !strcmp(a->metric, b->metric) && !strcmp(a->scenario, b->scenario) &&
	       pcow_params_same_but_numbers(a->params, a->nr_params, b->params, b->nr_params);
}

bool pcow_line_is_largest(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	size_t arms = nr_arms(comparison, line);

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *other = &comparison->lines[i];
		size_t others;

		if (!same_but_numbers(line->series, other->series))
			continue;
		others = nr_arms(comparison, other);
		if (others > arms ||
		    (others == arms &&
		     pcow_params_larger_numbers(other->series->params, line->series->params,
						line->series->nr_params)))
			return false;
	}
	return arms > 0;
}

const char *pcow_series_word(const struct pcow_series *series, const char *name)
{
	for (size_t i = 0; i < series->nr_params; i++) {
		if (!strcmp(series->params[i].name, name) && !series->params[i].is_number)
			return series->params[i].text;
	}
	return "";
}

const char *pcow_line_outcome(const struct pcow_comparison *comparison,
			      const struct pcow_line *line, size_t group)
{
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *other = &comparison->lines[i];

		if (!strcmp(other->series->metric, "copied") && other->arms[group].n &&
		    pcow_series_same_case(other->series, line->series))
			return other->arms[group].median >= 0.5 ? "copy" : "reuse";
	}
	return "";
}

/* ------------------------------------------------------------------ groups */

static const char *version_of(const struct pcow_file *file)
{
	return file->header.version;
}

static void write_origin(FILE *out, const struct pcow_plot *plot, bool of_values)
{
	const struct pcow_stratum *stratum = &plot->comparison->stratum;
	const char *version = pcow_stratum_text(stratum, version_of);
	char line[PCOW_NAME_SIZE];

	pcow_stratum_format(line, sizeof(line), stratum);
	pcow_gnuplot_assign(out, "origin_host", line);
	snprintf(line, sizeof(line), "pincow %s; %s", version ? version : "of several versions",
		 of_values ? "a boot's value is the median of its workers"
			   : "each boot weighs the same, however many operations it timed");
	pcow_gnuplot_assign(out, "origin_run", line);
	pcow_gnuplot_assign(
		out, "unit",
		pcow_axis_symbol(pcow_time_unit(&stratum->groups[0].boots[0].files[0]->header)));
	snprintf(line, sizeof(line), "%.3g %% interval over boots, where there are two or more",
		 100.0 * plot->analysis->policy->confidence);
	pcow_gnuplot_assign(out, "interval", line);
}

/* The end of a long name: names of one comparison begin alike. */
static void write_name(FILE *out, const struct pcow_group *group, size_t i)
{
	size_t length = strlen(group->name);
	const char *end = group->name + (length > GROUP_NAME_MAX ? length - GROUP_NAME_MAX : 0);
	char name[GROUP_NAME_MAX + sizeof("…")];

	/* Not from within a character. */
	while ((*end & 0xc0) == 0x80)
		end++;
	snprintf(name, sizeof(name), "%s%s", end > group->name ? "…" : "", end);
	pcow_gnuplot_item(out, "group", i, name);
}

/* The name of a group of one kernel is what the rest says first. */
static void write_about(FILE *out, const struct pcow_stratum *stratum, size_t group)
{
	const char *name = stratum->groups[group].name;
	const char *release = pcow_group_text(&stratum->groups[group], pcow_file_release);
	bool repeats = release && !strcmp(name, release);
	char line[2 * PCOW_NAME_SIZE], about[PCOW_NAME_SIZE];

	pcow_group_format(about, sizeof(about), stratum, group);
	snprintf(line, sizeof(line), "%s%s%s", repeats ? "" : name, repeats ? "" : ":  ", about);
	pcow_gnuplot_item(out, "about", group + 1, line);
}

void pcow_groups_write(FILE *out, const struct pcow_plot *plot, bool of_values)
{
	const struct pcow_stratum *stratum = &plot->comparison->stratum;

	write_origin(out, plot, of_values);
	fprintf(out, "groups = %zu\narray group[groups]\narray about[groups]\n",
		stratum->nr_groups);
	for (size_t g = 0; g < stratum->nr_groups; g++) {
		write_about(out, stratum, g);
		write_name(out, &stratum->groups[g], g + 1);
	}
}

/* ------------------------------------------------------------------- panels */

void pcow_gnuplot_number(FILE *out, double value)
{
	if (isfinite(value))
		fprintf(out, " %.9g", value);
	else
		fputs(" NaN", out);
}

void pcow_panels_begin(FILE *out, size_t n)
{
	fprintf(out, "panels = %zu\narray panel[panels]\narray axis[panels]\n", n);
}

static void write_bar(FILE *out, const struct pcow_arm *arm, const struct pcow_style *style)
{
	bool whole = isfinite(arm->low) && isfinite(arm->high);
	char value[PCOW_CELL_SIZE];

	pcow_gnuplot_number(out, arm->median / style->divisor);
	pcow_gnuplot_number(out, arm->low / style->divisor);
	pcow_gnuplot_number(out, arm->high / style->divisor);
	pcow_gnuplot_number(
		out, arm->n ? fmax(whole ? arm->high : arm->median, 0.0) / style->divisor : 0.0);
	pcow_style_format(value, sizeof(value), style, arm->median);
	fprintf(out, " \"%s\"", arm->n ? value : "none");
}

void pcow_bars_write(FILE *out, const struct pcow_comparison *comparison,
		     const struct pcow_line *line, size_t p, const char *title, const char *about)
{
	size_t nr_groups = comparison->stratum.nr_groups;
	struct pcow_style style = pcow_line_style(line, nr_groups);
	char axis[PCOW_LABEL_MAX + sizeof(style.unit) + 16];

	snprintf(axis, sizeof(axis), "%.*s  ·  %s%s", PCOW_LABEL_MAX, about,
		 strncmp(style.unit, "us/", 3) ? "" : "µ",
		 style.unit + (strncmp(style.unit, "us/", 3) ? 0 : 1));
	pcow_gnuplot_item(out, "panel", p, title);
	pcow_gnuplot_item(out, "axis", p, axis);
	fprintf(out, "$panel_%zu << EOD\n", p);
	for (size_t g = 0; g < nr_groups; g++) {
		fprintf(out, "%zu", g + 1);
		write_bar(out, &line->arms[g], &style);
		fprintf(out, " \"%s\"\n",
			line->series->kind == PCOW_METRIC_COST
				? pcow_line_outcome(comparison, line, g)
				: "");
	}
	fputs("EOD\n", out);
}
