/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON objects to records.  The file may come from anyone, so every type,
 * size and range is checked here, and nowhere behind.
 */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int get_status(const json_t *object, enum pcow_status *out, struct pcow_error *err)
{
	const char *name = json_string_value(json_object_get(object, "status"));

	for (int status = PCOW_STATUS_OK; name && status <= PCOW_STATUS_ERROR; status++) {
		if (strcmp(name, pcow_status_name(status)) == 0) {
			*out = status;
			return 0;
		}
	}
	return pcow_error_set(err, -EBADMSG, "\"status\" is not ok, invalid, skip or error");
}

/* A name that is a key of a JSON object. */
static int check_key(const char *what, const char *key, struct pcow_error *err)
{
	if (!*key || strlen(key) >= PCOW_RESULT_NAME_MAX || !pcow_name_is_plain(key))
		return pcow_error_set(err, -EBADMSG,
				      "\"%s\" has a name that is empty, longer than %d bytes or "
				      "holds a space or a character beyond ASCII",
				      what, PCOW_RESULT_NAME_MAX - 1);
	return 0;
}

static int get_param(const json_t *params, const char *name, struct pcow_value *out,
		     struct pcow_error *err)
{
	int ret = check_key("params", name, err);

	if (ret)
		return ret;
	*out = (struct pcow_value){ 0 };
	strcpy(out->name, name);
	out->is_number = json_is_integer(json_object_get(params, name));
	if (out->is_number)
		return pcow_field_count(params, name, &out->number, err);
	return pcow_field_word(params, name, out->text, sizeof(out->text), err);
}

static int compare_params(const void *a, const void *b)
{
	return strcmp(((const struct pcow_value *)a)->name, ((const struct pcow_value *)b)->name);
}

static int get_params(const json_t *params, struct pcow_value *out, size_t *n,
		      struct pcow_error *err)
{
	/* jansson's iterators take no const object, though they change none. */
	json_t *object = (json_t *)params;
	json_t *value;
	const char *name;
	int ret;

	*n = 0;
	if (!json_is_object(params))
		return pcow_error_set(err, -EBADMSG, "\"params\" is not an object");
	if (json_object_size(params) > PCOW_RESULT_PARAMS_MAX)
		return pcow_error_set(err, -EBADMSG, "\"params\" has more than %d entries",
				      PCOW_RESULT_PARAMS_MAX);
	json_object_foreach (object, name, value) {
		ret = get_param(params, name, &out[(*n)++], err);
		if (ret)
			return ret;
	}
	qsort(out, *n, sizeof(*out), compare_params);
	return 0;
}

int pcow_params_parse(const json_t *json, struct pcow_value *params, size_t *n)
{
	return get_params(json, params, n, NULL);
}

static int get_clock(const json_t *object, struct pcow_clock_record *out, struct pcow_error *err)
{
	const json_t *clock = json_object_get(object, "clock");
	int ret;

	if (!json_is_object(clock))
		return pcow_error_set(err, -EBADMSG, "\"clock\" is not an object");
	ret = pcow_field_name(clock, "source", out->source, sizeof(out->source), err);
	if (ret == 0)
		ret = pcow_field_count(clock, "hz", &out->hz, err);
	if (ret == 0)
		ret = pcow_field_count(clock, "overhead_start_ticks", &out->overhead_start_ticks,
				       err);
	if (ret == 0)
		ret = pcow_field_count(clock, "overhead_end_ticks", &out->overhead_end_ticks, err);
	if (ret == 0)
		ret = pcow_field_count(clock, "resolution_ticks", &out->resolution_ticks, err);
	return ret;
}

/* The first that is none; @n when all are. */
static size_t find_negative(const int64_t *values, size_t n)
{
	size_t i = 0;

	while (i < n && values[i] >= 0)
		i++;
	return i;
}

