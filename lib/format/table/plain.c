/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts that others wrote, made fit for a terminal, a list or XML.
 */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "table/text.h"

/* The least code point that takes so many bytes: a longer form of it is no UTF-8. */
static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc0 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf8 ? 4 : 0;
}

static bool is_printable(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0))
		return false;
	/* Surrogates, and the two that XML knows no character for. */
	if ((point >= 0xd800 && point < 0xe000) || point == 0xfffe || point == 0xffff)
		return false;
	return point <= 0x10ffff;
}

/* Bytes of the printable character at @text; 0 for anything else. */
static size_t character_length(const char *text)
{
	unsigned char first = (unsigned char)text[0];
	size_t length = sequence_length(first);
	uint32_t point;

	if (length < 2)
		return length && is_printable(first);
	point = first & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		unsigned char next = (unsigned char)text[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (next & 0x3f);
	}
	return point >= least[length] && is_printable(point) ? length : 0;
}

void pcow_text_plain(char *buf, size_t size, const char *text)
{
	size_t used = 0;

	while (*text) {
		size_t length = character_length(text);
		size_t bytes = length ? length : 1;

		if (used + bytes >= size)
			break;
		if (length)
			memcpy(buf + used, text, bytes);
		else
			buf[used] = '?';
		used += bytes;
		text += bytes;
	}
	buf[used] = '\0';
}

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

void pcow_markup_write(FILE *out, const char *text)
{
	for (size_t length; *text; text += length ? length : 1) {
		const char *replaced = entity(*text);

		length = character_length(text);
		if (replaced)
			fputs(replaced, out);
		else
			fprintf(out, "%.*s", length ? (int)length : 1, length ? text : "?");
	}
}

void pcow_markup_print(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		if (*fmt != '%')
			fputc(*fmt, out);
		else if (*++fmt == 's')
			pcow_markup_write(out, va_arg(ap, const char *));
		else if (*fmt++ == 'z')
			fprintf(out, "%zu", va_arg(ap, size_t));
	}
	va_end(ap);
}

void pcow_text_wrap(FILE *out, const char *text, size_t indent, size_t width)
{
	size_t room = width - indent;
	size_t used = 0;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");

		if (used && used + 1 + length > room) {
			fprintf(out, "\n%*s", (int)indent, "");
			used = 0;
		}
		if (length > room)
			length = room;
		used += (size_t)fprintf(out, "%s%.*s", used ? " " : "", (int)length, text);
		text += length;
	}
	fputc('\n', out);
}

void pcow_term_print(FILE *out, const char *term, int indent, const char *fmt, ...)
{
	char text[PCOW_SENTENCE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(out, "%-*s", indent, term);
	pcow_text_wrap(out, text, (size_t)indent, pcow_text_width());
}
