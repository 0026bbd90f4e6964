/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From result files to what a person or a script reads: pure functions of
 * results, no machine needed.
 */
#ifndef PINCOW_FORMAT_H
#define PINCOW_FORMAT_H

#include <stdbool.h>
#include <stdio.h>

#include <pincow/summary.h>

/* The table of `pincow show`. */
void pcow_summary_print(FILE *out, const struct pcow_summary *summary, bool color);

/* The array of `show --json`, as results/README.md defines it; owned by the caller. */
json_t *pcow_summary_json(const struct pcow_summary *summary);

#endif