/* What was not lifted holds something else than whole numbers, or nothing. */
static size_t find_no_integer(const json_t *array)
{
	size_t i = 0;

	while (i < json_array_size(array) && json_is_integer(json_array_get(array, i)) &&
	       json_integer_value(json_array_get(array, i)) >= 0)
		i++;
	return i;
}

static int get_column(const json_t *array, const struct pcow_lifted *lifted, const char *view_name,
		      const char *name, struct pcow_view *view, struct pcow_error *err)
{
	size_t n, bad;
	const int64_t *lift = pcow_lifted_array(lifted, array, &n);
	int64_t *values;

	if (!json_is_array(array))
		return pcow_error_set(err, -EBADMSG, "column \"%s.%s\" is not an array", view_name,
				      name);
	if (n > PCOW_RESULT_SAMPLES_MAX)
		return pcow_error_set(err, -EBADMSG, "column \"%s.%s\" has more than %zu samples",
				      view_name, name, PCOW_RESULT_SAMPLES_MAX);
	if (view->nr_columns && n != view->n)
		return pcow_error_set(err, -EBADMSG,
				      "column \"%s.%s\" has %zu samples, the one before has %zu",
				      view_name, name, n, view->n);
	bad = lift ? find_negative(lift, n) : find_no_integer(array);
	if (bad < n)
		return pcow_error_set(err, -EBADMSG, "\"%s.%s\"[%zu] is not an integer >= 0",
				      view_name, name, bad);
	values = pcow_view_add(view, name, n);
	if (!values)
		return pcow_error_set(err, -ENOMEM, "no memory for %zu samples", n);
	if (n)
		memcpy(values, lift, n * sizeof(*values));
	return 0;
}

static int get_view(const json_t *object, const struct pcow_lifted *lifted, const char *view_name,
		    struct pcow_view *view, struct pcow_error *err)
{
	json_t *columns = json_object_get(object, view_name);
	json_t *column;
	const char *name;

	if (!json_is_object(columns))
		return pcow_error_set(err, -EBADMSG, "\"%s\" is not an object", view_name);
	if (json_object_size(columns) > PCOW_RESULT_COLUMNS_MAX)
		return pcow_error_set(err, -EBADMSG, "\"%s\" has more than %d columns", view_name,
				      PCOW_RESULT_COLUMNS_MAX);
	json_object_foreach (columns, name, column) {
		int ret = check_key(view_name, name, err);

		if (ret == 0)
			ret = get_column(column, lifted, view_name, name, view, err);
		if (ret)
			return ret;
	}
	if (view->nr_columns && !pcow_view_column(view, "ticks"))
		return pcow_error_set(err, -EBADMSG, "\"%s\" has no column \"ticks\"", view_name);
	return 0;
}

/* What makes dividing by ops and hz safe for everyone who reads the record. */
static int check_samples(const struct pcow_record *worker, struct pcow_error *err)
{
	const int64_t *ops = pcow_view_column(&worker->batch, "ops");
	const int64_t *valid = pcow_view_column(&worker->batch, "valid");

	if ((worker->batch.n || worker->op.n) && worker->clock.hz == 0)
		return pcow_error_set(err, -EBADMSG, "\"hz\" is 0, but there are samples");
	if (worker->batch.nr_columns && (!ops || !valid))
		return pcow_error_set(err, -EBADMSG,
				      "\"batch\" has no column \"ops\" or \"valid\"");
	for (size_t i = 0; i < worker->batch.n; i++) {
		if (valid[i] > 1)
			return pcow_error_set(err, -EBADMSG,
					      "\"batch.valid\"[%zu] is neither 0 nor 1", i);
		if (valid[i] && ops[i] == 0)
			return pcow_error_set(err, -EBADMSG,
					      "\"batch.ops\"[%zu] is 0 in a valid sample", i);
	}
	return 0;
}

