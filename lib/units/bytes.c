/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pincow/units.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char suffixes[] = "KMGT";

int pcow_bytes_parse(const char *text, uint64_t *bytes)
{
	unsigned int shift = 0;
	uint64_t value;
	char *end;

	/* strtoull() takes a sign and leading blanks; a size has neither. */
	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno)
		return -errno;
	if (*end) {
		const char *suffix = strchr(suffixes, toupper((unsigned char)*end));

		if (!suffix || end[1])
			return -EINVAL;
		shift = 10 * (unsigned int)(suffix - suffixes + 1);
	}
	if (value > UINT64_MAX >> shift)
		return -ERANGE;
	*bytes = value << shift;
	return 0;
}

double pcow_bytes_scale(double bytes, const char **unit)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && (bytes >= 1024.0 || bytes <= -1024.0)) {
		bytes /= 1024.0;
		i++;
	}
	*unit = units[i];
	return bytes;
}

void pcow_bytes_format(char *buf, size_t size, uint64_t bytes)
{
	size_t step = 0;

	while (step < sizeof(suffixes) - 1 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		step++;
	}
	if (step)
		snprintf(buf, size, "%" PRIu64 "%c", bytes, suffixes[step - 1]);
	else
		snprintf(buf, size, "%" PRIu64, bytes);
}
