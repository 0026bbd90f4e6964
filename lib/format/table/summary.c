/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of `pincow show`: one row a case, then what was fitted over
 * cases, what memory was held, and what did not run.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

#include "table/fields.h"
#include "table/text.h"

/* Beyond these a row says so: single operations cost otherwise than batches,
 * or the timer is a good part of what it times. */
#define AGREEMENT_SLACK	   0.2
#define OVERHEAD_FRAC_WARN 0.05

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Samples that slept: above this share the operation itself waits. */
#define SLEEPS_WARN 0.5

/* The rows of one case, which stand together. */
struct table_case {
	const struct pcow_metric_row *rows;
	size_t n;
};

static bool same_case(const struct pcow_metric_row *a, const struct pcow_metric_row *b)
{
	return strcmp(a->scenario, b->scenario) == 0 &&
	       pcow_params_compare(a->params, a->nr_params, b->params, b->nr_params) == 0;
}

/* Steps to the next case; @c starts zeroed. */
static bool next_case(const struct pcow_summary *summary, struct table_case *c)
{
	const struct pcow_metric_row *end;

	if (!summary->nr_rows)
		return false;
	end = summary->rows + summary->nr_rows;
	c->rows = c->rows ? c->rows + c->n : summary->rows;
	if (c->rows == end)
		return false;
	for (c->n = 1; c->rows + c->n < end; c->n++)
		if (!same_case(c->rows, c->rows + c->n))
			break;
	return true;
}

static const struct pcow_metric_row *find_metric(const struct table_case *c, const char *metric)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->rows[i].metric, metric) == 0)
			return &c->rows[i];
	return NULL;
}

/* Instructions are counted: every digit of them is meant. */
static void time_cell(char *cell, double ns, const struct pcow_scale *scale)
{
	if (strcmp(scale->unit, "instructions") == 0 && fabs(ns) >= 100.0)
		snprintf(cell, PCOW_CELL_SIZE, "%.0f", ns);
	else
		pcow_number_format(cell, PCOW_CELL_SIZE, ns / scale->divisor);
}

static void range_cell(char *cell, const struct pcow_metric_row *row,
		       const struct pcow_scale *scale)
{
	char low[PCOW_CELL_SIZE], high[PCOW_CELL_SIZE];

	if (row->n < 2)
		return;
	time_cell(low, row->low, scale);
	time_cell(high, row->high, scale);
	snprintf(cell, PCOW_CELL_SIZE, "%.28s..%.28s", low, high);
}

static void metric_cell(char *cell, const struct table_case *c, const char *metric,
			const struct pcow_scale *scale)
{
	const struct pcow_metric_row *row = find_metric(c, metric);

	if (row)
		time_cell(cell, row->median, scale);
}

/* Nothing for none. */
static void percent_cell(char *cell, double fraction)
{
	if (fraction > 0.0)
		snprintf(cell, PCOW_CELL_SIZE, fraction < 0.1 ? "%.2g%%" : "%.0f%%",
			 100.0 * fraction);
}

/* Scenario and parameters, in the first two columns of every table. */
static void case_cells(char cells[][PCOW_CELL_SIZE], const struct pcow_metric_row *row)
{
	snprintf(cells[0], PCOW_CELL_SIZE, "%s", row->scenario);
	pcow_params_format(cells[1], PCOW_CELL_SIZE, row->params, row->nr_params);
}

/* All tables begin with the first three. */
enum column {
	COL_SCENARIO,
	COL_PARAMS,
	COL_N,
	COL_LATENCY,
	COL_UNIT,
	COL_RANGE,
	COL_NET,
	COL_COPIED,
	COL_P50,
	COL_P90,
	COL_P99,
	COL_INVALID,
	COL_DISTURBED,
	LATENCY_COLUMNS,
};

/**
 * struct table - one of the tables
 * @columns, @nr_columns: of its grid
 * @row:	adds the rows of a case, which may have none
 * @legend:	stands below it; NULL for none
 */
struct table {
	const struct pcow_grid_column *columns;
	size_t nr_columns;
	void (*row)(struct pcow_grid *grid, const struct pcow_summary *summary,
		    const struct table_case *c);
	void (*legend)(FILE *out, const struct pcow_grid *grid);
};

