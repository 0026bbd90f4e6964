/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the outputs of `pincow compare`, `pincow gate` and `pincow export`.
 */
#include "compare/analysis.h"
#include "export/export.h"
#include "gate/gate.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

const struct pcow_analysis_format *pcow_compare_format_at(size_t index)
{
	static const struct pcow_analysis_format formats[] = {
		{ "text", pcow_compare_text_write },	     { "brief", pcow_compare_brief_write },
		{ "markdown", pcow_compare_markdown_write }, { "csv", pcow_compare_csv_write },
		{ "json", pcow_compare_json_write },	     { "lkml", pcow_compare_lkml_write },
		{ "lkp", pcow_compare_lkp_write },
	};

	return index < ARRAY_SIZE(formats) ? &formats[index] : NULL;
}

const struct pcow_analysis_format *pcow_gate_format_at(size_t index)
{
	static const struct pcow_analysis_format formats[] = {
		{ "text", pcow_gate_text_write },     { "json", pcow_gate_json_write },
		{ "junit", pcow_gate_junit_write },   { "ktap", pcow_gate_ktap_write },
		{ "github", pcow_gate_github_write },
	};

	return index < ARRAY_SIZE(formats) ? &formats[index] : NULL;
}

const struct pcow_export_format *pcow_export_format_at(size_t index)
{
	static const struct pcow_export_format formats[] = {
		{ "gbench", pcow_export_gbench_write },
		{ "benchstat", pcow_export_benchstat_write },
		{ "openmetrics", pcow_export_openmetrics_write },
		{ "kcidb", pcow_export_kcidb_write },
		{ "csv", pcow_export_csv_write },
	};

	return index < ARRAY_SIZE(formats) ? &formats[index] : NULL;
}
