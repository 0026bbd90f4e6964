/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data of the figure that compares files: the main job on each kernel, a
 * panel a case, a bar a file.  Operations differ by orders of magnitude, so a
 * panel has its own axis, in a unit that suits its least bar.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "gnuplot.h"
#include "plot_data.h"
#include "plot_set.h"

/* A case but for its size; a NULL parameter is one that it does not have. */
struct main_case {
	const char *scenario;
	const char *page;
	const char *sharer;
};

static const struct main_case main_job[] = {
	{ "fork/anon", "base", NULL },		 { "fork/anon", "thp", NULL },
	{ "fault/first-touch", "base", NULL },	 { "fault/cow-copy", "base", NULL },
	{ "fault/cow-reuse", "base", "exited" }, { "fault/cow-reuse", "thp-pte", "exited" },
};

#define NR_CASES (sizeof(main_job) / sizeof(main_job[0]))

/* ------------------------------------------------------------------- cases */

static bool has_word(const struct pcow_metric_row *row, const char *name, const char *word)
{
	for (size_t i = 0; i < row->nr_params; i++) {
		if (!strcmp(row->params[i].name, name))
			return !row->params[i].is_number && !strcmp(row->params[i].text, word);
	}
	return false;
}

/* Of a case with another parameter nobody could say which value is meant. */
static bool is_case(const struct pcow_metric_row *row, const struct main_case *which)
{
	return !strcmp(row->scenario, which->scenario) && pcow_row_size(row) &&
	       row->nr_params == (which->sharer ? 3 : 2) && has_word(row, "page", which->page) &&
	       (!which->sharer || has_word(row, "sharer", which->sharer));
}

/* The row of a case at a size, or NULL where the file has no such figure. */
static const struct pcow_metric_row *find_row(const struct pcow_plot *plot,
					      const struct main_case *which, uint64_t size_bytes,
					      const char *metric)
{
	const struct pcow_summary *summary = &plot->summary;

	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];

		if (is_case(row, which) && pcow_row_size(row)->number == size_bytes &&
		    !strcmp(row->metric, metric) && row->n && isfinite(row->median))
			return row;
	}
	return NULL;
}

static bool all_have(const struct pcow_plot_set *set, const struct main_case *which,
		     uint64_t size_bytes)
{
	for (size_t i = 0; i < set->n; i++) {
		if (!find_row(set->plots[i], which, size_bytes, "latency"))
			return false;
	}
	return true;
}

/* The largest size at which every file has the case, 0 for none. */
static uint64_t common_size(const struct pcow_plot_set *set, const struct main_case *which)
{
	const struct pcow_summary *first = &set->plots[0]->summary;
	uint64_t best = 0;

	for (size_t i = 0; i < first->nr_rows; i++) {
		const struct pcow_metric_row *row = &first->rows[i];

		if (is_case(row, which) && pcow_row_size(row)->number > best &&
		    all_have(set, which, pcow_row_size(row)->number))
			best = pcow_row_size(row)->number;
	}
	return best;
}

/* ------------------------------------------------------------------ panels */

/* The unit in which the shortest of the bars has enough digits. */
static struct pcow_scale panel_scale(const struct pcow_plot_set *set, const struct main_case *which,
				     uint64_t size_bytes)
{
	double least = INFINITY;
	const char *unit = "";

	for (size_t i = 0; i < set->n; i++) {
		const struct pcow_metric_row *row =
			find_row(set->plots[i], which, size_bytes, "latency");

		least = fmin(least, row->median);
		unit = row->unit;
	}
	return pcow_scale_for(least, unit);
}

/* Did the kernel copy the page? "" where the scenario does not ask. */
static const char *outcome_of(const struct pcow_plot *plot, const struct main_case *which,
			      uint64_t size_bytes)
{
	const struct pcow_metric_row *copied = find_row(plot, which, size_bytes, "copied");

	if (!copied)
		return "";
	return copied->median >= 0.5 ? "copy" : "reuse";
}

static void write_bars(FILE *out, const struct pcow_plot_set *set, const struct main_case *which,
		       uint64_t size_bytes, double divisor)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct pcow_plot *plot = set->plots[i];
		const struct pcow_metric_row *row = find_row(plot, which, size_bytes, "latency");
		char value[PCOW_CELL_SIZE];

		pcow_number_format(value, sizeof(value), row->median / divisor);
		fprintf(out, "%zu %.9g %.9g %.9g \"%s\" \"%s\"\n", i + 1, row->median / divisor,
			row->low / divisor, row->high / divisor, value,
			outcome_of(plot, which, size_bytes));
	}
}

static void write_panel(FILE *out, const struct pcow_plot_set *set, const struct main_case *which,
			uint64_t size_bytes, size_t p)
{
	const struct pcow_metric_row *row = find_row(set->plots[0], which, size_bytes, "latency");
	struct pcow_scale scale = panel_scale(set, which, size_bytes);
	char label[PCOW_LABEL_MAX], text[PCOW_LABEL_MAX + 2 * PCOW_RESULT_NAME_MAX];

	pcow_params_format(label, sizeof(label), row->params, row->nr_params);
	fprintf(out, "panel[%zu] = ", p);
	pcow_gnuplot_string(out, row->scenario);
	snprintf(text, sizeof(text), "%s  ·  %s/%s", label, pcow_scale_symbol(&scale),
		 pcow_row_operation(row));
	fprintf(out, "\naxis[%zu] = ", p);
	pcow_gnuplot_string(out, text);
	fprintf(out, "\n$panel_%zu << EOD\n", p);
	write_bars(out, set, which, size_bytes, scale.divisor);
	fputs("EOD\n", out);
}

