/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KCIDB's JSON, schema 5.0: a test for each file and case.  Checkout and build
 * are the submitter's to describe.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "compare/analysis.h"
#include "export/export.h"

#define ORIGIN "pincow"

/* ------------------------------------------------------------------- names */

/* A node of the path: letters, digits, _ and -. */
static size_t append_node(char *buf, size_t size, const char *text)
{
	size_t n = (size_t)snprintf(buf, size, "%s", text);

	for (; *buf; buf++) {
		if (!isalnum((unsigned char)*buf) && *buf != '_' && *buf != '-')
			*buf = '_';
	}
	return n;
}

/* "pincow.fork_anon.page_base.size_16M" */
static void path_format(char *buf, size_t size, const struct pcow_series *series)
{
	size_t used = (size_t)snprintf(buf, size, ORIGIN ".");

	used += append_node(buf + used, size - used, series->scenario);
	for (size_t i = 0; i < series->nr_params; i++) {
		const struct pcow_value *param = &series->params[i];
		char value[PCOW_RESULT_NAME_MAX], node[2 * PCOW_RESULT_NAME_MAX + 1];

		pcow_export_value_format(value, sizeof(value), param);
		snprintf(node, sizeof(node), "%s_%s", param->name, value);
		used += (size_t)snprintf(buf + used, size - used, ".");
		used += append_node(buf + used, size - used, node);
	}
}

/* Counted guests boot alike, with one boot id and one time: the path tells them apart. */
static json_t *test_id(const struct pcow_file *file, const struct pcow_series *series)
{
	char path[PCOW_EXPORT_PATH_SIZE], name[PCOW_EXPORT_NAME_SIZE];

	pcow_text_plain(path, sizeof(path), file->path);
	pcow_export_name_format(name, sizeof(name), series, '=');
	return json_sprintf(ORIGIN ":%s:%s:%s", file->header.boot_id, path, name);
}

static json_t *build_id(const struct pcow_file *file)
{
	const json_t *kernel = json_object_get(file->header.host, "kernel");
	const char *id = json_string_value(json_object_get(kernel, "build_id"));

	return json_sprintf(ORIGIN ":%s", id ? id : pcow_file_release(file));
}

/* ----------------------------------------------------------------- figures */

/* Of a time in seconds, which readers show with the prefix that suits. */
static json_t *number(const struct pcow_series *series, size_t file)
{
	double value = series->cells[file].value;
	size_t length = strcspn(series->unit, "/");

	if (length == strlen("ns") && !strncmp(series->unit, "ns", length))
		return json_pack("{s:f, s:o, s:s}", "value", value / 1e9, "unit",
				 json_sprintf("s%s", series->unit + length), "prefix", "metric");
	return json_pack("{s:f, s:s}", "value", value, "unit", series->unit);
}

static json_t *metrics(const struct pcow_export_case *which, size_t file)
{
	json_t *object = json_object();

	for (size_t i = 0; i < which->nr_series; i++) {
		const struct pcow_series *series = &which->series[i];
		const struct pcow_cell *cell = &series->cells[file];

		if (pcow_export_has_figure(series, file))
			json_object_set_new(object, series->metric,
					    json_pack("{s:f, s:f, s:f, s:s, s:I}", "value",
						      cell->value, "low", cell->low, "high",
						      cell->high, "unit", series->unit, "n",
						      (json_int_t)cell->n));
	}
	return object;
}

/* ------------------------------------------------------------------- tests */

/*
 * A measurement that completed is DONE: it says nothing about whether the
 * kernel is right.  Nor does one whose claim broke, so that it is no FAIL.
 */
static const char *status_name(const struct pcow_cell *state, bool measured)
{
	if (state->status == PCOW_STATUS_INVALID || state->status == PCOW_STATUS_ERROR)
		return "ERROR";
	return measured ? "DONE" : "SKIP";
}

static json_t *environment(const struct pcow_file *file)
{
	return json_pack("{s:o, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "comment",
			 json_sprintf("%s, %s, Linux %s", pcow_file_hostname(file),
				      pcow_file_cpu(file), pcow_file_release(file)),
			 "misc", "machine", pcow_file_machine(file), "kernel",
			 pcow_file_release(file), "cow_model", pcow_file_model(file), "boot_id",
			 file->header.boot_id, "clock", file->header.clock_domain, "label",
			 file->header.label);
}

static json_t *test(const struct pcow_file *file, const struct pcow_export_case *which,
		    const struct pcow_cell *state, size_t i)
{
	const struct pcow_series *headline = pcow_export_headline_figure(which, i);
	json_t *figures = metrics(which, i);
	bool measured = json_object_size(figures);
	char path[sizeof(ORIGIN) + PCOW_EXPORT_NAME_SIZE];

	if (!headline)
		headline = pcow_export_figure(which, "slope", i);
	path_format(path, sizeof(path), which->series);
	return json_pack("{s:o, s:o, s:s, s:s, s:s, s:o*, s:s*, s:o, s:o, s:{s:s, s:f, s:o}}", "id",
			 test_id(file, which->series), "build_id", build_id(file), "origin", ORIGIN,
			 "path", path, "status", status_name(state, measured), "number",
			 headline ? number(headline, i) : NULL, "comment",
			 *state->reason ? state->reason : NULL, "start_time",
			 pcow_export_time_json(file), "environment", environment(file), "misc",
			 "status", pcow_status_name(state->status), "invalid_fraction",
			 state->invalid_fraction, "metrics", figures);
}

static json_t *tests(const struct pcow_dataset *set)
{
	json_t *array = json_array();

	for (size_t file = 0; file < set->nr_files; file++) {
		struct pcow_export_case which = { 0 };

		while (pcow_export_case_next(&which, set)) {
			const struct pcow_cell *state = pcow_export_state(&which, file);

			if (!state || !json_array_append_new(
					      array, test(&set->files[file], &which, state, file)))
				continue;
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

int pcow_export_kcidb_write(FILE *out, const struct pcow_dataset *set,
			    const struct pcow_rendering *rendering, struct pcow_error *err)
{
	(void)rendering;
	(void)err;
	return pcow_json_write(out, json_pack("{s:{s:i, s:i}, s:o}", "version", "major", 5, "minor",
					      0, "tests", tests(set)));
}
