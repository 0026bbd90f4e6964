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

/* A sentence of a line or two. */
#define PCOW_SENTENCE_SIZE 512

#define PCOW_CELL_SIZE	  64
#define PCOW_GRID_COLUMNS 16

/* Copies @text; each control character, and each byte that is no UTF-8, becomes
 * '?': the values of header and parameters, and paths, may hold anything. */
void pcow_text_plain(char *buf, size_t size, const char *text);

/* The same in HTML and XML, between tags or in a quoted attribute. */
void pcow_markup_write(FILE *out, const char *text);

/* Markup with texts in it, each by pcow_markup_write(): @fmt knows %s and %zu alone. */
__attribute__((format(printf, 2, 3))) void pcow_markup_print(FILE *out, const char *fmt, ...);

/**
 * pcow_text_wrap() - write a text in lines of limited width
 * @out:	where to; stands at column @indent
 * @text:	words; one that is too long for a line is cut
 * @indent:	where the next lines begin
 * @width:	no line is longer
 *
 * Ends with a newline.
 */
void pcow_text_wrap(FILE *out, const char *text, size_t indent, size_t width);

/* A line of a legend: @term, and behind it, from column @indent on, what it means. */
__attribute__((format(printf, 4, 5))) void pcow_term_print(FILE *out, const char *term, int indent,
							   const char *fmt, ...);

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

/**
 * struct pcow_table - a grid whose first column gives way to the others
 * @grid:	zeroed but for columns and color; the first column is the name
 * @longest:	name
 *
 * A name that has no room stands above its row.
 */
struct pcow_table {
	struct pcow_grid grid;
	size_t longest;
};

/* Measures a row, or prints it in @color ("" for none); cells[0] is not read. */
void pcow_table_row(struct pcow_table *table, const char *name, char cells[][PCOW_CELL_SIZE],
		    const char *note, const char *color);
void pcow_table_start(struct pcow_table *table, FILE *out);

/* A blank line and a title. */
void pcow_head_print(FILE *out, const char *title, bool color);

/* Host, kernel, CPU, clock and run. */
void pcow_host_print(FILE *out, const struct pcow_summary *summary, bool color);

#endif
