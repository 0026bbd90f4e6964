/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distributions of single faults, a panel a scenario, a curve a page kind.
 */
#include "plot/data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/stats.h>

/* A curve in a figure that is 1200 pixels wide shows no more. */
#define CURVE_POINTS 1000

/* "310 ns", "3,416", or a dash where too few operations were timed to tell */
static void format_quantile(char *buf, size_t size, const struct pcow_operations *operations,
			    const char *unit, double p)
{
	snprintf(buf, size, "–");
	if (operations->n >= pcow_quantile_min_n(p))
		pcow_cost_format(buf, size, pcow_quantile(operations->ns, operations->n, p), unit);
	/* The title of the legend says it once. */
	if (pcow_unit_is_counted(unit))
		buf[strcspn(buf, " ")] = '\0';
}

static void operations_label(char *buf, size_t size, const struct pcow_plot *plot,
			     const struct pcow_operations *operations)
{
	pcow_case_label(buf, size, &plot->summary, operations->scenario, operations->params,
			operations->nr_params);
}

/* Curve @i, drawn in the style of its page kind. */
static void write_curve(FILE *out, const struct pcow_plot *plot,
			const struct pcow_operations *operations, size_t i,
			const struct pcow_labels *labels)
{
	size_t points = operations->n < CURVE_POINTS ? operations->n : CURVE_POINTS;
	const char *unit = pcow_time_unit(&plot->summary.header);
	char label[PCOW_LABEL_MAX], p50[96], p99[96], n[64];

	pcow_sort(operations->ns, operations->n);
	format_quantile(p50, sizeof(p50), operations, unit, 0.5);
	format_quantile(p99, sizeof(p99), operations, unit, 0.99);
	operations_label(label, sizeof(label), plot, operations);
	pcow_file_n_format(n, sizeof(n), &plot->summary.header, operations->row->n,
			   operations->row->invalid_fraction);
	pcow_gnuplot_item(out, "legend", i, "%s:  %s,  %s  (%zu; %s)", pcow_legend_name(label), p50,
			  p99, operations->n, n);
	fprintf(out, "style[%zu] = %zu\n$curve_%zu << EOD\n", i,
		pcow_labels_find(labels, label) + 1, i);
	for (size_t k = 0; k < points; k++) {
		double p = ((double)k + 0.5) / (double)points;

		fprintf(out, "%.6g %.6g\n",
			pcow_quantile(operations->ns, operations->n, p) * pcow_axis_unit(unit), p);
	}
	fputs("EOD\n", out);
}

/* Operations are in the order of the summary's rows, which are sorted by scenario. */
static bool begins_scenario(const struct pcow_plot *plot, size_t i)
{
	const struct pcow_operations *operations = &plot->operations[i];

	return !i || strcmp(operations[0].scenario, operations[-1].scenario);
}

/* One panel a scenario: curves are numbered across panels, panel p has those
 * from first[p] to first[p + 1] - 1. */
static void write_panels(FILE *out, const struct pcow_plot *plot, const struct pcow_labels *labels)
{
	size_t panels = 0, p = 0;

	for (size_t i = 0; i < plot->nr_operations; i++)
		panels += begins_scenario(plot, i);
	fprintf(out,
		"panels = %zu\narray panel[panels]\narray first[panels + 1]\ncurves = %zu\n"
		"array legend[curves]\narray style[curves]\n",
		panels, plot->nr_operations);
	for (size_t i = 0; i < plot->nr_operations; i++) {
		if (begins_scenario(plot, i)) {
			fprintf(out, "first[%zu] = %zu\n", ++p, i + 1);
			pcow_gnuplot_item(out, "panel", p, "%s", plot->operations[i].scenario);
		}
		write_curve(out, plot, &plot->operations[i], i + 1, labels);
	}
	fprintf(out, "first[%zu] = %zu\n", panels + 1, plot->nr_operations + 1);
}

int pcow_fault_latency_write(FILE *out, const struct pcow_plot *plot)
{
	struct pcow_labels labels = { 0 };
	char label[PCOW_LABEL_MAX];
	int ret = 0;

	for (size_t i = 0; i < plot->nr_operations && !ret; i++) {
		operations_label(label, sizeof(label), plot, &plot->operations[i]);
		ret = pcow_labels_add(&labels, label);
	}
	if (ret || !plot->nr_operations)
		goto out_free;
	pcow_labels_sort(&labels);
	pcow_file_origin_write(out, &plot->summary.header);
	fprintf(out, "region_bytes = %" PRIu64 "\n", plot->size_bytes);
	write_panels(out, plot, &labels);
	ret = (int)plot->nr_operations;
out_free:
	free(labels.text);
	return ret;
}