/* Counts by reason, which is any text; or null. */
static int get_reasons(const json_t *object, const char *key, json_t **out, struct pcow_error *err)
{
	json_t *reasons = json_object_get(object, key);
	json_t *value;
	const char *name;

	if (json_is_null(reasons))
		return 0;
	if (!json_is_object(reasons))
		return pcow_error_set(err, -EBADMSG, "\"%s\" is neither an object nor null", key);
	json_object_foreach (reasons, name, value) {
		if (strlen(name) > PCOW_RESULT_TEXT_MAX || pcow_text_has_control(name))
			return pcow_error_set(err, -EBADMSG,
					      "\"%s\" has a key that is longer than %d bytes or "
					      "holds a control character",
					      key, PCOW_RESULT_TEXT_MAX);
		if (!json_is_integer(value))
			return pcow_error_set(err, -EBADMSG,
					      "\"%s\" holds a value that is not an "
					      "integer",
					      key);
	}
	*out = json_incref(reasons);
	return 0;
}

static int get_weight(const json_t *object, const char *name, struct pcow_weight *w,
		      struct pcow_error *err)
{
	struct pcow_error cause;
	int ret;

	strcpy(w->name, name);
	ret = pcow_field_integer(object, "value", INT64_MIN, &w->value, &cause);
	if (ret == 0)
		ret = pcow_field_word(object, "method", w->method, sizeof(w->method), &cause);
	if (ret == 0)
		ret = pcow_field_integer(object, "resolution", 1, &w->resolution, &cause);
	if (ret == 0)
		ret = pcow_field_bool(object, "closed", &w->closed, &cause);
	if (ret)
		return pcow_error_set(err, ret, "\"memory.%s\": %s", name, cause.text);
	return 0;
}

/* The names become metrics. */
static int get_memory(const json_t *object, struct pcow_record *worker, struct pcow_error *err)
{
	json_t *memory = json_object_get(object, "memory");
	json_t *weight;
	const char *name;

	if (json_is_null(memory))
		return 0;
	if (!json_is_object(memory))
		return pcow_error_set(err, -EBADMSG, "\"memory\" is neither an object nor null");
	if (json_object_size(memory) > PCOW_RESULT_WEIGHTS_MAX)
		return pcow_error_set(err, -EBADMSG, "\"memory\" has more than %d entries",
				      PCOW_RESULT_WEIGHTS_MAX);
	json_object_foreach (memory, name, weight) {
		int ret = check_key("memory", name, err);

		if (ret == 0)
			ret = get_weight(weight, name, &worker->memory[worker->nr_memory], err);
		if (ret)
			return ret;
		worker->nr_memory++;
	}
	return 0;
}

static int get_identity(const json_t *o, struct pcow_record *w, struct pcow_error *err)
{
	int ret = pcow_field_word(o, "scenario", w->scenario, sizeof(w->scenario), err);

	if (ret == 0)
		ret = pcow_field_word(o, "operation", w->operation, sizeof(w->operation), err);
	if (ret == 0)
		ret = pcow_field_name(o, "scale_by", w->scale_by, sizeof(w->scale_by), err);
	if (ret == 0)
		ret = get_params(json_object_get(o, "params"), w->params, &w->nr_params, err);
	if (ret == 0)
		ret = pcow_field_count(o, "replicate", &w->replicate, err);
	if (ret == 0)
		ret = pcow_field_count(o, "sequence", &w->sequence, err);
	if (ret == 0)
		ret = get_status(o, &w->status, err);
	if (ret == 0)
		ret = pcow_field_text(o, "reason", w->reason, sizeof(w->reason), err);
	if (ret == 0)
		ret = pcow_field_text(o, "remedy", w->remedy, sizeof(w->remedy), err);
	return ret;
}

