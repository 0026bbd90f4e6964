/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the figures that compare groups share.
 */
#ifndef PINCOW_FORMAT_PLOT_GROUPS_H
#define PINCOW_FORMAT_PLOT_GROUPS_H

#include "plot/data.h"

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

/* Did the kernel copy the page? "copy", "reuse", or "" where nobody knows. */
const char *pcow_line_outcome(const struct pcow_comparison *comparison,
			      const struct pcow_line *line, size_t group);

/* Room for what pcow_line_caveat_format() says. */
#define PCOW_CAVEAT_SIZE 128

/* "n: 1 of 3 boots, 1 of 3 workers, 12 % of samples invalid": where a line rests on less
 * than was measured, the worst of the groups; else "". */
void pcow_line_caveat_format(char *buf, size_t size, const struct pcow_comparison *comparison,
			     const struct pcow_line *line);

/* "ARRAY[I] = '@title  [caveat]'" */
void pcow_line_item_write(FILE *out, const char *array, size_t i,
			  const struct pcow_comparison *comparison, const struct pcow_line *line,
			  const char *title);

/* Where the figures come from, and the groups: origin_host, origin_run, unit, what,
 * interval, groups, group[] (short name), about[] (a line), differ (a line, or '').
 * @of_values: does the figure show one value a boot, rather than all that a boot timed? */
void pcow_groups_write(FILE *out, const struct pcow_plot *plot, bool of_values);

/* A number, or NaN, which gnuplot leaves out, for what is not finite. */
void pcow_gnuplot_number(FILE *out, double value);

/* "panels = @n" and room for their texts. */
void pcow_panels_begin(FILE *out, size_t n);

/* Titles of panel @p, from 1, of curves: panel[] and axis[], which says the case but for
 * the number @along that the curves go along, or NULL. */
void pcow_curves_title_write(FILE *out, const struct pcow_comparison *comparison,
			     const struct pcow_line *line, size_t p,
			     const struct pcow_value *along);

/* A panel of bars for each line picked: panels, panel[], axis[] (the case and the unit) and
 * $panel_P: group, median, low, high, height of the text, the text, the kernel's choice. */
void pcow_bars_write(FILE *out, const struct pcow_comparison *comparison,
		     const struct pcow_pick *pick);

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
