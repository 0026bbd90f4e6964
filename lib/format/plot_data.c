/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what figures are drawn from: the summary, and in a second pass over the
 * file the single operations of the fault scenarios, at one size.
 */
#include "plot_data.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

const struct pcow_value *pcow_row_size(const struct pcow_metric_row *row)
{
	for (size_t i = 0; i < row->nr_params; i++) {
		if (!strcmp(row->params[i].name, "size") && row->params[i].is_number)
			return &row->params[i];
	}
	return NULL;
}

static bool same_value(const struct pcow_value *a, const struct pcow_value *b)
{
	return a->is_number == b->is_number &&
	       (a->is_number ? a->number == b->number : !strcmp(a->text, b->text));
}

/* Does the file have another value of this parameter for the same scenario? */
static bool varies(const struct pcow_summary *summary, const char *scenario,
		   const struct pcow_value *value)
{
	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];

		for (size_t j = 0; j < row->nr_params && !strcmp(row->scenario, scenario); j++) {
			if (!strcmp(row->params[j].name, value->name) &&
			    !same_value(&row->params[j], value))
				return true;
		}
	}
	return false;
}

void pcow_row_label(char *buf, size_t size, const struct pcow_summary *summary,
		    const struct pcow_metric_row *row)
{
	struct pcow_metric_row rest = { .nr_params = 0 };

	for (size_t i = 0; i < row->nr_params; i++) {
		const struct pcow_value *value = &row->params[i];

		if (!strcmp(value->name, "page") ||
		    (strcmp(value->name, "size") && varies(summary, row->scenario, value)))
			rest.params[rest.nr_params++] = *value;
	}
	pcow_params_format(buf, size, rest.params, rest.nr_params);
}

static bool is_fault(const char *scenario)
{
	return !strncmp(scenario, "fault/", strlen("fault/"));
}

/* The size at which most fault cases have single operations, the largest such. */
static uint64_t common_size(const struct pcow_summary *summary)
{
	uint64_t best = 0;
	size_t most = 0;

	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];
		const struct pcow_value *size = pcow_row_size(row);
		size_t cases = 0;

		if (!is_fault(row->scenario) || strcmp(row->metric, "p50") || !size)
			continue;
		for (size_t j = 0; j < summary->nr_rows; j++) {
			const struct pcow_metric_row *other = &summary->rows[j];
			const struct pcow_value *its = pcow_row_size(other);

			cases += is_fault(other->scenario) && !strcmp(other->metric, "p50") &&
				 its && its->number == size->number;
		}
		if (cases > most || (cases == most && size->number > best)) {
			most = cases;
			best = size->number;
		}
	}
	return best;
}

static struct pcow_curve *curve_get(struct pcow_plot *plot, const struct pcow_worker *worker)
{
	struct pcow_metric_row row = { .nr_params = 0 };
	char label[PCOW_LABEL_MAX];
	struct pcow_curve *curve;

	memcpy(row.params, worker->params, worker->nr_params * sizeof(*worker->params));
	row.nr_params = worker->nr_params;
	memcpy(row.scenario, worker->scenario, sizeof(row.scenario));
	pcow_row_label(label, sizeof(label), &plot->summary, &row);
	for (size_t i = 0; i < plot->nr_curves; i++) {
		curve = &plot->curves[i];
		if (!strcmp(curve->scenario, worker->scenario) && !strcmp(curve->label, label))
			return curve;
	}
	curve = reallocarray(plot->curves, plot->nr_curves + 1, sizeof(*curve));
	if (!curve)
		return NULL;
	plot->curves = curve;
	curve = &plot->curves[plot->nr_curves++];
	*curve = (struct pcow_curve){ .n = 0 };
	snprintf(curve->scenario, sizeof(curve->scenario), "%s", worker->scenario);
	snprintf(curve->label, sizeof(curve->label), "%s", label);
	return curve;
}

/* Pool a worker's single operations: the replicates of one file are one boot. */
static int curve_add(struct pcow_plot *plot, const struct pcow_worker *worker)
{
	const int64_t *ticks = pcow_view_column(&worker->op, "ticks");
	const int64_t *valid = pcow_view_column(&worker->op, "valid");
	const struct pcow_clock_record *clock = &worker->clock;
	double overhead =
		((double)clock->overhead_start_ticks + (double)clock->overhead_end_ticks) / 2;
	struct pcow_curve *curve = curve_get(plot, worker);
	double *ns;

	if (!curve)
		return -ENOMEM;
	ns = reallocarray(curve->ns, curve->n + worker->op.n, sizeof(*ns));
	if (!ns)
		return -ENOMEM;
	curve->ns = ns;
	for (size_t i = 0; i < worker->op.n; i++) {
		double net = (double)ticks[i] - overhead;

		if (valid && !valid[i])
			continue;
		/* Less than a tick is below what the clock can tell, and has no logarithm. */
		ns[curve->n++] = fmax(net, 1.0) * 1e9 / (double)clock->hz;
	}
	return 0;
}

static bool has_curve(const struct pcow_plot *plot, const struct pcow_worker *worker)
{
	const struct pcow_value *size = pcow_worker_param(worker, "size");

	return is_fault(worker->scenario) && worker->status == PCOW_STATUS_OK &&
	       !*worker->op_refused && worker->op.n && worker->clock.hz && size &&
	       size->is_number && size->number == plot->size_bytes;
}

static int read_curves(struct pcow_plot *plot, const char *path, struct pcow_error *err)
{
	struct pcow_header header = { 0 };
	struct pcow_worker worker = { 0 };
	struct pcow_reader *reader;
	int ret = pcow_reader_open(&reader, path, &header, err);

	if (ret)
		return ret;
	while ((ret = pcow_reader_next(reader, &worker, err)) > 0) {
		if (has_curve(plot, &worker))
			ret = curve_add(plot, &worker);
		pcow_worker_clear(&worker);
		if (ret < 0) {
			pcow_error_set(err, ret, "%s: %s", path, strerror(-ret));
			break;
		}
	}
	pcow_reader_close(reader);
	pcow_header_clear(&header);
	return ret;
}

static int compare_curves(const void *pa, const void *pb)
{
	const struct pcow_curve *a = pa, *b = pb;
	int order = strcmp(a->scenario, b->scenario);

	return order ? order : strcmp(a->label, b->label);
}

int pcow_plot_read(struct pcow_plot **plot, const char *path, struct pcow_error *err)
{
	struct pcow_plot *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return pcow_error_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
	p->path = strdup(path);
	ret = p->path ? pcow_summary_read(&p->summary, path, err)
		      : pcow_error_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
	if (ret)
		goto out_free;
	p->size_bytes = common_size(&p->summary);
	ret = read_curves(p, path, err);
	/* A run shuffles its workers: their order means nothing. */
	if (p->nr_curves)
		qsort(p->curves, p->nr_curves, sizeof(*p->curves), compare_curves);
	if (ret)
		goto out_free;
	*plot = p;
	return 0;
out_free:
	pcow_plot_free(p);
	return ret;
}

bool pcow_plot_truncated(const struct pcow_plot *plot)
{
	return plot->summary.truncated;
}

void pcow_plot_free(struct pcow_plot *plot)
{
	if (!plot)
		return;
	for (size_t i = 0; i < plot->nr_curves; i++)
		free(plot->curves[i].ns);
	free(plot->curves);
	pcow_summary_clear(&plot->summary);
	free(plot->path);
	free(plot);
}
