/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answers that need no distribution, the same for t and for ranks.
 */
#ifndef PINCOW_STATS_SHIFT_H
#define PINCOW_STATS_SHIFT_H

#include <stdbool.h>

#include <pincow/stats.h>

bool pcow_confidence_valid(double confidence);

/* There is nothing to tell: all NAN. */
struct pcow_shift pcow_shift_none(void);

/* An estimate with neither interval nor test. */
struct pcow_shift pcow_shift_bare(double estimate);

/* Values that do not vary: a difference is there or it is not. */
struct pcow_shift pcow_shift_exact(double estimate);

#endif
