/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tells the files of a comparison apart.
 */
#ifndef PINCOW_FORMAT_PLOT_SET_H
#define PINCOW_FORMAT_PLOT_SET_H

#include <stddef.h>

#include <pincow/plot.h>

/* "unknown" where the file has none. */
const char *pcow_plot_machine(const struct pcow_plot *plot);
const char *pcow_plot_release(const struct pcow_plot *plot);
const char *pcow_plot_model(const struct pcow_plot *plot);

/* 0 for the oldest of the COW models, 4 for one that is not known. */
size_t pcow_plot_model_rank(const struct pcow_plot *plot);

/* The size of a base page: "4K". */
void pcow_plot_page_format(char *buf, size_t size, const struct pcow_plot *plot);

#endif
