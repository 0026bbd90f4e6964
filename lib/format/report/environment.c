/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where each group ran, from the headers of its files: a column a group, first
 * the rows that differ, since a difference there may be what was measured.
 */
#include "report/report.h"

/* Different values within a group that are shown: boots on a fleet have many. */
#define VALUES_SHOWN 3

static bool row_differs(const json_t *row)
{
	const json_t *first = json_array_get(row, 0);

	for (size_t i = 1; i < json_array_size(row); i++) {
		if (!pcow_environment_alike(first, json_array_get(row, i)))
			return true;
	}
	return false;
}

static void cell_print(FILE *out, const json_t *cell, size_t columns)
{
	size_t n = json_object_size(cell), i = 0;
	const char *text;
	json_t *unused;

	if (columns > 1)
		fprintf(out, "<td colspan=\"%zu\">", columns);
	else
		fputs("<td>", out);
	json_object_foreach ((json_t *)cell, text, unused) {
		if (i++ == VALUES_SHOWN)
			break;
		pcow_markup_print(out, i > 1 ? "<br>%s" : "%s", text);
	}
	if (n > VALUES_SHOWN)
		fprintf(out, "<br>and %zu more", n - VALUES_SHOWN);
	fputs("</td>", out);
}

/* struct part - rows that differ, or those that do not */
struct part {
	FILE *out;
	bool differing;
};

static int row_print(const char *title, const json_t *row, void *arg)
{
	const struct part *part = arg;
	size_t n = json_array_size(row);
	FILE *out = part->out;

	if (row_differs(row) != part->differing)
		return 0;
	fputs(part->differing ? "<tr class=\"differs\">" : "<tr>", out);
	pcow_markup_print(out, "<th scope=\"row\">%s</th>", title);
	for (size_t i = 0; i < (part->differing ? n : 1); i++)
		cell_print(out, json_array_get(row, i), part->differing ? 1 : n);
	fputs("</tr>\n", out);
	return 0;
}

int pcow_report_environment(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_comparison *comparison)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	int ret;

	(void)analysis;
	fputs("<p>What differs between the groups stands first, marked with ≠. A difference of "
	      "the figures may come from any of these rows.</p>\n",
	      out);
	pcow_html_table_begin(out, "Environment of each group");
	fputs("<thead><tr><td></td>", out);
	for (size_t i = 0; i < stratum->nr_groups; i++)
		pcow_markup_print(out, "<th scope=\"col\">%s</th>", stratum->groups[i].name);
	fputs("</tr></thead>\n<tbody>\n", out);
	ret = pcow_environment_each(stratum, row_print, &(struct part){ out, true });
	fputs("</tbody>\n<tbody>\n", out);
	if (!ret)
		ret = pcow_environment_each(stratum, row_print, &(struct part){ out, false });
	fputs("</tbody>\n", out);
	pcow_html_table_end(out);
	return ret;
}
