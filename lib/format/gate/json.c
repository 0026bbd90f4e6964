/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate's verdict as JSON, which results/README.md defines.
 */
#include "gate/gate.h"

static json_t *verdict_json(const struct pcow_analysis *analysis)
{
	const size_t *n = analysis->nr_gated;
	const size_t stopped[] = { [PCOW_INCONCLUSIVE] =
					   n[PCOW_PASS] + n[PCOW_FAIL] + n[PCOW_INCONCLUSIVE] };

	n = analysis->nr_blocked ? stopped : n;
	return json_pack("{s:s, s:I, s:{s:I, s:I, s:I}, s:o}", "gate",
			 pcow_gate_name(analysis->gate), "blocked",
			 (json_int_t)analysis->nr_blocked, "gated", "pass",
			 (json_int_t)n[PCOW_PASS], "fail", (json_int_t)n[PCOW_FAIL], "inconclusive",
			 (json_int_t)n[PCOW_INCONCLUSIVE], "boots_needed",
			 analysis->boots_needed ? json_integer((json_int_t)analysis->boots_needed)
						: json_null());
}

int pcow_gate_json_write(FILE *out, const struct pcow_analysis *analysis,
			 const struct pcow_rendering *rendering)
{
	json_t *json = verdict_json(analysis);

	if (json && json_object_update_new(json, pcow_analysis_json(analysis, rendering, true))) {
		json_decref(json);
		json = NULL;
	}
	return pcow_json_write(out, json);
}
