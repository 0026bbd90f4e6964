/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines and groups of a comparison, as the figures of it want them.
 */
#include "plot/groups.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/analysis.h"

/* What the user calls a group has no more bytes where the kernel does not tell it. */
#define GROUP_NAME_MAX 28

/* "6.12.0-rc3 exclusive or later (NAME)" */
#define SHORT_SIZE 160

/* ------------------------------------------------------------------- lines */

static int compare_lines(const void *pa, const void *pb)
{
	const struct pcow_line *a = *(const struct pcow_line *const *)pa;
	const struct pcow_line *b = *(const struct pcow_line *const *)pb;

	/* Both point into one array. */
	return (a->series > b->series) - (a->series < b->series);
}

int pcow_pick_make(struct pcow_pick *pick, const struct pcow_comparison *comparison,
		   bool (*wanted)(const struct pcow_comparison *comparison,
				  const struct pcow_line *line))
{
	*pick = (struct pcow_pick){
		.lines = calloc(comparison->nr_lines + 1, sizeof(const struct pcow_line *)),
	};
	if (!pick->lines)
		return -ENOMEM;
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		if (wanted(comparison, &comparison->lines[i]))
			pick->lines[pick->n++] = &comparison->lines[i];
	}
	qsort(pick->lines, pick->n, sizeof(const struct pcow_line *), compare_lines);
	return 0;
}

static size_t nr_arms(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	size_t n = 0;

	for (size_t g = 0; g < comparison->stratum.nr_groups; g++)
		n += line->arms[g].n > 0;
	return n;
}

bool pcow_line_has_figure(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	for (size_t g = 0; g < comparison->stratum.nr_groups; g++) {
		if (line->arms[g].waits)
			return false;
	}
	return nr_arms(comparison, line) > 0;
}

static bool same_but_numbers(const struct pcow_series *a, const struct pcow_series *b)
{
	return !strcmp(a->metric, b->metric) && !strcmp(a->scenario, b->scenario) &&
	       pcow_params_same_but_numbers(a->params, a->nr_params, b->params, b->nr_params);
}

bool pcow_line_is_largest(const struct pcow_comparison *comparison, const struct pcow_line *line)
{
	size_t arms = nr_arms(comparison, line);

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *other = &comparison->lines[i];
		size_t others;

		if (!same_but_numbers(line->series, other->series))
			continue;
		others = nr_arms(comparison, other);
		if (others > arms ||
		    (others == arms &&
		     pcow_params_larger_numbers(other->series->params, line->series->params,
						line->series->nr_params)))
			return false;
	}
	return arms > 0;
}

const char *pcow_line_outcome(const struct pcow_comparison *comparison,
			      const struct pcow_line *line, size_t group)
{
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *other = &comparison->lines[i];

		if (!strcmp(other->series->metric, "copied") && other->arms[group].n &&
		    pcow_series_same_case(other->series, line->series))
			return other->arms[group].median >= 0.5 ? "copy" : "reuse";
	}
	return "";
}

/* ------------------------------------------------------------------ groups */

static const char *version_of(const struct pcow_file *file)
{
	return file->header.version;
}

static void write_origin(FILE *out, const struct pcow_plot *plot, bool of_values)
{
	const struct pcow_stratum *stratum = &plot->comparison->stratum;
	const char *version = pcow_stratum_text(stratum, version_of);
	char host[PCOW_NAME_SIZE];

	pcow_stratum_format(host, sizeof(host), stratum);
	pcow_gnuplot_assign(out, "origin_host", "%s", host);
	pcow_gnuplot_assign(
		out, "origin_run", "pincow %s; %s", version ? version : "of several versions",
		of_values ? "a boot's value is the median of its workers"
			  : "each boot weighs the same, however many operations it timed");
	pcow_axis_write(out, pcow_time_unit(&stratum->groups[0].boots[0].files[0]->header));
	pcow_gnuplot_assign(out, "interval",
			    "%.3g %% interval over boots, where there are two or more",
			    100.0 * plot->analysis->policy->confidence);
	pcow_gnuplot_assign(out, "change_interval",
			    pcow_stratum_is_counted(stratum) ? "the range of boots"
							     : "each end with %.3g %% confidence",
			    100.0 * plot->analysis->policy->confidence);
}

