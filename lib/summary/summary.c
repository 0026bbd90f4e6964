/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result file to rows: workers are reduced as they are read, then the
 * replicates of a case are put together, and cases along a parameter.
 */
#include <pincow/summary.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/stats.h>

#include "reduce.h"

#define GIB 1073741824.0

struct workers {
	struct pcow_reduced *at;
	size_t n;
	size_t room;
};

/* ---------------------------------------------------------------- ordering */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Compares parameter by parameter; @without, if any, is passed over on both sides. */
static int compare_params(const struct pcow_value *a, size_t nr_a, const struct pcow_value *b,
			  size_t nr_b, const char *without)
{
	size_t i = 0, j = 0;

	for (;;) {
		int order;

		if (without && i < nr_a && strcmp(a[i].name, without) == 0)
			i++;
		if (without && j < nr_b && strcmp(b[j].name, without) == 0)
			j++;
		if (i == nr_a || j == nr_b)
			return (i < nr_a) - (j < nr_b);
		order = pcow_params_compare(&a[i++], 1, &b[j++], 1);
		if (order)
			return order;
	}
}

static int compare_cases(const struct pcow_reduced *a, const struct pcow_reduced *b)
{
	int order = strcmp(a->scenario, b->scenario);

	if (order == 0)
		order = pcow_params_compare(a->params, a->nr_params, b->params, b->nr_params);
	return order;
}

static int compare_replicates(const struct pcow_reduced *a, const struct pcow_reduced *b)
{
	int order = compare_cases(a, b);

	return order ? order : compare_numbers(a->replicate, b->replicate);
}

static int compare_workers(const void *pa, const void *pb)
{
	const struct pcow_reduced *a = pa, *b = pb;
	int order = compare_replicates(a, b);

	return order ? order : compare_numbers(a->order, b->order);
}

/* Workers that one line can be laid through, whatever their replicate. */
static int compare_lines(const struct pcow_reduced *a, const struct pcow_reduced *b)
{
	int order = strcmp(a->scenario, b->scenario);

	if (order == 0)
		order = strcmp(a->scale_by, b->scale_by);
	if (order == 0)
		order = compare_params(a->params, a->nr_params, b->params, b->nr_params,
				       a->scale_by);
	return order;
}

static int compare_points(const void *pa, const void *pb)
{
	const struct pcow_reduced *const *a = pa, *const *b = pb;
	int order = compare_lines(*a, *b);

	return order ? order : compare_numbers((*a)->replicate, (*b)->replicate);
}

static int compare_figures(const void *pa, const void *pb)
{
	const struct pcow_figure *a = pa, *b = pb;
	int order = strcmp(a->metric, b->metric);

	if (order == 0)
		order = strcmp(a->unit, b->unit);
	/* What did not close stands behind what did. */
	if (order == 0)
		order = a->unclosed - b->unclosed;
	return order ? order : (a->value > b->value) - (a->value < b->value);
}

static int compare_rows(const void *pa, const void *pb)
{
	const struct pcow_metric_row *a = pa, *b = pb;
	int order = strcmp(a->scenario, b->scenario);

	if (order == 0)
		order = pcow_params_compare(a->params, a->nr_params, b->params, b->nr_params);
	if (order == 0)
		order = strcmp(a->metric, b->metric);
	return order ? order : strcmp(a->unit, b->unit);
}

/* -------------------------------------------------------------------- rows */