static int get_conditions(const json_t *o, struct pcow_record *w, struct pcow_error *err)
{
	int ret = pcow_field_integer(o, "cpu", -1, &w->cpu, err);

	/* For scripts/profile; no figure needs it. */
	if (ret == 0 && json_object_get(o, "pid"))
		ret = pcow_field_count(o, "pid", &w->pid, err);
	if (ret == 0)
		ret = pcow_field_count(o, "op_bytes", &w->op_bytes, err);
	if (ret == 0)
		ret = pcow_field_count(o, "started_ns", &w->started_ns, err);
	if (ret == 0)
		ret = pcow_field_count(o, "elapsed_ns", &w->elapsed_ns, err);
	if (ret == 0)
		ret = pcow_field_bool(o, "truncated", &w->truncated, err);
	if (ret == 0)
		ret = get_clock(o, &w->clock, err);
	return ret;
}

static int get_measurement(const json_t *o, const struct pcow_lifted *lifted, struct pcow_record *w,
			   struct pcow_error *err)
{
	int ret = get_view(o, lifted, "batch", &w->batch, err);

	if (ret == 0)
		ret = get_view(o, lifted, "op", &w->op, err);
	if (ret == 0)
		ret = check_samples(w, err);
	if (ret == 0)
		ret = pcow_field_text(o, "op_refused", w->op_refused, sizeof(w->op_refused), err);
	if (ret == 0)
		ret = get_reasons(o, "broken", &w->broken, err);
	if (ret == 0)
		ret = get_memory(o, w, err);
	if (ret == 0)
		ret = get_reasons(o, "guards", &w->guards, err);
	return ret;
}

int pcow_record_parse(struct pcow_record *worker, const json_t *object,
		      const struct pcow_lifted *lifted, struct pcow_error *err)
{
	int ret = get_identity(object, worker, err);

	if (ret == 0)
		ret = get_conditions(object, worker, err);
	if (ret == 0)
		ret = get_measurement(object, lifted, worker, err);
	return ret;
}

static bool text_is_fit(const char *text)
{
	return strlen(text) <= PCOW_RESULT_TEXT_MAX && !pcow_text_has_control(text);
}

/* No depth of its own to watch: jansson refuses what is nested deeper than 2048. */
static bool tree_is_fit(json_t *tree)
{
	json_t *value;
	const char *key;
	size_t i;

	if (json_is_string(tree))
		return text_is_fit(json_string_value(tree));
	json_object_foreach (tree, key, value)
		if (!text_is_fit(key) || !tree_is_fit(value))
			return false;
	json_array_foreach (tree, i, value)
		if (!tree_is_fit(value))
			return false;
	return true;
}

static int get_tree(const json_t *object, const char *key, json_t **out, struct pcow_error *err)
{
	json_t *tree = json_object_get(object, key);

	if (!json_is_object(tree))
		return pcow_error_set(err, -EBADMSG, "\"%s\" is not an object", key);
	if (!tree_is_fit(tree))
		return pcow_error_set(err, -EBADMSG,
				      "\"%s\" holds a text that is longer than %d bytes or has a "
				      "control character",
				      key, PCOW_RESULT_TEXT_MAX);
	*out = json_incref(tree);
	return 0;
}

/* Units hang on the domain, so one that is not known cannot be shown. */
static int get_domain(const json_t *object, struct pcow_header *header, struct pcow_error *err)
{
	int ret = pcow_field_name(object, "clock_domain", header->clock_domain,
				  sizeof(header->clock_domain), err);

	if (ret)
		return ret;
	if (strcmp(header->clock_domain, "wall") != 0 &&
	    strcmp(header->clock_domain, "instructions") != 0)
		return pcow_error_set(err, -EBADMSG,
				      "\"clock_domain\" is neither \"wall\" nor \"instructions\"");
	return 0;
}

