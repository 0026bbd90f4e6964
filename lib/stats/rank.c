/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rank statistics: Hodges-Lehmann estimates with Wilcoxon's and Mann and
 * Whitney's tests and intervals.
 *
 * Both tests count, among Walsh averages or differences, those above 0. So one
 * sorted array gives the estimate, the interval and p, and p is below
 * 1 - confidence exactly where the interval leaves 0 out.
 */
#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <pincow/stats.h>

#include "moments.h"
#include "shift.h"

/* The exact distributions cost time and memory by powers of n; R's limit. */
#define EXACT_BELOW 50

/* Distribution of the count when there is no shift. */
struct null {
	bool paired;
	bool exact;
	double na, nb; /* nb: of two groups only */
	size_t most; /* the greatest count: all of the values */
	double sd;
};

static struct null null_one(size_t n)
{
	double size = (double)n;

	return (struct null){
		.paired = true,
		.exact = n < EXACT_BELOW,
		.na = size,
		.most = n * (n + 1) / 2,
		.sd = sqrt(size * (size + 1.0) * (2.0 * size + 1.0) / 24.0),
	};
}

static struct null null_two(size_t na, size_t nb)
{
	double size_a = (double)na, size_b = (double)nb;

	return (struct null){
		.exact = na < EXACT_BELOW && nb < EXACT_BELOW,
		.na = size_a,
		.nb = size_b,
		.most = na * nb,
		.sd = sqrt(size_a * size_b * (size_a + size_b + 1.0) / 12.0),
	};
}

/* The chance of a count of at most @k. */
static double null_chance(const struct null *null, double k)
{
	if (!null->exact)
		return pnorm(k + 0.5, (double)null->most / 2.0, null->sd, true, false);
	if (null->paired)
		return psignrank(k, null->na, true, false);
	return pwilcox(k, null->na, null->nb, true, false);
}

/* The least count whose null_chance() is at least @p. */
static double null_quantile(const struct null *null, double p)
{
	if (!null->exact)
		return ceil(qnorm(p, (double)null->most / 2.0, null->sd, true, false) - 0.5);
	if (null->paired)
		return qsignrank(p, null->na, true, false);
	return qwilcox(p, null->na, null->nb, true, false);
}

/* A value of 0 is a tie or a zero: it counts for whichever side makes p larger. */
static double p_value(const struct null *null, const double *values)
{
	size_t not_above = 0, not_below = 0;

	for (size_t i = 0; i < null->most; i++) {
		not_above += values[i] <= 0.0;
		not_below += values[i] >= 0.0;
	}
	return fmin(1.0, 2.0 * null_chance(null, fmin((double)not_above, (double)not_below)));
}

/* @values: Walsh averages or differences; they are sorted here. */
static struct pcow_shift rank_shift(const struct null *null, double *values, double confidence)
{
	struct pcow_shift shift;
	double rank;

	pcow_sort(values, null->most);
	shift = pcow_shift_bare(pcow_quantile(values, null->most, 0.5));
	/* Differences of finite values can still overflow. */
	if (!isfinite(shift.estimate) || !pcow_values_finite(values, null->most))
		return pcow_shift_none();
	shift.p = p_value(null, values);
	rank = null_quantile(null, (1.0 - confidence) / 2.0);
	if (rank >= 1.0) {
		shift.low = values[(size_t)rank - 1];
		shift.high = values[null->most - (size_t)rank];
		shift.confidence = 1.0 - 2.0 * null_chance(null, rank - 1.0);
	}
	return shift;
}

struct pcow_shift pcow_hl_one(const double *x, size_t n, double confidence, double *scratch)
{
	struct null null = null_one(n);
	size_t filled = 0;

	if (n == 0 || !pcow_values_finite(x, n) || !pcow_confidence_valid(confidence))
		return pcow_shift_none();
	if (n == 1)
		return pcow_shift_bare(x[0]);
	if (pcow_values_equal(x, n))
		return pcow_shift_exact(x[0]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			scratch[filled++] = 0.5 * x[i] + 0.5 * x[j];
	return rank_shift(&null, scratch, confidence);
}

struct pcow_shift pcow_hl_two(const double *a, size_t na, const double *b, size_t nb,
			      double confidence, double *scratch)
{
	struct null null = null_two(na, nb);
	size_t filled = 0;

	if (na == 0 || nb == 0 || !pcow_values_finite(a, na) || !pcow_values_finite(b, nb) ||
	    !pcow_confidence_valid(confidence))
		return pcow_shift_none();
	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			scratch[filled++] = b[j] - a[i];
	if (na == 1 || nb == 1) {
		double estimate = pcow_median(scratch, filled);

		return isfinite(estimate) ? pcow_shift_bare(estimate) : pcow_shift_none();
	}
	if (pcow_values_equal(a, na) && pcow_values_equal(b, nb))
		return isfinite(scratch[0]) ? pcow_shift_exact(scratch[0]) : pcow_shift_none();
	return rank_shift(&null, scratch, confidence);
}
