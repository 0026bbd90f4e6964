/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word that was meant by a misspelt one. */
#include <pincow/core.h>

#include <string.h>

/* A misspelling shares all but this many edits with the name that was meant. */
#define NEAR_EDITS 4

/* Levenshtein distance of short words. */
static size_t edits(const char *a, const char *b)
{
	size_t row[PCOW_RESULT_NAME_MAX + 1];
	size_t n = strnlen(b, PCOW_RESULT_NAME_MAX);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < shift ? change : shift;
		}
	}
	return row[n];
}

const char *pcow_nearest(const char *word, const char *(*at)(size_t index))
{
	const char *nearest = NULL;
	size_t least = NEAR_EDITS + 1;
	const char *name;

	for (size_t i = 0; (name = at(i)); i++) {
		size_t distance = edits(word, name);

		if (distance < least && distance < strlen(name)) {
			least = distance;
			nearest = name;
		}
	}
	return nearest;
}

static const char *scenario_name_at(size_t index)
{
	const struct pcow_scenario *scenario = pcow_scenario_at(index);

	return scenario ? scenario->name : NULL;
}

const char *pcow_scenario_nearest(const char *name)
{
	return pcow_nearest(name, scenario_name_at);
}
