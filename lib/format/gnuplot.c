/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts and units as gnuplot wants them.
 */
#include "gnuplot.h"

#include <string.h>

#include "analysis.h"

void pcow_gnuplot_string(FILE *out, const char *text)
{
	char plain[PCOW_RESULT_TEXT_MAX + 1];

	pcow_text_plain(plain, sizeof(plain), text);
	/* Only '' means anything between single quotes: no escapes, no `commands`. */
	fputc('\'', out);
	for (const char *c = plain; *c; c++) {
		if (*c == '\'')
			fputc('\'', out);
		fputc(*c, out);
	}
	fputc('\'', out);
}

void pcow_gnuplot_assign(FILE *out, const char *variable, const char *text)
{
	fprintf(out, "%s = ", variable);
	pcow_gnuplot_string(out, text);
	fputc('\n', out);
}

void pcow_gnuplot_item(FILE *out, const char *array, size_t i, const char *text)
{
	fprintf(out, "%s[%zu] = ", array, i);
	pcow_gnuplot_string(out, text);
	fputc('\n', out);
}

void pcow_cost_format(char *buf, size_t size, double ns, const char *unit)
{
	struct pcow_scale scale = pcow_scale_for(ns, unit);
	char number[PCOW_CELL_SIZE];

	pcow_number_format(number, sizeof(number), ns / scale.divisor);
	snprintf(buf, size, "%s %s", number, strcmp(scale.unit, "us") ? scale.unit : "µs");
}

static bool counts_instructions(const char *unit)
{
	return !strncmp(unit, "instructions", strlen("instructions"));
}

double pcow_axis_unit(const char *unit)
{
	return counts_instructions(unit) ? 1.0 : 1e-9;
}

const char *pcow_axis_symbol(const char *unit)
{
	return counts_instructions(unit) ? " instructions" : "s";
}

const char *pcow_unit_operation(const char *unit)
{
	const char *slash = strchr(unit, '/');

	return slash ? slash + 1 : "operation";
}
