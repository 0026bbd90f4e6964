/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a case costs another number of instructions than in the base: the
 * differences of two profiles by kernel function.
 */
#ifndef PINCOW_WHY_H
#define PINCOW_WHY_H

#include <pincow/compare.h>
#include <pincow/profile.h>

/**
 * struct pcow_why_row - a function in both kernels
 * @name:	its symbol; NULL for user space
 * @others:	executed by other tasks than the one that was timed
 * @base, @other: its own instructions an operation
 */
struct pcow_why_row {
	const char *name;
	bool others;
	double base, other;
};

/**
 * struct pcow_why - what two kernels differ in for one case
 * @rows:	the largest difference first; a function that a kernel has under another
 *		name is two rows, as the name is all that tells functions apart
 * @n:		how many
 * @differ:	of these, the first so many are not the same in both
 * @base, @other: instructions an operation, of all rows
 */
struct pcow_why {
	struct pcow_why_row *rows;
	size_t n, differ;
	double base, other;
};

/* Compares two cases, which must outlive @why.  0 or -ENOMEM; pcow_why_clear() after 0. */
int pcow_why_make(struct pcow_why *why, const struct pcow_profiled_case *base,
		  const struct pcow_profiled_case *other);
void pcow_why_clear(struct pcow_why *why);

/* The sum of all rows from @first on; its name says nothing. */
struct pcow_why_row pcow_why_rest(const struct pcow_why *why, size_t first);

/* Is that the kernel of every file of the group?  By build ID where both have one,
 * else by release; and by machine. */
bool pcow_function_profile_is_of_group(const struct pcow_function_profile *profile,
				       const struct pcow_group *group);

/* The first of the profiles that is of the group; or NULL. */
const struct pcow_function_profile *
pcow_function_profile_of_group(const struct pcow_function_profile *profiles, size_t n,
			       const struct pcow_group *group);

/* Is that the kernel of any group of the analysis? */
bool pcow_function_profile_is_used(const struct pcow_function_profile *profile,
				   const struct pcow_analysis *analysis);

#endif
