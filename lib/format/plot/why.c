/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions of the kernel a case's instructions went to, more or fewer
 * than in the base: a bar a function, the largest difference first.
 */
#include <errno.h>
#include <string.h>

#include "compare/analysis.h"
#include "plot/data.h"
#include "plot/gnuplot.h"

/* Functions that have a bar of their own. */
#define ROWS_MAX 12

/* What a row is, as the script has it. */
enum kind {
	KERNEL, /* a function, of the task that was timed */
	BESIDE, /* user space, or other tasks */
	REST,
	ALL,
};

void pcow_profiled_case_format(char *buf, size_t size, const struct pcow_profiled_case *of)
{
	size_t used = (size_t)snprintf(buf, size, "%s%s", of->scenario, of->nr_params ? " " : "");

	if (of->nr_params && used < size)
		pcow_params_format(buf + used, size - used, of->params, of->nr_params);
}

void pcow_why_row_format(char *buf, size_t size, const struct pcow_why_row *row)
{
	if (row->name)
		snprintf(buf, size, "%s%s", row->name, row->others ? " (other task)" : "");
	else
		snprintf(buf, size, "(user space%s)", row->others ? " of other tasks" : "");
}

/* Base pages that an operation works on: 0 where it is one, or none. */
static double pages_of(const struct pcow_profiles_pair *pair)
{
	double pages = (double)pair->base_case->op_bytes / (double)pair->base->page_bytes;

	return pages >= 2.0 ? pages : 0.0;
}

/* ----------------------------------------------------------------- the head */

static void write_kernel(char *buf, size_t size, const struct pcow_function_profile *profile)
{
	snprintf(buf, size, "%s (Linux %s)", profile->kernel, profile->release);
}

/* ";  user space 30.0 → 31.0" of what both kernels have in all windows; "" for nothing. */
static void part_format(char *buf, size_t size, const char *name,
			const struct pcow_profiles_pair *pair, uint64_t base, uint64_t other)
{
	char before[PCOW_CELL_SIZE], after[PCOW_CELL_SIZE];

	*buf = '\0';
	if (!base && !other)
		return;
	pcow_instructions_format(before, sizeof(before),
				 (double)base / (double)pair->base_case->operations, false);
	pcow_instructions_format(after, sizeof(after),
				 (double)other / (double)pair->other_case->operations, false);
	snprintf(buf, size, ";  %s %s → %s", name, before, after);
}

/* "605,237 → 1,240,388 instructions/fork (+104.9 %);  147.8 → 302.8 a page" and whose. */
static void write_totals(FILE *out, const struct pcow_profiles_pair *pair,
			 const struct pcow_why *why)
{
	const struct pcow_profiled_case *a = pair->base_case, *b = pair->other_case;
	double pages = pages_of(pair);
	char before[PCOW_CELL_SIZE], after[PCOW_CELL_SIZE], change[PCOW_CELL_SIZE] = "";
	char line[PCOW_NAME_SIZE], each[160] = "", user[160], others[160];

	if (pages > 0.0) {
		pcow_instructions_format(before, sizeof(before), why->base / pages, false);
		pcow_instructions_format(after, sizeof(after), why->other / pages, false);
		snprintf(each, sizeof(each), ";  %s → %s a page", before, after);
	}
	pcow_instructions_format(before, sizeof(before), why->base, false);
	pcow_instructions_format(after, sizeof(after), why->other, false);
	if (why->base > 0.0)
		pcow_percent_format(change, sizeof(change), why->other / why->base - 1.0, true,
				    " %");
	part_format(user, sizeof(user), "user space", pair, a->user, b->user);
	part_format(others, sizeof(others), "other tasks", pair, a->others_kernel + a->others_user,
		    b->others_kernel + b->others_user);
	snprintf(line, sizeof(line), "%s → %s instructions/%s%s%s%s%s%s%s%s", before, after,
		 a->operation, *change ? " (" : "", change, *change ? ")" : "", each, user, others,
		 a->waited || b->waited ? ";  it waited: idle time is none of these" : "");
	pcow_gnuplot_assign(out, "origin_run", line);
}

