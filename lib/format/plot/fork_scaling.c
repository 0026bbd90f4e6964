/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork() against the memory of the parent, a curve a page kind.
 */
#include "plot/data.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool row_is(const struct pcow_metric_row *row, const char *scenario, const char *metric)
{
	return !strcmp(row->scenario, scenario) && !strcmp(row->metric, metric) && row->n &&
	       isfinite(row->median);
}

/* A point of the scaling curve: something that a logarithmic axis can show. */
static bool is_fork_point(const struct pcow_metric_row *row)
{
	return row_is(row, "fork/anon", "latency") && pcow_row_size(row) && row->low > 0.0;
}

static void row_label(char *buf, size_t size, const struct pcow_summary *summary,
		      const struct pcow_metric_row *row)
{
	pcow_case_label(buf, size, summary, row->scenario, row->params, row->nr_params);
}

static bool row_has_label(const struct pcow_summary *summary, const struct pcow_metric_row *row,
			  const char *label)
{
	char text[PCOW_LABEL_MAX];

	row_label(text, sizeof(text), summary, row);
	return !strcmp(text, label);
}

/* "thp:  1.23 ms/GiB,  n 5": the slope where the summary has one, the fewest workers. */
static void write_legend(FILE *out, const struct pcow_summary *summary, const char *label, size_t i)
{
	char slope[96] = "", n[64];
	double invalid = 0.0;
	size_t fewest = SIZE_MAX;

	for (size_t r = 0; r < summary->nr_rows; r++) {
		const struct pcow_metric_row *row = &summary->rows[r];
		bool is_slope = row_is(row, "fork/anon", "slope");

		if ((!is_slope && !is_fork_point(row)) || !row_has_label(summary, row, label))
			continue;
		if (is_slope) {
			pcow_cost_format(slope, sizeof(slope), row->median, row->unit);
			continue;
		}
		fewest = row->n < fewest ? row->n : fewest;
		invalid = fmax(invalid, row->invalid_fraction);
	}
	pcow_file_n_format(n, sizeof(n), &summary->header, fewest, invalid);
	pcow_gnuplot_item(out, "legend", i, "%s:  %s%s%s", pcow_legend_name(label), slope,
			  *slope ? "/GiB,  " : "", n);
}

static void write_curve(FILE *out, const struct pcow_summary *summary, const char *label, size_t i)
{
	double unit = pcow_axis_unit(pcow_time_unit(&summary->header));

	write_legend(out, summary, label, i);
	fprintf(out, "$curve_%zu << EOD\n", i);
	for (size_t r = 0; r < summary->nr_rows; r++) {
		const struct pcow_metric_row *row = &summary->rows[r];

		if (is_fork_point(row) && row_has_label(summary, row, label))
			fprintf(out, "%" PRIu64 " %.9g %.9g %.9g\n", pcow_row_size(row)->number,
				row->median * unit, row->low * unit, row->high * unit);
	}
	fputs("EOD\n", out);
}

int pcow_fork_scaling_write(FILE *out, const struct pcow_plot *plot)
{
	const struct pcow_summary *summary = &plot->summary;
	struct pcow_labels labels = { 0 };
	char label[PCOW_LABEL_MAX];
	int ret = 0;

	for (size_t i = 0; i < summary->nr_rows && !ret; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];

		row_label(label, sizeof(label), summary, row);
		if (is_fork_point(row))
			ret = pcow_labels_add(&labels, label);
	}
	if (ret || !labels.n)
		goto out_free;
	pcow_labels_sort(&labels);
	pcow_file_origin_write(out, &summary->header);
	fprintf(out, "curves = %zu\narray legend[curves]\n", labels.n);
	for (size_t i = 0; i < labels.n; i++)
		write_curve(out, summary, labels.text[i], i + 1);
	ret = (int)labels.n;
out_free:
	free(labels.text);
	return ret;
}
