/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures: from results to gnuplot variables and data blocks, which the script
 * scripts/plot/NAME.gp of a figure draws.  Pure functions of the files; who
 * calls them runs gnuplot.
 */
#ifndef PINCOW_PLOT_H
#define PINCOW_PLOT_H

#include <stddef.h>
#include <stdio.h>

#include <pincow/compare.h>
#include <pincow/error.h>
#include <pincow/profile.h>

/* What a set of figures is drawn from: one file, a comparison of groups, or a case in
 * two profiles. */
struct pcow_plot;

/**
 * pcow_plot_read() - read what the figures of one thing need
 * @plot:	result, freed with pcow_plot_free()
 * @path:	a result file, read twice: not a pipe
 * @err:	one line on failure
 *
 * Memory holds the single operations of one size of the fault scenarios, not
 * the whole file.
 *
 * Return: 0 or -errno.
 */
int pcow_plot_read(struct pcow_plot **plot, const char *path, struct pcow_error *err);

/**
 * pcow_plot_compare() - read what the figures that compare groups need
 * @plot:	result, freed with pcow_plot_free()
 * @analysis:	must outlive @plot
 * @comparison:	one of the analysis
 * @err:	one line on failure
 *
 * Reads the files of the groups once more, for their single operations.
 * Memory holds those of one boot, and a histogram a case and group.
 *
 * Return: 0 or -errno.
 */
int pcow_plot_compare(struct pcow_plot **plot, const struct pcow_analysis *analysis,
		      const struct pcow_comparison *comparison, struct pcow_error *err);

/**
 * pcow_plot_profiles() - what the figure of one case in two kernels needs
 * @plot:	result, freed with pcow_plot_free()
 * @base, @other: must outlive @plot
 * @index:	of the case in @base
 * @named:	the figure's name says which @other, as there are several
 * @err:	one line on failure
 *
 * Return: 0; -ENODATA when @other lacks the case; -ENOMEM.
 */
int pcow_plot_profiles(struct pcow_plot **plot, const struct pcow_function_profile *base,
		       const struct pcow_function_profile *other, size_t index, bool named,
		       struct pcow_error *err);

void pcow_plot_free(struct pcow_plot *plot);

/**
 * struct pcow_plot_figure - one figure
 * @name:	of the gnuplot script
 * @title:	one line
 * @missing:	why write() had nothing to write
 * @write:	write variables and data blocks; returns the number of curves,
 *		rows or panels, 0 when there are none, or -errno
 */
struct pcow_plot_figure {
	const char *name;
	const char *title;
	const char *missing;
	int (*write)(FILE *out, const struct pcow_plot *plot);
};

/* The figures that @plot has, up to NULL. */
const struct pcow_plot_figure *pcow_plot_figure_at(const struct pcow_plot *plot, size_t index);

/* What a drawn figure is called: as its script; one that compares by the
 * architecture as well, and by clock and base page where comparisons differ in
 * them; one of profiles by its case. No more than letters, digits, '_' and '-'. */
void pcow_plot_figure_name(char *buf, size_t size, const struct pcow_plot_figure *figure,
			   const struct pcow_plot *plot);

/* Write @text as a gnuplot string that stands for itself, whatever it holds; control
 * characters and what is no UTF-8 become question marks. */
void pcow_gnuplot_string(FILE *out, const char *text);

#endif
