/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From result files to what a person or a script reads: pure functions of
 * results, no machine needed.
 */
#ifndef PINCOW_FORMAT_H
#define PINCOW_FORMAT_H

#include <stdbool.h>
#include <stdio.h>

#include <pincow/result.h>
#include <pincow/units.h>

/**
 * struct pcow_metric_row - one figure of one case
 * @scenario, @params, @nr_params: the case; for fitted metrics without the
 *		parameter that was fitted over
 * @metric:	"latency", "net", "p50", "p90", "p99", "copied", "slope" ...
 * @unit:	"ns/page", "ns/GiB", "pages/page", "bytes" ...
 * @n:		replicates that have it
 * @median:	over the replicates' values; NAN when there is none
 * @low, @high:	the smallest and the largest replicate: a range, not a
 *		confidence interval, which one boot cannot give
 * @status:	worst of ok < skip < invalid < error over the replicates
 * @reason, @remedy: of that status
 * @invalid_fraction: samples that broke their claim / samples taken
 * @truncated:	a worker met its time cap
 */
struct pcow_metric_row {
	char scenario[PCOW_RESULT_NAME_MAX];
	struct pcow_value params[PCOW_RESULT_PARAMS_MAX];
	size_t nr_params;
	char metric[PCOW_RESULT_NAME_MAX];
	char unit[PCOW_RESULT_NAME_MAX];
	size_t n;
	double median, low, high;
	enum pcow_status status;
	char reason[512];
	char remedy[512];
	double invalid_fraction;
	bool truncated;
};

/**
 * struct pcow_summary - every figure of a result file
 * @header:	of the file
 * @rows:	sorted by scenario, parameters and metric
 * @nr_rows:	how many
 * @truncated:	the file's last line was cut short
 */
struct pcow_summary {
	struct pcow_header header;
	struct pcow_metric_row *rows;
	size_t nr_rows;
	bool truncated;
};

/* Read @path and reduce it; memory is bounded by the number of workers, not
 * of samples. 0 or -errno with a line in @err. */
int pcow_summary_read(struct pcow_summary *summary, const char *path, struct pcow_error *err);
void pcow_summary_clear(struct pcow_summary *summary);

/* The table of `pincow show`. */
void pcow_summary_print(FILE *out, const struct pcow_summary *summary, bool color);

/* The array of `show --json`, as results/README.md defines it; owned by the caller. */
json_t *pcow_summary_json(const struct pcow_summary *summary);

#endif
