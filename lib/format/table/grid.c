/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Aligned columns.
 */
#include <string.h>

#include "table/text.h"

/* Two spaces between columns; one where the table would be too wide. */
static size_t gap_of(const struct pcow_grid *grid)
{
	size_t width = 0;

	for (size_t i = 0; i < grid->nr_columns; i++)
		if (grid->widths[i])
			width += grid->widths[i] + 2;
	return width > pcow_text_width() ? 1 : 2;
}

/* Where a column begins. */
static size_t begin_of(const struct pcow_grid *grid, size_t column)
{
	size_t begin = 0;

	for (size_t i = 0; i < column; i++)
		if (grid->widths[i])
			begin += grid->widths[i] + gap_of(grid);
	return begin;
}

static size_t put_cells(const struct pcow_grid *grid, char cells[][PCOW_CELL_SIZE])
{
	size_t position = 0;

	for (size_t i = 0; i < grid->nr_columns; i++) {
		size_t begin = begin_of(grid, i);
		size_t lead;

		if (!grid->widths[i] || !cells[i][0])
			continue;
		lead = grid->columns[i].right ? grid->widths[i] - strlen(cells[i]) : 0;
		position += (size_t)fprintf(grid->out, "%*s%s", (int)(begin + lead - position), "",
					    cells[i]);
	}
	return position;
}

static size_t end_of(const struct pcow_grid *grid)
{
	return begin_of(grid, grid->nr_columns);
}

void pcow_grid_row(struct pcow_grid *grid, char cells[][PCOW_CELL_SIZE], const char *note)
{
	size_t position;

	if (!grid->out) {
		for (size_t i = 0; i < grid->nr_columns; i++)
			if (strlen(cells[i]) > grid->widths[i])
				grid->widths[i] = strlen(cells[i]);
		return;
	}
	position = put_cells(grid, cells);
	if (*note && end_of(grid) + strlen(note) <= pcow_text_width())
		fprintf(grid->out, "%*s%s", (int)(end_of(grid) - position), "", note);
	else if (*note)
		fprintf(grid->out, "\n    %.*s", (int)pcow_text_width() - 4, note);
	fputc('\n', grid->out);
}

void pcow_grid_start(struct pcow_grid *grid, FILE *out)
{
	char heads[PCOW_GRID_COLUMNS][PCOW_CELL_SIZE];

	for (size_t i = 0; i < grid->nr_columns; i++) {
		snprintf(heads[i], sizeof(heads[i]), "%s", grid->columns[i].head);
		if (grid->widths[i] && strlen(heads[i]) > grid->widths[i])
			grid->widths[i] = strlen(heads[i]);
	}
	grid->out = out;
	if (grid->color)
		fputs("\033[1m", out);
	put_cells(grid, heads);
	fprintf(out, "%s\n", grid->color ? "\033[0m" : "");
}

/* --------------------------------------------------------- rows with long names */

/* How far a note, or a row below its name, is indented. */
#define NOTE_INDENT 4

void pcow_table_row(struct pcow_table *table, const char *name, char cells[][PCOW_CELL_SIZE],
		    const char *note, const char *color)
{
	struct pcow_grid *grid = &table->grid;
	bool fits = strlen(note) <= pcow_text_width() - NOTE_INDENT;

	cells[0][0] = '\0';
	if (!grid->out) {
		if (strlen(name) > table->longest)
			table->longest = strlen(name);
		pcow_grid_row(grid, cells, note);
		return;
	}
	fputs(color, grid->out);
	if (strlen(name) <= grid->widths[0])
		snprintf(cells[0], PCOW_CELL_SIZE, "%s", name);
	else
		pcow_text_wrap(grid->out, name, 0, pcow_text_width());
	pcow_grid_row(grid, cells, fits ? note : "");
	if (!fits) {
		fprintf(grid->out, "%*s", NOTE_INDENT, "");
		pcow_text_wrap(grid->out, note, NOTE_INDENT, pcow_text_width());
	}
	fputs(*color ? "\033[0m" : "", grid->out);
}

void pcow_table_start(struct pcow_table *table, FILE *out)
{
	struct pcow_grid *grid = &table->grid;
	size_t width = strlen(grid->columns[0].head), others = 0;

	for (size_t i = 1; i < grid->nr_columns; i++) {
		size_t head = strlen(grid->columns[i].head);

		if (grid->widths[i])
			others += (grid->widths[i] > head ? grid->widths[i] : head) + 1;
	}
	while (width < table->longest && width + 1 < PCOW_CELL_SIZE &&
	       width + others < pcow_text_width())
		width++;
	grid->widths[0] = width;
	pcow_grid_start(grid, out);
}
