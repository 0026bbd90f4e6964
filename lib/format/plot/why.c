/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions of the kernel a case's instructions went to, more or fewer
 * than in the base: a bar a function, the largest difference first.
 */
#include <string.h>

#include "compare/analysis.h"
#include "plot/data.h"

/* Functions that have a bar of their own. */
#define ROWS_MAX 12

void pcow_profiled_case_format(char *buf, size_t size, const struct pcow_profiled_case *of)
{
	size_t used = (size_t)snprintf(buf, size, "%s%s", of->scenario, of->nr_params ? " " : "");

	if (of->nr_params && used < size)
		pcow_params_format(buf + used, size - used, of->params, of->nr_params);
}

/* "copy_pte", "copy_pte (other task)", "(user space)", "(user space of other tasks)" */
static void row_format(char *buf, size_t size, const struct pcow_why_row *row)
{
	if (row->name)
		snprintf(buf, size, "%s%s", row->name, row->others ? " (other task)" : "");
	else
		snprintf(buf, size, "(user space%s)", row->others ? " of other tasks" : "");
}

size_t pcow_why_bars(struct pcow_why_bar *bars, const struct pcow_why *why, size_t most)
{
	size_t shown = why->differ <= most + 1 ? why->differ : most, n = shown;

	for (size_t i = 0; i < shown; i++) {
		const struct pcow_why_row *row = &why->rows[i];

		row_format(bars[i].name, sizeof(bars[i].name), row);
		bars[i].row = *row;
		bars[i].kind = row->name && !row->others ? PCOW_WHY_KERNEL : PCOW_WHY_BESIDE;
	}
	if (why->n > shown) {
		snprintf(bars[n].name, sizeof(bars[n].name), "%zu more", why->n - shown);
		bars[n].row = pcow_why_rest(why, shown);
		bars[n++].kind = PCOW_WHY_REST;
	}
	bars[n] = (struct pcow_why_bar){ "all", pcow_why_rest(why, 0), PCOW_WHY_ALL };
	return n + 1;
}

/* Base pages that an operation works on: 0 where it is one, or none. */
static double pages_of(const struct pcow_profiles_pair *pair)
{
	double pages = (double)pair->base_case->op_bytes / (double)pair->base->page_bytes;

	return pages >= 2.0 ? pages : 0.0;
}

/* ----------------------------------------------------------------- the head */

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
	char each[160] = "", user[160], others[160];

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
	pcow_gnuplot_assign(
		out, "origin_run", "%s → %s instructions/%s%s%s%s%s%s%s%s", before, after,
		a->operation, *change ? " (" : "", change, *change ? ")" : "", each, user, others,
		a->waited || b->waited ? ";  it waited: idle time is none of these" : "");
}

static void write_head(FILE *out, const struct pcow_profiles_pair *pair, const struct pcow_why *why)
{
	const struct pcow_function_profile *base = pair->base, *other = pair->other;
	char name[2 * PCOW_LABEL_MAX];

	pcow_profiled_case_format(name, sizeof(name), pair->base_case);
	pcow_gnuplot_assign(out, "headline", "%s: which functions execute more or fewer", name);
	pcow_gnuplot_assign(out, "origin_host", "%s (Linux %s) against %s (Linux %s), %s",
			    other->kernel, other->release, base->kernel, base->release,
			    base->machine);
	write_totals(out, pair, why);
	pcow_gnuplot_assign(out, "base", "%s", base->kernel);
	pcow_gnuplot_assign(out, "other", "%s", other->kernel);
	pcow_gnuplot_assign(out, "operation", "%s", pair->base_case->operation);
}

/* ----------------------------------------------------------------- the rows */

static void write_number(FILE *out, const char *array, size_t i, double value, bool sign)
{
	char text[PCOW_CELL_SIZE];

	pcow_instructions_format(text, sizeof(text), value, sign);
	pcow_gnuplot_item(out, array, i, "%s", value == 0.0 ? "–" : text);
}

static void write_texts(FILE *out, const struct pcow_why_bar *bar, size_t i, double pages)
{
	double difference = bar->row.other - bar->row.base;

	pcow_gnuplot_item(out, "name", i, "%s", bar->name);
	write_number(out, "before", i, bar->row.base, false);
	write_number(out, "after", i, bar->row.other, false);
	write_number(out, "more", i, difference, true);
	if (pages > 0.0)
		write_number(out, "a_page", i, difference / pages, true);
}

static void write_rows(FILE *out, const struct pcow_why *why, double pages)
{
	struct pcow_why_bar bars[ROWS_MAX + 3];
	size_t n = pcow_why_bars(bars, why, ROWS_MAX);

	fprintf(out,
		"rows = %zu\narray name[rows]\narray before[rows]\narray after[rows]\n"
		"array more[rows]\narray a_page[rows]\npaged = %d\n",
		n, pages > 0.0);
	for (size_t i = 0; i < n; i++)
		write_texts(out, &bars[i], i + 1, pages);
	fputs("$rows << EOD\n", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%.9g %zu %d\n", bars[i].row.other - bars[i].row.base, i + 1,
			bars[i].kind);
	fputs("EOD\n", out);
}

int pcow_why_write(FILE *out, const struct pcow_plot *plot)
{
	const struct pcow_profiles_pair *pair = &plot->pair;
	struct pcow_why why;
	int ret = pcow_why_make(&why, pair->base_case, pair->other_case);

	if (!ret && why.differ) {
		write_head(out, pair, &why);
		write_rows(out, &why, pages_of(pair));
		ret = (int)why.differ;
	}
	pcow_why_clear(&why);
	return ret;
}
