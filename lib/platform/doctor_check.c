/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: what a check says, and what it asks of this process. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

void pcow_check_value(struct pcow_check *check, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(check->value, sizeof(check->value), fmt, ap);
	va_end(ap);
}

void pcow_check_warn(struct pcow_check *check, const char *fmt, ...)
{
	va_list ap;

	check->status = PCOW_CHECK_WARN;
	va_start(ap, fmt);
	vsnprintf(check->remedy, sizeof(check->remedy), fmt, ap);
	va_end(ap);
}

void pcow_check_unknown(struct pcow_check *check, const char *fmt, ...)
{
	va_list ap;

	check->status = PCOW_CHECK_UNKNOWN;
	va_start(ap, fmt);
	vsnprintf(check->value, sizeof(check->value), fmt, ap);
	va_end(ap);
}
