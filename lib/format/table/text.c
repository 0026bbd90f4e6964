/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers as people read them.
 */
#include "table/text.h"

#include <math.h>
#include <string.h>

#include <pincow/units.h>

/* Below this, cells have no room beside each other. */
#define WIDTH_MIN 60

/* Of the terminal, of which a process has one. */
static size_t width = PCOW_TEXT_WIDTH;

size_t pcow_text_width(void)
{
	return width;
}

void pcow_text_narrow(size_t columns)
{
	width = columns < WIDTH_MIN	    ? WIDTH_MIN
		: columns < PCOW_TEXT_WIDTH ? columns
					    : PCOW_TEXT_WIDTH;
}

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

void pcow_instructions_format(char *buf, size_t size, double value, bool sign)
{
	char digits[PCOW_CELL_SIZE];
	size_t used = 0, whole;

	/* Sums of many functions miss 0 by a little. */
	if (fabs(value) < 0.05) {
		value = 0.0;
		sign = false;
	}
	snprintf(digits, sizeof(digits), sign ? "%+.*f" : "%.*f", fabs(value) < 9999.95, value);
	whole = strcspn(digits, ".");
	for (size_t i = 0; digits[i] && used + 2 < size; i++) {
		bool is_digit = i && digits[i - 1] >= '0' && digits[i - 1] <= '9';

		if (is_digit && i < whole && (whole - i) % 3 == 0)
			buf[used++] = ',';
		buf[used++] = digits[i];
	}
	buf[used] = '\0';
}

void pcow_memory_format(char *buf, size_t size, double bytes)
{
	char number[PCOW_CELL_SIZE];
	const char *unit;

	pcow_number_format(number, sizeof(number), pcow_bytes_scale(bytes, &unit));
	snprintf(buf, size, "%s %s", number, unit);
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
