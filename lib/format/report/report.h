/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page of `pincow report`: one file a section, and the pieces of HTML that
 * they share.  What comes from result files or from the user is hostile: it
 * goes into the page by pcow_markup_print() or pcow_markup_write() and nothing else.
 */
#ifndef PINCOW_FORMAT_REPORT_H
#define PINCOW_FORMAT_REPORT_H

#include "compare/analysis.h"

/* Bytes as the data of a data: URI in a quoted attribute. */
void pcow_html_data(FILE *out, const char *data, size_t size);

/* A table's beginning: @label says in a screen reader what scrolls.  The keyboard
 * scrolls only what can have the focus. */
static inline void pcow_html_table_begin(FILE *out, const char *label)
{
	pcow_markup_print(out,
			  "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
			  "aria-label=\"%s\">\n<table>\n",
			  label);
}

static inline void pcow_html_table_end(FILE *out)
{
	fputs("</table>\n</div>\n", out);
}

/* What each comparison has to say in a section. 0 or -ENOMEM. */
typedef int pcow_report_part(FILE *out, const struct pcow_analysis *analysis,
			     const struct pcow_comparison *comparison);

/* The groups, what each came to, and the largest changes in sentences. */
pcow_report_part pcow_report_findings;

/* The shown lines, and behind a fold all of them. */
pcow_report_part pcow_report_lines;

/* Of what changed, the functions that did: where profiles of both kernels have the
 * case.  0 or -ENOMEM. */
int pcow_report_why(FILE *out, const struct pcow_comparison *comparison,
		    const struct pcow_report_extras *extras);

/* What did not run, is left out, or is not compared, and why. */
pcow_report_part pcow_report_gaps;

/* How many of the groups' cases that is. */
size_t pcow_report_count_gaps(const struct pcow_comparison *comparison);

/* Where each group ran: first what differs. */
pcow_report_part pcow_report_environment;

/* How each group was measured, and its files. */
pcow_report_part pcow_report_runs;

/* How to read the page under the policy. */
void pcow_report_guide(FILE *out, const struct pcow_analysis *analysis);

#endif
