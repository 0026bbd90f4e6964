/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a case changed: the functions of the kernel in which the two differ most,
 * where both have a profile.
 */
#include "report/report.h"

#include <math.h>
#include <string.h>

#include "plot/data.h"

/* Functions that have a row of their own, and cases that are not folded. */
#define ROWS_MAX   8
#define CASES_OPEN 3

/* Boots that are too few for a verdict are still worth a reason. */
static bool has_changed(const struct pcow_change *change)
{
	switch (change->verdict) {
	case PCOW_WORSE:
	case PCOW_BETTER:
	case PCOW_OTHER_WORK:
		return true;
	case PCOW_LIKELY_BETTER:
	case PCOW_LIKELY_WORSE:
	case PCOW_UNCLEAR:
	case PCOW_TOO_FEW:
		return fabs(change->shift) >= change->effect;
	default:
		return false;
	}
}

/* ------------------------------------------------------------------ a table */

static void number_cell(FILE *out, double value, const char *class, bool sign)
{
	char text[PCOW_CELL_SIZE];

	pcow_instructions_format(text, sizeof(text), value, sign);
	pcow_markup_print(out, "<td class=\"number%s\">%s</td>", class, value == 0.0 ? "–" : text);
}

/* @pages: base pages an operation, 0 for no such column. */
static void row_print(FILE *out, const struct pcow_why_bar *bar, double pages)
{
	const struct pcow_why_row *row = &bar->row;
	double difference = row->other - row->base;
	const char *class = difference > 0.0 ? " worse" : difference < 0.0 ? " better" : "";

	pcow_markup_print(out, "<tr><th scope=\"row\">%s</th>", bar->name);
	number_cell(out, row->base, "", false);
	number_cell(out, row->other, "", false);
	number_cell(out, difference, class, true);
	if (pages > 0.0)
		number_cell(out, difference / pages, class, true);
	fputs("</tr>\n", out);
}

static void rows_print(FILE *out, const struct pcow_why *why, double pages)
{
	struct pcow_why_bar bars[ROWS_MAX + 3];
	size_t n = pcow_why_bars(bars, why, ROWS_MAX);

	for (size_t i = 0; i < n; i++)
		row_print(out, &bars[i], pages);
}

static void table_print(FILE *out, const struct pcow_stratum *stratum, size_t group,
			const struct pcow_why *why, double pages)
{
	pcow_html_table_begin(out, "Instructions an operation by function");
	pcow_markup_print(out,
			  "<thead><tr><th scope=\"col\">function</th>"
			  "<th scope=\"col\" class=\"number\">%s</th>"
			  "<th scope=\"col\" class=\"number\">%s</th>"
			  "<th scope=\"col\" class=\"number\">difference</th>",
			  stratum->groups[0].name, stratum->groups[group].name);
	fputs(pages > 0.0 ? "<th scope=\"col\" class=\"number\">a page</th>" : "", out);
	fputs("</tr></thead>\n<tbody>\n", out);
	rows_print(out, why, pages);
	fputs("</tbody>\n", out);
	pcow_html_table_end(out);
}

/* ------------------------------------------------------------------ a case */

/* struct why_case - what a table is made of */
struct why_case {
	const struct pcow_function_profile *base;
	const struct pcow_profiled_case *base_case, *other_case;
	bool is_net; /* the line's figure is */
};

/* Have profiles of both kernels the case of the line? */
static bool find_case(struct why_case *found, const struct pcow_comparison *comparison,
		      const struct pcow_line *line, size_t group,
		      const struct pcow_report_extras *extras)
{
	const struct pcow_group *groups = comparison->stratum.groups;
	const struct pcow_series *series = line->series;
	const struct pcow_function_profile *other;

	found->is_net = !strcmp(series->metric, "net");
	found->base =
		pcow_function_profile_of_group(extras->profiles, extras->nr_profiles, &groups[0]);
	other = pcow_function_profile_of_group(extras->profiles, extras->nr_profiles,
					       &groups[group]);
	/* One kernel, told apart by something else, has nothing to tell. */
	if (!found->base || !other || other == found->base)
		return false;
	found->base_case = pcow_function_profile_case(found->base, series->scenario, series->params,
						      series->nr_params);
	found->other_case = pcow_function_profile_case(other, series->scenario, series->params,
						       series->nr_params);
	return found->base_case && found->other_case;
}

/* "fork/anon base 16M in NEW: 605,237 → 1,240,388 instructions/fork (+104.9 %)" */
static void summary_print(FILE *out, const struct why_case *found, const char *group,
			  const struct pcow_why *why)
{
	char name[PCOW_NAME_SIZE], before[PCOW_CELL_SIZE], after[PCOW_CELL_SIZE];
	char change[PCOW_CELL_SIZE] = "";

	pcow_profiled_case_format(name, sizeof(name), found->base_case);
	pcow_instructions_format(before, sizeof(before), why->base, false);
	pcow_instructions_format(after, sizeof(after), why->other, false);
	if (why->base > 0.0)
		pcow_percent_format(change, sizeof(change), why->other / why->base - 1.0, true,
				    " %");
	pcow_markup_print(out,
			  "<summary><span class=\"case\">%s</span> in <b>%s</b>: %s → %s "
			  "instructions/%s%s%s%s</summary>\n",
			  name, group, before, after, found->base_case->operation,
			  *change ? " (" : "", change, *change ? ")" : "");
}

/* What the table's sum is not, where it is not the line's figure. */
static void notes_print(FILE *out, const struct why_case *found)
{
	if (found->base_case->waited || found->other_case->waited)
		fputs("<p>It waited: idle time is none of these.</p>\n", out);
	if (found->is_net)
		fputs("<p>These are of the whole call: its net is less, by a call without the path "
		      "under test.</p>\n",
		      out);
}

static int case_print(FILE *out, const struct pcow_stratum *stratum, size_t group,
		      const struct why_case *found, bool open)
{
	double pages = (double)found->base_case->op_bytes / (double)found->base->page_bytes;
	struct pcow_why why;
	int ret = pcow_why_make(&why, found->base_case, found->other_case);

	if (ret)
		return ret;
	fprintf(out, "<details%s>", open ? " open" : "");
	summary_print(out, found, stratum->groups[group].name, &why);
	notes_print(out, found);
	table_print(out, stratum, group, &why, pages >= 2.0 ? pages : 0.0);
	fputs("</details>\n", out);
	pcow_why_clear(&why);
	return 0;
}

int pcow_report_why(FILE *out, const struct pcow_comparison *comparison,
		    const struct pcow_report_extras *extras)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	struct why_case found;
	size_t n = 0;
	int ret = 0;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];

		if (!line->series->is_headline)
			continue;
		for (size_t g = 1; g < stratum->nr_groups && !ret; g++) {
			if (has_changed(&line->changes[g]) &&
			    find_case(&found, comparison, line, g, extras))
				ret = case_print(out, stratum, g, &found, n++ < CASES_OPEN);
		}
	}
	if (!n)
		fputs("<p>No case that changed has profiles of both kernels.</p>\n", out);
	return ret;
}
