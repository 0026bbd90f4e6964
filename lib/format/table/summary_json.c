/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The array of `show --json`, which results/README.md defines.
 */
#include "table/fields.h"

static json_t *row_json(const struct pcow_metric_row *row)
{
	json_t *json = json_pack(
		"{s:s, s:o, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:s, s:f, s:s, s:s, s:b}",
		"scenario", row->scenario, "params", pcow_params_json(row->params, row->nr_params),
		"metric", row->metric, "unit", row->unit, "n", (json_int_t)row->n, "median",
		pcow_real_json(row->median), "low", pcow_real_json(row->low), "high",
		pcow_real_json(row->high), "half_width", pcow_real_json(row->half_width), "status",
		pcow_status_name(row->status), "invalid_fraction", row->invalid_fraction, "reason",
		row->reason, "remedy", row->remedy, "truncated", row->nr_truncated > 0);

	if (row->kind == PCOW_METRIC_MEMORY)
		json_object_update_new(json, json_pack("{s:s, s:f, s:I}", "method", row->method,
						       "resolution", row->resolution, "unclosed",
						       (json_int_t)row->unclosed));
	return json;
}

json_t *pcow_summary_json(const struct pcow_summary *summary)
{
	json_t *array = json_array();

	for (size_t i = 0; i < summary->nr_rows; i++) {
		if (json_array_append_new(array, row_json(&summary->rows[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}
