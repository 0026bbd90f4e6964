/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the figures that compare groups share.
 */
#ifndef PINCOW_FORMAT_PLOT_GROUPS_H
#define PINCOW_FORMAT_PLOT_GROUPS_H

#include "gnuplot.h"
#include "plot_data.h"

/**
 * struct pcow_pick - lines of a comparison that a figure shows
 * @lines:	in the order of the series, whatever a table sorted them by
 * @n:		how many
 */
struct pcow_pick {
	const struct pcow_line **lines;
	size_t n;
};

/* Picks the lines that are @wanted. 0 or -ENOMEM; @pick->lines is free()d. */
int pcow_pick_make(struct pcow_pick *pick, const struct pcow_comparison *comparison,
		   bool (*wanted)(const struct pcow_comparison *comparison,
				  const struct pcow_line *line));

/* Has any group a figure of the line, and none one that is idle time? */
bool pcow_line_has_figure(const struct pcow_comparison *comparison, const struct pcow_line *line);

/* Of lines that differ in numbers alone: is this the one that most groups have,
 * and of those the largest? */
bool pcow_line_is_largest(const struct pcow_comparison *comparison, const struct pcow_line *line);

/* The value of a word, or "" where the case has no such parameter. */
const char *pcow_series_word(const struct pcow_series *series, const char *name);

/* Did the kernel copy the page? "copy", "reuse", or "" where nobody knows. */
const char *pcow_line_outcome(const struct pcow_comparison *comparison,
			      const struct pcow_line *line, size_t group);

/* Where the figures come from, and the groups: origin_host, origin_run, unit,
 * interval, groups, group[] (short name), about[] (a line).  @of_values: does the
 * figure show one value a boot, rather than all that a boot timed? */
void pcow_groups_write(FILE *out, const struct pcow_plot *plot, bool of_values);

/* A number, or NaN, which gnuplot leaves out, for what is not finite. */
void pcow_gnuplot_number(FILE *out, double value);

/* "panels = @n" and room for their texts. */
void pcow_panels_begin(FILE *out, size_t n);

/* Bars of a line in panel @p, from 1: panel[] (@title), axis[] (@about and the unit) and
 * $panel_P: group, median, low, high, height of the text, the text, the kernel's choice. */
void pcow_bars_write(FILE *out, const struct pcow_comparison *comparison,
		     const struct pcow_line *line, size_t p, const char *title, const char *about);

/* The main job's panels; how many, or -ENOMEM. */
int pcow_main_job_write(FILE *out, const struct pcow_comparison *comparison);

/* write() of the figures that compare groups. */
int pcow_changes_write(FILE *out, const struct pcow_plot *plot);
int pcow_bars_figure_write(FILE *out, const struct pcow_plot *plot);
int pcow_ratio_write(FILE *out, const struct pcow_plot *plot);
int pcow_ecdf_write(FILE *out, const struct pcow_plot *plot);
int pcow_scaling_write(FILE *out, const struct pcow_plot *plot);
int pcow_memory_write(FILE *out, const struct pcow_plot *plot);

#endif
