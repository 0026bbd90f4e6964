/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far two arms lie apart.
 *
 * Costs multiply: what makes a boot slower makes all of it slower by a factor.
 * So logs are compared, and differences of logs are changes in per cent.  Where
 * a value is 0 the values themselves are compared, as fractions of the base's
 * median; where that is 0, or values are below 0 (memory that was given back, a
 * net cost within noise), there is neither a fraction nor a better and a worse.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct scale - between values and what is compared
 * @logs:	of logs; else of values
 * @unit:	a difference of 1 in the values is so much of the base
 */
struct scale {
	bool logs;
	double unit;
};

/* The evidence on its scale, and what is needed besides. */
struct work {
	struct scale scale;
	double *base, *other, *differences;
	size_t nr_base, nr_other;
	bool paired;
	double *scratch;
};

static double to_fraction(const struct scale *scale, double difference)
{
	/* What is unbounded stays so: a factor of 0 would look like a finding. */
	if (isinf(difference))
		return difference;
	return scale->logs ? expm1(difference) : difference * scale->unit;
}

static double from_fraction(const struct scale *scale, double fraction)
{
	return scale->logs ? log1p(fraction) : fraction / scale->unit;
}

static void work_clear(struct work *work)
{
	free(work->base);
	free(work->other);
	free(work->differences);
	free(work->scratch);
}

static bool any_below_zero(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (x[i] < 0.0)
			return true;
	}
	return false;
}

static void choose_scale(struct work *work, struct pcow_change *change)
{
	double median = pcow_median(work->base, work->nr_base);

	work->scale.logs = pcow_all_above_zero(work->base, work->nr_base) &&
			   pcow_all_above_zero(work->other, work->nr_other);
	change->is_relative = median > 0.0 && !any_below_zero(work->base, work->nr_base) &&
			      !any_below_zero(work->other, work->nr_other);
	work->scale.unit = change->is_relative ? 1.0 / median : 1.0;
}

static int work_make(struct work *work, const struct pcow_evidence *evidence,
		     struct pcow_change *change)
{
	size_t na = evidence->nr_base, nb = evidence->nr_other;

	*work = (struct work){ .nr_base = na, .nr_other = nb, .paired = evidence->paired };
	work->base = malloc((na + 1) * sizeof(double));
	work->other = malloc((nb + 1) * sizeof(double));
	work->differences = malloc((na + 1) * sizeof(double));
	work->scratch = malloc((na * nb + na * (na + 1) / 2 + 1) * sizeof(double));
	if (!work->base || !work->other || !work->differences || !work->scratch) {
		work_clear(work);
		return -ENOMEM;
	}
	memcpy(work->base, evidence->base, na * sizeof(double));
	memcpy(work->other, evidence->other, nb * sizeof(double));
	choose_scale(work, change);
	/* Choosing has put them out of order, and pairs need it. */
	memcpy(work->base, evidence->base, na * sizeof(double));
	for (size_t i = 0; work->scale.logs && i < na; i++)
		work->base[i] = log(work->base[i]);
	for (size_t i = 0; work->scale.logs && i < nb; i++)
		work->other[i] = log(work->other[i]);
	for (size_t i = 0; work->paired && i < na; i++)
		work->differences[i] = work->other[i] - work->base[i];
	return 0;
}

/* Of what the design rests on: a pair's difference, or a boot's value in either arm. */
static double spread(const struct work *work)
{
	double a, b;

	if (work->paired)
		return pcow_sd(work->differences, work->nr_base);
	a = pcow_sd(work->base, work->nr_base);
	b = pcow_sd(work->other, work->nr_other);
	return sqrt((a * a + b * b) / 2.0);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void estimate_shift(struct pcow_change *change, struct work *work, double confidence)
{
	struct pcow_shift t, rank;

	if (work->paired) {
		t = pcow_t_one(work->differences, work->nr_base, confidence);
		rank = pcow_hl_one(work->differences, work->nr_base, confidence, work->scratch);
	} else {
		t = pcow_t_welch(work->base, work->nr_base, work->other, work->nr_other,
				 confidence);
		rank = pcow_hl_two(work->base, work->nr_base, work->other, work->nr_other,
				   confidence, work->scratch);
	}
	change->shift = to_fraction(&work->scale, rank.estimate);
	change->low = to_fraction(&work->scale, t.low);
	change->high = to_fraction(&work->scale, t.high);
	change->p = t.p;
	change->rank = (struct pcow_shift){
		.estimate = change->shift,
		.low = to_fraction(&work->scale, rank.low),
		.high = to_fraction(&work->scale, rank.high),
		.p = rank.p,
		.confidence = rank.confidence,
	};
}

int pcow_change_plan(struct pcow_change *change, const struct pcow_evidence *evidence,
		     const struct pcow_policy *policy)
{
	struct pcow_design design = { .alpha = 1.0 - policy->confidence };
	struct work work;

	if (work_make(&work, evidence, change))
		return -ENOMEM;
	design.sd = spread(&work);
	design.n = change->n;
	design.paired = work.paired;
	change->detectable = NAN;
	if (change->n > 1 && change->is_relative) {
		change->detectable =
			to_fraction(&work.scale, pcow_detectable_effect(&design, policy->power));
		change->boots_needed = pcow_boots_needed(
			&design, from_fraction(&work.scale, change->effect), policy->power);
	}
	work_clear(&work);
	return 0;
}

int pcow_change_estimate(struct pcow_change *change, const struct pcow_evidence *evidence,
			 const struct pcow_policy *policy)
{
	struct work work;

	if (work_make(&work, evidence, change))
		return -ENOMEM;
	change->n = least(work.nr_base, work.nr_other);
	change->paired = work.paired;
	estimate_shift(change, &work, policy->confidence);
	change->noise = to_fraction(&work.scale,
				    pcow_noise_floor(work.base, work.nr_base, policy->confidence));
	work_clear(&work);
	return 0;
}
