/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one operation of each scenario costs.
 */
#include "plot/file.h"

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

static void overview_row(FILE *out, FILE *data, const struct pcow_summary *summary,
			 const struct pcow_metric_row *row, size_t i)
{
	const struct pcow_metric_row *cost = net_of(summary, row);
	double unit = pcow_axis_unit(cost->unit);
	char label[PCOW_LABEL_MAX], text[PCOW_RESULT_NAME_MAX + PCOW_LABEL_MAX + 64], value[96];
	char bytes[32], n[64];

	pcow_params_format(label, sizeof(label), row->params, row->nr_params);
	snprintf(text, sizeof(text), "%s%s%s", row->scenario, *label ? "  " : "", label);
	pcow_gnuplot_item(out, "name", i, text);
	pcow_cost_format(value, sizeof(value), cost->median, cost->unit);
	pcow_op_bytes_format(bytes, sizeof(bytes), row->op_bytes, row->params, row->nr_params);
	pcow_file_n_format(n, sizeof(n), &summary->header, cost->n, row->invalid_fraction);
	snprintf(text, sizeof(text), "%s/%s%s%s, %s", value, pcow_unit_operation(cost->unit), bytes,
		 cost == row ? "" : ", net", n);
	pcow_gnuplot_item(out, "cost", i, text);
	fprintf(data, "%.9g %zu %.9g %.9g", cost->median * unit, i, cost->low * unit,
		cost->high * unit);
}

static size_t family_length(const struct pcow_metric_row *row)
{
	return strcspn(row->scenario, "/");
}

/* Rows are sorted by scenario, so a family ends where the word before the slash changes. */
static size_t overview_rows(FILE *out, FILE *data, const struct pcow_summary *summary)
{
	const struct pcow_metric_row *before = NULL;
	size_t family = 0;
	size_t n = 0;

	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];

		if (!is_shown(summary, row))
			continue;
		if (!before || family_length(before) != family_length(row) ||
		    strncmp(before->scenario, row->scenario, family_length(row)))
			family++;
		before = row;
		overview_row(out, data, summary, row, ++n);
		fprintf(data, " %zu\n", family);
	}
	return n;
}

int pcow_overview_write(FILE *out, const struct pcow_plot *plot)
{
	const struct pcow_summary *summary = &plot->summary;
	char *data_text = NULL;
	size_t data_size, rows = 0;
	FILE *data;

	for (size_t i = 0; i < summary->nr_rows; i++)
		rows += is_shown(summary, &summary->rows[i]);
	if (!rows)
		return 0;
	data = open_memstream(&data_text, &data_size);
	if (!data)
		return -ENOMEM;
	pcow_file_origin_write(out, &summary->header);
	fprintf(out, "rows = %zu\narray name[rows]\narray cost[rows]\n", rows);
	overview_rows(out, data, summary);
	if (fclose(data)) {
		free(data_text);
		return -ENOMEM;
	}
	fprintf(out, "$rows << EOD\n%sEOD\n", data_text);
	free(data_text);
	return (int)rows;
}
