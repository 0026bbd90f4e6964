/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data of each figure.  Numbers are in seconds (or instructions, where the
 * clock counts those), so that gnuplot's SI prefixes make the tick labels;
 * texts are literal strings, since host names and parameter words come from a
 * file that nobody vouches for.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/stats.h>

#include "gnuplot.h"
#include "plot_data.h"
#include "text.h"

/* A curve in a figure that is 1200 pixels wide shows no more. */
#define CURVE_POINTS 1000

/* ------------------------------------------------------------------- texts */

void pcow_gnuplot_string(FILE *out, const char *text)
{
	/* Only '' means anything between single quotes: no escapes, no `commands`. */
	fputc('\'', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\'')
			fputc('\'', out);
		fputc(c < ' ' || c == 0x7f ? ' ' : c, out);
	}
	fputc('\'', out);
}

void pcow_gnuplot_assign(FILE *out, const char *variable, const char *text)
{
	fprintf(out, "%s = ", variable);
	pcow_gnuplot_string(out, text);
	fputc('\n', out);
}

static bool counts_instructions(const struct pcow_header *header)
{
	return strcmp(pcow_time_unit(header), "ns") != 0;
}

const char *pcow_scale_symbol(const struct pcow_scale *scale)
{
	return strcmp(scale->unit, "us") ? scale->unit : "µs";
}

/* "1.23 ms", "1230 instructions" */
static void format_cost(char *buf, size_t size, const struct pcow_header *header, double ns)
{
	struct pcow_scale scale = pcow_scale_for(ns, pcow_time_unit(header));
	char number[PCOW_CELL_SIZE];

	pcow_number_format(number, sizeof(number), ns / scale.divisor);
	snprintf(buf, size, "%s %s", number, pcow_scale_symbol(&scale));
}

/* A nanosecond of the clock, in what the axes show. */
static double axis_unit(const struct pcow_header *header)
{
	return counts_instructions(header) ? 1.0 : 1e-9;
}

const char *pcow_host_text(const json_t *host, const char *object, const char *key)
{
	const json_t *in = object ? json_object_get(host, object) : host;
	const char *text = json_string_value(json_object_get(in, key));

	return text ? text : "unknown";
}

/* Where the figures come from: nobody should have to trust a picture without it. */
static void write_origin(FILE *out, const struct pcow_header *header)
{
	json_int_t replicates = json_integer_value(json_object_get(header->config, "replicates"));
	char line[1024];
	int used;

	used = snprintf(line, sizeof(line), "%.64s  ·  %.96s  ·  Linux %.96s",
			pcow_host_text(header->host, NULL, "hostname"),
			pcow_host_text(header->host, "cpu", "model"),
			pcow_host_text(header->host, "kernel", "release"));
	if (header->model)
		snprintf(line + used, sizeof(line) - (size_t)used, ", COW model %.63s",
			 pcow_host_text(header->model, NULL, "name"));
	pcow_gnuplot_assign(out, "origin_host", line);
	snprintf(line, sizeof(line),
		 "pincow %s  ·  replicates: %" JSON_INTEGER_FORMAT "  ·  clock: %s",
		 header->version, replicates, header->clock_domain);
	pcow_gnuplot_assign(out, "origin_run", line);
	pcow_gnuplot_assign(out, "unit", counts_instructions(header) ? " instructions" : "s");
}

/* ------------------------------------------------------------------ labels */

struct labels {
	char (*text)[PCOW_LABEL_MAX];
	size_t n;
};

/* Add a label that is not there yet; 0 or -ENOMEM. */
static int labels_add(struct labels *labels, const char *text)
{
	void *more;

	for (size_t i = 0; i < labels->n; i++) {
		if (!strcmp(labels->text[i], text))
			return 0;
	}
	more = reallocarray(labels->text, labels->n + 1, sizeof(*labels->text));
	if (!more)
		return -ENOMEM;
	labels->text = more;
	snprintf(labels->text[labels->n++], PCOW_LABEL_MAX, "%s", text);
	return 0;
}

static int compare_labels(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void labels_sort(struct labels *labels)
{
	if (labels->n)
		qsort(labels->text, labels->n, sizeof(*labels->text), compare_labels);
}

static size_t labels_find(const struct labels *labels, const char *text)
{
	size_t i = 0;

	while (i < labels->n && strcmp(labels->text[i], text))
		i++;
	return i;
}

/* In a legend, where an empty text would look like a mistake. */
static const char *legend_name(const char *label)
{
	return *label ? label : "all";
}

/* ----------------------------------------------------------- fork-scaling */

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

static bool row_has_label(const struct pcow_summary *summary, const struct pcow_metric_row *row,
			  const char *label)
{
	char text[PCOW_LABEL_MAX];

	pcow_row_label(text, sizeof(text), summary, row);
	return !strcmp(text, label);
}

/* "thp   1.23 ms/GiB", the slope where the summary has one */
static void fork_legend(char *buf, size_t size, const struct pcow_summary *summary,
			const char *label)
{
	char slope[96];

	snprintf(buf, size, "%s", legend_name(label));
	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];

		if (!row_is(row, "fork/anon", "slope") || !row_has_label(summary, row, label))
			continue;
		format_cost(slope, sizeof(slope), &summary->header, row->median);
		snprintf(buf, size, "%s:  %s/GiB", legend_name(label), slope);
		return;
	}
}