/* What every row of these workers has in common; @without is a parameter left out. */
static struct pcow_metric_row common_row(const struct pcow_reduced *const *workers, size_t n,
					 const char *without)
{
	struct pcow_metric_row row = {
		.median = NAN,
		.low = NAN,
		.high = NAN,
		.half_width = NAN,
		.op_bytes = workers[0]->op_bytes,
	};
	const struct pcow_reduced *worst = workers[0];
	size_t samples = 0, invalid = 0, nr_taken = 0;

	strcpy(row.scenario, workers[0]->scenario);
	for (size_t i = 0; i < workers[0]->nr_params; i++)
		if (!without || strcmp(workers[0]->params[i].name, without) != 0)
			row.params[row.nr_params++] = workers[0]->params[i];
	for (size_t i = 0; i < n; i++) {
		if (pcow_status_is_worse(workers[i]->status, worst->status))
			worst = workers[i];
		samples += workers[i]->samples;
		nr_taken += workers[i]->samples > 0;
		invalid += workers[i]->invalid;
		row.nr_truncated += workers[i]->truncated;
		row.nr_sound += workers[i]->status == PCOW_STATUS_OK && !workers[i]->below_clock;
	}
	row.nr_workers = n;
	row.status = worst->status;
	snprintf(row.reason, sizeof(row.reason), "%s", worst->reason);
	snprintf(row.remedy, sizeof(row.remedy), "%s", worst->remedy);
	row.invalid_fraction = samples ? (double)invalid / (double)samples : 0.0;
	row.samples = samples ? (double)samples / (double)nr_taken : 0.0;
	return row;
}

static int add_row(struct pcow_summary *summary, const struct pcow_metric_row *row)
{
	struct pcow_metric_row *rows = summary->rows;
	size_t n = summary->nr_rows;

	/* Doubles at each power of two. */
	if ((n & (n - 1)) == 0) {
		rows = realloc(rows, (n ? 2 * n : 1) * sizeof(*rows));
		if (!rows)
			return -ENOMEM;
		summary->rows = rows;
	}
	rows[summary->nr_rows++] = *row;
	return 0;
}

/* @n figures of one metric and unit, in the order of compare_figures(). */
static void fill_row(struct pcow_metric_row *row, const struct pcow_figure *f, size_t n)
{
	size_t middle;

	strcpy(row->metric, f->metric);
	strcpy(row->unit, f->unit);
	strcpy(row->method, f->method);
	row->kind = f->kind;
	row->n = n;
	row->resolution = 0.0;
	row->low = row->high = row->median = NAN;
	for (size_t i = 0; i < n; i++) {
		row->n -= f[i].unclosed;
		row->resolution = fmax(row->resolution, (double)f[i].resolution);
		if (strcmp(f[i].method, f->method) != 0)
			strcpy(row->method, "mixed");
	}
	row->unclosed = n - row->n;
	n = row->n;
	if (!n)
		return;
	middle = n / 2;
	row->low = f[0].value;
	row->high = f[n - 1].value;
	row->median = n % 2 ? f[middle].value : (f[middle - 1].value + f[middle].value) / 2.0;
}

