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
		{ "text", "a table for a terminal", pcow_compare_text_write },
		{ "brief", "a few lines: what changed most", pcow_compare_brief_write },
		{ "markdown", "a table for GitHub and the like", pcow_compare_markdown_write },
		{ "csv", "RFC 4180: a row a change, all numbers", pcow_compare_csv_write },
		{ "json", "everything; results/README.md tells the keys", pcow_compare_json_write },
		{ "lkml", "75 columns for a commit message or a mailing list",
		  pcow_compare_lkml_write },
		{ "lkp", "%stddev %change %stddev, as the kernel test robot reports",
		  pcow_compare_lkp_write },
	};

	return index < ARRAY_SIZE(formats) ? &formats[index] : NULL;
}

const struct pcow_analysis_format *pcow_gate_format_at(size_t index)
{
	static const struct pcow_analysis_format formats[] = {
		{ "text", "the verdict and what it rests on", pcow_gate_text_write },
		{ "json", "the verdict of each line; results/README.md tells the keys",
		  pcow_gate_json_write },
		{ "junit", "XML that CI servers read", pcow_gate_junit_write },
		{ "ktap", "KTAP version 1, as the kernel's own tests print it",
		  pcow_gate_ktap_write },
		{ "github", "annotations of GitHub Actions", pcow_gate_github_write },
	};

	return index < ARRAY_SIZE(formats) ? &formats[index] : NULL;
}

const struct pcow_export_format *pcow_export_format_at(size_t index)
{
	static const struct pcow_export_format *const formats[] = {
		&pcow_export_gbench, &pcow_export_benchstat, &pcow_export_openmetrics,
		&pcow_export_kcidb,  &pcow_export_csv,
	};

	return index < ARRAY_SIZE(formats) ? formats[index] : NULL;
}
