/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far two arms lie apart, line by line.
 *
 * Costs multiply: what makes a boot slower makes all of it slower by a factor.
 * So logs are compared, and differences of logs are changes in per cent.  Where
 * a value is 0 the values themselves are compared, as fractions of the base's
 * median; where that is 0, or values are below 0 (memory that was given back, a
 * net cost within noise), as they are.
 */
#include "sample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double pcow_sample_fraction(const struct pcow_sample *sample, double difference)
{
	/* What is unbounded stays so: a factor of 0 would look like a finding. */
	if (isinf(difference))
		return difference;
	return sample->logs ? expm1(difference) : difference * sample->unit;
}

double pcow_sample_difference(const struct pcow_sample *sample, double fraction)
{
	if (!sample->logs)
		return fraction / sample->unit;
	return fraction > -1.0 ? log1p(fraction) : -INFINITY;
}

static bool any_below_zero(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (x[i] < 0.0)
			return true;
	}
	return false;
}

/* The scale, and with it the least change that matters; @values are put out of order. */
static void choose_scale(struct pcow_sample *sample, const struct pcow_evidence *evidence,
			 double *values)
{
	size_t n = evidence->nr_base + evidence->nr_other;
	struct pcow_change *change = sample->change;
	double median;

	sample->logs = pcow_all_above_zero(values, n);
	change->is_relative = !any_below_zero(values, n);
	median = pcow_median(values, evidence->nr_base);
	change->is_relative &= median > 0.0;
	sample->unit = change->is_relative ? 1.0 / median : 1.0;
	if (change->is_relative)
		change->effect = fmax(change->effect, evidence->least / median);
	else
		change->effect = evidence->least > 0.0 ? evidence->least : NAN;
}

static void fill(struct pcow_sample *sample, const struct pcow_evidence *evidence)
{
	size_t n = evidence->nr_base + evidence->nr_other;

	memcpy(sample->values, evidence->values, n * sizeof(double));
	memcpy(sample->boots, evidence->boots, n * sizeof(*sample->boots));
	for (size_t i = 0; sample->logs && i < n; i++)
		sample->values[i] = log(sample->values[i]);
	sample->n[0] = evidence->nr_base;
	sample->n[1] = evidence->nr_other;
	sample->nr_arms = 2;
	sample->x[0] = sample->values;
	sample->x[1] = sample->values + evidence->nr_base;
}

int pcow_sample_make(struct pcow_sample *sample, const struct pcow_evidence *evidence,
		     const struct pcow_policy *policy)
{
	size_t n = evidence->nr_base + evidence->nr_other;
	struct pcow_change *change = sample->change;

	sample->values = malloc((n + 1) * sizeof(*sample->values));
	sample->boots = malloc((n + 1) * sizeof(*sample->boots));
	if (!sample->values || !sample->boots)
		return -ENOMEM;
	memcpy(sample->values, evidence->values, n * sizeof(double));
	choose_scale(sample, evidence, sample->values);
	fill(sample, evidence);
	change->n = sample->n[0] < sample->n[1] ? sample->n[0] : sample->n[1];
	change->paired = evidence->paired;
	if (change->is_relative)
		change->noise = pcow_sample_fraction(
			sample, pcow_noise_floor(sample->x[0], sample->n[0], policy->confidence));
	if (evidence->paired) {
		for (size_t i = 0; i < sample->n[0]; i++)
			sample->x[0][i] = sample->x[1][i] - sample->x[0][i];
		sample->nr_arms = 1;
	}
	return 0;
}

int pcow_sample_rank(const struct pcow_sample *sample, const struct pcow_policy *policy)
{
	size_t na = sample->n[0], nb = sample->n[1];
	struct pcow_shift *rank = &sample->change->rank;
	double *scratch = malloc((na * nb + na * (na + 1) / 2 + 1) * sizeof(*scratch));

	if (!scratch)
		return -ENOMEM;
	*rank = sample->nr_arms == 1 ? pcow_hl_one(sample->x[0], na, policy->confidence, scratch)
				     : pcow_hl_two(sample->x[0], na, sample->x[1], nb,
						   policy->confidence, scratch);
	rank->estimate = pcow_sample_fraction(sample, rank->estimate);
	rank->low = pcow_sample_fraction(sample, rank->low);
	rank->high = pcow_sample_fraction(sample, rank->high);
	free(scratch);
	return 0;
}

void pcow_sample_clear(struct pcow_sample *sample)
{
	free(sample->values);
	free(sample->boots);
}

double pcow_sample_share(const struct pcow_sample *sample)
{
	double share = 1.0 / (double)sample->n[0];

	return sample->nr_arms == 1 ? share : share + 1.0 / (double)sample->n[1];
}

void pcow_sample_measure(struct pcow_sample *sample)
{
	sample->difference = sample->nr_arms == 1 ? pcow_difference_one(sample->x[0], sample->n[0])
						  : pcow_difference_two(sample->x[0], sample->n[0],
									sample->x[1], sample->n[1]);
}

/* The truth is at most @limit, or, below zero, at least: one-sided. */
static double beyond(const struct pcow_difference *difference, double worse, double better)
{
	struct pcow_difference mirror = *difference;

	mirror.estimate = -mirror.estimate;
	if (difference->error == 0.0)
		return difference->estimate > worse || difference->estimate < better ? 0.0 : 1.0;
	return difference->estimate >= 0.0 ? pcow_t_above(difference, worse)
					   : pcow_t_above(&mirror, -better);
}

void pcow_sample_conclude(const struct pcow_sample *sample, const struct pcow_policy *policy)
{
	const struct pcow_difference *difference = &sample->difference;
	struct pcow_change *change = sample->change;
	double reach;

	change->shift = pcow_sample_fraction(sample, difference->estimate);
	change->low = -INFINITY;
	change->high = INFINITY;
	if (change->n < 2 || !isfinite(difference->error))
		return;
	reach = difference->error > 0.0 ? pcow_t_reach(difference, policy->confidence) : 0.0;
	change->low = pcow_sample_fraction(sample, difference->estimate - reach);
	change->high = pcow_sample_fraction(sample, difference->estimate + reach);
	change->p_any = fmin(1.0, 2.0 * beyond(difference, 0.0, 0.0));
	if (!isnan(change->effect))
		change->p = beyond(difference, pcow_sample_difference(sample, change->effect),
				   pcow_sample_difference(sample, -change->effect));
}

static double change_of(const struct pcow_change *change, double base, double other)
{
	return change->is_relative ? other / base - 1.0 : other - base;
}

int pcow_change_count(struct pcow_change *change, const struct pcow_evidence *evidence)
{
	size_t na = evidence->nr_base, nb = evidence->nr_other;
	struct pcow_sample sample = { .change = change };
	double *base = malloc((na + nb) * sizeof(*base));

	if (!base)
		return -ENOMEM;
	memcpy(base, evidence->values, (na + nb) * sizeof(*base));
	choose_scale(&sample, evidence, base);
	memcpy(base, evidence->values, (na + nb) * sizeof(*base));
	pcow_sort(base, na);
	pcow_sort(base + na, nb);
	change->n = 1;
	change->shift =
		change_of(change, pcow_quantile(base, na, 0.5), pcow_quantile(base + na, nb, 0.5));
	change->low = change_of(change, base[na - 1], base[na]);
	change->high = change_of(change, base[0], base[na + nb - 1]);
	free(base);
	return 0;
}
