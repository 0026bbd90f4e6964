/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which figures there are, and what they are called.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

#include "compare/analysis.h"
#include "plot/groups.h"

static const struct pcow_plot_figure of_file[] = {
	{ "fork-scaling", "fork() of a process with populated anonymous memory",
	  "the file has no latencies of fork/anon", pcow_fork_scaling_write },
	{ "fault-latency", "Latency of single faults",
	  "the file has no single operations of a fault scenario", pcow_fault_latency_write },
	{ "overview", "Cost of one operation of each scenario", "the file has no latencies",
	  pcow_overview_write },
};

static const struct pcow_plot_figure of_groups[] = {
	{ "changes", "What changed", "no case has a latency in two groups", pcow_changes_write },
	{ "bars", "What copy-on-write costs",
	  "no group has a latency of fork/anon, fault/cow-copy, fault/cow-reuse or "
	  "fault/first-touch",
	  pcow_bars_figure_write },
	{ "ratio", "Cost of each case against the base", "no case has a latency in two groups",
	  pcow_ratio_write },
	{ "ecdf", "Cost of single faults",
	  "the files have no single operations of a fault scenario", pcow_ecdf_write },
	{ "scaling", "How cost grows", "no case has a latency at two sizes", pcow_scaling_write },
	{ "memory", "Memory that is held", "no case was weighed", pcow_memory_write },
};

static const struct pcow_plot_figure of_profiles[] = {
	{ "why", "Where the instructions went", "both kernels execute the same", pcow_why_write },
};

const struct pcow_plot_figure *pcow_plot_figure_at(const struct pcow_plot *plot, size_t index)
{
	if (plot->pair.base)
		return index < sizeof(of_profiles) / sizeof(of_profiles[0]) ? &of_profiles[index]
									    : NULL;
	if (plot->comparison)
		return index < sizeof(of_groups) / sizeof(of_groups[0]) ? &of_groups[index] : NULL;
	return index < sizeof(of_file) / sizeof(of_file[0]) ? &of_file[index] : NULL;
}

/* ------------------------------------------------------------------- names */

static const struct pcow_file *first_file(const struct pcow_comparison *comparison)
{
	return comparison->stratum.groups[0].boots[0].files[0];
}

static void machine_format(char *buf, size_t size, const struct pcow_comparison *comparison)
{
	const char *machine = pcow_stratum_text(&comparison->stratum, pcow_file_machine);

	snprintf(buf, size, "%s", machine ? machine : "several");
}

static void clock_format(char *buf, size_t size, const struct pcow_comparison *comparison)
{
	snprintf(buf, size, "%s", pcow_file_clock(first_file(comparison)));
}

static void page_format(char *buf, size_t size, const struct pcow_comparison *comparison)
{
	pcow_bytes_format(buf, size, pcow_file_page_bytes(first_file(comparison)));
}

typedef void fact_fn(char *buf, size_t size, const struct pcow_comparison *comparison);

/* Is there a comparison of which the fact is not true? */
static bool tells_apart(const struct pcow_analysis *analysis, fact_fn *fact, const char *text)
{
	char other[PCOW_LABEL_MAX];

	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		fact(other, sizeof(other), &analysis->comparisons[i]);
		if (strcmp(other, text))
			return true;
	}
	return false;
}

/* "why-fork-anon-written-base-16M", and behind it the kernel where there are several. */
static void pair_name_format(char *buf, size_t size, const struct pcow_plot_figure *figure,
			     const struct pcow_profiles_pair *pair)
{
	char name[PCOW_LABEL_MAX];

	pcow_profiled_case_format(name, sizeof(name), pair->base_case);
	for (char *c = name; *c; c++) {
		if (*c == '/' || *c == ' ')
			*c = '-';
	}
	snprintf(buf, size, "%s-%s%s%s", figure->name, name, pair->named ? "-" : "",
		 pair->named ? pair->other->kernel : "");
}

void pcow_plot_figure_name(char *buf, size_t size, const struct pcow_plot_figure *figure,
			   const struct pcow_plot *plot)
{
	static fact_fn *const facts[] = { machine_format, clock_format, page_format };
	size_t used = (size_t)snprintf(buf, size, "%s", figure->name);
	char text[PCOW_LABEL_MAX];

	for (size_t i = 0; plot->comparison && i < sizeof(facts) / sizeof(facts[0]); i++) {
		facts[i](text, sizeof(text), plot->comparison);
		if ((!i || tells_apart(plot->analysis, facts[i], text)) && used < size)
			used += (size_t)snprintf(buf + used, size - used, "-%s", text);
	}
	if (plot->pair.base)
		pair_name_format(buf, size, figure, &plot->pair);
	/* They are texts of the files', and this becomes the name of a file. */
	for (char *c = buf; *c; c++) {
		if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-')
			*c = '_';
	}
}

/* ----------------------------------------------------------------- reading */

int pcow_plot_compare(struct pcow_plot **plot, const struct pcow_analysis *analysis,
		      const struct pcow_comparison *comparison, struct pcow_error *err)
{
	struct pcow_plot *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return pcow_error_set(err, -ENOMEM, "figures: %s", strerror(ENOMEM));
	p->analysis = analysis;
	p->comparison = comparison;
	ret = pcow_spreads_read(p, err);
	if (ret)
		pcow_plot_free(p);
	else
		*plot = p;
	return ret;
}

int pcow_plot_profiles(struct pcow_plot **plot, const struct pcow_function_profile *base,
		       const struct pcow_function_profile *other, size_t index, bool named,
		       struct pcow_error *err)
{
	const struct pcow_profiled_case *of = &base->cases[index];
	const struct pcow_profiled_case *same =
		pcow_function_profile_case(other, of->scenario, of->params, of->nr_params);
	struct pcow_plot *p;
	char name[PCOW_LABEL_MAX];

	pcow_profiled_case_format(name, sizeof(name), of);
	if (!same)
		return pcow_error_set(err, -ENODATA, "%s: %.200s has no such case", name,
				      other->path);
	p = calloc(1, sizeof(*p));
	if (!p)
		return pcow_error_set(err, -ENOMEM, "figures: %s", strerror(ENOMEM));
	p->pair = (struct pcow_profiles_pair){ base, other, of, same, named };
	*plot = p;
	return 0;
}