static const json_t *kernel_of(const struct pcow_file *file)
{
	return json_object_get(file->header.host, "kernel");
}

static const char *build_of(const struct pcow_file *file)
{
	const char *build = json_string_value(json_object_get(kernel_of(file), "build_id"));

	return build ? build : "";
}

/* "5.10.262", "6.12.0-rc3".  Debian's release ("5.10.0-46-amd64") does not tell which
 * kernel it is; the version does. */
static void kernel_format(char *buf, size_t size, const struct pcow_file *file)
{
	const char *version = json_string_value(json_object_get(kernel_of(file), "version"));
	const char *debian = version ? strstr(version, "Debian ") : NULL;
	const char *number = debian ? debian + strlen("Debian ") : pcow_file_release(file);
	size_t length = strspn(number, "0123456789.");

	if (length && !strncmp(number + length, "-rc", 3))
		length += 3 + strspn(number + length + 3, "0123456789");
	snprintf(buf, size, "%.*s", length ? (int)length : SHORT_SIZE / 2, number);
}

/* "5.10.262 simplified" */
static void kernel_and_model_format(char *buf, size_t size, const struct pcow_group *group)
{
	const char *model = pcow_group_text(group, pcow_file_model);
	char kernel[SHORT_SIZE / 2] = "several kernels";

	if (pcow_group_text(group, pcow_file_release))
		kernel_format(kernel, sizeof(kernel), group->boots[0].files[0]);
	if (model && !strcmp(model, "unknown"))
		snprintf(buf, size, "%s", kernel);
	else
		snprintf(buf, size, "%s %.64s", kernel, model ? model : "several models");
}

/* By its kernel and model; where another group has the same ones, by what the user calls
 * it as well: the end of that, as names of one comparison begin alike. */
static void short_format(char *buf, size_t size, const struct pcow_stratum *stratum, size_t group)
{
	const char *name = stratum->groups[group].name;
	size_t length = strlen(name), others = 0, used;
	const char *end = name + (length > GROUP_NAME_MAX ? length - GROUP_NAME_MAX : 0);
	char other[SHORT_SIZE];

	kernel_and_model_format(buf, size, &stratum->groups[group]);
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		kernel_and_model_format(other, sizeof(other), &stratum->groups[i]);
		others += i != group && !strcmp(buf, other);
	}
	/* Not from within a character. */
	while ((*end & 0xc0) == 0x80)
		end++;
	used = strlen(buf);
	if (others)
		snprintf(buf + used, size - used, " (%s%s)", end > name ? "…" : "", end);
}

/* The name of a group of one kernel or one model is what the rest says. */
static void write_group(FILE *out, const struct pcow_stratum *stratum, size_t group)
{
	const char *name = stratum->groups[group].name;
	const char *release = pcow_group_text(&stratum->groups[group], pcow_file_release);
	const char *model = pcow_group_text(&stratum->groups[group], pcow_file_model);
	bool says = (!release || strcmp(name, release)) && (!model || strcmp(name, model));
	char about[PCOW_NAME_SIZE], label[SHORT_SIZE];

	short_format(label, sizeof(label), stratum, group);
	pcow_gnuplot_item(out, "group", group + 1, "%s", label);
	kernel_and_model_format(label, sizeof(label), &stratum->groups[group]);
	pcow_group_format(about, sizeof(about), stratum, group);
	pcow_gnuplot_item(out, "about", group + 1, "%s:  %s%s%s", label, says ? name : "",
			  says ? ", " : "", about);
}

/* What stands between a difference and "the COW model did it". */
static void write_differ(FILE *out, const struct pcow_stratum *stratum)
{
	const char *build = pcow_stratum_text(stratum, build_of);
	bool one_model = pcow_stratum_text(stratum, pcow_file_model);
	const char *text = "";

	if (!pcow_stratum_text(stratum, pcow_file_machine))
		text = "different architectures: instruction sets, kernels and machines differ";
	else if (!build || (!*build && !pcow_stratum_text(stratum, pcow_file_release)))
		text = one_model ? "different kernels: all that changed between them counts: "
				   "code, configuration, compiler"
				 : "different kernels: all that changed between them counts: "
				   "code, configuration, compiler; the COW model is a part of it";
	else if (*build && !one_model)
		text = "one kernel image, switched: the COW model is all that differs in the "
		       "kernel";
	pcow_gnuplot_assign(out, "differ", "%s", text);
}

