/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is compared: the machine, and each group of boots.
 */
#include "compare/analysis.h"

#include <inttypes.h>
#include <string.h>

#include <pincow/units.h>

/* A host's text is no longer than this in a heading. */
#define FACT_MAX 60

const char *pcow_file_clock(const struct pcow_file *file)
{
	return file->header.clock_domain;
}

static const struct pcow_file *first_file(const struct pcow_stratum *stratum)
{
	return stratum->groups[0].boots[0].files[0];
}

/* Says every file of the group what @first says? */
static bool agrees(const struct pcow_group *group, pcow_file_text *of, const char *first)
{
	for (size_t i = 0; i < group->nr_boots; i++)
		for (size_t j = 0; j < group->boots[i].nr_files; j++)
			if (strcmp(of(group->boots[i].files[j]), first) != 0)
				return false;
	return true;
}

const char *pcow_group_text(const struct pcow_group *group, pcow_file_text *of)
{
	const char *first = of(group->boots[0].files[0]);

	return agrees(group, of, first) ? first : NULL;
}

const char *pcow_stratum_text(const struct pcow_stratum *stratum, pcow_file_text *of)
{
	const char *first = of(first_file(stratum));

	for (size_t i = 0; i < stratum->nr_groups; i++)
		if (!agrees(&stratum->groups[i], of, first))
			return NULL;
	return first;
}

/* "pages of 4K"; where the groups are made by it, they differ. */
static void pages_format(char *buf, size_t size, const struct pcow_stratum *stratum)
{
	uint64_t first = pcow_file_page_bytes(first_file(stratum));
	char bytes[24];

	pcow_bytes_format(bytes, sizeof(bytes), first);
	snprintf(buf, size, "pages of %s", first ? bytes : "unknown size");
	for (size_t i = 1; i < stratum->nr_groups; i++)
		if (pcow_file_page_bytes(stratum->groups[i].boots[0].files[0]) != first)
			snprintf(buf, size, "pages of several sizes");
}

void pcow_stratum_format(char *buf, size_t size, const struct pcow_stratum *stratum)
{
	const char *machine = pcow_stratum_text(stratum, pcow_file_machine);
	const char *cpu = pcow_stratum_text(stratum, pcow_file_cpu);
	const char *host = pcow_stratum_text(stratum, pcow_file_hostname);
	char pages[PCOW_CELL_SIZE], text[PCOW_NAME_SIZE];

	pages_format(pages, sizeof(pages), stratum);
	snprintf(text, sizeof(text), "%.*s, %s, %s, %.*s, %s%.*s", FACT_MAX,
		 machine ? machine : "several architectures",
		 pcow_stratum_is_counted(stratum) ? "counted instructions (no times)"
						  : "wall clock",
		 pages, FACT_MAX, cpu ? cpu : "several CPUs", host ? "host " : "", FACT_MAX,
		 host ? host : "several hosts");
	pcow_text_plain(buf, size, text);
}

void pcow_group_format(char *buf, size_t size, const struct pcow_stratum *stratum, size_t group)
{
	const struct pcow_group *it = &stratum->groups[group];
	const char *release = pcow_group_text(it, pcow_file_release);
	const char *model = pcow_group_text(it, pcow_file_model);
	char text[PCOW_NAME_SIZE];

	snprintf(text, sizeof(text), "%s%.*s, %s%.*s, %zu boot%s%s", release ? "Linux " : "",
		 FACT_MAX, release ? release : "several kernels", model ? "COW model " : "",
		 FACT_MAX, model ? model : "several COW models", it->nr_boots,
		 it->nr_boots == 1 ? "" : "s",
		 group && group == stratum->twin ? ", the base once more (A/A)" : "");
	pcow_text_plain(buf, size, text);
}

void pcow_stratum_print(FILE *out, const struct pcow_stratum *stratum, bool color)
{
	char title[PCOW_NAME_SIZE], name[PCOW_TEXT_WIDTH], text[PCOW_NAME_SIZE];

	pcow_stratum_format(title, sizeof(title), stratum);
	pcow_head_print(out, title, color);
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		int used;

		pcow_text_plain(name, sizeof(name), stratum->groups[i].name);
		pcow_group_format(text, sizeof(text), stratum, i);
		used = fprintf(out, "  %s  ", i ? "new " : "base");
		if (strlen(name) + strlen(text) + 10 <= pcow_text_width()) {
			fprintf(out, "%s: %s\n", name, text);
			continue;
		}
		pcow_text_wrap(out, name, (size_t)used, pcow_text_width());
		fprintf(out, "%*s", used, "");
		pcow_text_wrap(out, text, (size_t)used, pcow_text_width());
	}
}

bool pcow_analysis_has_clock(const struct pcow_analysis *analysis, bool counted)
{
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		if (pcow_stratum_is_counted(&analysis->comparisons[i].stratum) == counted)
			return true;
	}
	return false;
}

static bool is_paired(const struct pcow_analysis *analysis)
{
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[i];

		for (size_t j = 0; j < comparison->nr_lines; j++) {
			for (size_t g = 1; g < comparison->stratum.nr_groups; g++) {
				if (comparison->lines[j].changes[g].paired)
					return true;
			}
		}
	}
	return false;
}

void pcow_interval_explain(FILE *out, const struct pcow_analysis *analysis, int indent)
{
	char wall[PCOW_CELL_SIZE] = "";

	if (pcow_analysis_has_clock(analysis, false))
		snprintf(wall, sizeof(wall), "each end with %.4g %% confidence",
			 100.0 * analysis->policy->confidence);
	pcow_term_print(
		out, "interval", indent, "of the change: %s%s%s, in %% where no unit is told", wall,
		*wall && pcow_analysis_has_clock(analysis, true) ? "; " : "",
		pcow_analysis_has_clock(analysis, true) ? "the range of counted boots" : "");
}

void pcow_n_explain(FILE *out, const struct pcow_analysis *analysis, int indent)
{
	pcow_term_print(out, "n", indent, "boots, of the smaller group%s%s",
			is_paired(analysis) ? "; p: pairs of boots of one block" : "",
			pcow_analysis_has_clock(analysis, true)
				? "; counted ones, which are equal, are one"
				: "");
}

void pcow_notes_print(FILE *out, const struct pcow_analysis *analysis, size_t first, size_t n,
		      bool color)
{
	char text[PCOW_NAME_SIZE];

	for (size_t i = first; i < first + n; i++) {
		pcow_text_plain(text, sizeof(text), analysis->notes[i]);
		fprintf(out, "%snote%s  ", color ? "\033[33m" : "", color ? "\033[0m" : "");
		pcow_text_wrap(out, text, strlen("note  "), pcow_text_width());
	}
}
