/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evidence for a commit message or a mailing list: plain ASCII, 75 columns, a
 * table a scenario and page kind, with a row for every size.  Whatever was
 * selected, no size of a table is left out, the smallest least of all.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

#include "analysis.h"

#define WIDTH 75

/* Where the texts of the head begin. */
#define HEAD_INDENT 11

/* Of a row's 75 columns, nine separate its cells: a size, twice a number with
 * its half-width, a change with its interval. */
#define SIZE_LENGTH   8
#define NUMBER_LENGTH 17
#define CHANGE_LENGTH 24

_Static_assert(SIZE_LENGTH + 2 * NUMBER_LENGTH + CHANGE_LENGTH + 9 <= WIDTH, "a row is too wide");

/* ------------------------------------------------------------------- texts */

/* Wrapped, in ASCII. */
static void put_text(FILE *out, const char *text, size_t indent)
{
	char plain[2 * PCOW_NAME_SIZE];

	pcow_text_plain(plain, sizeof(plain), text);
	for (char *c = plain; *c; c++)
		if ((unsigned char)*c > '~')
			*c = '?';
	pcow_text_wrap(out, plain, indent, WIDTH);
}

static void put_head(FILE *out, const char *label, const char *text)
{
	fprintf(out, "%-*s", HEAD_INDENT, label);
	put_text(out, text, HEAD_INDENT);
}

/* -------------------------------------------------------------------- head */

static const struct pcow_file *first_file(const struct pcow_group *group)
{
	return group->boots[0].files[0];
}

/* "CPU, x86_64, 15.6 GiB, 2 NUMA nodes, hypervisor kvm" */
static void platform_format(char *buf, size_t size, const struct pcow_group *group)
{
	const struct pcow_file *file = first_file(group);
	const json_t *host = file->header.host;
	const json_t *total = json_object_get(json_object_get(host, "memory"), "total_bytes");
	size_t nodes =
		json_array_size(json_object_get(json_object_get(host, "topology"), "numa_nodes"));
	const char *hypervisor = json_string_value(json_object_get(host, "hypervisor"));
	char memory[PCOW_CELL_SIZE] = "memory unknown", numa[PCOW_CELL_SIZE] = "";

	if (json_is_integer(total))
		pcow_memory_format(memory, sizeof(memory), (double)json_integer_value(total));
	if (nodes)
		snprintf(numa, sizeof(numa), ", %zu NUMA node%s", nodes, nodes == 1 ? "" : "s");
	snprintf(buf, size, "%.200s, %.60s, %s%s%s%.60s", pcow_file_cpu(file),
		 pcow_file_machine(file), memory, numa, hypervisor ? ", hypervisor " : "",
		 hypervisor ? hypervisor : "");
}

static void put_groups(FILE *out, const struct pcow_stratum *stratum, size_t other)
{
	const size_t groups[] = { 0, other };
	char text[2 * PCOW_NAME_SIZE], rest[PCOW_NAME_SIZE];
	char platforms[2][PCOW_NAME_SIZE];

	for (size_t i = 0; i < 2; i++)
		platform_format(platforms[i], sizeof(platforms[i]), &stratum->groups[groups[i]]);
	put_head(out, "Platform:", platforms[0]);
	if (strcmp(platforms[0], platforms[1]) != 0)
		put_head(out, "  of new:", platforms[1]);
	for (size_t i = 0; i < 2; i++) {
		const struct pcow_group *group = &stratum->groups[groups[i]];
		/* Not twice, where the groups are made by it. */
		bool named = strcmp(group->name, pcow_file_release(first_file(group))) != 0;

		pcow_group_format(rest, sizeof(rest), stratum, groups[i]);
		snprintf(text, sizeof(text), "%.700s%s%s", named ? group->name : "",
			 named ? ": " : "", rest);
		put_head(out, i ? "New:" : "Base:", text);
	}
}

/* Appends "WHAT VALUE" where the header's tree has a text or a number. */
static void fact_add(char *buf, size_t size, const char *what, const json_t *value)
{
	size_t used = strlen(buf);
	const char *comma = used ? ", " : "";

	if (json_is_string(value))
		snprintf(buf + used, size - used, "%s%s %.60s", comma, what,
			 json_string_value(value));
	else if (json_is_integer(value))
		snprintf(buf + used, size - used, "%s%s %" JSON_INTEGER_FORMAT, comma, what,
			 json_integer_value(value));
}

static void put_config(FILE *out, const struct pcow_group *base)
{
	const struct pcow_header *header = &first_file(base)->header;
	const json_t *memory = json_object_get(header->host, "memory");
	char text[PCOW_NAME_SIZE] = "";

	fact_add(text, sizeof(text), "profile", json_object_get(header->config, "profile"));
	fact_add(text, sizeof(text),
		 pcow_header_precision(header) > 0 ? "workers a case up to" : "workers a case",
		 json_object_get(header->config, "replicates"));
	fact_add(text, sizeof(text), "page bytes", json_object_get(memory, "page_bytes"));
	fact_add(text, sizeof(text), "THP", json_object_get(memory, "thp_enabled"));
	fact_add(text, sizeof(text), "governor",
		 json_object_get(json_object_get(header->host, "cpu"), "governor"));
	put_head(out, "Config:", *text ? text : "unknown");
}