/* How far @n workers' values agree: see struct pcow_metric_row. */
static int agree(double *half_width, const struct pcow_figure *figures, size_t n)
{
	double *values;

	*half_width = NAN;
	if (n < PCOW_WORKERS_MIN || figures->kind != PCOW_METRIC_COST)
		return 0;
	values = malloc(2 * n * sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		values[i] = figures[i].value;
	*half_width = pcow_half_width(values, n, PCOW_WORKERS_CONFIDENCE, values + n);
	free(values);
	return 0;
}

/* One row a metric: the replicates' values become median, low and high. */
static int add_metric_rows(struct pcow_summary *summary, struct pcow_metric_row row,
			   struct pcow_figures *figures)
{
	size_t first = 0;

	if (figures->n)
		qsort(figures->at, figures->n, sizeof(*figures->at), compare_figures);
	while (first < figures->n) {
		const struct pcow_figure *f = &figures->at[first];
		size_t n = 1;

		while (first + n < figures->n && strcmp(f[n].metric, f->metric) == 0 &&
		       strcmp(f[n].unit, f->unit) == 0)
			n++;
		fill_row(&row, f, n);
		if (agree(&row.half_width, f, n) || add_row(summary, &row))
			return -ENOMEM;
		first += n;
	}
	return 0;
}

/* A case without a cost still has its row, which says why. */
static int add_empty_row(struct pcow_summary *summary, struct pcow_metric_row row,
			 const struct pcow_reduced *worker)
{
	strcpy(row.metric, "latency");
	snprintf(row.unit, sizeof(row.unit), "%s/%.40s", pcow_time_unit(&summary->header),
		 worker->operation);
	if (!*row.reason && worker->below_clock)
		strcpy(row.reason, "its cost is below the clock's own");
	return add_row(summary, &row);
}

static int add_case(struct pcow_summary *summary, const struct pcow_reduced *const *workers,
		    size_t n)
{
	struct pcow_metric_row row = common_row(workers, n, NULL);
	struct pcow_figures all = { 0 };
	bool has_latency = false;
	int ret;

	for (size_t i = 0; i < n; i++) {
		const struct pcow_figures *figures = &workers[i]->figures;

		for (size_t j = 0; j < figures->n; j++) {
			has_latency |= strcmp(figures->at[j].metric, "latency") == 0;
			pcow_figures_copy(&all, &figures->at[j]);
		}
	}
	ret = all.failed ? -ENOMEM : add_metric_rows(summary, row, &all);
	if (!ret && !has_latency)
		ret = add_empty_row(summary, row, workers[0]);
	pcow_figures_clear(&all);
	return ret;
}

static int add_cases(struct pcow_summary *summary, const struct pcow_reduced *const *workers,
		     size_t nr_workers)
{
	for (size_t first = 0, n; first < nr_workers; first += n) {
		n = 1;
		while (first + n < nr_workers &&
		       compare_cases(workers[first], workers[first + n]) == 0)
			n++;
		if (add_case(summary, workers + first, n))
			return -ENOMEM;
	}
	return 0;
}

/* ------------------------------------------------------------------- lines */

static const struct pcow_value *scale_value(const struct pcow_reduced *worker)
{
	for (size_t i = 0; i < worker->nr_params; i++)
		if (strcmp(worker->params[i].name, worker->scale_by) == 0)
			return &worker->params[i];
	return NULL;
}

/* "pages" is fitted in ns/page, "size" in ns/GiB. */
static double slope_scale(const char *scale_by, char *of, size_t size)
{
	size_t length = strlen(scale_by);

	if (strcmp(scale_by, "size") == 0) {
		snprintf(of, size, "GiB");
		return GIB;
	}
	if (length > 1 && scale_by[length - 1] == 's')
		length--;
	snprintf(of, size, "%.*s", (int)length, scale_by);
	return 1.0;
}

/* The line through one replicate's points. */
static int fit_replicate(const struct pcow_reduced *const *points, size_t n, const char *time_unit,
			 struct pcow_figures *figures)
{
	char of[PCOW_RESULT_NAME_MAX];
	double scale = slope_scale(points[0]->scale_by, of, sizeof(of));
	double *xy = malloc(2 * n * sizeof(*xy));
	struct pcow_fit fit;

	if (!xy)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		xy[i] = (double)scale_value(points[i])->number;
		xy[n + i] = points[i]->total_ns;
	}
	fit = pcow_fit_line(xy, xy + n, n);
	free(xy);
	pcow_figures_add(figures, PCOW_METRIC_COST, "slope", fit.slope * scale, time_unit, of);
	pcow_figures_add(figures, PCOW_METRIC_COST, "intercept", fit.intercept, time_unit, NULL);
	/* Two points lie on their line whatever they are: that is no agreement. */
	if (n > 2)
		pcow_figures_add(figures, PCOW_METRIC_QUALITY, "r2", fit.r2, "ratio", NULL);
	return figures->failed ? -ENOMEM : 0;
}

/* How many of the points, sorted, are of the first one's replicate. */
static size_t count_replicate(const struct pcow_reduced *const *points, size_t nr_points)
{
	size_t n = 1;

	while (n < nr_points && points[n]->replicate == points[0]->replicate)
		n++;
	return n;
}

