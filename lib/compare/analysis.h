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

/* Are two files one run, as far as they tell? */
bool pcow_header_same_run(const struct pcow_header *a, const struct pcow_header *b);

/* Files of one group to boots; runs that stand twice are noted and left out. */
int pcow_group_add(struct pcow_analysis *analysis, struct pcow_group *group,
		   const struct pcow_file *file);

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

/* Estimates every change, and says what cannot be compared and what is gated.
 * 0 or -ENOMEM. */
int pcow_lines_change(struct pcow_comparison *comparison, const struct pcow_policy *policy);

/* Is a change of the line gated, in any group? */
bool pcow_line_is_gated(const struct pcow_line *line, size_t nr_groups);

/* Can the twin's shift stand for noise? */
bool pcow_twin_is_noise(const struct pcow_change *twin, const struct pcow_policy *policy);

/* Notes groups whose blocks make no pairs. 0 or -ENOMEM. */
int pcow_stratum_note_pairs(struct pcow_analysis *analysis, const struct pcow_stratum *stratum);

/**
 * struct pcow_evidence - what a change is estimated from
 * @base, @nr_base: one value a boot; no NAN
 * @other, @nr_other: the same of the arm compared
 * @paired:	@base[i] and @other[i] are of one block, and there are as many
 */
struct pcow_evidence {
	const double *base, *other;
	size_t nr_base, nr_other;
	bool paired;
};

/* Fills in n, paired, is_relative, shift, low, high, rank, p and noise. 0 or -ENOMEM. */
int pcow_change_estimate(struct pcow_change *change, const struct pcow_evidence *evidence,
			 const struct pcow_policy *policy);

/* Then, from @change->effect, detectable and boots_needed. */
int pcow_change_plan(struct pcow_change *change, const struct pcow_evidence *evidence,
		     const struct pcow_policy *policy);

/* Adjusts the p of one family, then tells the verdicts: of changes that stand at
 * PCOW_UNCLEAR, as every estimated one does. 0 or -ENOMEM. */
int pcow_changes_judge(struct pcow_change **changes, size_t n, const struct pcow_policy *policy);

#endif