static bool is_paired(const struct pcow_comparison *comparison, size_t group)
{
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		if (comparison->lines[i].changes[group].paired)
			return true;
	}
	return false;
}

static void put_heads(FILE *out, const struct pcow_analysis *analysis,
		      const struct pcow_comparison *comparison, size_t other,
		      const struct pcow_rendering *rendering)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	char text[PCOW_NAME_SIZE];

	put_groups(out, stratum, other);
	put_config(out, &stratum->groups[0]);
	put_head(out, "Clock:",
		 pcow_stratum_is_counted(stratum)
			 ? "counted instructions of an emulated CPU: no latencies"
			 : "wall time");
	snprintf(text, sizeof(text),
		 "medians over boots, +- half the %.4g%% interval of their mean; change by "
		 "Hodges and Lehmann, with its %.4g%% interval%s",
		 100.0 * analysis->policy->confidence, 100.0 * analysis->policy->confidence,
		 is_paired(comparison, other) ? ", boots paired by block" : "");
	put_head(out, "Figures:", text);
	snprintf(text, sizeof(text), "%.500s (pincow %.60s)", rendering->command,
		 rendering->version);
	put_head(out, "Command:", text);
}

/* ------------------------------------------------------------------ tables */

/**
 * struct family - a series without what its table's rows differ in
 * @params, @nr_params: the rest
 * @size:	"size", or else the first count; NULL for none
 */
struct family {
	struct pcow_value params[PCOW_RESULT_PARAMS_MAX];
	size_t nr_params;
	const struct pcow_value *size;
};

static const struct pcow_value *find_size(const struct pcow_series *series)
{
	const struct pcow_value *count = NULL;

	for (size_t i = 0; i < series->nr_params; i++) {
		const struct pcow_value *value = &series->params[i];

		if (value->is_number && strcmp(value->name, "size") == 0)
			return value;
		if (value->is_number && !count)
			count = value;
	}
	return count;
}

static void family_make(struct family *family, const struct pcow_series *series)
{
	family->nr_params = 0;
	family->size = find_size(series);
	for (size_t i = 0; i < series->nr_params && i < PCOW_RESULT_PARAMS_MAX; i++)
		if (&series->params[i] != family->size)
			family->params[family->nr_params++] = series->params[i];
}

/* What heads the column of sizes. */
static const char *size_name(const struct pcow_series *series)
{
	const struct pcow_value *size = find_size(series);

	return size ? size->name : "";
}

static int compare_families(const struct pcow_series *a, const struct pcow_series *b)
{
	struct family fa, fb;
	int order = strcmp(a->scenario, b->scenario);

	if (order)
		return order;
	family_make(&fa, a);
	family_make(&fb, b);
	order = pcow_params_compare(fa.params, fa.nr_params, fb.params, fb.nr_params);
	if (order == 0)
		order = strcmp(size_name(a), size_name(b));
	if (order == 0)
		order = (int)a->kind - (int)b->kind;
	if (order == 0)
		order = strcmp(a->metric, b->metric);
	return order ? order : strcmp(a->unit, b->unit);
}

static int compare_lines(const void *pa, const void *pb)
{
	const struct pcow_line *const *a = pa, *const *b = pb;
	int order = compare_families((*a)->series, (*b)->series);

	return order ? order
		     : pcow_params_compare((*a)->series->params, (*a)->series->nr_params,
					   (*b)->series->params, (*b)->series->nr_params);
}

/* What two groups like the base differ by, in the worst line; NAN for unknown. */
static double noise_of(const struct pcow_line *const *lines, size_t n, size_t group)
{
	double noise = NAN;

	for (size_t i = 0; i < n; i++)
		noise = fmax(noise, lines[i]->changes[group].noise);
	return noise;
}

static void put_title(FILE *out, const struct pcow_comparison *comparison,
		      const struct pcow_line *line, const struct pcow_style *style, double noise)
{
	const struct pcow_series *series = line->series;
	char params[PCOW_NAME_SIZE], text[2 * PCOW_NAME_SIZE], percent[PCOW_CELL_SIZE];
	bool headline = pcow_line_is_headline(comparison, line);
	struct family family;

	family_make(&family, series);
	pcow_params_format(params, sizeof(params), family.params, family.nr_params);
	pcow_percent_format(percent, sizeof(percent), noise, false, "%");
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s%s%s", series->scenario, *params ? " " : "",
		 params, headline ? "" : " ", headline ? "" : series->metric,
		 *style->unit ? ", " : "", style->unit, *percent ? ", A/A noise " : "", percent);
	put_text(out, text, 0);
}

static void size_cell(char *cell, size_t size, const struct pcow_series *series)
{
	const struct pcow_value *value = find_size(series);
	char text[24] = "-";

	if (value && strcmp(value->name, "size") == 0)
		pcow_bytes_format(text, sizeof(text), value->number);
	else if (value)
		snprintf(text, sizeof(text), "%" PRIu64, value->number);
	if (strlen(text) > SIZE_LENGTH)
		strcpy(text + SIZE_LENGTH - 1, "~");
	snprintf(cell, size, "%s", text);
}

