/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the writers of an analysis share: names, numbers, the lines that say
 * what is compared, and what was not.
 */
#ifndef PINCOW_FORMAT_ANALYSIS_H
#define PINCOW_FORMAT_ANALYSIS_H

#include <pincow/format.h>

#include "table/fields.h"
#include "table/text.h"

/* Room for a group, a case with all its parameters, and a metric. */
#define PCOW_NAME_SIZE 768

/* ----------------------------------------------------------------- numbers */

/* "+2.1%", with @unit for "%"; "0.0%" without a sign; "" for what is not finite. */
void pcow_percent_format(char *buf, size_t size, double fraction, bool sign, const char *unit);

/**
 * struct pcow_style - how a line's figures are written, the same for each group
 * @divisor:	from the series' unit
 * @unit:	"us/page", "KiB", "copied/page"; "" for a count
 */
struct pcow_style {
	double divisor;
	char unit[24];
};

/* By the size of the first group that has a figure other than 0. */
struct pcow_style pcow_line_style(const struct pcow_line *line, size_t nr_groups);

/* "1.23"; "" for what is not finite. */
void pcow_style_format(char *buf, size_t size, const struct pcow_style *style, double value);

/* "1.23 +-0.4%": the half-width is the interval's, where there is one. */
void pcow_arm_format(char *buf, size_t size, const struct pcow_style *style,
		     const struct pcow_arm *arm);

/* "+23.1%" and "[+22.8, +23.4]"; differences in the unit where the base is 0. */
void pcow_change_format(char *buf, size_t size, const struct pcow_style *style,
			const struct pcow_change *change, const char *unit);
void pcow_interval_format(char *buf, size_t size, const struct pcow_style *style,
			  const struct pcow_change *change);

/* ------------------------------------------------------------------- lines */

/* Is there no honest change: other work, a broken claim, or a figure that lacks? */
bool pcow_change_is_refused(const struct pcow_change *change);

/* Escape sequence of a verdict, or "" for what needs no attention. */
const char *pcow_verdict_color(enum pcow_verdict verdict);

/* "fork/anon base 16M p99": the metric only where it is not the headline. */
void pcow_line_name_format(char *buf, size_t size, const struct pcow_line *line);

/* ------------------------------------------------------------------ groups */

typedef const char *pcow_file_text(const struct pcow_file *file);

/* Also "wall" or "instructions". */
const char *pcow_file_clock(const struct pcow_file *file);

/* What all files say, or NULL where they differ. */
const char *pcow_group_text(const struct pcow_group *group, pcow_file_text *of);
const char *pcow_stratum_text(const struct pcow_stratum *stratum, pcow_file_text *of);

/* "x86_64, wall clock, pages of 4K, CPU, host NAME" */
void pcow_stratum_format(char *buf, size_t size, const struct pcow_stratum *stratum);

/* "Linux 6.1.0, COW model exclusive, 3 boots" */
void pcow_group_format(char *buf, size_t size, const struct pcow_stratum *stratum, size_t group);

/* What is compared, at a terminal: the stratum, then a line a group. */
void pcow_stratum_print(FILE *out, const struct pcow_stratum *stratum, bool color);

/* Is a comparison of counted instructions, or of times? */
bool pcow_analysis_has_clock(const struct pcow_analysis *analysis, bool counted);

/* Lines of a legend: what stands in the columns "interval" and "n". */
void pcow_interval_explain(FILE *out, const struct pcow_analysis *analysis, int indent);
void pcow_n_explain(FILE *out, const struct pcow_analysis *analysis, int indent);

/* Some of the notes, at a terminal. */
void pcow_notes_print(FILE *out, const struct pcow_analysis *analysis, size_t first, size_t n,
		      bool color);

/* ---------------------------------------------------------------- refusals */

/* Which changes a list is about. */
typedef bool pcow_change_filter(const struct pcow_line *line, const struct pcow_change *change);

/* Shown in the tables of compare; outside the gate's family. */
bool pcow_change_is_shown(const struct pcow_line *line, const struct pcow_change *change);
bool pcow_change_is_not_gated(const struct pcow_line *line, const struct pcow_change *change);

/**
 * struct pcow_refusal - a case that is not compared
 * @line:	one of the case's
 * @group:	in which
 */
struct pcow_refusal {
	const struct pcow_line *line;
	size_t group;
};

/* struct pcow_refusals - sorted so that what has one reason stands together */
struct pcow_refusals {
	struct pcow_refusal *at;
	size_t n;
};

/* Collects what is refused, each case once: where its headline is, its other metrics
 * need no word. Freed by pcow_refusals_clear(). 0 or -ENOMEM. */
int pcow_refusals_make(struct pcow_refusals *refusals, const struct pcow_comparison *comparison,
		       pcow_change_filter *filter);
void pcow_refusals_clear(struct pcow_refusals *refusals);

/* How many from @first on share verdict and reason. */
size_t pcow_refusals_same(const struct pcow_refusals *refusals, size_t first);

/* "other work in GROUP: why" */
void pcow_refusal_format(char *buf, size_t size, const struct pcow_comparison *comparison,
			 const struct pcow_refusal *refusal);

/* A paragraph a reason, with its cases, under @title. 0 or -ENOMEM. */
int pcow_refusals_print(FILE *out, const struct pcow_comparison *comparison,
			pcow_change_filter *filter, const char *title, bool color);

/* ------------------------------------------------------------------- tally */

/**
 * struct pcow_tally - lines by their verdict
 * @n:		of each
 * @lines:	compared; with more than two groups, one a group
 * @largest, @comparison, @group: the largest change for better or worse; NULL for none
 */
struct pcow_tally {
	size_t n[PCOW_NR_VERDICTS];
	size_t lines;
	const struct pcow_line *largest;
	const struct pcow_comparison *comparison;
	size_t group;
};

/* Over all comparisons. */
void pcow_tally_make(struct pcow_tally *tally, const struct pcow_analysis *analysis,
		     pcow_change_filter *filter);

/* "41 lines: 3 worse, 38 same; largest: fork/anon base 16M +23.1 % [+22.8, +23.4]" */
void pcow_tally_format(char *buf, size_t size, const struct pcow_tally *tally);

/* A text in markdown, where nothing in it is markup. */
void pcow_markdown_write(FILE *out, const char *text);

/* ------------------------------------------------------------ for programs */

/* Of struct pcow_arm and struct pcow_change: what the outputs for programs have in common. */
extern const struct pcow_field pcow_arm_fields[], pcow_change_fields[];

/* The object of `compare --json`, or of the gated lines alone; owned by the caller. */
json_t *pcow_analysis_json(const struct pcow_analysis *analysis,
			   const struct pcow_rendering *rendering, bool gate);

/* ----------------------------------------------------------------- writers */

typedef int pcow_analysis_write(FILE *out, const struct pcow_analysis *analysis,
				const struct pcow_rendering *rendering);

pcow_analysis_write pcow_compare_text_write, pcow_compare_brief_write, pcow_compare_markdown_write,
	pcow_compare_csv_write, pcow_compare_json_write, pcow_compare_lkml_write,
	pcow_compare_lkp_write;

#endif