/* A case that cannot be compared is named: nobody should have to miss it. */
static void write_left_out(FILE *out, const uint64_t *sizes_bytes)
{
	char text[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < NR_CASES; i++) {
		if (!sizes_bytes[i])
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s",
						 used ? ", " : "", main_job[i].scenario,
						 main_job[i].page);
	}
	pcow_gnuplot_assign(out, "left_out", text);
}

/* ------------------------------------------------------------------- files */

/* The word that @lab has for id, "id=6.1-amd64 mode=count"; its length, 0 for none. */
static int lab_id(const char *lab, const char **id)
{
	while (*lab) {
		size_t length = strcspn(lab, " ");

		if (!strncmp(lab, "id=", strlen("id="))) {
			*id = lab + strlen("id=");
			return (int)(length - strlen("id="));
		}
		lab += length;
		lab += strspn(lab, " ");
	}
	return 0;
}

static void write_file(FILE *out, const struct pcow_plot *plot, size_t i)
{
	const char *id = "";
	int length = lab_id(pcow_host_text(plot->summary.header.host, NULL, "lab"), &id);
	char text[512];

	snprintf(text, sizeof(text), "Linux %.96s  ·  %.64s  ·  COW model %.64s%s%.*s",
		 pcow_plot_release(plot), pcow_plot_machine(plot), pcow_plot_model(plot),
		 length ? "  ·  lab " : "", length < 96 ? length : 96, id);
	fprintf(out, "file[%zu] = ", i);
	pcow_gnuplot_string(out, text);
	fprintf(out, "\nmodel[%zu] = %zu\n", i, pcow_plot_model_rank(plot) + 1);
}

static void hostname_of(char *buf, size_t size, const struct pcow_header *header)
{
	snprintf(buf, size, "%.64s", pcow_host_text(header->host, NULL, "hostname"));
}

static void cpu_of(char *buf, size_t size, const struct pcow_header *header)
{
	snprintf(buf, size, "%.96s", pcow_host_text(header->host, "cpu", "model"));
}

static void version_of(char *buf, size_t size, const struct pcow_header *header)
{
	snprintf(buf, size, "%s", header->version);
}

static void replicates_of(char *buf, size_t size, const struct pcow_header *header)
{
	snprintf(buf, size, "%" JSON_INTEGER_FORMAT,
		 json_integer_value(json_object_get(header->config, "replicates")));
}

#define FACT_SIZE 128

/* A fact of every file's, or that they differ in it. */
static const char *shared(char *buf, const struct pcow_plot_set *set,
			  void (*fact)(char *buf, size_t size, const struct pcow_header *header))
{
	char other[FACT_SIZE];

	fact(buf, FACT_SIZE, &set->plots[0]->summary.header);
	for (size_t i = 1; i < set->n; i++) {
		fact(other, sizeof(other), &set->plots[i]->summary.header);
		if (strcmp(other, buf))
			snprintf(buf, FACT_SIZE, "(differs)");
	}
	return buf;
}

static void write_origin(FILE *out, const struct pcow_plot_set *set)
{
	char a[FACT_SIZE], b[FACT_SIZE], page[PCOW_CELL_SIZE], line[512];
	const struct pcow_plot *first = set->plots[0];

	pcow_plot_page_format(page, sizeof(page), first);
	snprintf(line, sizeof(line), "host: %s  ·  CPU: %s  ·  base pages of %s",
		 shared(a, set, hostname_of), shared(b, set, cpu_of), page);
	pcow_gnuplot_assign(out, "origin_host", line);
	snprintf(line, sizeof(line), "pincow: %s  ·  replicates: %s  ·  clock: %s",
		 shared(a, set, version_of), shared(b, set, replicates_of),
		 first->summary.header.clock_domain);
	pcow_gnuplot_assign(out, "origin_run", line);
}

int pcow_models_write(FILE *out, const struct pcow_plot_set *set)
{
	uint64_t sizes_bytes[NR_CASES];
	size_t panels = 0;

	for (size_t i = 0; i < NR_CASES; i++) {
		sizes_bytes[i] = common_size(set, &main_job[i]);
		panels += sizes_bytes[i] > 0;
	}
	if (!panels)
		return 0;
	write_origin(out, set);
	write_left_out(out, sizes_bytes);
	fprintf(out, "files = %zu\narray file[files]\narray model[files]\n", set->n);
	for (size_t i = 0; i < set->n; i++)
		write_file(out, set->plots[i], i + 1);
	fprintf(out, "panels = %zu\narray panel[panels]\narray axis[panels]\n", panels);
	panels = 0;
	for (size_t i = 0; i < NR_CASES; i++) {
		if (sizes_bytes[i])
			write_panel(out, set, &main_job[i], sizes_bytes[i], ++panels);
	}
	return (int)panels;
}