void pcow_groups_write(FILE *out, const struct pcow_plot *plot, bool of_values)
{
	const struct pcow_stratum *stratum = &plot->comparison->stratum;

	write_origin(out, plot, of_values);
	fprintf(out, "groups = %zu\narray group[groups]\narray about[groups]\n",
		stratum->nr_groups);
	for (size_t g = 0; g < stratum->nr_groups; g++)
		write_group(out, stratum, g);
	write_differ(out, stratum);
}

/* Workers that each boot was to have of a case; 0 where it was to be seen. */
static size_t workers_planned(const struct pcow_comparison *comparison)
{
	const struct pcow_header *header = &comparison->stratum.groups[0].boots[0].files[0]->header;
	json_int_t planned = json_integer_value(json_object_get(header->config, "replicates"));

	return planned > 0 && !(pcow_header_precision(header) > 0.0) ? (size_t)planned : 0;
}

void pcow_line_caveat_format(char *buf, size_t size, const struct pcow_comparison *comparison,
			     const struct pcow_line *line)
{
	size_t planned = workers_planned(comparison), workers = planned;
	size_t boots = 0, of = 0, used = 0;
	double invalid = 0.0;

	for (size_t g = 0; g < comparison->stratum.nr_groups; g++) {
		const struct pcow_arm *arm = &line->arms[g];
		size_t made = comparison->stratum.groups[g].nr_boots;

		if (arm->n && arm->workers && arm->workers < workers)
			workers = arm->workers;
		/* The group of which the least is left. */
		if (arm->n && (!of || arm->n * of < boots * made)) {
			boots = arm->n;
			of = made;
		}
		invalid = fmax(invalid, arm->invalid_fraction);
	}
	*buf = '\0';
	if (boots == of && workers == planned && !(invalid > 0.0))
		return;
	used += (size_t)snprintf(buf, size, "n: %zu of %zu boots", boots, of);
	if (workers < planned)
		used += (size_t)snprintf(buf + used, size - used, ", %zu of %zu workers", workers,
					 planned);
	if (invalid > 0.0)
		snprintf(buf + used, size - used, ", %.2g %% of samples invalid", 100.0 * invalid);
}

void pcow_line_item_write(FILE *out, const char *array, size_t i,
			  const struct pcow_comparison *comparison, const struct pcow_line *line,
			  const char *title)
{
	char caveat[PCOW_CAVEAT_SIZE];

	pcow_line_caveat_format(caveat, sizeof(caveat), comparison, line);
	pcow_gnuplot_item(out, array, i, "%s%s%s%s", title, *caveat ? "  [" : "", caveat,
			  *caveat ? "]" : "");
}

/* ------------------------------------------------------------------- panels */

void pcow_gnuplot_number(FILE *out, double value)
{
	if (isfinite(value))
		fprintf(out, " %.9g", value);
	else
		fputs(" NaN", out);
}

void pcow_panels_begin(FILE *out, size_t n)
{
	/* gnuplot has no empty arrays. */
	fprintf(out, "panels = %zu\narray panel[panels + 1]\narray axis[panels + 1]\n", n);
}

