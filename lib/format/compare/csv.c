/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comma-separated values after RFC 4180: a row for each group's change of each
 * line, with every number; empty where there is none.
 */
#include <inttypes.h>

#include "compare/analysis.h"

static void write_head(FILE *out)
{
	fputs("machine,clock,page_bytes,case,scenario,params,metric,unit,base,group", out);
	pcow_fields_csv_head(out, pcow_arm_fields, "base_");
	pcow_fields_csv_head(out, pcow_arm_fields, "new_");
	pcow_fields_csv_head(out, pcow_change_fields, "");
	fputs("\r\n", out);
}

static void put_text(FILE *out, const char *text)
{
	pcow_csv_write(out, text);
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

static void put_row(FILE *out, const struct pcow_comparison *comparison,
		    const struct pcow_line *line, size_t group)
{
	const struct pcow_group *groups = comparison->stratum.groups;

	put_case(out, comparison, line->series);
	put_text(out, groups[0].name);
	pcow_csv_write(out, groups[group].name);
	pcow_fields_csv(out, pcow_arm_fields, &line->arms[0]);
	pcow_fields_csv(out, pcow_arm_fields, &line->arms[group]);
	pcow_fields_csv(out, pcow_change_fields, &line->changes[group]);
	fputs("\r\n", out);
}

int pcow_compare_csv_write(FILE *out, const struct pcow_analysis *analysis,
			   const struct pcow_rendering *rendering)
{
	(void)rendering;
	write_head(out);
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
