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

bool pcow_check_capable(const struct pcow_root *root, unsigned int capability)
{
	char line[128];
	uint64_t caps = 0;
	FILE *status;

	status = pcow_root_stream(root, "proc/self/status");
	if (!status)
		return false;
	while (fgets(line, sizeof(line), status)) {
		if (strncmp(line, "CapEff:", 7) == 0)
			caps = strtoull(line + 7, NULL, 16);
	}
	fclose(status);
	return caps >> capability & 1;
}
