/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout in which the kernel test robot (lkp-tests) reports: averages over
 * boots with their standard deviation where that is above 2 %, and the change
 * of the averages, which needs no zero base to be a percentage of.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/stats.h>
#include <pincow/units.h>

#include "compare/analysis.h"

/* Widths of an average, of its deviation and of a change; of the columns' names. */
#define AVERAGE_WIDTH	10
#define DEVIATION_WIDTH 6
#define CHANGE_WIDTH	10
#define FIRST_WIDTH	(AVERAGE_WIDTH + DEVIATION_WIDTH)
#define NEXT_WIDTH	(FIRST_WIDTH + CHANGE_WIDTH + 1)

/* A smaller standard deviation, in percent, is not told. */
#define DEVIATION_MIN 2.0

struct moments {
	double mean;
	double sd;
};

static int moments_make(struct moments *moments, const struct pcow_arm *arm, size_t nr_boots)
{
	double *values = calloc(nr_boots + 1, sizeof(*values));
	size_t n = 0;

	if (!values)
		return -ENOMEM;
	for (size_t i = 0; i < nr_boots; i++)
		if (!isnan(arm->values[i]))
			values[n++] = arm->values[i];
	moments->mean = pcow_mean(values, n);
	moments->sd = pcow_sd(values, n);
	free(values);
	return 0;
}

/* -------------------------------------------------------------------- head */

/* A name without the spaces of ours, which would end a column. */
static void put_name(FILE *out, const char *text, int width, bool fill)
{
	char plain[PCOW_NAME_SIZE];

	pcow_text_plain(plain, sizeof(plain), text);
	for (char *c = plain; *c; c++)
		if (*c == ' ')
			*c = '/';
	fprintf(out, "%-*.*s", fill ? width : 0, width, plain);
}

static void put_dashes(FILE *out, int n)
{
	while (n--)
		fputc('-', out);
}

static void put_groups(FILE *out, const struct pcow_stratum *stratum)
{
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		char text[PCOW_NAME_SIZE], name[PCOW_NAME_SIZE];

		pcow_text_plain(name, sizeof(name), stratum->groups[i].name);
		pcow_group_format(text, sizeof(text), stratum, i);
		fprintf(out, "  %s (%s)\n", name, text);
	}
	fputc('\n', out);
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		fputs(i ? " " : "", out);
		put_name(out, stratum->groups[i].name, i ? NEXT_WIDTH : FIRST_WIDTH,
			 i + 1 < stratum->nr_groups);
	}
	fputc('\n', out);
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		fputs(i ? " " : "", out);
		put_dashes(out, i ? NEXT_WIDTH : FIRST_WIDTH);
	}
	fputs("\n         %stddev", out);
	for (size_t i = 1; i < stratum->nr_groups; i++)
		fputs("     %change         %stddev", out);
	fputs("\n             \\", out);
	for (size_t i = 1; i < stratum->nr_groups; i++)
		fputs("          |                \\", out);
	fputc('\n', out);
}

static void put_head(FILE *out, const struct pcow_stratum *stratum)
{
	const char *host = pcow_stratum_text(stratum, pcow_file_hostname);
	const char *machine = pcow_stratum_text(stratum, pcow_file_machine);
	const struct pcow_file *file = stratum->groups[0].boots[0].files[0];
	char bytes[24], raw[PCOW_NAME_SIZE], text[PCOW_NAME_SIZE];

	fputs("=============================================================================="
	      "===========\n"
	      "arch/clock/page/tbox_group/testcase:\n  ",
	      out);
	pcow_bytes_format(bytes, sizeof(bytes), pcow_file_page_bytes(file));
	snprintf(raw, sizeof(raw), "%.60s/%s/%s/%.60s/pincow", machine ? machine : "several",
		 pcow_file_clock(file), bytes, host ? host : "several");
	pcow_text_plain(text, sizeof(text), raw);
	fprintf(out, "%s\n\ngroup:\n", text);
	put_groups(out, stratum);
}

