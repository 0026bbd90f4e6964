/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OpenMetrics 1.0 text, for Prometheus and what else reads it: base units, a
 * family a metric, a sample a case and file.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare/analysis.h"
#include "export/export.h"

#define NS_PER_S 1e9

/**
 * struct family - how a metric is written
 * @name:	of the family
 * @unit:	its base unit, which @name ends with; "" for none
 * @quantile:	of a quantile, whose family is a summary; else NULL
 * @divisor:	from the metric's unit
 * @series:	one of its series
 */
struct family {
	char name[sizeof("pincow_memory_") + 2 * PCOW_RESULT_NAME_MAX];
	const char *unit;
	const char *quantile;
	double divisor;
	const struct pcow_series *series;
};

/* ------------------------------------------------------------------- names */

/* What a label or a part of a family's name may be; a leading _ is reserved. */
static bool is_name(const char *text)
{
	if (!isalpha((unsigned char)*text))
		return false;
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return !*text;
}

static bool is_taken(const char *label)
{
	static const char *const labels[] = { "scenario", "run",      "kernel", "model", "boot",
					      "per",	  "quantile", "status", "reason" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (!strcmp(labels[i], label))
			return true;
	}
	return false;
}

static const char *quantile_of(const struct pcow_series *series)
{
	static const struct {
		const char *metric;
		const char *quantile;
	} quantiles[] = {
		{ "p50", "0.5" }, { "p90", "0.9" }, { "p99", "0.99" }, { "p99.9", "0.999" }
	};

	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		if (series->kind == PCOW_METRIC_COST &&
		    !strcmp(series->metric, quantiles[i].metric))
			return quantiles[i].quantile;
	}
	return NULL;
}

static int check_names(const struct pcow_series *series, struct pcow_error *err)
{
	static const char remedy[] = "use --format csv";

	for (size_t i = 0; i < series->nr_params; i++) {
		const char *name = series->params[i].name;

		if (!is_name(name) || is_taken(name))
			return pcow_error_set(err, -EINVAL,
					      "%s: OpenMetrics cannot have a label '%s', which a "
					      "parameter is called: %s",
					      series->scenario, name, remedy);
	}
	if (!is_name(series->metric) && !quantile_of(series))
		return pcow_error_set(err, -EINVAL,
				      "%s: OpenMetrics cannot have a name with '%s', which a "
				      "metric is called: %s",
				      series->scenario, series->metric, remedy);
	return 0;
}

/* The unit of a family, as a suffix of its name. */
static const char *base_unit(const struct pcow_series *series)
{
	static const struct {
		const char *unit;
		const char *base;
	} units[] = { { "ns", "seconds" },
		      { "instructions", "instructions" },
		      { "ratio", "ratio" },
		      { "bytes", "bytes" },
		      { "pages", "pages" } };
	size_t length = strcspn(series->unit, "/");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (series->kind != PCOW_METRIC_WORK && strlen(units[i].unit) == length &&
		    !strncmp(series->unit, units[i].unit, length))
			return units[i].base;
	}
	return "";
}

/* What is held and what was done is named by scenarios: apart from our own names. */
static struct family family_of(const struct pcow_series *series)
{
	struct family family = { .unit = base_unit(series),
				 .quantile = quantile_of(series),
				 .divisor = 1.0,
				 .series = series };
	const char *group = "", *metric = family.quantile ? "op" : series->metric;

	if (series->kind == PCOW_METRIC_MEMORY)
		group = "memory_";
	else if (series->kind == PCOW_METRIC_WORK)
		group = "work_";
	if (!strcmp(family.unit, "seconds"))
		family.divisor = NS_PER_S;
	snprintf(family.name, sizeof(family.name), "pincow_%s%s", group, metric);
	if (*family.unit && !pcow_export_ends_with(family.name, family.unit)) {
		size_t used = strlen(family.name);

		snprintf(family.name + used, sizeof(family.name) - used, "_%s", family.unit);
	}
	return family;
}

/* ------------------------------------------------------------------ labels */

static void write_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n') {
			fputs("\\n", out);
			continue;
		}
		if (*value == '"' || *value == '\\')
			fputc('\\', out);
		fputc(*value, out);
	}
	fputc('"', out);
}

static void write_next_label(FILE *out, const char *name, const char *value)
{
	fputc(',', out);
	write_label(out, name, value);
}

/* The place among the files is what tells runs apart: counted guests boot alike, with one id. */
static void write_run(FILE *out, const struct pcow_dataset *set, size_t file)
{
	const struct pcow_file *of = &set->files[file];

	fprintf(out, "run=\"%zu\"", file + 1);
	write_next_label(out, "kernel", pcow_file_release(of));
	write_next_label(out, "model", pcow_file_model(of));
	write_next_label(out, "boot", of->header.boot_id);
}

static void write_case_labels(FILE *out, const struct pcow_dataset *set,
			      const struct pcow_series *series, size_t file)
{
	write_label(out, "scenario", series->scenario);
	for (size_t i = 0; i < series->nr_params; i++) {
		const struct pcow_value *param = &series->params[i];
		char value[PCOW_RESULT_NAME_MAX];

		pcow_export_value_format(value, sizeof(value), param);
		write_next_label(out, param->name, value);
	}
	fputc(',', out);
	write_run(out, set, file);
}