static int add_line(struct pcow_summary *summary, const struct pcow_reduced *const *points,
		    size_t nr_points)
{
	const char *time_unit = pcow_time_unit(&summary->header);
	struct pcow_figures figures = { 0 };
	size_t most = 0;
	int ret = 0;

	for (size_t first = 0, n; first < nr_points; first += n) {
		n = count_replicate(points + first, nr_points - first);
		most = n > most ? n : most;
	}
	/* With a precision some sizes have more workers than others: where cost is not
	 * quite linear, a line through a part of the sizes is another line. */
	for (size_t first = 0, n; ret == 0 && first < nr_points; first += n) {
		n = count_replicate(points + first, nr_points - first);
		if (n == most)
			ret = fit_replicate(points + first, n, time_unit, &figures);
	}
	if (ret == 0)
		ret = add_metric_rows(summary, common_row(points, nr_points, points[0]->scale_by),
				      &figures);
	pcow_figures_clear(&figures);
	return ret;
}

/* Reorders @workers. */
static int add_lines(struct pcow_summary *summary, const struct pcow_reduced **workers,
		     size_t nr_workers)
{
	size_t nr_points = 0;

	for (size_t i = 0; i < nr_workers; i++) {
		const struct pcow_value *value = scale_value(workers[i]);

		if (value && value->is_number && !isnan(workers[i]->total_ns))
			workers[nr_points++] = workers[i];
	}
	if (nr_points)
		qsort(workers, nr_points, sizeof(*workers), compare_points);
	for (size_t first = 0, n; first < nr_points; first += n) {
		n = 1;
		while (first + n < nr_points &&
		       compare_lines(workers[first], workers[first + n]) == 0)
			n++;
		if (add_line(summary, workers + first, n))
			return -ENOMEM;
	}
	return 0;
}

/* ----------------------------------------------------------------- reading */

static int add_worker(struct workers *workers, const struct pcow_record *worker,
		      const char *time_unit)
{
	if (workers->n == workers->room) {
		size_t room = workers->room ? 2 * workers->room : 64;
		struct pcow_reduced *at = realloc(workers->at, room * sizeof(*at));

		if (!at)
			return -ENOMEM;
		workers->at = at;
		workers->room = room;
	}
	workers->n++;
	if (pcow_reduced_make(&workers->at[workers->n - 1], worker, time_unit))
		return -ENOMEM;
	workers->at[workers->n - 1].order = workers->n;
	return 0;
}

/* @n: workers before. */
static void take_clock(struct pcow_clock_summary *clock, const struct pcow_record *worker, size_t n)
{
	double hz = (double)worker->clock.hz;
	double ticks = ((double)worker->clock.overhead_start_ticks +
			(double)worker->clock.overhead_end_ticks) /
		       2.0;

	if (!n)
		strcpy(clock->source, worker->clock.source);
	else if (strcmp(clock->source, worker->clock.source) != 0)
		strcpy(clock->source, "several");
	clock->cpu = n && clock->cpu != worker->cpu ? PCOW_SEVERAL_CPUS : worker->cpu;
	clock->hz_least = n ? fmin(clock->hz_least, hz) : hz;
	clock->hz_most = fmax(clock->hz_most, hz);
	/* What is taken off a figure. */
	clock->overhead_ns += (ticks * 1e9 / hz - clock->overhead_ns) / (double)(n + 1);
}

static int read_workers(struct workers *workers, struct pcow_reader *reader,
			struct pcow_summary *summary, const char *path, struct pcow_error *err)
{
	const char *time_unit = pcow_time_unit(&summary->header);
	struct pcow_record *worker = malloc(sizeof(*worker));
	size_t clocks = 0;
	int ret;

	if (!worker)
		return pcow_error_set(err, -ENOMEM, "%.200s: no memory to read it", path);
	while ((ret = pcow_reader_next(reader, worker, err)) > 0) {
		ret = add_worker(workers, worker, time_unit);
		if (worker->status == PCOW_STATUS_OK && worker->clock.hz)
			take_clock(&summary->clock, worker, clocks++);
		pcow_record_clear(worker);
		if (ret) {
			pcow_error_set(err, ret, "%.200s: no memory for %zu workers", path,
				       workers->n);
			break;
		}
	}
	free(worker);
	return ret;
}

