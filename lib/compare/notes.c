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

/* To be freed; NULL without memory. */
__attribute__((format(printf, 1, 0))) static char *format(const char *fmt, va_list ap)
{
	char *text;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

/* Takes @note, which goes to @at and may be NULL; one that is there already is not added
 * again.  1 when it was added, else 0 or -ENOMEM. */
static int add(struct pcow_analysis *analysis, char *note, size_t at)
{
	char **notes;

	if (!note)
		return -ENOMEM;
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

static int append(struct pcow_analysis *analysis, char *note)
{
	return add(analysis, note, analysis->nr_notes) < 0 ? -ENOMEM : 0;
}

/* Before those that stop nothing. */
static int block(struct pcow_analysis *analysis, char *note)
{
	int ret = add(analysis, note, analysis->nr_blocked);

	if (ret > 0)
		analysis->nr_blocked++;
	return ret < 0 ? -ENOMEM : 0;
}

int pcow_analysis_note(struct pcow_analysis *analysis, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = append(analysis, format(fmt, ap));
	va_end(ap);
	return ret;
}

int pcow_analysis_block(struct pcow_analysis *analysis, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = block(analysis, format(fmt, ap));
	va_end(ap);
	return ret;
}

int pcow_analysis_stop(struct pcow_analysis *analysis, enum pcow_stop stop, const char *fmt, ...)
{
	char *what;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	what = format(fmt, ap);
	va_end(ap);
	if (!what || (analysis->policy->allowed & (1U << stop)))
		return append(analysis, what);
	ret = pcow_analysis_block(analysis,
				  "%s: no verdict, unless the policy's [allow] has %s = yes", what,
				  pcow_stop_name(stop));
	free(what);
	return ret;
}
