/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distributions of single faults, a panel a case, a curve a group.
 */
#include "plot/groups.h"

#include <math.h>
#include <string.h>

#include "compare/analysis.h"

/* From 0 to 1: rises across each bucket that holds something, is level between them. */
static void write_points(FILE *out, const struct pcow_histogram *spread, double unit)
{
	double total = pcow_histogram_total(spread);
	double sum = 0.0, end = NAN;

	for (size_t i = 0; i < PCOW_HISTOGRAM_BUCKETS; i++) {
		double low = pcow_histogram_low(i);
		double high = pcow_histogram_high(i);

		if (spread->weight[i] == 0.0)
			continue;
		/* What is open has no room on an axis: a step at the edge that it has. */
		low = isinf(low) ? high : low;
		high = isinf(high) ? low : high;
		if (low != end)
			fprintf(out, "%.6g %.6g\n", low * unit, sum / total);
		sum += spread->weight[i];
		fprintf(out, "%.6g %.6g\n", high * unit, sum / total);
		end = high;
	}
}

static void write_curve(FILE *out, const struct pcow_plot *plot, size_t line, size_t group,
			size_t i)
{
	const struct pcow_comparison *comparison = plot->comparison;
	const struct pcow_line *it = plot->fault_lines[line];

	fprintf(out, "style[%zu] = %zu\n$curve_%zu << EOD\n", i, group + 1, i);
	write_points(out, plot->spreads[line * comparison->stratum.nr_groups + group],
		     pcow_axis_unit(it->series->unit));
	fputs("EOD\n", out);
}

static size_t nr_curves(const struct pcow_plot *plot, size_t line)
{
	size_t nr_groups = plot->comparison->stratum.nr_groups;
	size_t n = 0;

	for (size_t g = 0; g < nr_groups; g++)
		n += plot->spreads[line * nr_groups + g] != NULL;
	return n;
}

/* Curves are numbered across panels, panel p has those from first[p] to first[p + 1] - 1. */
static void write_panel(FILE *out, const struct pcow_plot *plot, size_t line, size_t p,
			size_t *curves)
{
	size_t nr_groups = plot->comparison->stratum.nr_groups;

	pcow_curves_title_write(out, plot->comparison, plot->fault_lines[line], p, NULL);
	fprintf(out, "first[%zu] = %zu\n", p, *curves + 1);
	for (size_t g = 0; g < nr_groups; g++) {
		if (plot->spreads[line * nr_groups + g])
			write_curve(out, plot, line, g, ++*curves);
	}
}

int pcow_ecdf_write(FILE *out, const struct pcow_plot *plot)
{
	size_t panels = 0, curves = 0, p = 0, written = 0;

	for (size_t i = 0; i < plot->nr_fault_lines; i++) {
		curves += nr_curves(plot, i);
		panels += nr_curves(plot, i) > 0;
	}
	if (!panels)
		return 0;
	pcow_groups_write(out, plot, false);
	pcow_panels_begin(out, panels);
	fprintf(out,
		"curves = %zu\narray first[panels + 1]\n"
		"array style[curves]\n",
		curves);
	for (size_t i = 0; i < plot->nr_fault_lines; i++) {
		if (nr_curves(plot, i))
			write_panel(out, plot, i, ++p, &written);
	}
	fprintf(out, "first[%zu] = %zu\n", panels + 1, written + 1);
	return (int)curves;
}