static void add_rows(struct pcow_grid *grid, const struct table *table,
		     const struct pcow_summary *summary)
{
	struct table_case c = { 0 };

	while (next_case(summary, &c))
		table->row(grid, summary, &c);
}

/* Nothing where no case has a row; the first table goes without a @title. */
static void print_table(FILE *out, const struct pcow_summary *summary, const struct table *table,
			const char *title, bool color)
{
	struct pcow_grid grid = {
		.columns = table->columns,
		.nr_columns = table->nr_columns,
		.color = color,
	};

	add_rows(&grid, table, summary);
	/* Every table has the workers there, and every row some. */
	if (!grid.widths[COL_N])
		return;
	if (title)
		pcow_head_print(out, title, color);
	else
		fputc('\n', out);
	pcow_grid_start(&grid, out);
	add_rows(&grid, table, summary);
	if (table->legend)
		table->legend(out, &grid);
}

/* ------------------------------------------------------------------ latency */

_Static_assert(LATENCY_COLUMNS <= PCOW_GRID_COLUMNS, "the grid has too few columns");

static const struct pcow_grid_column latency_columns[LATENCY_COLUMNS] = {
	[COL_SCENARIO] = { "scenario", false },
	[COL_PARAMS] = { "case", false },
	[COL_N] = { "n", true },
	[COL_LATENCY] = { "latency", true },
	[COL_UNIT] = { "", false },
	[COL_RANGE] = { "low..high", true },
	[COL_NET] = { "net", true },
	[COL_COPIED] = { "copied", true },
	[COL_P50] = { "p50", true },
	[COL_P90] = { "p90", true },
	[COL_P99] = { "p99", true },
	[COL_INVALID] = { "invalid", true },
	[COL_DISTURBED] = { "disturbed", true },
};

/* Appends to a note, with a comma between its parts. */
__attribute__((format(printf, 3, 4))) static void note_add(char *note, size_t size, const char *fmt,
							   ...)
{
	size_t used = strlen(note);
	va_list ap;

	if (used && used + 2 < size) {
		strcpy(note + used, ", ");
		used += 2;
	}
	va_start(ap, fmt);
	vsnprintf(note + used, size - used, fmt, ap);
	va_end(ap);
}

/* An outcome of the kernel's that has no column. */
static bool is_other_outcome(const struct pcow_metric_row *row)
{
	return row->kind == PCOW_METRIC_WORK && strcmp(row->metric, "ops") != 0 &&
	       strcmp(row->metric, "faults") != 0 && strcmp(row->metric, "copied") != 0;
}

/* In a guest whose instructions are counted, the clock goes on while it is idle. */
static bool is_void(const struct table_case *c)
{
	const struct pcow_metric_row *latency = find_metric(c, "latency");
	const struct pcow_metric_row *sleeps = find_metric(c, "sleeps");

	return sleeps && sleeps->median > SLEEPS_WARN &&
	       strncmp(latency->unit, "instructions", strlen("instructions")) == 0;
}

static void latency_note(char *note, size_t size, const struct table_case *c)
{
	const struct pcow_metric_row *latency = find_metric(c, "latency");
	const struct pcow_metric_row *agreement = find_metric(c, "agreement");
	const struct pcow_metric_row *overhead = find_metric(c, "overhead_frac");
	const struct pcow_metric_row *sleeps = find_metric(c, "sleeps");

	note[0] = '\0';
	if (latency->n < latency->nr_workers)
		note_add(note, size, "%zu of %zu workers gave no figure: %s",
			 latency->nr_workers - latency->n, latency->nr_workers,
			 pcow_status_name(latency->status));
	if (c->rows[0].nr_truncated)
		note_add(note, size, "time cap");
	for (size_t i = 0; i < c->n; i++) {
		char number[PCOW_CELL_SIZE];

		if (!is_other_outcome(&c->rows[i]))
			continue;
		pcow_number_format(number, sizeof(number), c->rows[i].median);
		note_add(note, size, "%s %s", c->rows[i].metric, number);
	}
	if (agreement && fabs(agreement->median - 1.0) > AGREEMENT_SLACK)
		note_add(note, size, "single ops cost %.2fx", agreement->median);
	if (overhead && overhead->median > OVERHEAD_FRAC_WARN)
		note_add(note, size, "timer %.0f%% of p50", 100.0 * overhead->median);
	if (sleeps && sleeps->median > SLEEPS_WARN)
		note_add(note, size, "waits in the kernel: %s",
			 is_void(c) ? "idle time, no instructions" : "no CPU time");
}

