/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * google-benchmark's JSON: a repetition for each file that has the case, so
 * that compare.py's U test is over boots.
 */
#include <errno.h>
#include <string.h>

#include "compare/analysis.h"
#include "export/export.h"

/* Its readers know units of time alone: an instruction would pass for one. */
static int check_clocks(const struct pcow_dataset *set, struct pcow_error *err)
{
	for (size_t i = 0; i < set->nr_files; i++) {
		if (!strcmp(pcow_time_unit(&set->files[i].header), "ns"))
			continue;
		return pcow_error_set(err, -EINVAL,
				      "%.200s: counts instructions, and google-benchmark's format "
				      "has times only: use --format benchstat, openmetrics, kcidb "
				      "or csv",
				      set->files[i].path);
	}
	return 0;
}

/* ---------------------------------------------------------------- left out */

static json_t *why_left_out(const struct pcow_file *file, const struct pcow_series *headline,
			    const struct pcow_cell *state)
{
	char path[PCOW_EXPORT_PATH_SIZE], name[PCOW_EXPORT_NAME_SIZE];

	pcow_text_plain(path, sizeof(path), file->path);
	pcow_export_name_format(name, sizeof(name), headline, ':');
	if (state->status == PCOW_STATUS_OK)
		return json_sprintf("%s: %s: has no figure of %s", path, name, headline->metric);
	return json_sprintf("%s: %s: %s: %s", path, name, pcow_status_name(state->status),
			    state->reason);
}

/* Fitted cases are no benchmarks; any other that a file has should be there. */
static int add_left_out(json_t *array, const struct pcow_export_case *which,
			const struct pcow_dataset *set)
{
	const struct pcow_series *headline = pcow_export_headline(which);

	for (size_t file = 0; headline && file < set->nr_files; file++) {
		const struct pcow_cell *state = pcow_export_state(which, file);

		if (state && !pcow_export_headline_figure(which, file) &&
		    json_array_append_new(array, why_left_out(&set->files[file], headline, state)))
			return -ENOMEM;
	}
	return 0;
}

/* -------------------------------------------------------------- benchmarks */

static long long count_repetitions(const struct pcow_export_case *which, size_t nr_files)
{
	long long n = 0;

	for (size_t file = 0; file < nr_files; file++)
		n += pcow_export_headline_figure(which, file) != NULL;
	return n;
}

/* Readers want cpu_time; no other time than the real one was measured. */
static json_t *repetition(const struct pcow_export_case *which, size_t file, long long repetitions,
			  long long index)
{
	double ns = pcow_export_headline_figure(which, file)->cells[file].value;
	char name[PCOW_EXPORT_NAME_SIZE];

	pcow_export_name_format(name, sizeof(name), which->series, ':');
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:I, s:f, s:f, s:s}", "name", name,
			 "run_name", name, "run_type", "iteration", "repetitions",
			 (json_int_t)repetitions, "repetition_index", (json_int_t)index, "threads",
			 1, "iterations", (json_int_t)pcow_export_operations(which, file),
			 "real_time", ns, "cpu_time", ns, "time_unit", "ns");
}

static int add_benchmarks(json_t *array, const struct pcow_export_case *which,
			  const struct pcow_dataset *set)
{
	long long repetitions = count_repetitions(which, set->nr_files), index = 0;

	for (size_t file = 0; file < set->nr_files; file++) {
		if (!pcow_export_headline_figure(which, file))
			continue;
		if (json_array_append_new(array, repetition(which, file, repetitions, index++)))
			return -ENOMEM;
	}
	return 0;
}

/* An array of what @add makes of each case. */
static json_t *of_each_case(const struct pcow_dataset *set,
			    int (*add)(json_t *array, const struct pcow_export_case *which,
				       const struct pcow_dataset *set))
{
	struct pcow_export_case which = { 0 };
	json_t *array = json_array();

	while (pcow_export_case_next(&which, set)) {
		if (add(array, &which, set)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* ---------------------------------------------------------------- document */

/* A fact of every file's, or that they differ in it. */
static json_t *shared(const struct pcow_dataset *set, const char *(*fact)(const struct pcow_file *))
{
	const char *text = fact(&set->files[0]);

	for (size_t i = 1; i < set->nr_files; i++) {
		if (strcmp(fact(&set->files[i]), text))
			return json_string("(differs)");
	}
	return json_string(text);
}

static json_t *context(const struct pcow_dataset *set, const struct pcow_rendering *rendering)
{
	return json_pack("{s:o, s:o, s:s, s:i, s:s, s:o, s:o, s:o, s:o, s:o}", "date",
			 pcow_export_time_json(&set->files[0]), "host_name",
			 shared(set, pcow_file_hostname), "executable", "pincow",
			 "json_schema_version", 1, "pincow_version", rendering->version, "cpu",
			 shared(set, pcow_file_cpu), "machine", shared(set, pcow_file_machine),
			 "kernel", shared(set, pcow_file_release), "cow_model",
			 shared(set, pcow_file_model), "left_out", of_each_case(set, add_left_out));
}

int pcow_export_gbench_write(FILE *out, const struct pcow_dataset *set,
			     const struct pcow_rendering *rendering, struct pcow_error *err)
{
	int ret = check_clocks(set, err);

	if (ret)
		return ret;
	return pcow_json_write(out, json_pack("{s:o, s:o}", "context", context(set, rendering),
					      "benchmarks", of_each_case(set, add_benchmarks)));
}
