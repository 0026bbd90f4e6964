/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a dataset comes into being: names of files, then their rows.
 */
#ifndef PINCOW_COMPARE_DATASET_H
#define PINCOW_COMPARE_DATASET_H

#include <pincow/compare.h>

/* Adds the files that an argument names: itself, or the *.jsonl below it. */
int pcow_dataset_add_files(struct pcow_dataset *set, const char *argument, struct pcow_error *err);

#endif
