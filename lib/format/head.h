/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headings, and the lines that say where figures come from.
 */
#ifndef PINCOW_FORMAT_HEAD_H
#define PINCOW_FORMAT_HEAD_H

#include <pincow/format.h>

/* A blank line and a title. */
void pcow_head_print(FILE *out, const char *title, bool color);

/* Host, kernel, CPU, clock and run. */
void pcow_host_print(FILE *out, const struct pcow_summary *summary, bool color);

#endif