/* ---------------------------------------------------------------- families */

static void write_sample(FILE *out, const struct pcow_dataset *set, const struct family *family,
			 size_t file)
{
	const char *per = pcow_export_per(family->series->unit);

	fprintf(out, "%s{", family->name);
	write_case_labels(out, set, family->series, file);
	if (*per)
		write_next_label(out, "per", per);
	if (family->quantile)
		write_next_label(out, "quantile", family->quantile);
	fprintf(out, "} %.*g\n", PCOW_JSON_DIGITS,
		family->series->cells[file].value / family->divisor);
}

static void write_head(FILE *out, const struct family *family)
{
	fprintf(out, "# TYPE %s %s\n", family->name, family->quantile ? "summary" : "gauge");
	if (*family->unit)
		fprintf(out, "# UNIT %s %s\n", family->name, family->unit);
	if (family->quantile)
		fprintf(out, "# HELP %s Cost of single operations: quantiles, ", family->name);
	else
		fprintf(out, "# HELP %s The metric %s, ", family->name, family->series->metric);
	fputs("median over the workers of a run.\n", out);
}

/* The quantiles of a case in a file make one point, so they must follow each other. */
static void write_case(FILE *out, const struct pcow_dataset *set, const struct family *families,
		       size_t n)
{
	for (size_t file = 0; file < set->nr_files; file++) {
		for (size_t i = 0; i < n; i++) {
			if (pcow_export_has_figure(families[i].series, file))
				write_sample(out, set, &families[i], file);
		}
	}
}

static void write_families(FILE *out, const struct pcow_dataset *set, const struct family *families,
			   size_t nr_families)
{
	for (size_t first = 0, n; first < nr_families; first += n) {
		n = 1;
		while (first + n < nr_families &&
		       !strcmp(families[first].name, families[first + n].name) &&
		       pcow_series_same_case(families[first].series, families[first + n].series))
			n++;
		if (!first || strcmp(families[first].name, families[first - 1].name))
			write_head(out, &families[first]);
		write_case(out, set, families + first, n);
	}
}

/* By name; within a family in the order of the series. */
static int compare_families(const void *a, const void *b)
{
	const struct family *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->series > y->series) - (x->series < y->series);
}

/* -------------------------------------------------------------------- info */

/*
 * Gauges, not OpenMetrics' own type for this: the parser of Prometheus' older
 * text format, through which a file comes in, refuses the whole of it for that.
 */
static void write_runs(FILE *out, const struct pcow_dataset *set)
{
	fputs("# TYPE pincow_run_info gauge\n# HELP pincow_run_info The files that samples come "
	      "from.\n",
	      out);
	for (size_t i = 0; i < set->nr_files; i++) {
		const struct pcow_file *file = &set->files[i];
		char path[PCOW_EXPORT_PATH_SIZE], started[PCOW_EXPORT_TIME_SIZE], block[24] = "";

		pcow_text_plain(path, sizeof(path), file->path);
		pcow_export_time_format(started, sizeof(started), file->header.created_ns);
		if (file->header.block)
			snprintf(block, sizeof(block), "%" PRIu64, file->header.block);
		fputs("pincow_run_info{", out);
		write_run(out, set, i);
		write_next_label(out, "file", path);
		write_next_label(out, "started", started);
		write_next_label(out, "label", file->header.label);
		write_next_label(out, "block", block);
		write_next_label(out, "machine", pcow_file_machine(file));
		write_next_label(out, "cpu", pcow_file_cpu(file));
		write_next_label(out, "host", pcow_file_hostname(file));
		write_next_label(out, "clock", file->header.clock_domain);
		write_next_label(out, "version", file->header.version);
		fputs("} 1\n", out);
	}
}

/* A case that gives no figures would otherwise just be absent. */
static void write_cases(FILE *out, const struct pcow_dataset *set)
{
	struct pcow_export_case which = { 0 };

	fputs("# TYPE pincow_case_info gauge\n# HELP pincow_case_info What became of a case.\n",
	      out);
	while (pcow_export_case_next(&which, set)) {
		for (size_t file = 0; file < set->nr_files; file++) {
			const struct pcow_cell *state = pcow_export_state(&which, file);

			if (!state)
				continue;
			fputs("pincow_case_info{", out);
			write_case_labels(out, set, which.series, file);
			write_next_label(out, "status", pcow_status_name(state->status));
			write_next_label(out, "reason", state->reason);
			fputs("} 1\n", out);
		}
	}
}

int pcow_export_openmetrics_write(FILE *out, const struct pcow_dataset *set,
				  const struct pcow_rendering *rendering, struct pcow_error *err)
{
	struct family *families;

	(void)rendering;
	for (size_t i = 0; i < set->nr_series; i++) {
		int ret = check_names(&set->series[i], err);

		if (ret)
			return ret;
	}
	families = calloc(set->nr_series + 1, sizeof(*families));
	if (!families)
		return -ENOMEM;
	for (size_t i = 0; i < set->nr_series; i++)
		families[i] = family_of(&set->series[i]);
	qsort(families, set->nr_series, sizeof(*families), compare_families);
	write_runs(out, set);
	write_cases(out, set);
	write_families(out, set, families, set->nr_series);
	fputs("# EOF\n", out);
	free(families);
	return 0;
}
