/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The metrics of one worker; results/README.md defines each.
 */
#include "reduce.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/stats.h>

#define GIB 1073741824.0

/* CPU clocks of children are in microseconds: no less can be told. */
#define FOREIGN_NS_LEAST 1000

/* Of as many bits no two workers of some thousand boots took the same times. */
#define PRINT_BITS 40.0

/* A worker on its way to figures, with room for as many values as it has samples. */
struct reduction {
	const struct pcow_record *worker;
	const char *time_unit;
	struct pcow_figures *figures;
	double overhead_ticks;
	double *scratch;
};

bool pcow_header_is_counted(const struct pcow_header *header)
{
	return strcmp(header->clock_domain, "instructions") == 0;
}

double pcow_header_precision(const struct pcow_header *header)
{
	return json_number_value(json_object_get(header->config, "precision"));
}

const char *pcow_time_unit(const struct pcow_header *header)
{
	return pcow_header_is_counted(header) ? "instructions" : "ns";
}

static double to_ns(const struct reduction *r, double ticks)
{
	return ticks * 1e9 / (double)r->worker->clock.hz;
}

static double less_overhead(const struct reduction *r, int64_t ticks)
{
	return fmax((double)ticks - r->overhead_ticks, 0.0);
}

/* A figure of time an operation; what the clock itself took is none. */
static void add_cost(struct reduction *r, const char *metric, double ns)
{
	if (ns == 0.0)
		return;
	pcow_figures_add(r->figures, PCOW_METRIC_COST, metric, ns, r->time_unit,
			 r->worker->operation);
}

/* Cost of each valid sample in ticks, less the timer's, into the scratch; how many. */
static size_t batch_costs(struct reduction *r, bool per_operation)
{
	const struct pcow_view *batch = &r->worker->batch;
	const int64_t *ticks = pcow_view_column(batch, "ticks");
	const int64_t *ops = pcow_view_column(batch, "ops");
	const int64_t *valid = pcow_view_column(batch, "valid");
	size_t n = 0;

	for (size_t i = 0; i < batch->n; i++)
		if (valid[i])
			r->scratch[n++] =
				less_overhead(r, ticks[i]) / (per_operation ? (double)ops[i] : 1.0);
	return n;
}

static size_t op_costs(struct reduction *r)
{
	const int64_t *ticks = pcow_view_column(&r->worker->op, "ticks");

	for (size_t i = 0; i < r->worker->op.n; i++)
		r->scratch[i] = less_overhead(r, ticks[i]);
	return r->worker->op.n;
}

/* Sum of a column over the valid samples; @name must be there. */
static double valid_sum(const struct pcow_view *batch, const char *name)
{
	const int64_t *values = pcow_view_column(batch, name);
	const int64_t *valid = pcow_view_column(batch, "valid");
	double sum = 0.0;

	for (size_t i = 0; i < batch->n; i++)
		if (valid[i])
			sum += (double)values[i];
	return sum;
}

static void add_latency(struct reduction *r)
{
	double ns = to_ns(r, pcow_median(r->scratch, batch_costs(r, true)));

	add_cost(r, "latency", ns);
	if (r->worker->op_bytes && ns > 0.0)
		pcow_figures_add(r->figures, PCOW_METRIC_COST, "per_gib",
				 ns * GIB / (double)r->worker->op_bytes, r->time_unit, "GiB");
	pcow_figures_add(r->figures, PCOW_METRIC_QUALITY, "timer_overhead",
			 to_ns(r, r->overhead_ticks), r->time_unit, NULL);
}

/* Both readings hold the timer's cost, so the difference does not. */
static void add_net(struct reduction *r)
{
	const struct pcow_view *batch = &r->worker->batch;
	const int64_t *baseline = pcow_view_column(batch, "baseline_ticks");
	const int64_t *ticks = pcow_view_column(batch, "ticks");
	const int64_t *ops = pcow_view_column(batch, "ops");
	const int64_t *valid = pcow_view_column(batch, "valid");
	size_t n = 0;

	if (!baseline)
		return;
	for (size_t i = 0; i < batch->n; i++)
		if (valid[i])
			r->scratch[n++] = (double)(ticks[i] - baseline[i]) / (double)ops[i];
	pcow_figures_add(r->figures, PCOW_METRIC_COST, "net", to_ns(r, pcow_median(r->scratch, n)),
			 r->time_unit, r->worker->operation);
}

/* Columns of the engine; every other one is an outcome of the kernel's. */
static bool is_outcome(const char *column)
{
	static const char *const others[] = {
		"ticks",      "ops",	   "valid",   "baseline_ticks", "voluntary_switches",
		"foreign_ns", "cpu_begin", "cpu_end", "begin_ns",	"thread"
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(column, others[i]) == 0)
			return false;
	return true;
}

