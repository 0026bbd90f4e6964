/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Student's t: paired, Welch's, of logarithms, and the noise floor.
 */
#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <pincow/stats.h>

#include "moments.h"
#include "shift.h"

/* Half the width of an interval, in standard errors. */
static double half_width(double confidence, double df)
{
	return qt((1.0 - confidence) / 2.0, df, false, false);
}

static struct pcow_shift t_shift(double estimate, double error, double df, double confidence)
{
	double half;

	/* Sums of finite values can still overflow. */
	if (!isfinite(estimate) || !isfinite(error))
		return pcow_shift_none();
	if (error == 0.0)
		return pcow_shift_exact(estimate);
	half = half_width(confidence, df) * error;
	return (struct pcow_shift){
		.estimate = estimate,
		.low = estimate - half,
		.high = estimate + half,
		.p = 2.0 * pt(-fabs(estimate / error), df, true, false),
		.confidence = confidence,
	};
}

struct pcow_difference pcow_difference_one(const double *x, size_t n)
{
	return (struct pcow_difference){
		.estimate = pcow_mean(x, n),
		.error = pcow_sd(x, n) / sqrt((double)n),
		.df = (double)n - 1.0,
	};
}

struct pcow_difference pcow_difference_two(const double *a, size_t na, const double *b, size_t nb)
{
	double error_a = pcow_sd(a, na) / sqrt((double)na);
	double error_b = pcow_sd(b, nb) / sqrt((double)nb);
	double error = hypot(error_a, error_b);

	return (struct pcow_difference){
		.estimate = pcow_mean(b, nb) - pcow_mean(a, na),
		.error = error,
		/* Welch and Satterthwaite, of shares so that no fourth power underflows. */
		.df = 1.0 / (pow(error_a / error, 4.0) / ((double)na - 1.0) +
			     pow(error_b / error, 4.0) / ((double)nb - 1.0)),
	};
}

double pcow_t_above(const struct pcow_difference *difference, double limit)
{
	return pt((difference->estimate - limit) / difference->error, difference->df, false, false);
}

double pcow_t_reach(const struct pcow_difference *difference, double confidence)
{
	return qt(confidence, difference->df, true, false) * difference->error;
}

struct pcow_shift pcow_t_one(const double *x, size_t n, double confidence)
{
	struct pcow_difference mean = pcow_difference_one(x, n);

	if (n == 0 || !pcow_values_finite(x, n) || !pcow_confidence_valid(confidence))
		return pcow_shift_none();
	if (n == 1)
		return pcow_shift_bare(mean.estimate);
	return t_shift(mean.estimate, mean.error, mean.df, confidence);
}

struct pcow_shift pcow_t_welch(const double *a, size_t na, const double *b, size_t nb,
			       double confidence)
{
	struct pcow_difference difference = pcow_difference_two(a, na, b, nb);

	if (na == 0 || nb == 0 || !pcow_values_finite(a, na) || !pcow_values_finite(b, nb) ||
	    !pcow_confidence_valid(confidence))
		return pcow_shift_none();
	if (na == 1 || nb == 1)
		return isfinite(difference.estimate) ? pcow_shift_bare(difference.estimate)
						     : pcow_shift_none();
	return t_shift(difference.estimate, difference.error, difference.df, confidence);
}

double pcow_half_width(const double *x, size_t n, double confidence, double *scratch)
{
	struct pcow_shift interval;

	/* The logarithm of what is not positive is not finite, and t has no answer. */
	for (size_t i = 0; i < n; i++)
		scratch[i] = log(x[i]);
	interval = pcow_t_one(scratch, n, confidence);
	return expm1(interval.high - interval.estimate);
}

double pcow_noise_floor(const double *x, size_t n, double confidence)
{
	if (n == 0 || !pcow_values_finite(x, n) || !pcow_confidence_valid(confidence))
		return NAN;
	if (n == 1)
		return INFINITY;
	return half_width(confidence, (double)(n - 1)) * pcow_sd(x, n) * sqrt(2.0 / (double)n);
}