/* "us/page", or "us/page of 2M" where that is not the base page: one word, two sizes. */
static void unit_cell(char *cell, const struct pcow_metric_row *latency,
		      const struct pcow_scale *scale, uint64_t page_bytes)
{
	const char *of = strchrnul(latency->unit, '/');
	bool is_page = strcmp(of, "/page") == 0 || strcmp(of, "/fault") == 0;
	char bytes[24];

	pcow_bytes_format(bytes, sizeof(bytes), latency->op_bytes);
	if (is_page && latency->op_bytes && latency->op_bytes != page_bytes)
		snprintf(cell, PCOW_CELL_SIZE, "%s%.16s of %s", scale->unit, of, bytes);
	else
		snprintf(cell, PCOW_CELL_SIZE, "%s%.40s", scale->unit, of);
}

static void latency_row(struct pcow_grid *grid, const struct pcow_summary *summary,
			const struct table_case *c)
{
	const json_t *memory = json_object_get(summary->header.host, "memory");
	json_int_t page_bytes = json_integer_value(json_object_get(memory, "page_bytes"));
	const struct pcow_metric_row *latency = find_metric(c, "latency");
	const struct pcow_metric_row *copied = find_metric(c, "copied");
	const struct pcow_metric_row *disturbed = find_metric(c, "disturbed");
	char cells[LATENCY_COLUMNS][PCOW_CELL_SIZE] = { { "" } };
	struct pcow_scale scale;
	char note[256];

	if (!latency || !latency->n)
		return;
	scale = pcow_scale_for(latency->median, latency->unit);
	case_cells(cells, latency);
	snprintf(cells[COL_N], PCOW_CELL_SIZE, "%zu", latency->n);
	if (is_void(c))
		strcpy(cells[COL_LATENCY], "-");
	else
		time_cell(cells[COL_LATENCY], latency->median, &scale);
	unit_cell(cells[COL_UNIT], latency, &scale, (uint64_t)page_bytes);
	if (!is_void(c))
		range_cell(cells[COL_RANGE], latency, &scale);
	metric_cell(cells[COL_NET], c, "net", &scale);
	if (copied)
		pcow_number_format(cells[COL_COPIED], PCOW_CELL_SIZE, copied->median);
	metric_cell(cells[COL_P50], c, "p50", &scale);
	metric_cell(cells[COL_P90], c, "p90", &scale);
	metric_cell(cells[COL_P99], c, "p99", &scale);
	percent_cell(cells[COL_INVALID], latency->invalid_fraction);
	/* The worst worker: one that was disturbed is what the range may come from. */
	if (disturbed)
		percent_cell(cells[COL_DISTURBED], disturbed->high);
	latency_note(note, sizeof(note), c);
	pcow_grid_row(grid, cells, note);
}

static void latency_legend(FILE *out, const struct pcow_grid *grid)
{
	fputs("\n"
	      "latency     median over n workers, each the median of its valid samples less the "
	      "timer's cost\n"
	      "low..high   smallest and largest of the n workers, all within ONE boot: a range, "
	      "not a confidence interval\n",
	      out);
	if (grid->widths[COL_NET])
		fputs("net         less the same calls without the path under test\n", out);
	if (grid->widths[COL_COPIED])
		fputs("copied      pages an operation that ended on another frame\n", out);
	if (grid->widths[COL_P50])
		fputs("p50 p90 p99 of single operations, where enough were timed; in latency's "
		      "unit\n",
		      out);
	fprintf(out, "invalid     samples of all workers that broke their claim, left out%s\n",
		grid->widths[COL_INVALID] ? "" : ": none");
	fprintf(out,
		"disturbed   samples of the worst worker that others ran in, kept up to 2 %% of "
		"their time%s\n",
		grid->widths[COL_DISTURBED] ? "" : ": none");
}

static const struct table latency_table = { latency_columns, LATENCY_COLUMNS, latency_row,
					    latency_legend };

/* -------------------------------------------------------------------- lines */

static const struct pcow_grid_column line_columns[] = {
	{ "scenario", false }, { "case", false }, { "n", true }, { "slope", true }, { "", false },
	{ "low..high", true }, { "fixed", true }, { "", false }, { "R2", true },
};

