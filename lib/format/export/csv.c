/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CSV as RFC 4180 has it: every figure of every file, a row each, for
 * spreadsheets, R and pandas.
 */
#include <inttypes.h>
#include <string.h>

#include "compare/analysis.h"
#include "export/export.h"

static const char header[] = "path,label,block,boot_id,kernel,model,machine,clock,scenario,params,"
			     "metric,kind,unit,n,median,low,high,status,reason\r\n";

/* A text and the comma behind it. */
static void write_field(FILE *out, const char *text)
{
	pcow_csv_write(out, text);
	fputc(',', out);
}

static const char *kind_name(enum pcow_metric_kind kind)
{
	static const char *const names[] = {
		[PCOW_METRIC_COST] = "cost",
		[PCOW_METRIC_MEMORY] = "memory",
		[PCOW_METRIC_WORK] = "work",
		[PCOW_METRIC_QUALITY] = "quality",
	};

	return names[kind];
}

static void write_file(FILE *out, const struct pcow_file *file)
{
	write_field(out, file->path);
	write_field(out, file->header.label);
	if (file->header.block)
		fprintf(out, "%" PRIu64, file->header.block);
	fputc(',', out);
	write_field(out, file->header.boot_id);
	write_field(out, pcow_file_release(file));
	write_field(out, pcow_file_model(file));
	write_field(out, pcow_file_machine(file));
	write_field(out, file->header.clock_domain);
}

static void write_row(FILE *out, const struct pcow_dataset *set, const struct pcow_series *series,
		      size_t file)
{
	const struct pcow_cell *cell = &series->cells[file];
	char params[PCOW_EXPORT_NAME_SIZE];

	write_file(out, &set->files[file]);
	write_field(out, series->scenario);
	pcow_params_format(params, sizeof(params), series->params, series->nr_params);
	write_field(out, params);
	write_field(out, series->metric);
	write_field(out, kind_name(series->kind));
	write_field(out, series->unit);
	if (pcow_export_has_figure(series, file))
		fprintf(out, "%zu,%.*g,%.*g,%.*g,", cell->n, PCOW_JSON_DIGITS, cell->value,
			PCOW_JSON_DIGITS, cell->low, PCOW_JSON_DIGITS, cell->high);
	else
		fputs("0,,,,", out);
	write_field(out, pcow_status_name(cell->status));
	pcow_csv_write(out, cell->reason);
	fputs("\r\n", out);
}

/* A case without a cost still has a row, which tells why, as in `show --json`. */
static bool is_empty_cost(const struct pcow_dataset *set, const struct pcow_series *series,
			  size_t file)
{
	const char *time_unit = pcow_time_unit(&set->files[file].header);

	return series->cells[file].present && strcmp(series->metric, "latency") == 0 &&
	       strncmp(series->unit, time_unit, strlen(time_unit)) == 0;
}

static void write_case(FILE *out, const struct pcow_dataset *set,
		       const struct pcow_export_case *which, size_t file)
{
	for (size_t i = 0; i < which->nr_series; i++) {
		const struct pcow_series *series = &which->series[i];

		if (pcow_export_has_figure(series, file) || is_empty_cost(set, series, file))
			write_row(out, set, series, file);
	}
}

int pcow_export_csv_write(FILE *out, const struct pcow_dataset *set,
			  const struct pcow_rendering *rendering, struct pcow_error *err)
{
	(void)rendering;
	(void)err;
	fputs(header, out);
	for (size_t file = 0; file < set->nr_files; file++) {
		struct pcow_export_case which = { 0 };

		while (pcow_export_case_next(&which, set))
			write_case(out, set, &which, file);
	}
	return 0;
}