/* -------------------------------------------------------------------- rows */

static void put_average(FILE *out, const struct moments *moments)
{
	double percent = 100.0 * moments->sd / fabs(moments->mean);

	if (!isfinite(moments->mean))
		fprintf(out, "%*s", AVERAGE_WIDTH, "");
	else if (fabs(moments->mean) < 1000.0)
		fprintf(out, "%*.2f", AVERAGE_WIDTH, moments->mean);
	else if (fabs(moments->mean) > 1e8)
		fprintf(out, "%*.4g", AVERAGE_WIDTH, moments->mean);
	else
		fprintf(out, "%*.0f", AVERAGE_WIDTH, moments->mean);
	if (isfinite(percent) && percent > DEVIATION_MIN)
		fprintf(out, " ±%*.0f%%", DEVIATION_WIDTH - 3, percent);
	else
		fprintf(out, "%*s", DEVIATION_WIDTH, "");
}

static void put_change(FILE *out, const struct moments *base, const struct moments *other,
		       const struct pcow_change *change)
{
	double difference = other->mean - base->mean;
	char number[PCOW_CELL_SIZE];

	if (pcow_change_is_refused(change) || !isfinite(difference)) {
		fprintf(out, "%*s", CHANGE_WIDTH + 2, "");
		return;
	}
	if (base->mean == 0.0) {
		fprintf(out, "%+*.1f  ", CHANGE_WIDTH, difference);
		return;
	}
	pcow_percent_format(number, sizeof(number), difference / fabs(base->mean), true, "%");
	fprintf(out, "%*s ", CHANGE_WIDTH + 1, number);
}

/* "pincow.fork/anon.base.16M.latency" */
static void put_stat(FILE *out, const struct pcow_series *series)
{
	char name[PCOW_NAME_SIZE], plain[PCOW_NAME_SIZE];

	pcow_series_case_format(name, sizeof(name), series);
	pcow_text_plain(plain, sizeof(plain), name);
	for (char *c = plain; *c; c++)
		if (*c == ' ')
			*c = '.';
	fprintf(out, "  pincow.%s.%s\n", plain, series->metric);
}

static int put_row(FILE *out, const struct pcow_stratum *stratum, const struct pcow_line *line)
{
	struct moments base, other;

	if (moments_make(&base, &line->arms[0], stratum->groups[0].nr_boots))
		return -ENOMEM;
	put_average(out, &base);
	for (size_t i = 1; i < stratum->nr_groups; i++) {
		if (moments_make(&other, &line->arms[i], stratum->groups[i].nr_boots))
			return -ENOMEM;
		put_change(out, &base, &other, &line->changes[i]);
		put_average(out, &other);
	}
	put_stat(out, line->series);
	return 0;
}

static bool has_change(const struct pcow_line *line, size_t nr_groups)
{
	for (size_t i = 1; i < nr_groups; i++)
		if (!pcow_change_is_refused(&line->changes[i]))
			return true;
	return false;
}

int pcow_compare_lkp_write(FILE *out, const struct pcow_analysis *analysis,
			   const struct pcow_rendering *rendering)
{
	(void)rendering;
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[i];
		const struct pcow_stratum *stratum = &comparison->stratum;

		put_head(out, stratum);
		for (size_t j = 0; j < comparison->nr_lines; j++) {
			const struct pcow_line *line = &comparison->lines[j];

			if (line->shown && has_change(line, stratum->nr_groups) &&
			    put_row(out, stratum, line))
				return -ENOMEM;
		}
		if (pcow_refusals_print(out, comparison, pcow_change_is_shown, "Not compared",
					false))
			return -ENOMEM;
		fputc('\n', out);
	}
	pcow_notes_print(out, analysis, 0, analysis->nr_notes, false);
	return 0;
}
