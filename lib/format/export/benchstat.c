/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Go's benchmark format, which benchstat reads: a line for each file and case,
 * so that its samples are boots.  https://go.dev/design/14313-benchmark-format
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare/analysis.h"
#include "export/export.h"

#define UNIT_SIZE (3 * PCOW_RESULT_NAME_MAX)

/* ------------------------------------------------------------------- units */

/* "page_tables-B" of page_tables_bytes. */
static void memory_unit_format(char *buf, const char *metric)
{
	static const struct {
		const char *suffix;
		const char *unit;
	} suffixes[] = { { "_bytes", "-B" }, { "_pages", "-pages" } };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (pcow_export_ends_with(metric, suffixes[i].suffix)) {
			snprintf(buf, UNIT_SIZE, "%.*s%s",
				 (int)(strlen(metric) - strlen(suffixes[i].suffix)), metric,
				 suffixes[i].unit);
			return;
		}
	}
	snprintf(buf, UNIT_SIZE, "%s", metric);
}

/*
 * "ns/op" of the headline, "p99-ns/op", "slope-ns/GiB", "copied/op",
 * "page_tables-B"; false for what says how far to believe the others, the
 * operations, which have a place of their own, and the latency once more.
 */
static bool unit_format(char *buf, const struct pcow_series *series,
			const struct pcow_series *headline)
{
	bool is_headline = headline && !strcmp(series->metric, headline->metric);
	const char *per = pcow_export_per(series->unit);

	if (series->kind == PCOW_METRIC_QUALITY || !strcmp(series->metric, "ops") ||
	    !strcmp(series->metric, "per_gib"))
		return false;
	if (headline && !strcmp(per, pcow_export_per(headline->unit)))
		per = "op";
	if (series->kind == PCOW_METRIC_MEMORY)
		memory_unit_format(buf, series->metric);
	else if (series->kind == PCOW_METRIC_WORK)
		snprintf(buf, UNIT_SIZE, "%s/%s", series->metric, per);
	else
		snprintf(buf, UNIT_SIZE, "%s%s%.*s%s%s", is_headline ? "" : series->metric,
			 is_headline ? "" : "-", (int)strcspn(series->unit, "/"), series->unit,
			 *per ? "/" : "", per);
	return true;
}

/* A line that tells benchstat what a unit's figures are. */
typedef char unit_line[UNIT_SIZE + sizeof(" better=lower")];

static int compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

static size_t collect_units(unit_line *lines, const struct pcow_dataset *set)
{
	struct pcow_export_case which = { 0 };
	size_t n = 0;

	while (pcow_export_case_next(&which, set)) {
		const struct pcow_series *headline = pcow_export_headline(&which);

		for (size_t i = 0; i < which.nr_series; i++) {
			bool exact = which.series[i].kind == PCOW_METRIC_WORK;
			char unit[UNIT_SIZE];

			if (unit_format(unit, &which.series[i], headline))
				snprintf(lines[n++], sizeof(*lines), "%s %s", unit,
					 exact ? "assume=exact" : "better=lower");
		}
	}
	return n;
}

static int write_units(FILE *out, const struct pcow_dataset *set)
{
	unit_line *lines = calloc(set->nr_series + 1, sizeof(*lines));
	size_t n;

	if (!lines)
		return -ENOMEM;
	n = collect_units(lines, set);
	qsort(lines, n, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < n; i++) {
		if (!i || strcmp(lines[i - 1], lines[i]))
			fprintf(out, "Unit %s\n", lines[i]);
	}
	free(lines);
	return 0;
}

/* ----------------------------------------------------------------- results */

/* A key without a value takes back what an earlier file set. */
static void write_key(FILE *out, const char *key, const char *value)
{
	fprintf(out, "%s:%s%s\n", key, *value ? " " : "", value);
}

/*
 * Keys are what benchstat groups and compares by.  Boots must not be told apart
 * by one, or each would be a table of its own: they stand in a comment.
 */
static void write_file_head(FILE *out, const struct pcow_file *file)
{
	char path[PCOW_EXPORT_PATH_SIZE];

	pcow_text_plain(path, sizeof(path), file->path);
	fprintf(out, "\n# %s: boot %s", path,
		*file->header.boot_id ? file->header.boot_id : "unknown");
	if (file->header.block)
		fprintf(out, ", block %" PRIu64, file->header.block);
	fputc('\n', out);
	write_key(out, "machine", pcow_file_machine(file));
	write_key(out, "cpu", pcow_file_cpu(file));
	write_key(out, "kernel", pcow_file_release(file));
	write_key(out, "cow-model", pcow_file_model(file));
	write_key(out, "clock", file->header.clock_domain);
	write_key(out, "label", file->header.label);
}

/* "BenchmarkForkAnon" of fork/anon. */
static void write_name(FILE *out, const struct pcow_series *series)
{
	char name[PCOW_EXPORT_NAME_SIZE];
	bool starts_word = true;

	pcow_export_name_format(name, sizeof(name), series, '=');
	fputs("Benchmark", out);
	for (const char *c = series->scenario; *c; c++) {
		if (isalnum((unsigned char)*c))
			fputc(starts_word ? toupper((unsigned char)*c) : *c, out);
		starts_word = !isalnum((unsigned char)*c);
	}
	fputs(name + strlen(series->scenario), out);
}

static void write_case(FILE *out, const struct pcow_export_case *which, size_t file)
{
	const struct pcow_series *headline = pcow_export_headline(which);
	bool named = false;

	for (size_t i = 0; i < which->nr_series; i++) {
		const struct pcow_series *series = &which->series[i];
		char unit[UNIT_SIZE];

		if (!pcow_export_has_figure(series, file) || !unit_format(unit, series, headline))
			continue;
		if (!named) {
			write_name(out, series);
			fprintf(out, " %lld", pcow_export_operations(which, file));
		}
		named = true;
		fprintf(out, " %.*g %s", PCOW_JSON_DIGITS, series->cells[file].value, unit);
	}
	if (named)
		fputc('\n', out);
}

int pcow_export_benchstat_write(FILE *out, const struct pcow_dataset *set,
				const struct pcow_rendering *rendering, struct pcow_error *err)
{
	(void)err;
	fprintf(out, "# pincow %s\n", rendering->version);
	if (write_units(out, set))
		return -ENOMEM;
	for (size_t file = 0; file < set->nr_files; file++) {
		struct pcow_export_case which = { 0 };

		write_file_head(out, &set->files[file]);
		while (pcow_export_case_next(&which, set))
			write_case(out, &which, file);
	}
	return 0;
}
