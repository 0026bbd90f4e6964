/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of this room ask of values before they do sums with them.
 */
#ifndef PINCOW_STATS_MOMENTS_H
#define PINCOW_STATS_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>

/* Compared value by value: the rounded mean of equal values may differ from them. */
bool pcow_values_equal(const double *x, size_t n);

bool pcow_values_finite(const double *x, size_t n);

#endif
