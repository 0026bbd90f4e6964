/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Order statistics: sorting, quantiles, and how much data a quantile needs.
 */
#include <pincow/stats.h>

#include <math.h>
#include <stdlib.h>

/* Observations that must lie beyond a quantile before it is reported. */
#define BEYOND_QUANTILE 100.0

static int compare_doubles(const void *pa, const void *pb)
{
	double a = *(const double *)pa;
	double b = *(const double *)pb;

	if (isnan(a) || isnan(b))
		return !!isnan(a) - !!isnan(b);
	return (a > b) - (a < b);
}

void pcow_sort(double *x, size_t n)
{
	if (n > 1)
		qsort(x, n, sizeof(*x), compare_doubles);
}

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

double pcow_median(double *x, size_t n)
{
	pcow_sort(x, n);
	return pcow_quantile(x, n, 0.5);
}

size_t pcow_quantile_min_n(double p)
{
	/* 1 - .9 is a hair below .1 in binary: without the slack p90 would need 1001. */
	return (size_t)ceil(BEYOND_QUANTILE / (1.0 - p) * (1.0 - 1e-9));
}