static void fork_curve(FILE *out, const struct pcow_summary *summary, const char *label, size_t i)
{
	double unit = axis_unit(&summary->header);
	char legend[PCOW_LABEL_MAX + 128];

	fork_legend(legend, sizeof(legend), summary, label);
	fprintf(out, "legend[%zu] = ", i + 1);
	pcow_gnuplot_string(out, legend);
	fprintf(out, "\n$curve_%zu << EOD\n", i + 1);
	for (size_t r = 0; r < summary->nr_rows; r++) {
		const struct pcow_metric_row *row = &summary->rows[r];

		if (is_fork_point(row) && row_has_label(summary, row, label))
			fprintf(out, "%" PRIu64 " %.9g %.9g %.9g\n", pcow_row_size(row)->number,
				row->median * unit, row->low * unit, row->high * unit);
	}
	fputs("EOD\n", out);
}

static int write_fork_scaling(FILE *out, const struct pcow_plot_set *set)
{
	const struct pcow_summary *summary = &set->plots[0]->summary;
	struct labels labels = { 0 };
	char label[PCOW_LABEL_MAX];
	int ret = 0;

	for (size_t i = 0; i < summary->nr_rows && !ret; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];

		pcow_row_label(label, sizeof(label), summary, row);
		if (is_fork_point(row))
			ret = labels_add(&labels, label);
	}
	if (ret || !labels.n)
		goto out_free;
	labels_sort(&labels);
	write_origin(out, &summary->header);
	fprintf(out, "curves = %zu\narray legend[curves]\n", labels.n);
	for (size_t i = 0; i < labels.n; i++)
		fork_curve(out, summary, labels.text[i], i);
	ret = (int)labels.n;
out_free:
	free(labels.text);
	return ret;
}

/* ---------------------------------------------------------- fault-latency */

/* "310 ns", or a dash where too few operations were timed to tell */
static void format_quantile(char *buf, size_t size, const struct pcow_header *header,
			    const struct pcow_curve *curve, double p)
{
	if (curve->n >= pcow_quantile_min_n(p))
		format_cost(buf, size, header, pcow_quantile(curve->ns, curve->n, p));
	else
		snprintf(buf, size, "–");
}

static void fault_curve(FILE *out, const struct pcow_header *header, const struct pcow_curve *curve,
			size_t i, size_t style)
{
	size_t points = curve->n < CURVE_POINTS ? curve->n : CURVE_POINTS;
	char legend[PCOW_LABEL_MAX + 256];
	double unit = axis_unit(header);
	char p50[96], p99[96];

	pcow_sort(curve->ns, curve->n);
	format_quantile(p50, sizeof(p50), header, curve, 0.5);
	format_quantile(p99, sizeof(p99), header, curve, 0.99);
	snprintf(legend, sizeof(legend), "%s:  %s,  %s  (%zu)", legend_name(curve->label), p50, p99,
		 curve->n);
	fprintf(out, "style[%zu] = %zu\nlegend[%zu] = ", i + 1, style, i + 1);
	pcow_gnuplot_string(out, legend);
	fprintf(out, "\n$curve_%zu << EOD\n", i + 1);
	for (size_t k = 0; k < points; k++) {
		double p = ((double)k + 0.5) / (double)points;

		fprintf(out, "%.6g %.6g\n", pcow_quantile(curve->ns, curve->n, p) * unit, p);
	}
	fputs("EOD\n", out);
}

/* One panel a scenario: curves are numbered across panels, panel p has those
 * from first[p] to first[p + 1] - 1. */
