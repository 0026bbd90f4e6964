/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a result file to figures: one value a metric, a case and a worker, then
 * the workers of a case together.  Pure functions of the file.
 */
#ifndef PINCOW_SUMMARY_H
#define PINCOW_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include <pincow/error.h>
#include <pincow/result.h>

/* What a metric says, and so what a difference in it means. */
enum pcow_metric_kind {
	PCOW_METRIC_COST, /* time or instructions; less is better */
	PCOW_METRIC_MEMORY, /* what is held; less is better */
	PCOW_METRIC_WORK, /* what was done; costs compare where it is the same */
	PCOW_METRIC_QUALITY, /* how far the others are to be believed */
};

/**
 * struct pcow_metric_row - one figure of one case
 * @scenario, @params, @nr_params: the case; for fitted metrics without the
 *		parameter that was fitted over
 * @metric:	"latency", "net", "p50", "p90", "p99", "copied", "slope" ...
 * @unit:	"ns/page", "ns/GiB", "pages/page", "bytes" ...
 * @kind:	see there
 * @op_bytes:	of one operation, 0 where that has no meaning
 * @n:		workers that have it
 * @median:	over the workers' values; NAN when there is none
 * @low, @high:	the smallest and the largest worker: a range, not a confidence
 *		interval, which one boot cannot give
 * @status:	worst of ok < skip < invalid < error over the workers
 * @reason, @remedy: of that status
 * @half_width:	of a cost: pcow_half_width() of the workers' values at
 *		PCOW_WORKERS_CONFIDENCE, within one boot; NAN below PCOW_WORKERS_MIN of
 *		them and where one is not positive
 * @invalid_fraction: samples that broke their claim / samples taken
 * @samples:	taken by a worker that took any, on average
 * @nr_workers:	lines of workers that the row rests on, whatever they say
 * @nr_sound:	of these, workers with the status ok whose cost is above the clock's
 * @nr_truncated: of @nr_workers, those that met their time cap
 * @method:	of memory: who was asked, as in struct pcow_weight, or "mixed"; else ""
 * @resolution:	of memory: least difference that shows; what is less counts as 0
 * @unclosed:	of memory: workers whose weighing did not close, left out of @n
 */
struct pcow_metric_row {
	char scenario[PCOW_RESULT_NAME_MAX];
	struct pcow_value params[PCOW_RESULT_PARAMS_MAX];
	size_t nr_params;
	char metric[PCOW_RESULT_NAME_MAX];
	char unit[PCOW_RESULT_NAME_MAX];
	enum pcow_metric_kind kind;
	uint64_t op_bytes;
	size_t n;
	double median, low, high;
	double half_width;
	enum pcow_status status;
	char reason[512];
	char remedy[512];
	double invalid_fraction, samples;
	size_t nr_workers, nr_sound, nr_truncated;
	char method[PCOW_RESULT_NAME_MAX];
	double resolution;
	size_t unclosed;
};

/* Workers of one file were bound to several CPUs. */
#define PCOW_SEVERAL_CPUS (-2)

/**
 * struct pcow_clock_summary - the clock of a file's workers
 * @source:	"tsc" ...; "several" where workers differ; "" for none
 * @cpu:	that they were bound to, as in struct pcow_record, or PCOW_SEVERAL_CPUS
 * @hz_least, @hz_most: ticks a second
 * @overhead_ns: mean cost of an empty timer pair
 */
struct pcow_clock_summary {
	char source[PCOW_RESULT_NAME_MAX];
	int64_t cpu;
	double hz_least, hz_most;
	double overhead_ns;
};

/**
 * struct pcow_summary - every figure of a result file
 * @header:	of the file
 * @rows:	sorted by pcow_params_compare() of the case, metric and unit
 * @nr_rows:	how many
 * @nr_workers:	that the file has a line of
 * @nr_twice:	of these, with two lines of figures or more
 * @nr_unplanned: of these, beyond what the header plans
 * @nr_contradict: of these, whose broken samples and their reasons do not go together
 * @prints, @nr_prints: sorted, of the times of each worker but the harness's, where no
 *		other worker has the same by chance
 * @clock:	of workers with figures
 * @truncated:	the file's last line was cut short
 */
struct pcow_summary {
	struct pcow_header header;
	struct pcow_metric_row *rows;
	size_t nr_rows;
	size_t nr_workers, nr_twice, nr_unplanned, nr_contradict;
	uint64_t *prints;
	size_t nr_prints;
	struct pcow_clock_summary clock;
	bool truncated;
};

/* Read @path and reduce it; memory is bounded by the number of workers, not
 * of samples. 0 or -errno with a line in @err. */
int pcow_summary_read(struct pcow_summary *summary, const char *path, struct pcow_error *err);
void pcow_summary_clear(struct pcow_summary *summary);

/* An interval over fewer workers than these says little. */
#define PCOW_WORKERS_MIN 5

/* Of an interval over the workers of a case. */
#define PCOW_WORKERS_CONFIDENCE 0.95

/**
 * pcow_record_headline() - the one figure of a worker that its case is known by
 * @worker:	as pcow_reader_next() or pcow_record_read() gave it
 * @figure:	its "net" where there is one, else its "latency"; NAN when it has none
 *
 * Return: 0 or -ENOMEM.
 */
int pcow_record_headline(const struct pcow_record *worker, double *figure);

/* Does the clock count instructions? */
bool pcow_header_is_counted(const struct pcow_header *header);

/* How narrow the interval over a case's workers was to be, as a fraction; 0 where
 * that was not asked for. */
double pcow_header_precision(const struct pcow_header *header);

/* "ns", or "instructions" where the clock counts those. */
const char *pcow_time_unit(const struct pcow_header *header);

/* Order of two parameter lists, each sorted by name, as strcmp() gives it. */
int pcow_params_compare(const struct pcow_value *a, size_t nr_a, const struct pcow_value *b,
			size_t nr_b);

/* "base 16M pages=64": the values of page and size speak for themselves. */
void pcow_params_format(char *buf, size_t size, const struct pcow_value *params, size_t n);

#endif