static void line_row(struct pcow_grid *grid, const struct pcow_summary *summary,
		     const struct table_case *c)
{
	const struct pcow_metric_row *slope = find_metric(c, "slope");
	const struct pcow_metric_row *intercept = find_metric(c, "intercept");
	const struct pcow_metric_row *r2 = find_metric(c, "r2");
	char cells[ARRAY_SIZE(line_columns)][PCOW_CELL_SIZE] = { { "" } };
	struct pcow_scale scale;

	(void)summary;
	if (!slope || !intercept)
		return;
	scale = pcow_scale_for(slope->median, slope->unit);
	case_cells(cells, slope);
	snprintf(cells[2], PCOW_CELL_SIZE, "%zu", slope->n);
	time_cell(cells[3], slope->median, &scale);
	snprintf(cells[4], PCOW_CELL_SIZE, "%s%.40s", scale.unit, strchrnul(slope->unit, '/'));
	range_cell(cells[5], slope, &scale);
	scale = pcow_scale_for(intercept->median, intercept->unit);
	time_cell(cells[6], intercept->median, &scale);
	snprintf(cells[7], PCOW_CELL_SIZE, "%s", scale.unit);
	snprintf(cells[8], PCOW_CELL_SIZE, r2 ? "%.5f" : "2 points", r2 ? r2->median : 0.0);
	pcow_grid_row(grid, cells, "");
}

static const struct table line_table = { line_columns, ARRAY_SIZE(line_columns), line_row, NULL };

/* ------------------------------------------------------------------- memory */

static const struct pcow_grid_column memory_columns[] = {
	{ "scenario", false }, { "case", false },     { "n", true },   { "what", false },
	{ "median", true },    { "low..high", true }, { "by", false },
};

/* What took none in any worker is left to the JSON. */
static bool took_memory(const struct pcow_metric_row *row)
{
	return row->kind == PCOW_METRIC_MEMORY && row->n && (row->low != 0.0 || row->high != 0.0);
}

static void memory_cell(char *cell, double value, const char *unit)
{
	if (strcmp(unit, "bytes") == 0) {
		pcow_memory_format(cell, PCOW_CELL_SIZE, value);
		return;
	}
	snprintf(cell, PCOW_CELL_SIZE, "%.10g%s", value,
		 strcmp(unit, "pages") == 0 ? " pages" : "");
}

static void memory_row(struct pcow_grid *grid, const struct pcow_metric_row *row)
{
	char cells[ARRAY_SIZE(memory_columns)][PCOW_CELL_SIZE] = { { "" } };
	char low[PCOW_CELL_SIZE], high[PCOW_CELL_SIZE];
	char note[PCOW_CELL_SIZE] = "";

	case_cells(cells, row);
	snprintf(cells[2], PCOW_CELL_SIZE, "%zu", row->n);
	snprintf(cells[3], PCOW_CELL_SIZE, "%s", row->metric);
	memory_cell(cells[4], row->median, row->unit);
	if (row->low < row->high) {
		memory_cell(low, row->low, row->unit);
		memory_cell(high, row->high, row->unit);
		snprintf(cells[5], PCOW_CELL_SIZE, "%.28s .. %.28s", low, high);
	}
	snprintf(cells[6], PCOW_CELL_SIZE, "%.60s", row->method);
	if (row->unclosed)
		snprintf(note, sizeof(note), "%zu more did not close", row->unclosed);
	pcow_grid_row(grid, cells, note);
}

static void memory_rows(struct pcow_grid *grid, const struct pcow_summary *summary,
			const struct table_case *c)
{
	(void)summary;
	for (size_t i = 0; i < c->n; i++) {
		if (took_memory(&c->rows[i]))
			memory_row(grid, &c->rows[i]);
	}
}

static void memory_legend(FILE *out, const struct pcow_grid *grid)
{
	(void)grid;
	fputs("\n"
	      "by          who was asked: memcg, a memory cgroup of the worker's own; process, the "
	      "worker and its\n"
	      "            children in /proc; host, counters that every task moves\n"
	      "            each was the same before and after, and between them the same three "
	      "times\n",
	      out);
}

static const struct table memory_table = { memory_columns, ARRAY_SIZE(memory_columns), memory_rows,
					   memory_legend };

/* ---------------------------------------------------------------- precision */

