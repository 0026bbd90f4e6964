/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mean and standard deviation.
 */
#include <math.h>

#include <pincow/stats.h>

#include "moments.h"

bool pcow_values_equal(const double *x, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (x[i] != x[0])
			return false;
	return true;
}

bool pcow_values_finite(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return false;
	return true;
}

double pcow_mean(const double *x, size_t n)
{
	double mean, sum = 0.0, rest = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	mean = sum / (double)n;
	if (!isfinite(mean))
		return mean;
	/* What rounding left over; it makes the mean of equal values that value. */
	for (size_t i = 0; i < n; i++)
		rest += x[i] - mean;
	return mean + rest / (double)n;
}

double pcow_sd(const double *x, size_t n)
{
	double mean = pcow_mean(x, n), scale = 0.0, sum = 0.0;

	if (n < 2 || !isfinite(mean))
		return NAN;
	for (size_t i = 0; i < n; i++)
		scale = fmax(scale, fabs(x[i] - mean));
	if (scale == 0.0)
		return 0.0;
	/* Scaled: a square that underflows would make values that differ look constant. */
	for (size_t i = 0; i < n; i++) {
		double deviation = (x[i] - mean) / scale;

		sum += deviation * deviation;
	}
	return scale * sqrt(sum / (double)(n - 1));
}
