/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure functions of numbers: no I/O, no allocation, no global state.
 * Degenerate input has a defined answer: NAN where there is none.
 */
#ifndef PINCOW_STATS_H
#define PINCOW_STATS_H

#include <stddef.h>
#include <stdint.h>

/**
 * pcow_sort() - sort doubles ascending in place, NANs last
 * @x:	values
 * @n:	how many
 */
void pcow_sort(double *x, size_t n);

/**
 * pcow_quantile() - quantile of sorted data, Hyndman and Fan's type 7
 * @x:	@n values, ascending
 * @n:	how many
 * @p:	0 .. 1
 *
 * R: quantile(x, p, type = 7).
 *
 * Return: the quantile in the unit of @x; NAN when @n is 0 or @p is outside
 * its range.
 */
double pcow_quantile(const double *x, size_t n, double p);

/**
 * pcow_median() - median of unsorted data
 * @x:	@n values; sorted in place
 * @n:	how many
 *
 * Return: pcow_quantile(x, n, 0.5).
 */
double pcow_median(double *x, size_t n);

/**
 * pcow_quantile_min_n() - how many observations a tail quantile needs
 * @p:	.5 <= p < 1
 *
 * A quantile is reported when at least 100 observations lie beyond it:
 * 10^4 for p99, 10^5 for p99.9.
 *
 * Return: the least n.
 */
size_t pcow_quantile_min_n(double p);

/**
 * struct pcow_fit - a straight line through points
 * @n:		points used
 * @slope:	dy/dx
 * @intercept:	y at x = 0
 * @r2:		coefficient of determination, 1 - SS_res / SS_tot
 */
struct pcow_fit {
	size_t n;
	double slope;
	double intercept;
	double r2;
};

/**
 * pcow_fit_line() - ordinary least squares, y = intercept + slope * x
 * @x:	abscissae
 * @y:	ordinates
 * @n:	points
 *
 * R: lm(y ~ x).
 *
 * Return: the fit; slope, intercept and r2 are NAN with fewer than two
 * different x, r2 is NAN when all y are equal.
 */
struct pcow_fit pcow_fit_line(const double *x, const double *y, size_t n);

#endif
