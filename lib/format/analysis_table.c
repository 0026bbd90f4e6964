/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table whose rows have long names.
 */
#include <string.h>

#include "analysis.h"

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
