/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts and units as gnuplot wants them.
 */
#include "plot/data.h"

#include <stdarg.h>
#include <string.h>

#include <pincow/units.h>

#include "compare/analysis.h"

void pcow_gnuplot_string(FILE *out, const char *text)
{
	char plain[PCOW_RESULT_TEXT_MAX + 1];
	size_t first;

	pcow_text_plain(plain, sizeof(plain), text);
	/* Only '' means anything between single quotes: no escapes, no `commands`.  Where
	 * it stands first, gnuplot takes it for an empty string. */
	first = strspn(plain, "'");
	if (first)
		fprintf(out, "\"%.*s\".", (int)first, plain);
	fputc('\'', out);
	for (const char *c = plain + first; *c; c++) {
		if (*c == '\'')
			fputc('\'', out);
		fputc(*c, out);
	}
	fputc('\'', out);
}

static void write_string(FILE *out, const char *fmt, va_list ap)
{
	char text[PCOW_RESULT_TEXT_MAX + 1];

	vsnprintf(text, sizeof(text), fmt, ap);
	pcow_gnuplot_string(out, text);
	fputc('\n', out);
}

void pcow_gnuplot_assign(FILE *out, const char *variable, const char *fmt, ...)
{
	va_list ap;

	fprintf(out, "%s = ", variable);
	va_start(ap, fmt);
	write_string(out, fmt, ap);
	va_end(ap);
}

void pcow_gnuplot_item(FILE *out, const char *array, size_t i, const char *fmt, ...)
{
	va_list ap;

	fprintf(out, "%s[%zu] = ", array, i);
	va_start(ap, fmt);
	write_string(out, fmt, ap);
	va_end(ap);
}

void pcow_cost_format(char *buf, size_t size, double ns, const char *unit)
{
	struct pcow_scale scale = pcow_scale_for(ns, unit);
	char number[PCOW_CELL_SIZE];

	if (pcow_unit_is_counted(unit))
		pcow_instructions_format(number, sizeof(number), ns, false);
	else
		pcow_number_format(number, sizeof(number), ns / scale.divisor);
	snprintf(buf, size, "%s %s", number, strcmp(scale.unit, "us") ? scale.unit : "µs");
}

bool pcow_unit_is_counted(const char *unit)
{
	return !strncmp(unit, "instructions", strlen("instructions"));
}

double pcow_axis_unit(const char *unit)
{
	return pcow_unit_is_counted(unit) ? 1.0 : 1e-9;
}

void pcow_axis_write(FILE *out, const char *unit)
{
	bool counted = pcow_unit_is_counted(unit);

	pcow_gnuplot_assign(out, "unit", "%s", counted ? "" : "s");
	pcow_gnuplot_assign(out, "what", "%s", counted ? "instructions" : "time");
}

const char *pcow_unit_operation(const char *unit)
{
	const char *slash = strchr(unit, '/');

	return slash ? slash + 1 : "operation";
}

void pcow_op_bytes_format(char *buf, size_t size, uint64_t op_bytes,
			  const struct pcow_value *params, size_t nr_params)
{
	char bytes[24];

	*buf = '\0';
	for (size_t i = 0; i < nr_params; i++) {
		if (!strcmp(params[i].name, "size") && params[i].number == op_bytes)
			return;
	}
	if (!op_bytes)
		return;
	pcow_bytes_format(bytes, sizeof(bytes), op_bytes);
	snprintf(buf, size, " of %s", bytes);
}
