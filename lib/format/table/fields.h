/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A struct's members as programs read them.  One table gives their JSON, their CSV
 * and what results/README.md says of both.
 */
#ifndef PINCOW_FORMAT_FIELDS_H
#define PINCOW_FORMAT_FIELDS_H

#include <pincow/format.h>

enum pcow_field_type {
	PCOW_FIELD_COUNT, /* size_t */
	PCOW_FIELD_COUNT_OR_NONE, /* size_t, 0 for none */
	PCOW_FIELD_REAL, /* double; none where it is not finite */
	PCOW_FIELD_BOOL,
	PCOW_FIELD_TEXT, /* char[] */
	PCOW_FIELD_VERDICT, /* enum pcow_verdict */
};

/**
 * struct pcow_field - one member
 * @name:	key in JSON, column in CSV
 * @type:	of the member
 * @at:		its offset
 * @meaning:	for results/README.md
 */
struct pcow_field {
	const char *name;
	enum pcow_field_type type;
	size_t at;
	const char *meaning;
};

/* What follows takes fields up to one without a name, and the struct that they are of. */

/* Adds them to an object. 0 or -ENOMEM. */
int pcow_fields_json(json_t *object, const struct pcow_field *fields, const void *of);

/* Columns of CSV, a comma before each. */
void pcow_fields_csv_head(FILE *out, const struct pcow_field *fields, const char *prefix);
void pcow_fields_csv(FILE *out, const struct pcow_field *fields, const void *of);

/* A number, or null for what is not finite. */
json_t *pcow_real_json(double value);

/* Any text, as pcow_text_plain() has it; NULL only when out of memory. */
json_t *pcow_text_json(const char *text);

/* Longer fields of CSV are cut: a path has room. */
#define PCOW_CSV_MAX 8192

/* A field of RFC 4180, quoted where it must be, of a text as pcow_text_plain() has it. */
void pcow_csv_write(FILE *out, const char *text);

#endif