void pcow_curves_title_write(FILE *out, const struct pcow_comparison *comparison,
			     const struct pcow_line *line, size_t p, const struct pcow_value *along)
{
	const struct pcow_series *series = line->series;
	struct pcow_value rest[PCOW_RESULT_PARAMS_MAX];
	char label[PCOW_LABEL_MAX], bytes[32], text[PCOW_NAME_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < series->nr_params; i++) {
		if (&series->params[i] != along)
			rest[n++] = series->params[i];
	}
	pcow_params_format(label, sizeof(label), rest, n);
	pcow_op_bytes_format(bytes, sizeof(bytes), series->op_bytes, series->params,
			     series->nr_params);
	snprintf(text, sizeof(text), "%s%s%s/%s%s%s", label, *label ? "  ·  " : "",
		 pcow_unit_is_counted(series->unit) ? "instructions" : "time",
		 pcow_unit_operation(series->unit), bytes,
		 strcmp(series->metric, "net") ? "" : ", net");
	pcow_gnuplot_item(out, "panel", p, "%s", series->scenario);
	pcow_line_item_write(out, "axis", p, comparison, line, text);
}

static void write_bar(FILE *out, const struct pcow_arm *arm, const struct pcow_style *style)
{
	bool whole = isfinite(arm->low) && isfinite(arm->high);
	char value[PCOW_CELL_SIZE];

	pcow_gnuplot_number(out, arm->median / style->divisor);
	pcow_gnuplot_number(out, arm->low / style->divisor);
	pcow_gnuplot_number(out, arm->high / style->divisor);
	pcow_gnuplot_number(
		out, arm->n ? fmax(whole ? arm->high : arm->median, 0.0) / style->divisor : 0.0);
	/* 8 pins, not 8.00. */
	if (*style->unit)
		pcow_style_format(value, sizeof(value), style, arm->median);
	else
		snprintf(value, sizeof(value), "%.7g", arm->median);
	fprintf(out, " \"%s\"", arm->n ? value : "none");
}

/* "fork/anon" and "base 16M"; of memory "page tables" and the case. */
static void write_titles(FILE *out, const struct pcow_comparison *comparison,
			 const struct pcow_line *line, size_t p, const char *unit)
{
	const struct pcow_series *series = line->series;
	char title[PCOW_RESULT_NAME_MAX], about[PCOW_NAME_SIZE], bytes[32] = "";
	char axis[PCOW_NAME_SIZE + 128];

	if (series->kind == PCOW_METRIC_MEMORY) {
		size_t bare = strlen(series->metric);

		if (!strcmp(series->unit, "bytes") && bare > strlen("_bytes"))
			bare -= strlen("_bytes");
		snprintf(title, sizeof(title), "%.*s", (int)bare, series->metric);
		for (char *c = title; *c; c++)
			*c = *c == '_' ? ' ' : *c;
		pcow_series_case_format(about, sizeof(about), series);
	} else {
		snprintf(title, sizeof(title), "%s", series->scenario);
		pcow_params_format(about, sizeof(about), series->params, series->nr_params);
		pcow_op_bytes_format(bytes, sizeof(bytes), series->op_bytes, series->params,
				     series->nr_params);
	}
	snprintf(axis, sizeof(axis), "%s%s%s%s%s", about, *about ? "  ·  " : "",
		 strncmp(unit, "us/", 3) ? "" : "µ", unit + (strncmp(unit, "us/", 3) ? 0 : 1),
		 bytes);
	pcow_gnuplot_item(out, "panel", p, "%s", title);
	pcow_line_item_write(out, "axis", p, comparison, line, axis);
}

static void write_panel(FILE *out, const struct pcow_comparison *comparison,
			const struct pcow_line *line, size_t p)
{
	size_t nr_groups = comparison->stratum.nr_groups;
	struct pcow_style style = pcow_line_style(line, nr_groups);

	write_titles(out, comparison, line, p, *style.unit ? style.unit : "count");
	fprintf(out, "$panel_%zu << EOD\n", p);
	for (size_t g = 0; g < nr_groups; g++) {
		fprintf(out, "%zu", g + 1);
		write_bar(out, &line->arms[g], &style);
		fprintf(out, " \"%s\"\n",
			line->series->kind == PCOW_METRIC_COST
				? pcow_line_outcome(comparison, line, g)
				: "");
	}
	fputs("EOD\n", out);
}

void pcow_bars_write(FILE *out, const struct pcow_comparison *comparison,
		     const struct pcow_pick *pick)
{
	pcow_panels_begin(out, pick->n);
	for (size_t i = 0; i < pick->n; i++)
		write_panel(out, comparison, pick->lines[i], i + 1);
}