static void fault_panels(FILE *out, const struct pcow_plot *plot, const struct labels *scenarios,
			 const struct labels *labels)
{
	size_t next = 0;

	fprintf(out,
		"panels = %zu\narray panel[panels]\narray first[panels + 1]\ncurves = %zu\n"
		"array legend[curves]\narray style[curves]\n",
		scenarios->n, plot->nr_curves);
	for (size_t s = 0; s < scenarios->n; s++) {
		fprintf(out, "first[%zu] = %zu\npanel[%zu] = ", s + 1, next + 1, s + 1);
		pcow_gnuplot_string(out, scenarios->text[s]);
		fputc('\n', out);
		for (size_t i = 0; i < plot->nr_curves; i++) {
			const struct pcow_curve *curve = &plot->curves[i];

			if (!strcmp(curve->scenario, scenarios->text[s]))
				fault_curve(out, &plot->summary.header, curve, next++,
					    labels_find(labels, curve->label) + 1);
		}
	}
	fprintf(out, "first[%zu] = %zu\n", scenarios->n + 1, next + 1);
}

static int write_fault_latency(FILE *out, const struct pcow_plot_set *set)
{
	const struct pcow_plot *plot = set->plots[0];
	struct labels scenarios = { 0 };
	struct labels labels = { 0 };
	int ret = 0;

	for (size_t i = 0; i < plot->nr_curves && !ret; i++) {
		ret = labels_add(&scenarios, plot->curves[i].scenario);
		if (!ret)
			ret = labels_add(&labels, plot->curves[i].label);
	}
	if (ret || !plot->nr_curves)
		goto out_free;
	labels_sort(&scenarios);
	labels_sort(&labels);
	write_origin(out, &plot->summary.header);
	fprintf(out, "region_bytes = %" PRIu64 "\n", plot->size_bytes);
	fault_panels(out, plot, &scenarios, &labels);
	ret = (int)plot->nr_curves;
out_free:
	free(scenarios.text);
	free(labels.text);
	return ret;
}

/* --------------------------------------------------------------- overview */

/* Costs an operation: what remains over the baseline where there is one. */
static bool is_cost(const struct pcow_metric_row *row, const char *metric)
{
	return !strcmp(row->metric, metric) && row->n && isfinite(row->median) && row->low > 0.0;
}

static bool same_but_numbers(const struct pcow_metric_row *a, const struct pcow_metric_row *b)
{
	if (strcmp(a->scenario, b->scenario) || a->nr_params != b->nr_params)
		return false;
	for (size_t i = 0; i < a->nr_params; i++) {
		const struct pcow_value *x = &a->params[i];
		const struct pcow_value *y = &b->params[i];

		if (strcmp(x->name, y->name) || x->is_number != y->is_number ||
		    (!x->is_number && strcmp(x->text, y->text)))
			return false;
	}
	return true;
}

static bool larger_numbers(const struct pcow_metric_row *a, const struct pcow_metric_row *b)
{
	for (size_t i = 0; i < a->nr_params; i++) {
		if (a->params[i].number != b->params[i].number)
			return a->params[i].number > b->params[i].number;
	}
	return false;
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

const char *pcow_row_operation(const struct pcow_metric_row *row)
{
	const char *slash = strchr(row->unit, '/');

	return slash ? slash + 1 : "operation";
}

static void overview_row(FILE *out, FILE *data, const struct pcow_summary *summary,
			 const struct pcow_metric_row *row, size_t i)
{
	const struct pcow_metric_row *cost = net_of(summary, row);
	double unit = axis_unit(&summary->header);
	char label[PCOW_LABEL_MAX], text[PCOW_RESULT_NAME_MAX + PCOW_LABEL_MAX + 2], value[96];

	pcow_params_format(label, sizeof(label), row->params, row->nr_params);
	snprintf(text, sizeof(text), "%s%s%s", row->scenario, *label ? "  " : "", label);
	fprintf(out, "name[%zu] = ", i);
	pcow_gnuplot_string(out, text);
	format_cost(value, sizeof(value), &summary->header, cost->median);
	snprintf(text, sizeof(text), "%s/%s%s", value, pcow_row_operation(cost),
		 cost == row ? "" : ", net");
	fprintf(out, "\ncost[%zu] = ", i);
	pcow_gnuplot_string(out, text);
	fputc('\n', out);
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

static int write_overview(FILE *out, const struct pcow_plot_set *set)
{
	const struct pcow_summary *summary = &set->plots[0]->summary;
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
	write_origin(out, &summary->header);
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

/* ----------------------------------------------------------------- figures */

const struct pcow_plot_figure *pcow_plot_figure_at(size_t index)
{
	static const struct pcow_plot_figure figures[] = {
		{ "fork-scaling", false, "the file has no latencies of fork/anon",
		  write_fork_scaling },
		{ "fault-latency", false, "the file has no single operations of a fault scenario",
		  write_fault_latency },
		{ "overview", false, "the file has no latencies", write_overview },
		{ "models", true,
		  "the files have no size in common of fork/anon, fault/cow-copy, "
		  "fault/cow-reuse or fault/first-touch",
		  pcow_models_write },
	};

	return index < sizeof(figures) / sizeof(figures[0]) ? &figures[index] : NULL;
}
