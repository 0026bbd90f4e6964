/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one operation of each scenario costs.
 */
#include "plot/data.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Costs an operation: what remains over the baseline where there is one. */
static bool is_cost(const struct pcow_metric_row *row, const char *metric)
{
	return !strcmp(row->metric, metric) && row->n && isfinite(row->median) && row->low > 0.0;
}

static bool same_but_numbers(const struct pcow_metric_row *a, const struct pcow_metric_row *b)
{
	return !strcmp(a->scenario, b->scenario) &&
	       pcow_params_same_but_numbers(a->params, a->nr_params, b->params, b->nr_params);
}

static bool larger_numbers(const struct pcow_metric_row *a, const struct pcow_metric_row *b)
{
	return pcow_params_larger_numbers(a->params, b->params, a->nr_params);
}

/* Of cases that differ in numbers alone the largest is shown. */
static bool is_shown(const struct pcow_summary *summary, const struct pcow_metric_row *row)
{
	if (!is_cost(row, "latency"))
		return false;
	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *other = &summary->rows[i];

		if (is_cost(other, "latency") && same_but_numbers(row, other) &&
		    larger_numbers(other, row))
			return false;
	}
	return true;
}

static const struct pcow_metric_row *net_of(const struct pcow_summary *summary,
					    const struct pcow_metric_row *row)
{
	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *other = &summary->rows[i];

		if (is_cost(other, "net") && same_but_numbers(row, other) &&
		    !larger_numbers(other, row) && !larger_numbers(row, other))
			return other;
	}
	return row;
}

static void write_texts(FILE *out, const struct pcow_summary *summary,
			const struct pcow_metric_row *row, size_t i)
{
	const struct pcow_metric_row *cost = net_of(summary, row);
	char label[PCOW_LABEL_MAX], value[96], bytes[32], n[64];

	pcow_params_format(label, sizeof(label), row->params, row->nr_params);
	pcow_gnuplot_item(out, "name", i, "%s%s%s", row->scenario, *label ? "  " : "", label);
	pcow_cost_format(value, sizeof(value), cost->median, cost->unit);
	pcow_op_bytes_format(bytes, sizeof(bytes), row->op_bytes, row->params, row->nr_params);
	pcow_file_n_format(n, sizeof(n), &summary->header, cost->n, row->invalid_fraction);
	pcow_gnuplot_item(out, "cost", i, "%s/%s%s%s, %s", value, pcow_unit_operation(cost->unit),
			  bytes, cost == row ? "" : ", net", n);
}

/* Rows are sorted by scenario, so a family ends where the word before the slash changes. */
static bool begins_family(const struct pcow_metric_row **rows, size_t i)
{
	size_t length = strcspn(rows[i]->scenario, "/");

	return !i || strcspn(rows[i - 1]->scenario, "/") != length ||
	       strncmp(rows[i - 1]->scenario, rows[i]->scenario, length);
}

int pcow_overview_write(FILE *out, const struct pcow_plot *plot)
{
	const struct pcow_summary *summary = &plot->summary;
	const struct pcow_metric_row **rows = calloc(summary->nr_rows + 1, sizeof(*rows));
	size_t n = 0, family = 0;

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < summary->nr_rows; i++) {
		if (is_shown(summary, &summary->rows[i]))
			rows[n++] = &summary->rows[i];
	}
	if (!n)
		goto out_free;
	pcow_file_origin_write(out, &summary->header);
	fprintf(out, "rows = %zu\narray name[rows]\narray cost[rows]\n", n);
	for (size_t i = 0; i < n; i++)
		write_texts(out, summary, rows[i], i + 1);
	fputs("$rows << EOD\n", out);
	for (size_t i = 0; i < n; i++) {
		const struct pcow_metric_row *cost = net_of(summary, rows[i]);
		double unit = pcow_axis_unit(cost->unit);

		family += begins_family(rows, i);
		fprintf(out, "%.9g %zu %.9g %.9g %zu\n", cost->median * unit, i + 1,
			cost->low * unit, cost->high * unit, family);
	}
	fputs("EOD\n", out);
out_free:
	free(rows);
	return (int)n;
}
