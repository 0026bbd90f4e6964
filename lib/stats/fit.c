/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A straight line through points, by ordinary least squares.
 */
#include <math.h>

#include <pincow/stats.h>

#include "moments.h"

static double residual_squares(const struct pcow_fit *fit, const double *x, const double *y)
{
	double sum = 0.0;

	for (size_t i = 0; i < fit->n; i++) {
		double residual = y[i] - (fit->intercept + fit->slope * x[i]);

		sum += residual * residual;
	}
	return sum;
}

struct pcow_fit pcow_fit_line(const double *x, const double *y, size_t n)
{
	struct pcow_fit fit = { .n = n, .slope = NAN, .intercept = NAN, .r2 = NAN };
	double mean_x, mean_y, sxx = 0.0, sxy = 0.0, syy = 0.0;

	if (pcow_values_equal(x, n))
		return fit;

	/* Centred sums: sizes of 2^40 bytes squared leave no digits for the rest. */
	mean_x = pcow_mean(x, n);
	mean_y = pcow_mean(y, n);
	for (size_t i = 0; i < n; i++) {
		sxx += (x[i] - mean_x) * (x[i] - mean_x);
		sxy += (x[i] - mean_x) * (y[i] - mean_y);
		syy += (y[i] - mean_y) * (y[i] - mean_y);
	}
	fit.slope = sxy / sxx;
	fit.intercept = mean_y - fit.slope * mean_x;
	if (!pcow_values_equal(y, n))
		fit.r2 = 1.0 - residual_squares(&fit, x, y) / syy;
	return fit;
}
