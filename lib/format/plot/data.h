/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What figures are drawn from, and how gnuplot gets it.
 */
#ifndef PINCOW_FORMAT_PLOT_DATA_H
#define PINCOW_FORMAT_PLOT_DATA_H

#include <pincow/format.h>
#include <pincow/plot.h>
#include <pincow/stats.h>
#include <pincow/why.h>

#include "table/text.h"

#define PCOW_LABEL_MAX 160

/**
 * struct pcow_operations - single operations of one case
 * @scenario, @params, @nr_params: the case; owned by who asks for it
 * @row:	of the case's latency, in a figure of one file
 * @ns:		@n costs, less the timer's; sorted before they are drawn
 */
struct pcow_operations {
	const struct pcow_metric_row *row;
	const char *scenario;
	const struct pcow_value *params;
	size_t nr_params;
	double *ns;
	size_t n;
};

/**
 * struct pcow_profiles_pair - one case in two kernels
 * @base, @other: the profiles; NULL where no profiles are drawn
 * @base_case, @other_case: the case in either
 * @named:	see pcow_plot_profiles()
 */
struct pcow_profiles_pair {
	const struct pcow_function_profile *base, *other;
	const struct pcow_profiled_case *base_case, *other_case;
	bool named;
};

/**
 * struct pcow_plot - what figures are drawn from
 * @summary:	every figure of the file; of a comparison empty
 * @size_bytes:	the size that most fault scenarios share
 * @operations:	of the file's fault cases at that size
 * @analysis, @comparison: what is compared; NULL for a file
 * @fault_lines: the comparison's fault cases, one line each
 * @spreads:	of their single operations in ns, one a case and group, in which each
 *		boot weighs 1 however many it timed; NULL where there are none
 * @pair:	of a figure of profiles
 */
struct pcow_plot {
	struct pcow_summary summary;
	uint64_t size_bytes;
	struct pcow_operations *operations;
	size_t nr_operations;
	const struct pcow_analysis *analysis;
	const struct pcow_comparison *comparison;
	const struct pcow_line **fault_lines;
	size_t nr_fault_lines;
	struct pcow_histogram **spreads;
	size_t nr_spreads;
	struct pcow_profiles_pair pair;
};

bool pcow_is_fault(const char *scenario);

/* Do two parameter lists differ in numbers at most? */
bool pcow_params_same_but_numbers(const struct pcow_value *a, size_t nr_a,
				  const struct pcow_value *b, size_t nr_b);

/* Of two such lists: is the first number in which they differ the larger in @a? */
bool pcow_params_larger_numbers(const struct pcow_value *a, const struct pcow_value *b, size_t n);

/* Adds what @path has of the cases in @operations. 0 or -errno. */
int pcow_operations_read(struct pcow_operations *operations, size_t n, const char *path,
			 struct pcow_error *err);

/* "fork/anon written base 16M" */
void pcow_profiled_case_format(char *buf, size_t size, const struct pcow_profiled_case *of);

/* What a row is, as the figure's script has it. */
enum pcow_why_kind {
	PCOW_WHY_KERNEL, /* a function, of the task that was timed */
	PCOW_WHY_BESIDE, /* user space, or other tasks */
	PCOW_WHY_REST,
	PCOW_WHY_ALL,
};

/* struct pcow_why_bar - a row as it is shown, with what it is called */
struct pcow_why_bar {
	char name[PCOW_PROFILE_FUNCTION_SIZE + 32];
	struct pcow_why_row row;
	enum pcow_why_kind kind;
};

/* The @most rows that differ most, the others as one, and the sum: makes up to @most + 3
 * and returns how many. */
size_t pcow_why_bars(struct pcow_why_bar *bars, const struct pcow_why *why, size_t most);

/* write() of the figure of profiles. */
int pcow_why_write(FILE *out, const struct pcow_plot *plot);

/* Reads @fault_lines and @spreads of a comparison. 0 or -errno. */
int pcow_spreads_read(struct pcow_plot *plot, struct pcow_error *err);

/* ----------------------------------------------------------------- gnuplot */

/*
 * What the writers of gnuplot data share.  Costs on axes are in seconds (or
 * instructions, where the clock counts those), so that gnuplot's SI prefixes
 * make the tick labels; texts are literal strings, since host names and
 * parameter words come from a file that nobody vouches for.
 */

/* "VARIABLE = 'TEXT'", the text by a format. */
__attribute__((format(printf, 3, 4))) void pcow_gnuplot_assign(FILE *out, const char *variable,
							       const char *fmt, ...);

/* "ARRAY[I] = 'TEXT'", the text by a format. */
__attribute__((format(printf, 4, 5))) void pcow_gnuplot_item(FILE *out, const char *array, size_t i,
							     const char *fmt, ...);

/* "1.23 ms", "1230 instructions"; @unit is the metric's. */
void pcow_cost_format(char *buf, size_t size, double ns, const char *unit);

/* Does a metric of this unit count instructions? */
bool pcow_unit_is_counted(const char *unit);

/* A nanosecond of the clock, in what the axes show; @unit is the metric's. */
double pcow_axis_unit(const char *unit);

/* "unit", which stands behind the SI prefix of such an axis' labels, and "what" they are:
 * 's' and 'time', or '' and 'instructions'. */
void pcow_axis_write(FILE *out, const char *unit);

/* "ns/page" is of a page: the word behind the slash. */
const char *pcow_unit_operation(const char *unit);

/* " of 2M": the bytes that an operation works on, where they are not the case's size. */
void pcow_op_bytes_format(char *buf, size_t size, uint64_t op_bytes,
			  const struct pcow_value *params, size_t nr_params);

/* ------------------------------------------------------------- of one file */

/* The parameter "size" of a row, or NULL. */
const struct pcow_value *pcow_row_size(const struct pcow_metric_row *row);

/* What tells a case's curve from others of its scenario: the page kind, and
 * parameters but the size that the file has more than one value of. */
void pcow_case_label(char *buf, size_t size, const struct pcow_summary *summary,
		     const char *scenario, const struct pcow_value *params, size_t nr_params);

/* "n 5", "n 2 of 5, 12 % invalid": workers that gave a figure, of those planned, and how
 * many samples broke their claim. */
void pcow_file_n_format(char *buf, size_t size, const struct pcow_header *header, size_t n,
			double invalid_fraction);

/* In a legend, where an empty text would look like a mistake. */
const char *pcow_legend_name(const char *label);

/* Where the figures come from: nobody should have to trust a picture without it. */
void pcow_file_origin_write(FILE *out, const struct pcow_header *header);

/**
 * struct pcow_labels - different texts
 * @text:	sorted by pcow_labels_sort()
 * @n:		how many
 */
struct pcow_labels {
	char (*text)[PCOW_LABEL_MAX];
	size_t n;
};

/* Adds a label that is not there yet; 0 or -ENOMEM. */
int pcow_labels_add(struct pcow_labels *labels, const char *text);
void pcow_labels_sort(struct pcow_labels *labels);
size_t pcow_labels_find(const struct pcow_labels *labels, const char *text);

/* write() of the figures of one file. */
int pcow_fork_scaling_write(FILE *out, const struct pcow_plot *plot);
int pcow_fault_latency_write(FILE *out, const struct pcow_plot *plot);
int pcow_overview_write(FILE *out, const struct pcow_plot *plot);

#endif
