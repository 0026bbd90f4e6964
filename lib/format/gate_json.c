/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object of `gate --json`, which results/README.md defines: that of
 * `compare --json` for the gated lines, and the verdict.
 */
#include <errno.h>

#include "analysis.h"

static json_t *verdict_json(const struct pcow_analysis *analysis)
{
	const size_t *n = analysis->nr_gated;

	return json_pack("{s:s, s:{s:I, s:I, s:I}, s:o}", "gate", pcow_gate_name(analysis->gate),
			 "gated", "pass", (json_int_t)n[PCOW_PASS], "fail",
			 (json_int_t)n[PCOW_FAIL], "inconclusive", (json_int_t)n[PCOW_INCONCLUSIVE],
			 "boots_needed",
			 analysis->boots_needed ? json_integer((json_int_t)analysis->boots_needed)
						: json_null());
}

int pcow_gate_json_write(FILE *out, const struct pcow_analysis *analysis,
			 const struct pcow_rendering *rendering)
{
	json_t *json = verdict_json(analysis);
	json_t *rest = pcow_analysis_json(analysis, rendering, true);
	int ret = -ENOMEM;

	if (!json || !rest || json_object_update(json, rest))
		goto out_free;
	json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(PCOW_JSON_DIGITS));
	fputc('\n', out);
	ret = 0;
out_free:
	json_decref(json);
	json_decref(rest);
	return ret;
}
