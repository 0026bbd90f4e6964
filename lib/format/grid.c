/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Aligned columns.
 */
#include <string.h>

#include "text.h"

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
