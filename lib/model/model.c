/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of probes, and the verdict as JSON. */
#include "probe.h"

/* Far above what a probe takes in an emulated guest, some 10 ms; a child that
 * takes longer hangs. */
#define TIMEOUT_MS 2000

static probe_fn *const probes[PCOW_FEATURES] = {
	[PCOW_REF_SURVIVES_MPROTECT] = pcow_probe_ref_survives_mprotect,
	[PCOW_REF_SURVIVES_FORK] = pcow_probe_ref_survives_fork,
	[PCOW_FORCED_COW] = pcow_probe_forced_cow,
	[PCOW_RO_PIN_UNSHARES] = pcow_probe_ro_pin_unshares,
	[PCOW_EARLY_COPY] = pcow_probe_early_copy,
	[PCOW_MPROTECT_NO_FAULT] = pcow_probe_mprotect_no_fault,
	[PCOW_THP_BY_MAPCOUNT] = pcow_probe_thp_by_mapcount,
	[PCOW_PTE_THP_REUSE] = pcow_probe_pte_thp_reuse,
	[PCOW_RW_PIN_UNRELIABLE] = pcow_probe_rw_pin_unreliable,
	[PCOW_ODIRECT_UNSHARES] = pcow_probe_odirect_unshares,
	[PCOW_CVE_2020_29374] = pcow_probe_cve_2020_29374,
	[PCOW_CVE_2020_29374_THP] = pcow_probe_cve_2020_29374_thp,
};

const char *pcow_model_name(enum pcow_model model)
{
	static const char *const names[] = {
		[PCOW_MODEL_UNKNOWN] = "unknown",
		[PCOW_MODEL_OLD] = "old",
		[PCOW_MODEL_SIMPLIFIED] = "simplified",
		[PCOW_MODEL_EXCLUSIVE] = "exclusive",
		[PCOW_MODEL_EXCLUSIVE_OR_LATER] = "exclusive or later",
		[PCOW_MODEL_OWNER_TRACKED] = "owner-tracked",
	};

	return names[model];
}

void pcow_model_probe(struct pcow_model_report *report)
{
	*report = (struct pcow_model_report){ .model = PCOW_MODEL_UNKNOWN };
	for (int id = 0; id < PCOW_FEATURES; id++)
		pcow_probe_repeat(probes[id], TIMEOUT_MS, &report->features[id]);
	pcow_model_judge(report);
}

static json_t *feature_json(const struct pcow_feature *feature)
{
	json_t *seen = feature->seen == PCOW_UNSEEN ? json_null()
						    : json_boolean(feature->seen == PCOW_SEEN_TRUE);

	return json_pack("{s:o, s:s, s:s}", "seen", seen, "evidence", feature->evidence, "reason",
			 feature->reason);
}

json_t *pcow_model_json(const struct pcow_model_report *report)
{
	json_t *features = json_object();

	for (int id = 0; id < PCOW_FEATURES; id++) {
		if (json_object_set_new(features, pcow_feature_name(id),
					feature_json(&report->features[id]))) {
			json_decref(features);
			return NULL;
		}
	}
	return json_pack("{s:s, s:s, s:o}", "name", pcow_model_name(report->model), "evidence",
			 report->evidence, "features", features);
}