/* The last line of each worker, in order; NULL when memory is short. */
static const struct pcow_reduced **pick_workers(struct workers *workers, size_t *nr_picked,
						size_t *nr_twice)
{
	const struct pcow_reduced **picked = malloc((workers->n + 1) * sizeof(*picked));

	*nr_picked = 0;
	if (!picked || !workers->n)
		return picked;
	qsort(workers->at, workers->n, sizeof(*workers->at), compare_workers);
	for (size_t i = 0; i < workers->n; i++) {
		const struct pcow_reduced *worker = &workers->at[i];

		if (i + 1 == workers->n || compare_replicates(worker, worker + 1) != 0)
			picked[(*nr_picked)++] = worker;
		else
			/* A run goes on with what failed, never with what has figures. */
			*nr_twice += worker->status == PCOW_STATUS_OK;
	}
	return picked;
}

/* Workers beyond a case's, or beyond all, that the header plans. */
static size_t count_unplanned(const struct pcow_header *header,
			      const struct pcow_reduced *const *workers, size_t n)
{
	json_int_t most = json_integer_value(json_object_get(header->config, "replicates"));
	json_int_t all = json_integer_value(json_object_get(header->config, "workers"));
	size_t beyond = 0, surplus = all && n > (uint64_t)all ? n - (size_t)all : 0;

	for (size_t i = 0; most && i < n; i++)
		beyond += workers[i]->replicate >= (uint64_t)most;
	return beyond > surplus ? beyond : surplus;
}

static int compare_prints(const void *pa, const void *pb)
{
	const uint64_t *a = pa, *b = pb;

	return compare_numbers(*a, *b);
}

static int take_prints(struct pcow_summary *summary, const struct pcow_reduced *const *workers)
{
	summary->prints = malloc((summary->nr_workers + 1) * sizeof(*summary->prints));
	if (!summary->prints)
		return -ENOMEM;
	for (size_t i = 0; i < summary->nr_workers; i++) {
		/* The harness by itself takes the same steps of the clock over and over. */
		if (workers[i]->print && strncmp(workers[i]->scenario, "null/", 5) != 0)
			summary->prints[summary->nr_prints++] = workers[i]->print;
	}
	qsort(summary->prints, summary->nr_prints, sizeof(*summary->prints), compare_prints);
	return 0;
}

static int make_rows(struct pcow_summary *summary, struct workers *workers)
{
	const struct pcow_reduced **picked;
	size_t nr_picked;
	int ret = -ENOMEM;

	picked = pick_workers(workers, &nr_picked, &summary->nr_twice);
	if (!picked)
		return -ENOMEM;
	summary->nr_workers = nr_picked;
	summary->nr_unplanned = count_unplanned(&summary->header, picked, nr_picked);
	for (size_t i = 0; i < nr_picked; i++)
		summary->nr_contradict += picked[i]->contradicts;
	if (take_prints(summary, picked) == 0 && add_cases(summary, picked, nr_picked) == 0 &&
	    add_lines(summary, picked, nr_picked) == 0)
		ret = 0;
	free(picked);
	if (summary->nr_rows)
		qsort(summary->rows, summary->nr_rows, sizeof(*summary->rows), compare_rows);
	return ret;
}

int pcow_summary_read(struct pcow_summary *summary, const char *path, struct pcow_error *err)
{
	struct workers workers = { 0 };
	struct pcow_reader *reader;
	int ret;

	*summary = (struct pcow_summary){ 0 };
	ret = pcow_reader_open(&reader, path, &summary->header, err);
	if (ret)
		return ret;
	ret = read_workers(&workers, reader, summary, path, err);
	summary->truncated = pcow_reader_truncated(reader);
	pcow_reader_close(reader);
	if (ret == 0 && make_rows(summary, &workers))
		ret = pcow_error_set(err, -ENOMEM, "%.200s: no memory for its figures", path);
	for (size_t i = 0; i < workers.n; i++)
		pcow_reduced_clear(&workers.at[i]);
	free(workers.at);
	if (ret)
		pcow_summary_clear(summary);
	return ret;
}

void pcow_summary_clear(struct pcow_summary *summary)
{
	free(summary->rows);
	free(summary->prints);
	pcow_header_clear(&summary->header);
	*summary = (struct pcow_summary){ 0 };
}
