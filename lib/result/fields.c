/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One field of a JSON object, of the type and range that it must have.
 */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int pcow_field_text(const json_t *object, const char *key, char *out, size_t size,
		    struct pcow_error *err)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);

	if (!text)
		return pcow_error_set(err, -EBADMSG, "\"%s\" is not a string", key);
	if (json_string_length(value) >= size)
		return pcow_error_set(err, -EBADMSG, "\"%s\" is longer than %zu bytes", key,
				      size - 1);
	if (pcow_text_has_control(text))
		return pcow_error_set(err, -EBADMSG, "\"%s\" holds a control character", key);
	strcpy(out, text);
	return 0;
}

int pcow_field_name(const json_t *object, const char *key, char *out, size_t size,
		    struct pcow_error *err)
{
	int ret = pcow_field_text(object, key, out, size, err);

	if (ret == 0 && !pcow_name_is_plain(out))
		return pcow_error_set(err, -EBADMSG,
				      "\"%s\" holds a space or a character beyond ASCII", key);
	return ret;
}

int pcow_field_word(const json_t *object, const char *key, char *out, size_t size,
		    struct pcow_error *err)
{
	int ret = pcow_field_name(object, key, out, size, err);

	if (ret == 0 && !*out)
		return pcow_error_set(err, -EBADMSG, "\"%s\" is empty", key);
	return ret;
}

int pcow_field_integer(const json_t *object, const char *key, int64_t least, int64_t *out,
		       struct pcow_error *err)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		return pcow_error_set(err, -EBADMSG, "\"%s\" is not an integer", key);
	*out = json_integer_value(value);
	if (*out < least)
		return pcow_error_set(err, -EBADMSG, "\"%s\" is %" PRId64 ", below %" PRId64, key,
				      *out, least);
	return 0;
}

int pcow_field_count(const json_t *object, const char *key, uint64_t *out, struct pcow_error *err)
{
	int64_t value = 0;
	int ret = pcow_field_integer(object, key, 0, &value, err);

	*out = (uint64_t)value;
	return ret;
}

int pcow_field_bool(const json_t *object, const char *key, bool *out, struct pcow_error *err)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		return pcow_error_set(err, -EBADMSG, "\"%s\" is neither true nor false", key);
	*out = json_is_true(value);
	return 0;
}
