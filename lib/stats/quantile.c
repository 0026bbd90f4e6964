/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quantiles, and how much data one needs.
 */
#include <pincow/stats.h>

#include <math.h>

/* Observations that must lie beyond a quantile before it is reported. */
#define BEYOND_QUANTILE 100.0

double pcow_quantile(const double *x, size_t n, double p)
{
	double position, fraction;
	size_t below;

	if (n == 0 || !(p >= 0.0 && p <= 1.0))
		return NAN;
	position = p * (double)(n - 1);
	below = (size_t)position;
	fraction = position - (double)below;
	/* Also keeps the neighbour, which may be infinite or NAN, out of an exact hit. */
	if (fraction == 0.0 || x[below] == x[below + 1])
		return x[below];
	return x[below] + fraction * (x[below + 1] - x[below]);
}

size_t pcow_quantile_min_n(double p)
{
	/* 1 - .9 is a hair below .1 in binary: without the slack p90 would need 1001. */
	return (size_t)ceil(BEYOND_QUANTILE / (1.0 - p) * (1.0 - 1e-9));
}
