/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the reader of an analysis must know.
 */
#include "analysis.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes @note, which goes to @at; one that is there already is not added again. */
static int add(struct pcow_analysis *analysis, char *note, size_t at)
{
	char **notes;

	for (size_t i = 0; i < analysis->nr_notes; i++) {
		if (strcmp(analysis->notes[i], note) == 0) {
			free(note);
			return 0;
		}
	}
	notes = realloc(analysis->notes, (analysis->nr_notes + 1) * sizeof(*notes));
	if (!notes) {
		free(note);
		return -ENOMEM;
	}
	analysis->notes = notes;
	memmove(notes + at + 1, notes + at, (analysis->nr_notes - at) * sizeof(*notes));
	notes[at] = note;
	analysis->nr_notes++;
	return 1;
}

int pcow_analysis_note(struct pcow_analysis *analysis, const char *fmt, ...)
{
	char *note;
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = vasprintf(&note, fmt, ap);
	va_end(ap);
	if (length < 0)
		return -ENOMEM;
	return add(analysis, note, analysis->nr_notes) < 0 ? -ENOMEM : 0;
}

/* Takes @note, before those that stop nothing. */
static int block(struct pcow_analysis *analysis, char *note)
{
	int ret = add(analysis, note, analysis->nr_blocked);

	if (ret > 0)
		analysis->nr_blocked++;
	return ret < 0 ? -ENOMEM : 0;
}

int pcow_analysis_block(struct pcow_analysis *analysis, const char *fmt, ...)
{
	char *note;
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = vasprintf(&note, fmt, ap);
	va_end(ap);
	return length < 0 ? -ENOMEM : block(analysis, note);
}

int pcow_analysis_stop(struct pcow_analysis *analysis, enum pcow_stop stop, const char *fmt, ...)
{
	char *what, *note;
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = vasprintf(&what, fmt, ap);
	va_end(ap);
	if (length < 0)
		return -ENOMEM;
	if (analysis->policy->allowed & (1U << stop))
		return add(analysis, what, analysis->nr_notes) < 0 ? -ENOMEM : 0;
	length = asprintf(&note, "%s: no verdict, unless the policy's [allow] has %s = yes", what,
			  pcow_stop_name(stop));
	free(what);
	return length < 0 ? -ENOMEM : block(analysis, note);
}
