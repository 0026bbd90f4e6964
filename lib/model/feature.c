/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A feature: its name, and what pages that show it or do not make of it. */
#include "probe.h"

#include <stdio.h>

const char *pcow_feature_name(enum pcow_feature_id id)
{
	static const char *const names[PCOW_FEATURES] = {
		[PCOW_REF_SURVIVES_MPROTECT] = "ref_survives_mprotect",
		[PCOW_REF_SURVIVES_FORK] = "ref_survives_fork",
		[PCOW_FORCED_COW] = "forced_cow",
		[PCOW_RO_PIN_UNSHARES] = "ro_pin_unshares",
		[PCOW_EARLY_COPY] = "early_copy",
		[PCOW_MPROTECT_NO_FAULT] = "mprotect_no_fault",
		[PCOW_THP_BY_MAPCOUNT] = "thp_by_mapcount",
		[PCOW_PTE_THP_REUSE] = "pte_thp_reuse",
		[PCOW_RW_PIN_UNRELIABLE] = "rw_pin_unreliable",
		[PCOW_ODIRECT_UNSHARES] = "odirect_unshares",
		[PCOW_CVE_2020_29374] = "cve_2020_29374",
		[PCOW_CVE_2020_29374_THP] = "cve_2020_29374_thp",
	};

	return names[id];
}

void pcow_feature_from_count(struct pcow_feature *feature, size_t with, size_t of, const char *what)
{
	bool agree = with == 0 || with == of;
	char *text = agree ? feature->evidence : feature->reason;

	feature->seen = !agree ? PCOW_UNSEEN : with ? PCOW_SEEN_TRUE : PCOW_SEEN_FALSE;
	snprintf(text, sizeof(feature->evidence), "%zu of %zu pages %s", with, of, what);
}