static void add_outcomes(struct reduction *r)
{
	const struct pcow_view *batch = &r->worker->batch;
	double ops = valid_sum(batch, "ops");
	double valid = valid_sum(batch, "valid");

	pcow_figures_add(r->figures, PCOW_METRIC_WORK, "ops", ops / valid, r->worker->operation,
			 "sample");
	for (size_t i = 0; i < batch->nr_columns; i++) {
		const char *name = batch->columns[i].name;

		if (is_outcome(name))
			pcow_figures_add(r->figures, PCOW_METRIC_WORK, name,
					 valid_sum(batch, name) / ops, name, r->worker->operation);
	}
}

/* The fraction of every sample taken that others ran in, or that slept: tagged,
 * not left out.  What sleeps leaves the CPU to others by itself. */
static void add_disturbance(struct reduction *r)
{
	const struct pcow_view *batch = &r->worker->batch;
	const int64_t *foreign_ns = pcow_view_column(batch, "foreign_ns");
	const int64_t *switches = pcow_view_column(batch, "voluntary_switches");
	size_t disturbed = 0, slept = 0;

	for (size_t i = 0; i < batch->n; i++) {
		bool sleeps = switches && switches[i] > 0;

		slept += sleeps;
		disturbed += foreign_ns && foreign_ns[i] > FOREIGN_NS_LEAST && !sleeps;
	}
	if (foreign_ns)
		pcow_figures_add(r->figures, PCOW_METRIC_QUALITY, "disturbed",
				 (double)disturbed / (double)batch->n, "ratio", NULL);
	if (switches)
		pcow_figures_add(r->figures, PCOW_METRIC_QUALITY, "sleeps",
				 (double)slept / (double)batch->n, "ratio", NULL);
}

static bool all_single(const struct pcow_view *batch)
{
	const int64_t *ops = pcow_view_column(batch, "ops");
	const int64_t *valid = pcow_view_column(batch, "valid");

	for (size_t i = 0; i < batch->n; i++)
		if (valid[i] && ops[i] != 1)
			return false;
	return true;
}

/* How far the view of single operations, @n sorted costs, is to be believed. */
static void add_op_checks(struct reduction *r, size_t n)
{
	double op_sum = 0.0, batch_sum = 0.0, ops, median;

	for (size_t i = 0; i < n; i++)
		op_sum += r->scratch[i];
	median = pcow_quantile(r->scratch, n, 0.5);
	if (median > 0.0)
		pcow_figures_add(r->figures, PCOW_METRIC_QUALITY, "overhead_frac",
				 r->overhead_ticks / median, "ratio", NULL);

	ops = valid_sum(&r->worker->batch, "ops");
	n = batch_costs(r, false);
	for (size_t i = 0; i < n; i++)
		batch_sum += r->scratch[i];
	if (batch_sum > 0.0)
		pcow_figures_add(r->figures, PCOW_METRIC_QUALITY, "agreement",
				 op_sum / (double)r->worker->op.n / (batch_sum / ops), "ratio",
				 NULL);
}

