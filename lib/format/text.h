/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers, parameters and columns for people.
 */
#ifndef PINCOW_FORMAT_TEXT_H
#define PINCOW_FORMAT_TEXT_H

#include <pincow/format.h>

/* Lines are no longer than this, wherever they go. */
#define PCOW_TEXT_WIDTH 120
/* Nor than the terminal is wide, where it was told. */
size_t pcow_text_width(void);

#define PCOW_CELL_SIZE	  64
#define PCOW_GRID_COLUMNS 16

/* Three significant digits as far as they are behind the point: "0.87", "41.3", "1234". */
void pcow_number_format(char *buf, size_t size, double value);

/* "1,240,388", "41.3": thousands apart, a digit behind the point below 10000; with @sign
 * also "+41.3". */
void pcow_instructions_format(char *buf, size_t size, double value, bool sign);

/* "132 KiB", "8.00 KiB" */
void pcow_memory_format(char *buf, size_t size, double bytes);

/**
 * struct pcow_scale - a unit of time that gives short numbers
 * @divisor:	from nanoseconds
 * @unit:	"ns", "us", "ms", "s", or "instructions", which are never scaled
 */
struct pcow_scale {
	double divisor;
	const char *unit;
};

/* The unit that suits @ns; @unit is the metric's: "ns/page", "instructions/fork" ... */
struct pcow_scale pcow_scale_for(double ns, const char *unit);

/* A field of RFC 4180: quoted where it must be. */
void pcow_csv_write(FILE *out, const char *text);

/**
 * struct pcow_grid_column - one column of a table
 * @head:	its title
 * @right:	numbers are aligned to the right
 */
struct pcow_grid_column {
	const char *head;
	bool right;
};

/**
 * struct pcow_grid - a table printed in two passes over its rows
 * @columns:	of the table
 * @nr_columns:	at most PCOW_GRID_COLUMNS
 * @widths:	0 for a column that no row fills, which is left out
 * @out:	where to, NULL in the first pass, which only finds the widths
 * @color:	print the titles bold
 *
 * Two passes need no memory, whatever the number of rows.
 */
struct pcow_grid {
	const struct pcow_grid_column *columns;
	size_t nr_columns;
	size_t widths[PCOW_GRID_COLUMNS];
	FILE *out;
	bool color;
};

/* Measures a row, or prints it, with @note behind it or, lacking room, below it. */
void pcow_grid_row(struct pcow_grid *grid, char cells[][PCOW_CELL_SIZE], const char *note);

/* Begins the second pass with the titles. */
void pcow_grid_start(struct pcow_grid *grid, FILE *out);

#endif
