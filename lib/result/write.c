/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records to lines of JSON.  Nothing is written that the reader would refuse:
 * texts are cleaned, and a record beyond its limits is an error here already.
 */
#include <pincow/result.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record.h"

static int write_all(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t written = write(fd, data, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		data += written;
		length -= (size_t)written;
	}
	return 0;
}

/* Consumes @object, which is NULL when building it ran out of memory. */
static int write_object(int fd, json_t *object)
{
	int ret = -ENOMEM;
	size_t length;
	char *line;

	line = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	if (!line)
		return -ENOMEM;

	length = strlen(line);
	if (length > PCOW_RESULT_LINE_MAX ||
	    pcow_line_cost(line, length) > PCOW_RESULT_VALUES_MAX) {
		ret = -EFBIG;
		goto out_free;
	}
	/* The newline takes the place of the NUL, so that the line goes out in one write(). */
	line[length] = '\n';
	ret = write_all(fd, line, length + 1);
out_free:
	free(line);
	return ret;
}

/* A text may end within a character, where snprintf() cut it. */
static json_t *text_pack(const char *text)
{
	json_t *string;
	char *copy;

	copy = strdup(text);
	if (!copy)
		return NULL;
	pcow_text_clean(copy);
	string = json_string(copy);
	if (!string) {
		for (char *c = copy; *c; c++)
			if ((unsigned char)*c >= 0x80)
				*c = '?';
		string = json_string(copy);
	}
	free(copy);
	return string;
}

/* The kernel's own texts, as its command line, may hold anything. */
static int tree_clean(json_t *tree)
{
	json_t *value, *text;
	const char *key;
	size_t i;

	if (json_is_string(tree) && pcow_text_has_control(json_string_value(tree))) {
		text = text_pack(json_string_value(tree));
		if (!text || json_string_set(tree, json_string_value(text))) {
			json_decref(text);
			return -ENOMEM;
		}
		json_decref(text);
	}
	json_object_foreach (tree, key, value)
		if (tree_clean(value))
			return -ENOMEM;
	json_array_foreach (tree, i, value)
		if (tree_clean(value))
			return -ENOMEM;
	return 0;
}

json_t *pcow_params_json(const struct pcow_value *params, size_t n)
{
	json_t *object = json_object();

	for (size_t i = 0; i < n; i++) {
		const struct pcow_value *value = &params[i];
		json_t *packed = value->is_number ? json_integer((json_int_t)value->number)
						  : text_pack(value->text);

		if (json_object_set_new(object, value->name, packed)) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *column_pack(const int64_t *values, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(array, json_integer(values[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *view_pack(const struct pcow_view *view)
{
	json_t *object = json_object();

	for (size_t i = 0; i < view->nr_columns; i++) {
		const struct pcow_column *column = &view->columns[i];

		if (json_object_set_new(object, column->name,
					column_pack(column->values, view->n))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *clock_pack(const struct pcow_clock_record *clock)
{
	return json_pack("{s:o, s:I, s:I, s:I, s:I}", "source", text_pack(clock->source), "hz",
			 (json_int_t)clock->hz, "overhead_start_ticks",
			 (json_int_t)clock->overhead_start_ticks, "overhead_end_ticks",
			 (json_int_t)clock->overhead_end_ticks, "resolution_ticks",
			 (json_int_t)clock->resolution_ticks);
}

/* The case and how it ended. */
static json_t *identity_pack(const struct pcow_record *worker)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:I, s:s, s:o, s:o}", "record", "worker",
			 "scenario", text_pack(worker->scenario), "operation",
			 text_pack(worker->operation), "scale_by", text_pack(worker->scale_by),
			 "params", pcow_params_json(worker->params, worker->nr_params), "replicate",
			 (json_int_t)worker->replicate, "sequence", (json_int_t)worker->sequence,
			 "status", pcow_status_name(worker->status), "reason",
			 text_pack(worker->reason), "remedy", text_pack(worker->remedy));
}

/* Reasons are texts, though they are keys. */
static json_t *reasons_pack(json_t *reasons)
{
	json_t *cleaned, *count;
	const char *reason;

	if (!reasons)
		return json_null();
	cleaned = json_object();
	json_object_foreach (reasons, reason, count) {
		json_t *text = text_pack(reason);

		if (json_object_set(cleaned, json_string_value(text), count)) {
			json_decref(cleaned);
			cleaned = NULL;
		}
		json_decref(text);
	}
	return cleaned;
}

static json_t *memory_pack(const struct pcow_record *worker)
{
	json_t *object;

	if (!worker->nr_memory)
		return json_null();
	object = json_object();
	for (size_t i = 0; i < worker->nr_memory; i++) {
		const struct pcow_weight *w = &worker->memory[i];

		if (json_object_set_new(object, w->name,
					json_pack("{s:I, s:s, s:I, s:b}", "value",
						  (json_int_t)w->value, "method", w->method,
						  "resolution", (json_int_t)w->resolution, "closed",
						  w->closed))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

/* What was measured, and under which conditions. */
static json_t *measurement_pack(const struct pcow_record *worker)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:O?}",
			 "cpu", (json_int_t)worker->cpu, "pid", (json_int_t)worker->pid, "op_bytes",
			 (json_int_t)worker->op_bytes, "started_ns", (json_int_t)worker->started_ns,
			 "elapsed_ns", (json_int_t)worker->elapsed_ns, "truncated",
			 worker->truncated, "clock", clock_pack(&worker->clock), "batch",
			 view_pack(&worker->batch), "op", view_pack(&worker->op), "op_refused",
			 text_pack(worker->op_refused), "broken", reasons_pack(worker->broken),
			 "memory", memory_pack(worker), "guards", worker->guards);
}

int pcow_record_write(int fd, const struct pcow_record *worker)
{
	json_t *object = identity_pack(worker);
	json_t *measurement = measurement_pack(worker);
	int failed;

	failed = json_object_update(object, measurement);
	json_decref(measurement);
	if (failed) {
		json_decref(object);
		return -ENOMEM;
	}
	return write_object(fd, object);
}

/* A copy fit to be written; NULL when out of memory. */
static json_t *tree_pack(json_t *tree)
{
	json_t *copy = json_deep_copy(tree);

	if (copy && tree_clean(copy)) {
		json_decref(copy);
		return NULL;
	}
	return copy;
}

int pcow_header_write(int fd, const struct pcow_header *header)
{
	json_t *host = tree_pack(header->host);
	json_t *model = header->model ? tree_pack(header->model) : NULL;

	if (!host || (header->model && !model)) {
		json_decref(host);
		json_decref(model);
		return -ENOMEM;
	}
	return write_object(
		fd, json_pack("{s:s, s:i, s:o, s:I, s:o, s:o, s:o*, s:o*, s:O, s:o, s:o*}",
			      "record", "header", "schema", PCOW_RESULT_SCHEMA, "version",
			      text_pack(header->version), "created_ns",
			      (json_int_t)header->created_ns, "boot_id", text_pack(header->boot_id),
			      "clock_domain", text_pack(header->clock_domain), "label",
			      *header->label ? text_pack(header->label) : NULL, "block",
			      header->block ? json_integer((json_int_t)header->block) : NULL,
			      "config", header->config, "host", host, "model", model));
}
