/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page that says at a glance what changed: of each case the change against
 * the base, the largest first, and the main job's bars.
 */
#include "plot/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/analysis.h"

/* More rows than this are no page; the rest changed less, and stands in `ratio`. */
#define ROWS_MAX 48

static bool is_wanted(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	return pcow_line_has_figure(comparison, line) && line->series->is_headline;
}

/* Is there a mark at a place of the axis? */
static bool is_marked(const struct pcow_change *change)
{
	return change->is_relative && isfinite(change->shift) && change->verdict != PCOW_MISSING &&
	       change->verdict != PCOW_BROKEN;
}

/* How far from 0 the outermost mark is, of logs; -1 for none. */
static double mark_size(const struct pcow_line *line, size_t nr_groups)
{
	double size = -1.0;

	for (size_t g = 1; g < nr_groups; g++) {
		if (is_marked(&line->changes[g]))
			size = fmax(size, fabs(log1p(fmax(line->changes[g].shift, -0.99))));
	}
	return size;
}

/* By what rows are sorted: a broken claim is more than any number. */
static double size_of(const struct pcow_line *line, size_t nr_groups)
{
	for (size_t g = 1; g < nr_groups; g++) {
		if (line->changes[g].verdict == PCOW_BROKEN)
			return INFINITY;
	}
	return mark_size(line, nr_groups);
}

static int compare_sizes(const void *pa, const void *pb, void *nr_groups)
{
	const struct pcow_line *a = *(const struct pcow_line *const *)pa;
	const struct pcow_line *b = *(const struct pcow_line *const *)pb;
	double size_a = size_of(a, *(size_t *)nr_groups);
	double size_b = size_of(b, *(size_t *)nr_groups);

	if (size_a != size_b)
		return size_a < size_b ? 1 : -1;
	return (a->series > b->series) - (a->series < b->series);
}

/* What the kernel did in either, where the two did not do the same. */
static void mark_format(char *buf, size_t size, const struct pcow_comparison *comparison,
			const struct pcow_line *line, size_t group)
{
	const char *before = pcow_line_outcome(comparison, line, 0);
	const char *after = pcow_line_outcome(comparison, line, group);

	if (line->changes[group].verdict != PCOW_OTHER_WORK)
		snprintf(buf, size, "%s", "");
	else if (strcmp(before, after))
		snprintf(buf, size, "%s → %s", before, after);
	else
		snprintf(buf, size, "%s", pcow_verdict_name(PCOW_OTHER_WORK));
}

static void write_change(FILE *out, const struct pcow_comparison *comparison,
			 const struct pcow_line *line, size_t group, size_t row)
{
	const struct pcow_change *change = &line->changes[group];
	bool shown = is_marked(change);
	bool whole = isfinite(change->low) && isfinite(change->high);
	const char *verdict = pcow_verdict_name(change->verdict);
	char value[PCOW_CELL_SIZE], mark[PCOW_CELL_SIZE];

	if (change->verdict == PCOW_OTHER_WORK)
		*value = '\0';
	else if (shown)
		pcow_percent_format(value, sizeof(value), change->shift, true, " %");
	else if (isfinite(change->shift) && !change->is_relative)
		snprintf(value, sizeof(value), "no share");
	else
		snprintf(value, sizeof(value), "%s", verdict);
	mark_format(mark, sizeof(mark), comparison, line, group);
	fprintf(out, "%zu", row);
	pcow_gnuplot_number(out, shown ? change->shift : NAN);
	pcow_gnuplot_number(out, shown && whole ? change->low : change->shift);
	pcow_gnuplot_number(out, shown && whole ? change->high : change->shift);
	pcow_gnuplot_number(out, shown ? change->effect : NAN);
	fprintf(out, " \"%s\" \"%s\" \"%s\"\n", verdict, value, mark);
}

/* The marks that a legend must explain; what has none says so in words. */
static void write_verdicts(FILE *out, const struct pcow_comparison *comparison,
			   const struct pcow_pick *pick, size_t rows)
{
	bool seen[PCOW_NR_VERDICTS] = { false };
	size_t n = 0;

	for (size_t i = 0; i < rows; i++) {
		for (size_t g = 1; g < comparison->stratum.nr_groups; g++) {
			const struct pcow_change *change = &pick->lines[i]->changes[g];

			seen[change->verdict] |= is_marked(change);
		}
	}
	fprintf(out, "array verdict[%d]\n", PCOW_NR_VERDICTS);
	for (int v = 0; v < PCOW_NR_VERDICTS; v++) {
		if (seen[v])
			pcow_gnuplot_item(out, "verdict", ++n, "%s", pcow_verdict_name(v));
	}
	fprintf(out, "verdicts = %zu\n", n);
}

static void write_rows(FILE *out, const struct pcow_comparison *comparison,
		       const struct pcow_pick *pick)
{
	size_t rows = pick->n < ROWS_MAX ? pick->n : ROWS_MAX;
	char name[PCOW_LABEL_MAX];

	fprintf(out, "rows = %zu\nmore = %zu\narray name[rows]\n", rows, pick->n - rows);
	for (size_t i = 0; i < rows; i++) {
		pcow_series_case_format(name, sizeof(name), pick->lines[i]->series);
		pcow_line_item_write(out, "name", i + 1, comparison, pick->lines[i], name);
	}
	for (size_t g = 1; g < comparison->stratum.nr_groups; g++) {
		fprintf(out, "$change_%zu << EOD\n", g + 1);
		for (size_t i = 0; i < rows; i++)
			write_change(out, comparison, pick->lines[i], g, i + 1);
		fputs("EOD\n", out);
	}
	write_verdicts(out, comparison, pick, rows);
}

int pcow_changes_write(FILE *out, const struct pcow_plot *plot)
{
	size_t nr_groups = plot->comparison->stratum.nr_groups;
	struct pcow_pick pick;
	double largest = -1.0;
	int ret = pcow_pick_make(&pick, plot->comparison, is_wanted);

	if (ret)
		return ret;
	qsort_r(pick.lines, pick.n, sizeof(const struct pcow_line *), compare_sizes, &nr_groups);
	/* The first rows may be broken claims, which have none. */
	for (size_t i = 0; i < pick.n; i++)
		largest = fmax(largest, mark_size(pick.lines[i], nr_groups));
	if (largest < 0.0)
		goto out_free;
	pcow_groups_write(out, plot, true);
	write_rows(out, plot->comparison, &pick);
	/* Of logs, as the axis is. */
	fprintf(out, "largest = %.9g\n", largest);
	ret = pcow_main_job_write(out, plot->comparison);
	if (ret >= 0)
		ret = (int)pick.n;
out_free:
	free(pick.lines);
	return ret;
}