static const struct pcow_grid_column precision_columns[] = {
	{ "scenario", false },
	{ "case", false },
	{ "n", true },
	{ "within", true },
};

/* The case's headline, where it is not as precise as was asked. */
static const struct pcow_metric_row *find_imprecise(const struct table_case *c, double precision)
{
	const struct pcow_metric_row *row = find_metric(c, "net");

	if (!row)
		row = find_metric(c, "latency");
	return row && row->n && !(row->half_width <= precision) ? row : NULL;
}

static void precision_row(struct pcow_grid *grid, const struct pcow_summary *summary,
			  const struct table_case *c)
{
	const struct pcow_metric_row *row =
		find_imprecise(c, pcow_header_precision(&summary->header));
	char cells[ARRAY_SIZE(precision_columns)][PCOW_CELL_SIZE];

	if (!row)
		return;
	case_cells(cells, row);
	snprintf(cells[2], PCOW_CELL_SIZE, "%zu", row->n);
	if (isfinite(row->half_width))
		snprintf(cells[3], PCOW_CELL_SIZE, "%.2g%%", 100.0 * row->half_width);
	else
		strcpy(cells[3], "unknown");
	pcow_grid_row(grid, cells, "");
}

static const struct table precision_table = { precision_columns, ARRAY_SIZE(precision_columns),
					      precision_row, NULL };

static void print_precision(FILE *out, const struct pcow_summary *summary, bool color)
{
	double precision = pcow_header_precision(&summary->header);
	char title[PCOW_TEXT_WIDTH];

	snprintf(title, sizeof(title),
		 "Not within %g%% as asked: half the 95%% interval over n workers",
		 100.0 * precision);
	if (precision > 0)
		print_table(out, summary, &precision_table, title, color);
}

/* ------------------------------------------------------------------ the rest */

/* The rows that are @wanted, sorted by @compare; the caller frees them. */
static const struct pcow_metric_row **pick_rows(FILE *out, const struct pcow_summary *summary,
						bool (*wanted)(const struct pcow_metric_row *row),
						int (*compare)(const void *a, const void *b),
						size_t *n)
{
	const struct pcow_metric_row **rows = malloc((summary->nr_rows + 1) * sizeof(*rows));

	*n = 0;
	if (!rows) {
		fputs("\nno memory to list what is missing\n", out);
		return NULL;
	}
	for (size_t i = 0; i < summary->nr_rows; i++) {
		if (wanted(&summary->rows[i]))
			rows[(*n)++] = &summary->rows[i];
	}
	qsort(rows, *n, sizeof(*rows), compare);
	return rows;
}

/* "fork/anon thp 16M, fork/anon thp 64M", wrapped. */
static void print_case_list(FILE *out, const struct pcow_metric_row *const *rows, size_t n)
{
	int position = 0;

	for (size_t i = 0; i < n; i++) {
		char name[2 * PCOW_CELL_SIZE + 4];
		char params[PCOW_CELL_SIZE];
		int length;

		pcow_params_format(params, sizeof(params), rows[i]->params, rows[i]->nr_params);
		length = snprintf(name, sizeof(name), "%s%s%s%s", rows[i]->scenario,
				  *params ? " " : "", params, i + 1 < n ? "," : "");
		if (!i)
			position = fprintf(out, "    cases:");
		else if ((size_t)(position + 1 + length) > pcow_text_width())
			position = fprintf(out, "\n          ") - 1;
		position += fprintf(out, " %s", name);
	}
	fputc('\n', out);
}

/* A case that has something to explain, by its latency row. */
static bool has_failed(const struct pcow_metric_row *row)
{
	return strcmp(row->metric, "latency") == 0 && (row->status != PCOW_STATUS_OK || !row->n);
}

static int compare_causes(const struct pcow_metric_row *a, const struct pcow_metric_row *b)
{
	int order = (int)a->status - (int)b->status;

	if (order == 0)
		order = strcmp(a->reason, b->reason);
	return order ? order : strcmp(a->remedy, b->remedy);
}

static int compare_failures(const void *pa, const void *pb)
{
	const struct pcow_metric_row *const *a = pa, *const *b = pb;
	int order = compare_causes(*a, *b);

	/* Rows are sorted already: cases keep that order. */
	return order ? order : (*a > *b) - (*a < *b);
}

