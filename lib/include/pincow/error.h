/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one line a user gets when something cannot be done: what, where, why
 * and the remedy.  Functions that can fail for a reason that their caller
 * cannot know take a struct pcow_error and return 0 or -errno.
 */
#ifndef PINCOW_ERROR_H
#define PINCOW_ERROR_H

#include <stdarg.h>
#include <stdio.h>

/**
 * struct pcow_error - the explanation that goes with a negative return
 * @text:	one line without a newline; empty while nothing failed
 */
struct pcow_error {
	char text[512];
};

/**
 * pcow_error_set() - explain a failure and hand its code through
 * @err:	where the line goes; may be NULL when nobody asks
 * @code:	-errno, returned as it is
 * @fmt:	printf format of the line
 *
 * Return: @code, so that a caller can write `return pcow_error_set(...)`.
 */
__attribute__((format(printf, 3, 4))) static inline int
pcow_error_set(struct pcow_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

#endif
