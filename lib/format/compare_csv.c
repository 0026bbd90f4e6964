/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comma-separated values after RFC 4180: a row for each group's change of each
 * line, with every number; empty where there is none.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis.h"

static const char header[] = "machine,clock,page_bytes,case,scenario,params,metric,unit,base,group,"
			     "base_n,base_median,base_low,base_high,n,median,low,high,"
			     "change_n,paired,relative,deterministic,change,change_low,change_high,"
			     "rank_change,rank_low,rank_high,rank_p,rank_confidence,"
			     "p,q,q_any,noise,effect,detectable,boots_needed,gated,verdict,why\r\n";

/* A field, without what no text should hold. */
static void put_quoted(FILE *out, const char *text)
{
	char plain[PCOW_NAME_SIZE];

	pcow_text_plain(plain, sizeof(plain), text);
	pcow_csv_write(out, plain);
}

static void put_text(FILE *out, const char *text)
{
	put_quoted(out, text);
	fputc(',', out);
}

static void put_number(FILE *out, double value)
{
	if (isfinite(value))
		fprintf(out, "%.*g", PCOW_JSON_DIGITS, value);
	fputc(',', out);
}

static void put_case(FILE *out, const struct pcow_comparison *comparison,
		     const struct pcow_series *series)
{
	const struct pcow_file *file = comparison->stratum.groups[0].boots[0].files[0];
	char name[PCOW_NAME_SIZE];

	put_text(out, pcow_file_machine(file));
	put_text(out, pcow_file_clock(file));
	fprintf(out, "%" PRIu64 ",", pcow_file_page_bytes(file));
	pcow_series_case_format(name, sizeof(name), series);
	put_text(out, name);
	put_text(out, series->scenario);
	pcow_params_format(name, sizeof(name), series->params, series->nr_params);
	put_text(out, name);
	put_text(out, series->metric);
	put_text(out, series->unit);
}

static void put_arm(FILE *out, const struct pcow_arm *arm)
{
	fprintf(out, "%zu,", arm->n);
	put_number(out, arm->median);
	put_number(out, arm->low);
	put_number(out, arm->high);
}

static void put_change(FILE *out, const struct pcow_change *change)
{
	fprintf(out, "%zu,%d,%d,%d,", change->n, change->paired, change->is_relative,
		change->deterministic);
	put_number(out, change->shift);
	put_number(out, change->low);
	put_number(out, change->high);
	put_number(out, change->rank.estimate);
	put_number(out, change->rank.low);
	put_number(out, change->rank.high);
	put_number(out, change->rank.p);
	put_number(out, change->rank.confidence);
	put_number(out, change->p);
	put_number(out, change->q);
	put_number(out, change->q_any);
	put_number(out, change->noise);
	put_number(out, change->effect);
	put_number(out, change->detectable);
	if (change->boots_needed)
		fprintf(out, "%zu", change->boots_needed);
	fprintf(out, ",%d,", change->gated);
	put_text(out, pcow_verdict_name(change->verdict));
}

static void put_row(FILE *out, const struct pcow_comparison *comparison,
		    const struct pcow_line *line, size_t group)
{
	const struct pcow_group *groups = comparison->stratum.groups;

	put_case(out, comparison, line->series);
	put_text(out, groups[0].name);
	put_text(out, groups[group].name);
	put_arm(out, &line->arms[0]);
	put_arm(out, &line->arms[group]);
	put_change(out, &line->changes[group]);
	put_quoted(out, line->changes[group].why);
	fputs("\r\n", out);
}

int pcow_compare_csv_write(FILE *out, const struct pcow_analysis *analysis,
			   const struct pcow_rendering *rendering)
{
	(void)rendering;
	fputs(header, out);
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[i];

		for (size_t j = 0; j < comparison->nr_lines; j++) {
			const struct pcow_line *line = &comparison->lines[j];

			for (size_t group = 1; group < comparison->stratum.nr_groups; group++)
				if (line->shown)
					put_row(out, comparison, line, group);
		}
	}
	return 0;
}
