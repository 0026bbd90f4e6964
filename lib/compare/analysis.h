/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an analysis comes into being: strata of groups of boots, lines with
 * arms, changes, verdicts.
 */
#ifndef PINCOW_COMPARE_ANALYSIS_H
#define PINCOW_COMPARE_ANALYSIS_H

#include <pincow/compare.h>

/* Adds a note; a note that is there already is not added again. 0 or -ENOMEM. */
__attribute__((format(printf, 2, 3))) int pcow_analysis_note(struct pcow_analysis *analysis,
							     const char *fmt, ...);

/* Adds a note of what stops the gate, whatever the policy says. 0 or -ENOMEM. */
__attribute__((format(printf, 2, 3))) int pcow_analysis_block(struct pcow_analysis *analysis,
							      const char *fmt, ...);

/* Adds a note of what stops the gate unless the policy allows it. 0 or -ENOMEM. */
__attribute__((format(printf, 3, 4))) int
pcow_analysis_stop(struct pcow_analysis *analysis, enum pcow_stop stop, const char *fmt, ...);

/* Notes what differs in where the boots ran. 0 or -ENOMEM. */
int pcow_stratum_note_environment(struct pcow_analysis *analysis,
				  const struct pcow_stratum *stratum, unsigned int keys);

/* Makes the comparisons with their strata, of which each has two groups or
 * more; notes what is left out. */
int pcow_strata_make(struct pcow_analysis *analysis, const struct pcow_question *question,
		     struct pcow_error *err);
void pcow_stratum_clear(struct pcow_stratum *stratum);

/* The name of a file's group, owned by the caller; NULL when out of memory. */
char *pcow_group_name(const struct pcow_dataset *set, const struct pcow_file *file,
		      unsigned int keys);

/* For each file of a group's boots: @at points to the pointer to it. */
#define pcow_group_foreach(group, at)                                                              \
	for (size_t at##_boot = 0; at##_boot < (group)->nr_boots; at##_boot++)                     \
		for (const struct pcow_file **at = (group)->boots[at##_boot].files;                \
		     at < (group)->boots[at##_boot].files + (group)->boots[at##_boot].nr_files;    \
		     at++)

/* The group's file of the same run, as far as they tell; NULL for none. */
const struct pcow_file *pcow_group_find_run(const struct pcow_group *group,
					    const struct pcow_file *file);

/* Files of one group to boots; runs that stand twice are noted and left out. */
int pcow_group_add(struct pcow_analysis *analysis, struct pcow_group *group,
		   const struct pcow_file *file);

/* Is it one of a line that is fitted over several cases? */
bool pcow_metric_is_fitted(const char *metric);

/**
 * pcow_lines_over() - lines that say something of a series' case
 * @comparison:	its lines are in the order of the series
 * @part:	the series
 * @without:	lines of its case that were fitted over its parameter of this index;
 *		@part->nr_params for lines of the case itself
 * @n:		how many there are
 *
 * Return: the first of them.
 */
struct pcow_line *pcow_lines_over(const struct pcow_comparison *comparison,
				  const struct pcow_series *part, size_t without, size_t *n);

/* Have all values a logarithm? */
bool pcow_all_above_zero(const double *x, size_t n);

/* Makes a comparison's lines with their arms. 0 or -ENOMEM. */
int pcow_lines_make(struct pcow_comparison *comparison, const struct pcow_analysis *analysis);
void pcow_lines_clear(struct pcow_comparison *comparison);

/* Makes every change: what cannot be compared, what is gated, and the estimates.
 * 0 or -ENOMEM. */
int pcow_lines_change(struct pcow_analysis *analysis, struct pcow_comparison *comparison);

/* Estimates those that are to be, by families. 0 or -ENOMEM. */
int pcow_lines_estimate(struct pcow_analysis *analysis, struct pcow_comparison *comparison);

/* The least difference of memory that can be told on every host. */
double pcow_series_step(const struct pcow_series *series);

/* Is a change of the line gated, in any group? */
bool pcow_line_is_gated(const struct pcow_line *line, size_t nr_groups);

/* Notes runs that did not end. 0 or -ENOMEM. */
int pcow_stratum_note_runs(struct pcow_analysis *analysis, const struct pcow_stratum *stratum);

/* Notes boots, workers and samples that lines lack, and copied boots. 0 or -ENOMEM. */
int pcow_lines_note(struct pcow_analysis *analysis, const struct pcow_comparison *comparison);

/* Notes groups whose blocks make no pairs. 0 or -ENOMEM. */
int pcow_stratum_note_pairs(struct pcow_analysis *analysis, const struct pcow_stratum *stratum);

/**
 * struct pcow_evidence - what a change is estimated from
 * @values:	one a boot, the base's first; none is NAN
 * @boots:	of each value: which of its group's boots
 * @nr_base, @nr_other: how many
 * @paired:	the n-th of either are of one block, and there are as many
 * @least:	change that matters at least, in the unit; 0 for none
 */
struct pcow_evidence {
	double *values;
	size_t *boots;
	size_t nr_base, nr_other;
	bool paired;
	double least;
};

/* Boots that one family sets aside at most, whatever their number. */
#define PCOW_ODD_MAX 8

/**
 * struct pcow_odd - a boot set aside
 * @arm:	0 for the base's or for a pair, 1 for the other's
 * @boot:	of the group; of a pair, the base's
 * @nr_lines:	in so many lines
 * @most:	furthest that it lies off there, as a difference of logs; 0 where there
 *		are none
 */
struct pcow_odd {
	size_t arm, boot;
	size_t nr_lines;
	double most;
};

/**
 * struct pcow_family - lines of one kind that compare the same two groups
 * @evidence, @changes, @n: one a line; @effect is set
 * @nr_base, @nr_other: boots of the groups
 * @brief:	no more than verdicts take: no rank, detectable and boots_needed
 * @odd, @nr_odd: result
 */
struct pcow_family {
	struct pcow_evidence *evidence;
	struct pcow_change **changes;
	size_t n;
	size_t nr_base, nr_other;
	bool brief;
	struct pcow_odd odd[PCOW_ODD_MAX];
	size_t nr_odd;
};

/* Estimates the changes, all but q and the verdict. 0 or -ENOMEM. */
int pcow_family_estimate(struct pcow_family *family, const struct pcow_policy *policy);

/* The same where boots are equal by construction. 0 or -ENOMEM. */
int pcow_change_count(struct pcow_change *change, const struct pcow_evidence *evidence);

/* Adjusts the p of one family, then tells the verdicts: of changes that stand at
 * PCOW_UNCLEAR, as every estimated one does. 0 or -ENOMEM. */
int pcow_changes_judge(struct pcow_change **changes, size_t n, const struct pcow_policy *policy);

#endif
