/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the writers of gnuplot data share.  Costs on axes are in seconds (or
 * instructions, where the clock counts those), so that gnuplot's SI prefixes
 * make the tick labels; texts are literal strings, since host names and
 * parameter words come from a file that nobody vouches for.
 */
#ifndef PINCOW_FORMAT_GNUPLOT_H
#define PINCOW_FORMAT_GNUPLOT_H

#include <stdio.h>

#include <pincow/plot.h>

#include "table/text.h"

/* "VARIABLE = 'TEXT'" */
void pcow_gnuplot_assign(FILE *out, const char *variable, const char *text);

/* "ARRAY[I] = 'TEXT'" */
void pcow_gnuplot_item(FILE *out, const char *array, size_t i, const char *text);

/* "1.23 ms", "1230 instructions"; @unit is the metric's. */
void pcow_cost_format(char *buf, size_t size, double ns, const char *unit);

/* Does a metric of this unit count instructions? */
bool pcow_unit_is_counted(const char *unit);

/* A nanosecond of the clock, in what the axes show; @unit is the metric's. */
double pcow_axis_unit(const char *unit);

/* "unit", which stands behind the SI prefix of such an axis' labels, and "what" they are:
 * 's' and 'time', or '' and 'instructions'. */
void pcow_axis_write(FILE *out, const char *unit);

/* "ns/page" is of a page: the word behind the slash. */
const char *pcow_unit_operation(const char *unit);

/* " of 2M": the bytes that an operation works on, where they are not the case's size. */
void pcow_op_bytes_format(char *buf, size_t size, uint64_t op_bytes,
			  const struct pcow_value *params, size_t nr_params);

#endif
