/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What texts and lines of a result file may hold.
 */
#include "record.h"

/* What a container costs jansson, in numbers: about 300 bytes against 40. */
#define CONTAINER_COST 8

/* The length of the control character at @text: 0 when it is none. */
static size_t control_length(const char *text)
{
	unsigned char first = (unsigned char)text[0];
	unsigned char second;

	if (first < 0x20 || first == 0x7f)
		return 1;
	/* U+0080 .. U+009F: some terminals take them for ESC sequences. */
	if (first != 0xc2)
		return 0;
	second = (unsigned char)text[1];
	return second >= 0x80 && second < 0xa0 ? 2 : 0;
}

bool pcow_text_has_control(const char *text)
{
	for (; *text; text++)
		if (control_length(text))
			return true;
	return false;
}

void pcow_text_clean(char *text)
{
	while (*text) {
		size_t length = control_length(text);

		if (!length)
			text++;
		while (length--)
			*text++ = '?';
	}
}

bool pcow_name_is_plain(const char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~')
			return false;
	return true;
}

size_t pcow_line_cost(const char *line, size_t length)
{
	size_t cost = 1;

	for (size_t i = 0; i < length; i++) {
		if (line[i] == ',')
			cost++;
		else if (line[i] == '[' || line[i] == '{')
			cost += CONTAINER_COST;
	}
	return cost;
}
