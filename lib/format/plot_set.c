/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files a figure may show side by side, and in which order.
 */
#include "plot_set.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

#include "gnuplot.h"
#include "plot_data.h"

const char *pcow_plot_machine(const struct pcow_plot *plot)
{
	return pcow_host_text(plot->summary.header.host, NULL, "machine");
}

const char *pcow_plot_release(const struct pcow_plot *plot)
{
	return pcow_host_text(plot->summary.header.host, "kernel", "release");
}

const char *pcow_plot_model(const struct pcow_plot *plot)
{
	return pcow_host_text(plot->summary.header.model, NULL, "name");
}

size_t pcow_plot_model_rank(const struct pcow_plot *plot)
{
	static const char *const models[] = { "old", "simplified", "exclusive", "owner-tracked" };
	const char *model = pcow_plot_model(plot);
	size_t rank = 0;

	while (rank < sizeof(models) / sizeof(models[0]) && strcmp(models[rank], model))
		rank++;
	return rank;
}

void pcow_plot_page_format(char *buf, size_t size, const struct pcow_plot *plot)
{
	const json_t *memory = json_object_get(plot->summary.header.host, "memory");
	json_int_t bytes = json_integer_value(json_object_get(memory, "page_bytes"));

	if (bytes > 0)
		pcow_bytes_format(buf, size, (uint64_t)bytes);
	else
		snprintf(buf, size, "unknown size");
}

static int compare_plots(const void *pa, const void *pb)
{
	const struct pcow_plot *a = *(struct pcow_plot *const *)pa;
	const struct pcow_plot *b = *(struct pcow_plot *const *)pb;
	size_t rank_a = pcow_plot_model_rank(a), rank_b = pcow_plot_model_rank(b);
	int order = strcmp(pcow_plot_machine(a), pcow_plot_machine(b));

	if (!order)
		order = (rank_a > rank_b) - (rank_a < rank_b);
	if (!order)
		order = strverscmp(pcow_plot_release(a), pcow_plot_release(b));
	return order ? order : strcmp(a->path, b->path);
}

/* Two files of one figure. */
static int check_pair(const struct pcow_plot *a, const struct pcow_plot *b, struct pcow_error *err)
{
	const char *clock_a = a->summary.header.clock_domain;
	const char *clock_b = b->summary.header.clock_domain;
	char page_a[PCOW_CELL_SIZE], page_b[PCOW_CELL_SIZE];

	if (strcmp(clock_a, clock_b))
		return pcow_error_set(err, -EINVAL,
				      "%.180s has the clock '%s' and %.180s '%s', which cannot be "
				      "compared: plot them apart",
				      a->path, clock_a, b->path, clock_b);
	pcow_plot_page_format(page_a, sizeof(page_a), a);
	pcow_plot_page_format(page_b, sizeof(page_b), b);
	if (strcmp(page_a, page_b))
		return pcow_error_set(err, -EINVAL,
				      "%.180s has base pages of %s and %.180s of %s, which cannot "
				      "be compared: plot them apart",
				      a->path, page_a, b->path, page_b);
	return 0;
}

static bool same_machine(const struct pcow_plot *a, const struct pcow_plot *b)
{
	return !strcmp(pcow_plot_machine(a), pcow_plot_machine(b));
}

int pcow_plots_sort(struct pcow_plot **plots, size_t n, struct pcow_error *err)
{
	qsort(plots, n, sizeof(struct pcow_plot *), compare_plots);
	for (size_t i = 1; i < n; i++) {
		int ret = 0;

		if (same_machine(plots[i - 1], plots[i]))
			ret = check_pair(plots[i - 1], plots[i], err);
		if (ret)
			return ret;
	}
	return 0;
}

struct pcow_plot_set pcow_plot_set_first(struct pcow_plot *const *plots, size_t n)
{
	struct pcow_plot_set set = { .plots = plots, .n = 1 };

	while (set.n < n && same_machine(plots[0], plots[set.n]))
		set.n++;
	return set;
}

void pcow_plot_figure_name(char *buf, size_t size, const struct pcow_plot_figure *figure,
			   const struct pcow_plot_set *set)
{
	if (!figure->compares) {
		snprintf(buf, size, "%s", figure->name);
		return;
	}
	snprintf(buf, size, "%s-%s", figure->name, pcow_plot_machine(set->plots[0]));
	/* The machine is a text of the file's, and this becomes the name of a file. */
	for (char *c = buf; *c; c++) {
		if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-')
			*c = '_';
	}
}