static void change_cell(char *cell, size_t size, const struct pcow_style *style,
			const struct pcow_change *change)
{
	const struct pcow_style bare = { .divisor = style->divisor };
	char shift[PCOW_CELL_SIZE], interval[PCOW_CELL_SIZE];

	if (pcow_change_is_refused(change)) {
		snprintf(cell, size, "not compared");
		return;
	}
	pcow_change_format(shift, sizeof(shift), &bare, change, "%");
	pcow_interval_format(interval, sizeof(interval), &bare, change);
	if (strlen(shift) + 1 + strlen(interval) > CHANGE_LENGTH)
		interval[0] = '\0';
	snprintf(cell, size, "%.*s%s%s", CHANGE_LENGTH, shift, *interval ? " " : "", interval);
}

static void put_row(FILE *out, const struct pcow_line *line, size_t group,
		    const struct pcow_style *style)
{
	char size[SIZE_LENGTH + 1], base[PCOW_CELL_SIZE], new[PCOW_CELL_SIZE];
	char change[PCOW_CELL_SIZE];

	size_cell(size, sizeof(size), line->series);
	pcow_arm_format(base, sizeof(base), style, &line->arms[0]);
	pcow_arm_format(new, sizeof(new), style, &line->arms[group]);
	change_cell(change, sizeof(change), style, &line->changes[group]);
	fprintf(out, "%6s | %15.*s | %15.*s | %s\n", size, NUMBER_LENGTH, base, NUMBER_LENGTH, new,
		change);
}

/* What the row has no room for: why there is no change, and boots that lack. */
static void put_remarks(FILE *out, const struct pcow_stratum *stratum, const struct pcow_line *line,
			size_t group)
{
	const struct pcow_change *change = &line->changes[group];
	const size_t *n = (size_t[]){ line->arms[0].n, line->arms[group].n };
	char size[SIZE_LENGTH + 1], text[PCOW_NAME_SIZE];

	size_cell(size, sizeof(size), line->series);
	if (pcow_change_is_refused(change))
		snprintf(text, sizeof(text), "%s: %s", pcow_verdict_name(change->verdict),
			 change->why);
	else if (n[0] != stratum->groups[0].nr_boots || n[1] != stratum->groups[group].nr_boots)
		snprintf(text, sizeof(text), "boots that have it: %zu base, %zu new", n[0], n[1]);
	else
		return;
	fprintf(out, "%6s : ", size);
	put_text(out, text, 9);
}

static void put_table(FILE *out, const struct pcow_comparison *comparison,
		      const struct pcow_line *const *lines, size_t n, size_t group)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	/* In the smallest size's unit every row has digits enough. */
	struct pcow_style style = pcow_line_style(lines[0], stratum->nr_groups);

	fputc('\n', out);
	put_title(out, comparison, lines[0], &style, noise_of(lines, n, group));
	fprintf(out, "%6.*s | %15s | %15s | %s\n", SIZE_LENGTH, size_name(lines[0]->series), "base",
		"new", "change");
	for (size_t i = 0; i < n; i++)
		put_row(out, lines[i], group, &style);
	for (size_t i = 0; i < n; i++)
		put_remarks(out, stratum, lines[i], group);
}

static bool any_shown(const struct pcow_comparison *comparison,
		      const struct pcow_line *const *lines, size_t n, size_t group)
{
	for (size_t i = 0; i < n; i++)
		if (lines[i]->shown && !pcow_refusal_is_implied(comparison, lines[i], group))
			return true;
	return false;
}

static int put_tables(FILE *out, const struct pcow_comparison *comparison, size_t group)
{
	const struct pcow_line **lines = calloc(comparison->nr_lines + 1, sizeof(*lines));
	size_t tables = 0;

	if (!lines)
		return -ENOMEM;
	for (size_t i = 0; i < comparison->nr_lines; i++)
		lines[i] = &comparison->lines[i];
	qsort(lines, comparison->nr_lines, sizeof(*lines), compare_lines);
	for (size_t i = 0, n; i < comparison->nr_lines; i += n) {
		for (n = 1; i + n < comparison->nr_lines; n++)
			if (compare_families(lines[i]->series, lines[i + n]->series) != 0)
				break;
		if (any_shown(comparison, lines + i, n, group)) {
			put_table(out, comparison, lines + i, n, group);
			tables++;
		}
	}
	if (!tables)
		fputs("\nNo change to show.\n", out);
	free(lines);
	return 0;
}

int pcow_compare_lkml_write(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering)
{
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[i];

		for (size_t group = 1; group < comparison->stratum.nr_groups; group++) {
			fputs(i || group > 1 ? "\n" : "", out);
			put_heads(out, analysis, comparison, group, rendering);
			if (put_tables(out, comparison, group))
				return -ENOMEM;
		}
	}
	for (size_t i = 0; i < analysis->nr_notes; i++) {
		fputs("\nNote: ", out);
		put_text(out, analysis->notes[i], strlen("Note: "));
	}
	return 0;
}