static void write_head(FILE *out, const struct pcow_profiles_pair *pair, const struct pcow_why *why)
{
	char base[2 * PCOW_LABEL_MAX], other[sizeof(base)], line[PCOW_NAME_SIZE];

	pcow_profiled_case_format(base, sizeof(base), pair->base_case);
	snprintf(line, sizeof(line), "%s: which functions execute more or fewer", base);
	pcow_gnuplot_assign(out, "headline", line);
	write_kernel(base, sizeof(base), pair->base);
	write_kernel(other, sizeof(other), pair->other);
	snprintf(line, sizeof(line), "%s against %s, %s", other, base, pair->base->machine);
	pcow_gnuplot_assign(out, "origin_host", line);
	write_totals(out, pair, why);
	pcow_gnuplot_assign(out, "base", pair->base->kernel);
	pcow_gnuplot_assign(out, "other", pair->other->kernel);
	pcow_gnuplot_assign(out, "operation", pair->base_case->operation);
}

/* ----------------------------------------------------------------- the rows */

static void write_number(FILE *out, const char *array, size_t i, double value, bool sign)
{
	char text[PCOW_CELL_SIZE];

	if (value == 0.0)
		snprintf(text, sizeof(text), "–");
	else
		pcow_instructions_format(text, sizeof(text), value, sign);
	pcow_gnuplot_item(out, array, i, text);
}

/* What is written of row @i, from 1; its bar goes to @data. */
static void write_row(FILE *out, FILE *data, size_t i, const char *name,
		      const struct pcow_why_row *row, enum kind kind, double pages)
{
	double difference = row->other - row->base;

	pcow_gnuplot_item(out, "name", i, name);
	write_number(out, "before", i, row->base, false);
	write_number(out, "after", i, row->other, false);
	write_number(out, "more", i, difference, true);
	if (pages > 0.0)
		write_number(out, "a_page", i, difference / pages, true);
	fprintf(data, "%.9g %zu %d\n", difference, i, kind);
}

static void write_rows(FILE *out, FILE *data, const struct pcow_why *why, double pages)
{
	size_t shown = why->differ <= ROWS_MAX + 1 ? why->differ : ROWS_MAX;
	const struct pcow_why_row all = pcow_why_rest(why, 0);
	const struct pcow_why_row rest = pcow_why_rest(why, shown);
	char name[PCOW_PROFILE_FUNCTION_SIZE + 32];
	size_t rows = shown;

	fprintf(out,
		"rows = %zu\narray name[rows]\narray before[rows]\narray after[rows]\n"
		"array more[rows]\narray a_page[rows]\npaged = %d\n",
		shown + (why->n > shown) + 1, pages > 0.0);
	for (size_t i = 0; i < shown; i++) {
		const struct pcow_why_row *row = &why->rows[i];

		pcow_why_row_format(name, sizeof(name), row);
		write_row(out, data, i + 1, name, row, row->name && !row->others ? KERNEL : BESIDE,
			  pages);
	}
	if (why->n > shown) {
		snprintf(name, sizeof(name), "%zu more", why->n - shown);
		write_row(out, data, ++rows, name, &rest, REST, pages);
	}
	write_row(out, data, rows + 1, "all", &all, ALL, pages);
}

int pcow_why_write(FILE *out, const struct pcow_plot *plot)
{
	const struct pcow_profiles_pair *pair = &plot->pair;
	char *data_text = NULL;
	struct pcow_why why;
	size_t size;
	FILE *data;
	int ret = pcow_why_make(&why, pair->base_case, pair->other_case);

	if (ret || !why.differ)
		goto out_clear;
	data = open_memstream(&data_text, &size);
	if (!data) {
		ret = -ENOMEM;
		goto out_clear;
	}
	write_head(out, pair, &why);
	write_rows(out, data, &why, pages_of(pair));
	ret = fclose(data) ? -ENOMEM : (int)why.differ;
	fprintf(out, "$rows << EOD\n%sEOD\n", data_text);
	free(data_text);
out_clear:
	pcow_why_clear(&why);
	return ret;
}
