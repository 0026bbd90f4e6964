/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parameters that make a case of a scenario: their order, and how people
 * read them.
 */
#include <pincow/summary.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <pincow/units.h>

static int compare_values(const struct pcow_value *a, const struct pcow_value *b)
{
	int order = strcmp(a->name, b->name);

	if (order == 0)
		order = (int)b->is_number - (int)a->is_number;
	if (order == 0)
		order = a->is_number ? (a->number > b->number) - (a->number < b->number)
				     : strcmp(a->text, b->text);
	return order;
}

int pcow_params_compare(const struct pcow_value *a, size_t nr_a, const struct pcow_value *b,
			size_t nr_b)
{
	for (size_t i = 0; i < nr_a && i < nr_b; i++) {
		int order = compare_values(&a[i], &b[i]);

		if (order)
			return order;
	}
	return (nr_a > nr_b) - (nr_a < nr_b);
}

/* One parameter with a space behind it. */
static void value_format(char *buf, size_t size, const struct pcow_value *value)
{
	char number[24];
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

void pcow_params_format(char *buf, size_t size, const struct pcow_value *params, size_t n)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n && used + 1 < size; i++) {
		value_format(buf + used, size - used, &params[i]);
		used += strlen(buf + used);
	}
	if (used && buf[used - 1] == ' ')
		buf[used - 1] = '\0';
}
