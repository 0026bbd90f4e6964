/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the writers of gnuplot data share.
 */
#ifndef PINCOW_FORMAT_GNUPLOT_H
#define PINCOW_FORMAT_GNUPLOT_H

#include <stdio.h>

#include <pincow/plot.h>

#include "text.h"

/* "VARIABLE = 'TEXT'" */
void pcow_gnuplot_assign(FILE *out, const char *variable, const char *text);

/* A unit of time as gnuplot writes it at axes. */
const char *pcow_scale_symbol(const struct pcow_scale *scale);

/* A text of the header's host, below @object unless that is NULL; "unknown"
 * where the file has none. */
const char *pcow_host_text(const json_t *host, const char *object, const char *key);

/* "latency" is in "ns/page": the word behind the slash. */
const char *pcow_row_operation(const struct pcow_metric_row *row);

/* write() of the figure that compares files. */
int pcow_models_write(FILE *out, const struct pcow_plot_set *set);

#endif
