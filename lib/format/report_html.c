/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pieces of HTML.
 */
#include "report.h"

#include <string.h>

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void pcow_html_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *replaced = entity(*text);

		/* A line break in a command to be copied would end it. */
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			replaced = " ";
		if (replaced)
			fputs(replaced, out);
		else
			fputc(*text, out);
	}
}

void pcow_html_data(FILE *out, const char *data, size_t size)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~!$()*+,;=:@/?";

	for (size_t i = 0; i < size; i++) {
		if (data[i] && strchr(plain, data[i]))
			fputc(data[i], out);
		else
			fprintf(out, "%%%02X", (unsigned char)data[i]);
	}
}

void pcow_html_table_begin(FILE *out, const char *label)
{
	/* The keyboard scrolls only what can have the focus. */
	fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", out);
	pcow_html_text(out, label);
	fputs("\">\n<table>\n", out);
}

void pcow_html_table_end(FILE *out)
{
	fputs("</table>\n</div>\n", out);
}
