/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures: from a result file to gnuplot variables and data blocks, which the
 * script scripts/plot/NAME.gp of a figure draws.  Pure functions of the file;
 * who calls them runs gnuplot.
 */
#ifndef PINCOW_PLOT_H
#define PINCOW_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <pincow/error.h>

struct pcow_plot;

/**
 * pcow_plot_read() - read what the figures need of a result file
 * @plot:	result, freed with pcow_plot_free()
 * @path:	the file, read twice: not a pipe
 * @err:	one line on failure
 *
 * Memory holds the single-operation samples of one size of the fault
 * scenarios, not of the whole file.
 *
 * Return: 0 or -errno.
 */
int pcow_plot_read(struct pcow_plot **plot, const char *path, struct pcow_error *err);

void pcow_plot_free(struct pcow_plot *plot);

/* Was the file's last line cut short? */
bool pcow_plot_truncated(const struct pcow_plot *plot);

/**
 * struct pcow_plot_figure - one figure
 * @name:	of the gnuplot script and of the file that it makes
 * @missing:	what a file lacks for which write() has nothing to write
 * @write:	write variables and data blocks; returns the number of curves
 *		or rows, 0 when the file has none, or -errno
 */
struct pcow_plot_figure {
	const char *name;
	const char *missing;
	int (*write)(FILE *out, const struct pcow_plot *plot);
};

/* The figures there are, up to NULL. */
const struct pcow_plot_figure *pcow_plot_figure_at(size_t index);

/* Write @text as a gnuplot string that stands for itself, whatever it holds;
 * a control character becomes a space. */
void pcow_gnuplot_string(FILE *out, const char *text);

#endif
