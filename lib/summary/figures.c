/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing list of figures.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reduce.h"

void pcow_figures_copy(struct pcow_figures *figures, const struct pcow_figure *figure)
{
	struct pcow_figure *at = realloc(figures->at, (figures->n + 1) * sizeof(*at));

	if (!at) {
		figures->failed = true;
		return;
	}
	figures->at = at;
	at[figures->n++] = *figure;
}

void pcow_figures_add(struct pcow_figures *figures, enum pcow_metric_kind kind, const char *metric,
		      double value, const char *per, const char *of)
{
	struct pcow_figure figure = { .kind = kind, .value = value };

	if (isnan(value))
		return;
	snprintf(figure.metric, sizeof(figure.metric), "%s", metric);
	snprintf(figure.unit, sizeof(figure.unit), "%s%s%s", per, of ? "/" : "", of ? of : "");
	pcow_figures_copy(figures, &figure);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

void pcow_figures_add_weight(struct pcow_figures *figures, const struct pcow_weight *weight)
{
	bool seen = weight->value >= weight->resolution || weight->value <= -weight->resolution;
	struct pcow_figure figure = {
		.kind = PCOW_METRIC_MEMORY,
		.value = seen ? (double)weight->value : 0.0,
		.resolution = weight->resolution,
		.unclosed = !weight->closed,
	};

	strcpy(figure.metric, weight->name);
	strcpy(figure.method, weight->method);
	if (ends_with(weight->name, "_bytes"))
		strcpy(figure.unit, "bytes");
	else
		strcpy(figure.unit, ends_with(weight->name, "_pages") ? "pages" : "count");
	pcow_figures_copy(figures, &figure);
}

void pcow_figures_clear(struct pcow_figures *figures)
{
	free(figures->at);
	*figures = (struct pcow_figures){ 0 };
}
