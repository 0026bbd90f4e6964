/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples are nearly all of a result file, and arrays of whole numbers.  jansson
 * makes an object of each number, which is most of what reading costs; so they
 * are taken out of a line before it sees it.
 */
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* "[524287]": of more arrays a line within PCOW_RESULT_VALUES_MAX has no room. */
#define REFERENCE_MAX 8
/* "[1]" is the shortest array that becomes one. */
#define ARRAY_MIN 3

static const char *skip_spaces(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
		at++;
	return at;
}

/* The number at @at as JSON has it; where it ends, or NULL for anything else. */
static const char *take_number(int64_t *value, const char *at, const char *end)
{
	bool negative = at < end && *at == '-';
	const char *first = at += negative;
	int64_t sum = 0;

	for (; at < end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, *at - '0', &sum))
			return NULL;
	if (at == first || (*first == '0' && at > first + 1))
		return NULL;
	*value = negative ? -sum : sum;
	return at;
}

/* The array that begins at @at, its values behind those that are there; where it
 * ends, or NULL when it holds anything but whole numbers, or nothing. */
static const char *take_array(struct pcow_lifted *lifted, const char *at, const char *end)
{
	size_t n = lifted->nr_arrays ? lifted->ends[lifted->nr_arrays - 1] : 0;

	do {
		at = take_number(&lifted->values[n++], skip_spaces(at + 1, end), end);
		if (!at)
			return NULL;
		at = skip_spaces(at, end);
	} while (at < end && *at == ',');
	if (at == end || *at != ']')
		return NULL;
	lifted->ends[lifted->nr_arrays++] = n;
	return at + 1;
}

/* Where the string that begins at @at ends; @end when it does not. */
static const char *skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		at += *at == '\\';
	return at < end ? at + 1 : end;
}

static int make_room(struct pcow_lifted *lifted, size_t length, size_t cost)
{
	if (length <= lifted->length_room && cost <= lifted->cost_room)
		return 0;
	length = length > lifted->length_room ? 2 * length : lifted->length_room;
	cost = cost > lifted->cost_room ? 2 * cost : lifted->cost_room;
	pcow_lifted_clear(lifted);
	lifted->text = malloc(length * REFERENCE_MAX / ARRAY_MIN + 1);
	/* A line's cost is no less than the values in it, or the arrays. */
	lifted->values = malloc(cost * sizeof(*lifted->values));
	lifted->ends = malloc(cost * sizeof(*lifted->ends));
	if (!lifted->text || !lifted->values || !lifted->ends)
		return -ENOMEM;
	lifted->length_room = length;
	lifted->cost_room = cost;
	return 0;
}

int pcow_lift(struct pcow_lifted *lifted, const char *line, size_t length, size_t cost)
{
	const char *at = line, *end = line + length;
	char *out;

	if (make_room(lifted, length, cost))
		return -ENOMEM;
	lifted->nr_arrays = 0;
	for (out = lifted->text; at < end;) {
		const char *next = at + 1;

		if (*at == '"') {
			next = skip_string(at, end);
		} else if (*at == '[') {
			const char *behind = take_array(lifted, at, end);

			if (behind) {
				out += sprintf(out, "[%zu]", lifted->nr_arrays - 1);
				at = behind;
				continue;
			}
		}
		memcpy(out, at, (size_t)(next - at));
		out += next - at;
		at = next;
	}
	lifted->length = (size_t)(out - lifted->text);
	return 0;
}

const int64_t *pcow_lifted_array(const struct pcow_lifted *lifted, const json_t *array, size_t *n)
{
	const json_t *number = json_array_get(array, 0);
	size_t at, first;

	*n = json_array_size(array);
	at = (size_t)json_integer_value(number);
	/* What cannot be lifted, as -2^63, may still be an integer by itself. */
	if (!json_is_integer(number) || *n != 1 || at >= lifted->nr_arrays)
		return NULL;
	first = at ? lifted->ends[at - 1] : 0;
	*n = lifted->ends[at] - first;
	return lifted->values + first;
}

void pcow_lifted_clear(struct pcow_lifted *lifted)
{
	free(lifted->text);
	free(lifted->values);
	free(lifted->ends);
	*lifted = (struct pcow_lifted){ 0 };
}
