/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and parameters as people read them.
 */
#include "text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <pincow/units.h>

void pcow_number_format(char *buf, size_t size, double value)
{
	double magnitude = fabs(value);
	int decimals = 0;

	/* 9.995 would be written 10.00, with a digit more than 9.99. */
	if (magnitude < 9.995)
		decimals = 2;
	else if (magnitude < 99.95)
		decimals = 1;
	/* Nor "0.00", nor "-0.00". */
	if (magnitude < 0.005) {
		decimals = 0;
		value = 0.0;
	}
	snprintf(buf, size, "%.*f", decimals, value);
}

void pcow_memory_format(char *buf, size_t size, double bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	char number[PCOW_CELL_SIZE];
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && fabs(bytes) >= 1024.0) {
		bytes /= 1024.0;
		i++;
	}
	pcow_number_format(number, sizeof(number), bytes);
	snprintf(buf, size, "%s %s", number, units[i]);
}

struct pcow_scale pcow_scale_for(double ns, const char *unit)
{
	static const struct pcow_scale scales[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "us" } };

	if (strncmp(unit, "instructions", strlen("instructions")) == 0)
		return (struct pcow_scale){ 1.0, "instructions" };
	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++)
		if (fabs(ns) >= scales[i].divisor)
			return scales[i];
	return (struct pcow_scale){ 1.0, "ns" };
}

/* One parameter with a space behind it. */
static void value_format(char *buf, size_t size, const struct pcow_value *value)
{
	char number[PCOW_CELL_SIZE];
	const char *text = value->text;

	if (value->is_number && strcmp(value->name, "size") == 0)
		pcow_bytes_format(number, sizeof(number), value->number);
	else if (value->is_number)
		snprintf(number, sizeof(number), "%" PRIu64, value->number);
	if (value->is_number)
		text = number;
	if (strcmp(value->name, "size") == 0 || strcmp(value->name, "page") == 0)
		snprintf(buf, size, "%s ", text);
	else
		snprintf(buf, size, "%s=%s ", value->name, text);
}

void pcow_params_format(char *buf, size_t size, const struct pcow_metric_row *row)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < row->nr_params && used + 1 < size; i++) {
		value_format(buf + used, size - used, &row->params[i]);
		used += strlen(buf + used);
	}
	if (used && buf[used - 1] == ' ')
		buf[used - 1] = '\0';
}
