/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing list of figures.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "reduce.h"

void pcow_figures_add(struct pcow_figures *figures, enum pcow_metric_kind kind, const char *metric,
		      double value, const char *per, const char *of)
{
	struct pcow_figure *figure;

	if (isnan(value))
		return;
	figure = realloc(figures->at, (figures->n + 1) * sizeof(*figure));
	if (!figure) {
		figures->failed = true;
		return;
	}
	figures->at = figure;
	figure += figures->n++;
	snprintf(figure->metric, sizeof(figure->metric), "%s", metric);
	snprintf(figure->unit, sizeof(figure->unit), "%s%s%s", per, of ? "/" : "", of ? of : "");
	figure->kind = kind;
	figure->value = value;
}

void pcow_figures_clear(struct pcow_figures *figures)
{
	free(figures->at);
	*figures = (struct pcow_figures){ 0 };
}
