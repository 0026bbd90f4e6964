/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of structs to JSON, CSV and their documentation.
 */
#include "table/fields.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/text.h"

json_t *pcow_real_json(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

json_t *pcow_text_json(const char *text)
{
	size_t size = strlen(text) + 1;
	char *plain = malloc(size);
	json_t *json = NULL;

	if (plain) {
		pcow_text_plain(plain, size, text);
		json = json_string(plain);
	}
	free(plain);
	return json;
}

void pcow_csv_write(FILE *out, const char *text)
{
	char plain[PCOW_CSV_MAX];
	const char *quote;

	pcow_text_plain(plain, sizeof(plain), text);
	quote = strpbrk(plain, "\",") ? "\"" : "";
	fputs(quote, out);
	for (const char *c = plain; *c; c++) {
		if (*c == '"')
			fputc('"', out);
		fputc(*c, out);
	}
	fputs(quote, out);
}

static json_t *field_json(const struct pcow_field *field, const void *of)
{
	const void *at = (const char *)of + field->at;

	switch (field->type) {
	case PCOW_FIELD_COUNT_OR_NONE:
		if (!*(const size_t *)at)
			return json_null();
		/* fall through */
	case PCOW_FIELD_COUNT:
		return json_integer((json_int_t) * (const size_t *)at);
	case PCOW_FIELD_REAL:
		return pcow_real_json(*(const double *)at);
	case PCOW_FIELD_BOOL:
		return json_boolean(*(const bool *)at);
	case PCOW_FIELD_VERDICT:
		return json_string(pcow_verdict_name(*(const enum pcow_verdict *)at));
	default:
		return pcow_text_json(at);
	}
}

int pcow_fields_json(json_t *object, const struct pcow_field *fields, const void *of)
{
	for (; fields->name; fields++) {
		if (json_object_set_new(object, fields->name, field_json(fields, of)))
			return -ENOMEM;
	}
	return 0;
}

void pcow_fields_csv_head(FILE *out, const struct pcow_field *fields, const char *prefix)
{
	for (; fields->name; fields++)
		fprintf(out, ",%s%s", prefix, fields->name);
}

void pcow_fields_csv(FILE *out, const struct pcow_field *fields, const void *of)
{
	for (; fields->name; fields++) {
		json_t *json = field_json(fields, of);

		fputc(',', out);
		if (json_is_string(json))
			pcow_csv_write(out, json_string_value(json));
		else if (json_is_boolean(json))
			fputc(json_is_true(json) ? '1' : '0', out);
		else if (!json_is_null(json))
			fprintf(out, "%.*g", PCOW_JSON_DIGITS, json_number_value(json));
		json_decref(json);
	}
}

int pcow_json_write(FILE *out, json_t *json)
{
	if (!json)
		return -ENOMEM;
	/* What @out does not take its user sees by ferror(). */
	json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(PCOW_JSON_DIGITS));
	fputc('\n', out);
	json_decref(json);
	return 0;
}
