/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures: from result files to gnuplot variables and data blocks, which the
 * script scripts/plot/NAME.gp of a figure draws.  Pure functions of the files;
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
 * pcow_plots_sort() - order files for figures that compare them
 * @plots:	sorted by architecture, COW model (as the kernel went from one
 *		to the next), release and path
 * @n:		how many
 * @err:	one line on failure
 *
 * Return: 0, or -EINVAL when files of one architecture cannot be compared:
 * their clocks or their base pages differ.
 */
int pcow_plots_sort(struct pcow_plot **plots, size_t n, struct pcow_error *err);

/**
 * struct pcow_plot_set - the files of one figure
 * @plots:	in the order of pcow_plots_sort(); owned by who read them
 * @n:		how many
 */
struct pcow_plot_set {
	struct pcow_plot *const *plots;
	size_t n;
};

/* The first of @n sorted files and those behind it of the same architecture. */
struct pcow_plot_set pcow_plot_set_first(struct pcow_plot *const *plots, size_t n);

/**
 * struct pcow_plot_figure - one figure
 * @name:	of the gnuplot script
 * @compares:	it shows files side by side; else the first of its set
 * @missing:	why write() had nothing to write
 * @write:	write variables and data blocks; returns the number of curves,
 *		rows or panels, 0 when the files have none, or -errno
 */
struct pcow_plot_figure {
	const char *name;
	bool compares;
	const char *missing;
	int (*write)(FILE *out, const struct pcow_plot_set *set);
};

/* The figures there are, up to NULL. */
const struct pcow_plot_figure *pcow_plot_figure_at(size_t index);

/* What a drawn figure is called: as its script, and where it compares files by
 * their architecture as well. No more than letters, digits, '_' and '-'. */
void pcow_plot_figure_name(char *buf, size_t size, const struct pcow_plot_figure *figure,
			   const struct pcow_plot_set *set);

/* Write @text as a gnuplot string that stands for itself, whatever it holds;
 * a control character becomes a space. */
void pcow_gnuplot_string(FILE *out, const char *text);

#endif