/* true, false, or null for what could not be seen. */
static int check_feature(const json_t *feature, const char *name, struct pcow_error *err)
{
	const json_t *seen = json_object_get(feature, "seen");

	if (!json_is_boolean(seen) && !json_is_null(seen))
		return pcow_error_set(err, -EBADMSG,
				      "\"model.features.%s.seen\" is not true, false or null",
				      name);
	if (!json_is_string(json_object_get(feature, "evidence")) ||
	    !json_is_string(json_object_get(feature, "reason")))
		return pcow_error_set(err, -EBADMSG,
				      "\"model.features.%s\" has no text \"evidence\" or "
				      "\"reason\"",
				      name);
	return 0;
}

/* Files from before `pincow probe` have none. */
static int get_model(const json_t *object, json_t **out, struct pcow_error *err)
{
	char name[PCOW_RESULT_NAME_MAX];
	json_t *features, *feature;
	const char *key;
	int ret;

	if (!json_object_get(object, "model"))
		return 0;
	ret = get_tree(object, "model", out, err);
	if (ret == 0)
		ret = pcow_field_text(*out, "name", name, sizeof(name), err);
	if (ret)
		return ret;
	if (!*name)
		return pcow_error_set(err, -EBADMSG, "\"model.name\" is empty");
	features = json_object_get(*out, "features");
	if (!json_is_object(features))
		return pcow_error_set(err, -EBADMSG, "\"model.features\" is not an object");
	json_object_foreach (features, key, feature) {
		ret = check_key("model.features", key, err);
		if (ret == 0)
			ret = check_feature(feature, key, err);
		if (ret)
			return ret;
	}
	return 0;
}

/* Which of the things compared this is, where the run was told. */
static int get_place(const json_t *object, struct pcow_header *header, struct pcow_error *err)
{
	int ret = 0;

	if (json_object_get(object, "label"))
		ret = pcow_field_word(object, "label", header->label, sizeof(header->label), err);
	if (ret == 0 && json_object_get(object, "block"))
		ret = pcow_field_count(object, "block", &header->block, err);
	return ret;
}

/* What a run planned is what its file is held to. */
static int check_plan(const json_t *config, struct pcow_error *err)
{
	static const char *const keys[] = { "workers", "replicates" };
	uint64_t count;
	int ret = 0;

	for (size_t i = 0; !ret && i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (json_object_get(config, keys[i]))
			ret = pcow_field_count(config, keys[i], &count, err);
		/* What files lack of it is added up. */
		if (!ret && json_object_get(config, keys[i]) && count > UINT32_MAX)
			ret = pcow_error_set(err, -EBADMSG, "\"%s\" is more than any run plans",
					     keys[i]);
	}
	return ret;
}

int pcow_header_parse(struct pcow_header *header, const json_t *object, struct pcow_error *err)
{
	int ret = pcow_field_count(object, "schema", &header->schema, err);

	if (ret == 0 && header->schema > PCOW_RESULT_SCHEMA)
		return pcow_error_set(err, -EPROTO,
				      "schema %" PRIu64 " is newer than schema %d, the newest that "
				      "this pincow reads",
				      header->schema, PCOW_RESULT_SCHEMA);
	if (ret == 0 && header->schema == 0)
		return pcow_error_set(err, -EBADMSG, "\"schema\" is 0, the first is 1");
	if (ret == 0)
		ret = pcow_field_text(object, "version", header->version, sizeof(header->version),
				      err);
	if (ret == 0)
		ret = pcow_field_count(object, "created_ns", &header->created_ns, err);
	if (ret == 0)
		ret = pcow_field_name(object, "boot_id", header->boot_id, sizeof(header->boot_id),
				      err);
	if (ret == 0)
		ret = get_domain(object, header, err);
	if (ret == 0)
		ret = get_place(object, header, err);
	if (ret == 0)
		ret = get_tree(object, "config", &header->config, err);
	if (ret == 0)
		ret = check_plan(header->config, err);
	if (ret == 0)
		ret = get_tree(object, "host", &header->host, err);
	if (ret == 0)
		ret = get_model(object, &header->model, err);
	return ret;
}
