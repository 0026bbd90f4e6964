/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From figures to what a person, a list or a script reads: pure functions of
 * results, no machine needed.  On the shelves of lib/format a file is an output.
 */
#ifndef PINCOW_FORMAT_H
#define PINCOW_FORMAT_H

#include <stdbool.h>
#include <stdio.h>

#include <pincow/compare.h>
#include <pincow/profile.h>
#include <pincow/summary.h>

/* The table of `pincow show`. */
void pcow_summary_print(FILE *out, const struct pcow_summary *summary, bool color);

/* The array of `show --json`, as results/README.md defines it; owned by the caller. */
json_t *pcow_summary_json(const struct pcow_summary *summary);

/* Lines of what follows are no longer than a terminal of so many columns, as far as
 * they can be broken; without it they have 120. */
void pcow_text_narrow(size_t columns);

/* Digits of a real number in JSON and CSV: integers below 10^15 come back as they
 * are, and 0.1 stays 0.1. */
#define PCOW_JSON_DIGITS 15

/* Prints @json and drops it; NULL stands for out of memory. 0 or -ENOMEM. */
int pcow_json_write(FILE *out, json_t *json);

/**
 * struct pcow_rendering - what a writer needs besides the figures
 * @version:	of this pincow
 * @command:	the command line that makes this output again; one line
 * @color:	the output is a terminal that shows colours
 */
struct pcow_rendering {
	const char *version;
	const char *command;
	bool color;
};

/**
 * struct pcow_analysis_format - one way to write an analysis
 * @name:	what --format calls it
 * @write:	0 or -ENOMEM; whether @out took it, its user asks with ferror()
 */
struct pcow_analysis_format {
	const char *name;
	int (*write)(FILE *out, const struct pcow_analysis *analysis,
		     const struct pcow_rendering *rendering);
};

/* The tables of `pincow compare`, and the verdicts of `pincow gate`: up to NULL. */
const struct pcow_analysis_format *pcow_compare_format_at(size_t index);
const struct pcow_analysis_format *pcow_gate_format_at(size_t index);

/* The gate's verdict and the lines that are shown, in markdown: a step's summary in
 * GitHub Actions. 0 or -ENOMEM. */
int pcow_gate_summary_write(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering);

/**
 * struct pcow_export_format - one way to hand results to another program
 * @name:	what --format calls it
 * @write:	0; -EINVAL with a line in @err, and nothing written, for results
 *		that the format cannot hold; -ENOMEM
 */
struct pcow_export_format {
	const char *name;
	int (*write)(FILE *out, const struct pcow_dataset *set,
		     const struct pcow_rendering *rendering, struct pcow_error *err);
};

/* The outputs of `pincow export`: up to NULL. */
const struct pcow_export_format *pcow_export_format_at(size_t index);

/* What `pincow gate --self-test` prints; @resampled is NULL without own boots. */
void pcow_trials_print(FILE *out, const struct pcow_trial *simulated,
		       const struct pcow_trial *resampled, bool color);

/* The object of `gate --self-test --json`; owned by the caller. */
json_t *pcow_trials_json(const struct pcow_trial *simulated, const struct pcow_trial *resampled);

/**
 * struct pcow_report_figure - a figure on its way into a page
 * @title:	one line
 * @svg:	an SVG document as gnuplot writes it
 * @size:	bytes of @svg
 */
struct pcow_report_figure {
	const char *title;
	const char *svg;
	size_t size;
};

/**
 * struct pcow_report_extras - what a page shows besides the analysis
 * @figures:	in the order of the page
 * @nr_figures:	how many
 * @profiles:	by function; those of the groups' kernels are used
 * @nr_profiles: how many; without any the page has no section on them
 */
struct pcow_report_extras {
	struct pcow_report_figure *figures;
	size_t nr_figures;
	const struct pcow_function_profile *profiles;
	size_t nr_profiles;
};

/**
 * pcow_report_write() - one HTML page that needs nothing else
 * @out:	where to
 * @analysis:	judged, and selected as the page's tables should be
 * @extras:	see there
 * @rendering:	@color is not read
 *
 * Return: 0 or -ENOMEM.
 */
int pcow_report_write(FILE *out, const struct pcow_analysis *analysis,
		      const struct pcow_report_extras *extras,
		      const struct pcow_rendering *rendering);

#endif