/* Single operations: quantiles, but no tail that too few reach. */
static void add_distribution(struct reduction *r)
{
	static const struct {
		const char *metric;
		double p;
	} quantiles[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p99.9", 0.999 } };
	size_t n;

	if (r->worker->op.n)
		n = op_costs(r);
	else if (all_single(&r->worker->batch))
		n = batch_costs(r, false);
	else
		return;
	pcow_sort(r->scratch, n);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		if (n >= pcow_quantile_min_n(quantiles[i].p))
			add_cost(r, quantiles[i].metric,
				 to_ns(r, pcow_quantile(r->scratch, n, quantiles[i].p)));
	if (r->worker->op.n)
		add_op_checks(r, n);
}

/* Most samples slept, and what the clock counts of an idle guest is no instructions. */
static bool counts_idle_time(const struct reduction *r)
{
	const struct pcow_view *batch = &r->worker->batch;
	const int64_t *switches = pcow_view_column(batch, "voluntary_switches");
	size_t slept = 0;

	for (size_t i = 0; switches && i < batch->n; i++)
		slept += switches[i] > 0;
	return 2 * slept > batch->n && strcmp(r->time_unit, "instructions") == 0;
}

/* The cost of a whole sample, for fitting over a parameter. */
static double total_ns(struct reduction *r)
{
	double ns = to_ns(r, pcow_median(r->scratch, batch_costs(r, false)));

	return ns > 0.0 && !counts_idle_time(r) ? ns : NAN;
}

static int reduce_samples(struct pcow_reduced *reduced, const struct pcow_record *worker,
			  const char *time_unit)
{
	const struct pcow_clock_record *clock = &worker->clock;
	size_t most = worker->batch.n > worker->op.n ? worker->batch.n : worker->op.n;
	struct reduction r = {
		.worker = worker,
		.time_unit = time_unit,
		.figures = &reduced->figures,
		.overhead_ticks =
			((double)clock->overhead_start_ticks + (double)clock->overhead_end_ticks) /
			2.0,
	};

	r.scratch = malloc(most * sizeof(*r.scratch));
	if (!r.scratch)
		return -ENOMEM;
	reduced->total_ns = total_ns(&r);
	reduced->below_clock = pcow_median(r.scratch, batch_costs(&r, false)) == 0.0;
	add_latency(&r);
	add_net(&r);
	add_outcomes(&r);
	add_disturbance(&r);
	add_distribution(&r);
	free(r.scratch);
	for (size_t i = 0; i < worker->nr_memory; i++)
		pcow_figures_add_weight(r.figures, &worker->memory[i]);
	return reduced->figures.failed ? -ENOMEM : 0;
}

static size_t count_invalid(const struct pcow_view *batch)
{
	const int64_t *valid = pcow_view_column(batch, "valid");
	size_t invalid = 0;

	for (size_t i = 0; i < batch->n; i++)
		invalid += !valid[i];
	return invalid;
}

/* Did no weight close, as where a held claim broke? */
static bool weighed_none(const struct pcow_record *worker)
{
	for (size_t i = 0; i < worker->nr_memory; i++) {
		if (worker->memory[i].closed)
			return false;
	}
	return worker->nr_memory > 0;
}

/*
 * Each batch sample that broke its claim has a reason.  Others are of passes over single
 * operations, as many as samples at most, of which all broke where none gave times; or of
 * weighing.
 */
static bool contradicts(const struct pcow_record *worker, size_t invalid)
{
	double passes = -(double)invalid, samples = (double)worker->batch.n;
	bool gave_none = !worker->op.n && !*worker->op_refused;
	const char *reason;
	json_t *count;

	json_object_foreach (worker->broken, reason, count)
		passes += json_number_value(count);
	if (passes < 0.0)
		return true;
	if (worker->truncated || weighed_none(worker))
		return false;
	return passes > samples || (gave_none && passes > 0.0 && passes < samples);
}

/* FNV-1a, number by number.  On a coarse clock times say little: what one says is taken from
 * how far it lies off the one before. */
static uint64_t print_times(const struct pcow_record *worker)
{
	const struct pcow_view *const views[] = { &worker->batch, &worker->op };
	uint64_t print = UINT64_C(0xcbf29ce484222325);
	double bits = 0.0;

	for (size_t v = 0; v < 2; v++) {
		const int64_t *ticks = pcow_view_column(views[v], "ticks");

		for (size_t i = 0; ticks && i < views[v]->n; i++) {
			print = (print ^ (uint64_t)ticks[i]) * UINT64_C(0x100000001b3);
			if (i && bits < PRINT_BITS)
				bits += log2(1.0 + fabs((double)(ticks[i] - ticks[i - 1])));
		}
	}
	return bits < PRINT_BITS ? 0 : print;
}

int pcow_reduced_make(struct pcow_reduced *reduced, const struct pcow_record *worker,
		      const char *time_unit)
{
	*reduced = (struct pcow_reduced){
		.replicate = worker->replicate,
		.op_bytes = worker->op_bytes,
		.nr_params = worker->nr_params,
		.status = worker->status,
		.samples = worker->batch.n,
		.invalid = count_invalid(&worker->batch),
		.truncated = worker->truncated,
		.print = print_times(worker),
		.total_ns = NAN,
	};
	reduced->contradicts = worker->status == PCOW_STATUS_OK &&
			       contradicts(worker, reduced->invalid);
	strcpy(reduced->scenario, worker->scenario);
	strcpy(reduced->operation, worker->operation);
	strcpy(reduced->scale_by, worker->scale_by);
	reduced->reason = strdup(worker->reason);
	reduced->remedy = strdup(worker->remedy);
	reduced->params = calloc(worker->nr_params + 1, sizeof(*reduced->params));
	if (!reduced->reason || !reduced->remedy || !reduced->params)
		return -ENOMEM;
	memcpy(reduced->params, worker->params, worker->nr_params * sizeof(*reduced->params));
	if (worker->status != PCOW_STATUS_OK || reduced->invalid == reduced->samples)
		return 0;
	return reduce_samples(reduced, worker, time_unit);
}

int pcow_record_headline(const struct pcow_record *worker, double *figure)
{
	struct pcow_reduced reduced;
	int ret = pcow_reduced_make(&reduced, worker, "ns");
	bool net = false;

	*figure = NAN;
	for (size_t i = 0; i < reduced.figures.n && !ret; i++) {
		const struct pcow_figure *f = &reduced.figures.at[i];
		bool is_net = strcmp(f->metric, "net") == 0;

		if (is_net || (!net && strcmp(f->metric, "latency") == 0))
			*figure = f->value;
		net |= is_net;
	}
	pcow_reduced_clear(&reduced);
	return ret;
}

void pcow_reduced_clear(struct pcow_reduced *reduced)
{
	free(reduced->params);
	free(reduced->reason);
	free(reduced->remedy);
	pcow_figures_clear(&reduced->figures);
}
