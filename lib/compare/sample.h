/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line's evidence on the scale that it is compared on.
 */
#ifndef PINCOW_COMPARE_SAMPLE_H
#define PINCOW_COMPARE_SAMPLE_H

#include "analysis.h"

/**
 * struct pcow_sample - what a change is estimated from
 * @change:	becomes the answer
 * @logs:	of logs; else of values
 * @unit:	a difference of 1 in the values is so much of the base
 * @values, @boots: owned; @x points into the first
 * @nr_arms:	2; or 1, of differences between the boots of pairs
 * @x, @n:	values of each arm
 * @difference:	between the arms, with the error that the verdict rests on
 */
struct pcow_sample {
	struct pcow_change *change;
	bool logs;
	double unit;
	double *values;
	size_t *boots;
	size_t nr_arms;
	double *x[2];
	size_t n[2];
	struct pcow_difference difference;
};

/* Fills in the change's n, paired, is_relative, noise and effect. 0 or -ENOMEM; cleared
 * also then. */
int pcow_sample_make(struct pcow_sample *sample, const struct pcow_evidence *evidence,
		     const struct pcow_policy *policy);
void pcow_sample_clear(struct pcow_sample *sample);

/* The change's rank, of all boots. 0 or -ENOMEM. */
int pcow_sample_rank(const struct pcow_sample *sample, const struct pcow_policy *policy);

/* A difference on the sample's scale as a change, and back. */
double pcow_sample_fraction(const struct pcow_sample *sample, double difference);
double pcow_sample_difference(const struct pcow_sample *sample, double fraction);

/* Squared error of the difference, in variances of a boot's value (a pair's difference). */
double pcow_sample_share(const struct pcow_sample *sample);

/* The difference, by the sample alone. */
void pcow_sample_measure(struct pcow_sample *sample);

/* Shift, low, high, p and p_any, from the difference. */
void pcow_sample_conclude(const struct pcow_sample *sample, const struct pcow_policy *policy);

#endif
