/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what the figures of one file are drawn from: the summary, and in a
 * second pass over the file the single operations of the fault scenarios, at
 * one size.
 */
#include "plot/data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct pcow_value *pcow_row_size(const struct pcow_metric_row *row)
{
	for (size_t i = 0; i < row->nr_params; i++) {
		if (!strcmp(row->params[i].name, "size") && row->params[i].is_number)
			return &row->params[i];
	}
	return NULL;
}

/* Does the file have another value of this parameter for the same scenario? */
static bool varies(const struct pcow_summary *summary, const char *scenario,
		   const struct pcow_value *value)
{
	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];

		for (size_t j = 0; j < row->nr_params && !strcmp(row->scenario, scenario); j++) {
			if (!strcmp(row->params[j].name, value->name) &&
			    pcow_params_compare(&row->params[j], 1, value, 1))
				return true;
		}
	}
	return false;
}

void pcow_case_label(char *buf, size_t size, const struct pcow_summary *summary,
		     const char *scenario, const struct pcow_value *params, size_t nr_params)
{
	struct pcow_value telling[PCOW_RESULT_PARAMS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < nr_params; i++) {
		if (!strcmp(params[i].name, "page") ||
		    (strcmp(params[i].name, "size") && varies(summary, scenario, &params[i])))
			telling[n++] = params[i];
	}
	pcow_params_format(buf, size, telling, n);
}

void pcow_file_n_format(char *buf, size_t size, const struct pcow_header *header, size_t n,
			double invalid_fraction)
{
	json_int_t planned = json_integer_value(json_object_get(header->config, "replicates"));
	size_t used = (size_t)snprintf(buf, size, "n %zu", n);

	if ((json_int_t)n < planned && !(pcow_header_precision(header) > 0.0))
		used += (size_t)snprintf(buf + used, size - used, " of %" JSON_INTEGER_FORMAT,
					 planned);
	if (invalid_fraction > 0.0)
		snprintf(buf + used, size - used, ", %.2g %% invalid", 100.0 * invalid_fraction);
}

const char *pcow_legend_name(const char *label)
{
	return *label ? label : "all";
}

/* ----------------------------------------------------------------- labels */

int pcow_labels_add(struct pcow_labels *labels, const char *text)
{
	void *more;

	if (pcow_labels_find(labels, text) < labels->n)
		return 0;
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

void pcow_labels_sort(struct pcow_labels *labels)
{
	if (labels->n)
		qsort(labels->text, labels->n, sizeof(*labels->text), compare_labels);
}

size_t pcow_labels_find(const struct pcow_labels *labels, const char *text)
{
	size_t i = 0;

	while (i < labels->n && strcmp(labels->text[i], text))
		i++;
	return i;
}

/* ----------------------------------------------------------------- origin */

static const char *host_text(const json_t *host, const char *object, const char *key)
{
	const json_t *in = object ? json_object_get(host, object) : host;
	const char *text = json_string_value(json_object_get(in, key));

	return text ? text : "unknown";
}

void pcow_file_origin_write(FILE *out, const struct pcow_header *header)
{
	json_int_t replicates = json_integer_value(json_object_get(header->config, "replicates"));

	pcow_gnuplot_assign(
		out, "origin_host", "%.64s  ·  %.96s  ·  Linux %.96s%s%.63s",
		host_text(header->host, NULL, "hostname"), host_text(header->host, "cpu", "model"),
		host_text(header->host, "kernel", "release"), header->model ? ", COW model " : "",
		header->model ? host_text(header->model, NULL, "name") : "");
	pcow_gnuplot_assign(
		out, "origin_run",
		"pincow %s  ·  n: workers of a case, %s%" JSON_INTEGER_FORMAT "  ·  clock: %s",
		header->version, pcow_header_precision(header) > 0 ? "up to " : "planned ",
		replicates, header->clock_domain);
	pcow_axis_write(out, pcow_time_unit(header));
}

/* ---------------------------------------------------------------- reading */

/* The size at which most fault cases have @metric, the largest such; 0 for none. */
static uint64_t common_size(const struct pcow_summary *summary, const char *metric)
{
	uint64_t best = 0;
	size_t most = 0;

	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];
		const struct pcow_value *size = pcow_row_size(row);
		size_t cases = 0;

		if (!pcow_is_fault(row->scenario) || strcmp(row->metric, metric) || !size)
			continue;
		for (size_t j = 0; j < summary->nr_rows; j++) {
			const struct pcow_metric_row *other = &summary->rows[j];
			const struct pcow_value *its = pcow_row_size(other);

			cases += pcow_is_fault(other->scenario) && !strcmp(other->metric, metric) &&
				 its && its->number == size->number;
		}
		if (cases > most || (cases == most && size->number > best)) {
			most = cases;
			best = size->number;
		}
	}
	return best;
}

/* Names the fault cases of the size; those without operations are dropped once read. */
static int operations_ask(struct pcow_plot *plot)
{
	const struct pcow_summary *summary = &plot->summary;

	plot->operations = calloc(summary->nr_rows + 1, sizeof(*plot->operations));
	if (!plot->operations)
		return -ENOMEM;
	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];
		const struct pcow_value *size = pcow_row_size(row);

		if (pcow_is_fault(row->scenario) && !strcmp(row->metric, "latency") && size &&
		    size->number == plot->size_bytes)
			plot->operations[plot->nr_operations++] = (struct pcow_operations){
				.row = row,
				.scenario = row->scenario,
				.params = row->params,
				.nr_params = row->nr_params,
			};
	}
	return 0;
}

static void operations_drop_empty(struct pcow_plot *plot)
{
	size_t kept = 0;

	for (size_t i = 0; i < plot->nr_operations; i++) {
		if (plot->operations[i].n)
			plot->operations[kept++] = plot->operations[i];
		else
			free(plot->operations[i].ns);
	}
	plot->nr_operations = kept;
}

int pcow_plot_read(struct pcow_plot **plot, const char *path, struct pcow_error *err)
{
	struct pcow_plot *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return pcow_error_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
	ret = pcow_summary_read(&p->summary, path, err);
	if (ret)
		goto out_free;
	p->size_bytes = common_size(&p->summary, "p50");
	/* Too few operations for a quantile may still be drawn. */
	if (!p->size_bytes)
		p->size_bytes = common_size(&p->summary, "latency");
	ret = operations_ask(p);
	if (ret) {
		pcow_error_set(err, ret, "%s: %s", path, strerror(-ret));
		goto out_free;
	}
	ret = pcow_operations_read(p->operations, p->nr_operations, path, err);
	if (ret)
		goto out_free;
	operations_drop_empty(p);
	*plot = p;
	return 0;
out_free:
	pcow_plot_free(p);
	return ret;
}
