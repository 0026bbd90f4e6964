/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of this room share: text rules, the price of a line, and the
 * way between JSON objects and records.
 */
#ifndef PINCOW_RESULT_RECORD_H
#define PINCOW_RESULT_RECORD_H

#include <stdio.h>

#include <pincow/result.h>

/* Does valid UTF-8 hold a control character (C0, DEL, C1), which a terminal may obey? */
bool pcow_text_has_control(const char *text);

/* Replaces each byte of a control character by '?'. */
void pcow_text_clean(char *text);

/* Printable ASCII without spaces: names and words, which are printed in columns. */
bool pcow_name_is_plain(const char *name);

/**
 * pcow_line_cost() - an upper bound of the values that a line of JSON makes
 * @line:	the text
 * @length:	its bytes
 *
 * jansson takes 40 bytes for a number that is two bytes of text, and far more
 * for a container, so a line within PCOW_RESULT_LINE_MAX can still ask for
 * gigabytes.  Compared with PCOW_RESULT_VALUES_MAX before parsing.
 */
size_t pcow_line_cost(const char *line, size_t length);

/**
 * struct pcow_lifted - a line of JSON without its arrays of whole numbers
 * @text:	where such an array stood stands "[N]": its number in order
 * @length:	bytes of the text
 * @values:	all arrays' numbers
 * @ends:	one an array: where the next one begins in @values
 * @nr_arrays:	how many
 * @length_room, @cost_room: of the longest line, and the dearest, that there is room for
 *
 * Starts zeroed; used again for the next line; freed by pcow_lifted_clear().
 */
struct pcow_lifted {
	char *text;
	size_t length;
	int64_t *values;
	size_t *ends;
	size_t nr_arrays;
	size_t length_room, cost_room;
};

/* Fills @lifted from a line and its pcow_line_cost(). 0 or -ENOMEM. */
int pcow_lift(struct pcow_lifted *lifted, const char *line, size_t length, size_t cost);

/* The numbers that @array, of the JSON of @lifted->text, stands for, and how many;
 * NULL for an array that was left as it was, with its own size. */
const int64_t *pcow_lifted_array(const struct pcow_lifted *lifted, const json_t *array, size_t *n);

void pcow_lifted_clear(struct pcow_lifted *lifted);

/* A field of @object, or -EBADMSG with the cause in @err.  A text fits into @size with
 * its end and holds no control character; a name is plain, a word is a name that is
 * not empty, a count is no less than 0. */
int pcow_field_text(const json_t *object, const char *key, char *out, size_t size,
		    struct pcow_error *err);
int pcow_field_name(const json_t *object, const char *key, char *out, size_t size,
		    struct pcow_error *err);
int pcow_field_word(const json_t *object, const char *key, char *out, size_t size,
		    struct pcow_error *err);
int pcow_field_integer(const json_t *object, const char *key, int64_t least, int64_t *out,
		       struct pcow_error *err);
int pcow_field_count(const json_t *object, const char *key, uint64_t *out, struct pcow_error *err);
int pcow_field_bool(const json_t *object, const char *key, bool *out, struct pcow_error *err);

/* Fill a record from the JSON object of @lifted->text; the cause of a refusal goes to
 * @err. 0, -EBADMSG, or -ENOMEM; the record is to be cleared either way. */
int pcow_record_parse(struct pcow_record *worker, const json_t *object,
		      const struct pcow_lifted *lifted, struct pcow_error *err);

/* The same for the header, of which nothing is lifted; -EPROTO for a newer schema. */
int pcow_header_parse(struct pcow_header *header, const json_t *object, struct pcow_error *err);

/* pcow_reader_open() of a stream, which the reader closes, also on failure. */
int pcow_reader_open_stream(struct pcow_reader **reader, FILE *stream, const char *name,
			    struct pcow_header *header, struct pcow_error *err);

#endif
