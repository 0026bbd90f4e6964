/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object of `compare --json`, which results/README.md defines.
 */
#include <errno.h>

#include "analysis.h"

int pcow_compare_json_write(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering)
{
	json_t *json = pcow_analysis_json(analysis, rendering, false);

	if (!json)
		return -ENOMEM;
	json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(PCOW_JSON_DIGITS));
	fputc('\n', out);
	json_decref(json);
	return 0;
}