static void print_failures(FILE *out, const struct pcow_summary *summary, bool color)
{
	static const char *const heads[] = {
		[PCOW_STATUS_OK] = "Without samples",
		[PCOW_STATUS_INVALID] = "Invalid: no sample of a worker did what its name says",
		[PCOW_STATUS_SKIP] = "Skipped: this host lacks what the case needs",
		[PCOW_STATUS_ERROR] = "Failed",
	};
	size_t n;
	const struct pcow_metric_row **rows =
		pick_rows(out, summary, has_failed, compare_failures, &n);

	for (size_t first = 0, same; first < n; first += same) {
		const struct pcow_metric_row *row = rows[first];

		same = 1;
		while (first + same < n && compare_causes(row, rows[first + same]) == 0)
			same++;
		if (!first || rows[first - 1]->status != row->status)
			pcow_head_print(out, heads[row->status], color);
		fprintf(out, "  %s\n", *row->reason ? row->reason : "no reason was recorded");
		if (*row->remedy)
			fprintf(out, "    remedy: %s\n", row->remedy);
		print_case_list(out, rows + first, same);
	}
	free(rows);
}

/* A kind of memory of which no weighing of the case closed. */
static bool is_unclosed(const struct pcow_metric_row *row)
{
	return row->unclosed && !row->n;
}

static int compare_metrics(const void *pa, const void *pb)
{
	const struct pcow_metric_row *const *a = pa, *const *b = pb;
	int order = strcmp((*a)->metric, (*b)->metric);

	return order ? order : (*a > *b) - (*a < *b);
}

static void print_unclosed(FILE *out, const struct pcow_summary *summary, bool color)
{
	size_t n;
	const struct pcow_metric_row **rows =
		pick_rows(out, summary, is_unclosed, compare_metrics, &n);

	if (n)
		pcow_head_print(out, "Memory not weighed: it was not the same before and after",
				color);
	for (size_t first = 0, same; first < n; first += same) {
		same = 1;
		while (first + same < n &&
		       strcmp(rows[first]->metric, rows[first + same]->metric) == 0)
			same++;
		fprintf(out, "  %s, by %s\n", rows[first]->metric, rows[first]->method);
		print_case_list(out, rows + first, same);
	}
	free(rows);
}

void pcow_summary_print(FILE *out, const struct pcow_summary *summary, bool color)
{
	pcow_host_print(out, summary, color);
	print_table(out, summary, &latency_table, NULL, color);
	print_table(out, summary, &line_table,
		    "How cost grows (cost = fixed + slope * value, least squares)", color);
	print_table(out, summary, &memory_table,
		    "Memory while held (kinds that took none are left out)", color);
	print_unclosed(out, summary, color);
	print_precision(out, summary, color);
	print_failures(out, summary, color);
	if (summary->truncated)
		fputs("\nThe file's last line is cut short: the run was interrupted while it wrote "
		      "a worker.\nRemedy: `pincow run --resume` on this file measures that worker "
		      "again.\n",
		      out);
	if (!summary->nr_rows)
		fputs("\nNo worker has finished yet.\n", out);
}

/* --------------------------------------------------------------------- JSON */

/* The array of `show --json`, which results/README.md defines. */
static json_t *row_json(const struct pcow_metric_row *row)
{
	json_t *json = json_pack(
		"{s:s, s:o, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:s, s:f, s:s, s:s, s:b}",
		"scenario", row->scenario, "params", pcow_params_json(row->params, row->nr_params),
		"metric", row->metric, "unit", row->unit, "n", (json_int_t)row->n, "median",
		pcow_real_json(row->median), "low", pcow_real_json(row->low), "high",
		pcow_real_json(row->high), "half_width", pcow_real_json(row->half_width), "status",
		pcow_status_name(row->status), "invalid_fraction", row->invalid_fraction, "reason",
		row->reason, "remedy", row->remedy, "truncated", row->nr_truncated > 0);

	if (row->kind == PCOW_METRIC_MEMORY)
		json_object_update_new(json, json_pack("{s:s, s:f, s:I}", "method", row->method,
						       "resolution", row->resolution, "unclosed",
						       (json_int_t)row->unclosed));
	return json;
}

json_t *pcow_summary_json(const struct pcow_summary *summary)
{
	json_t *array = json_array();

	for (size_t i = 0; i < summary->nr_rows; i++) {
		if (json_array_append_new(array, row_json(&summary->rows[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}
