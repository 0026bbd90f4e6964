/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much a comparison can find: power, detectable effect, boots needed.
 */
#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <pincow/stats.h>

/*
 * From a noncentrality of 37.62 on, libRmath's pnt() takes a normal
 * approximation, which for one degree of freedom is off by more than a tenth.
 */
#define SERIES_NONCENTRALITY 37.5

/* Of the normal weights: 1e-18 of them lie beyond, and the step's error is below that. */
#define NORMAL_REACH 9.0
#define NORMAL_STEP  0.125

/* Effects that differ by less are the same. */
#define EFFECT_PRECISION 1e-12

static double freedom(const struct pcow_design *design)
{
	return (double)(design->n - 1) * (design->paired ? 1.0 : 2.0) + design->lent;
}

/* Standard error of the difference, in standard deviations of a boot. */
static double relative_error(const struct pcow_design *design)
{
	return sqrt((design->paired ? 1.0 : 2.0) / (double)design->n);
}

static bool design_valid(const struct pcow_design *design)
{
	return isfinite(design->sd) && design->sd >= 0.0 && design->lent >= 0.0 &&
	       design->alpha > 0.0 && design->alpha < 0.5;
}

static bool power_valid(double power)
{
	return power > 0.0 && power < 1.0;
}

/*
 * t = (z + noncentrality) / sqrt(chi2 / df) exceeds the threshold: the chance of
 * that given z is chi2's distribution function, here summed over normal z.  That
 * is smooth over many steps as long as no z within reach makes the sum 0.
 */
static double power_far(double noncentrality, double threshold, double df)
{
	double sum = 0.0;

	for (double z = -NORMAL_REACH; z <= NORMAL_REACH; z += NORMAL_STEP) {
		double ratio = (z + noncentrality) / threshold;

		sum += dnorm(z, 0.0, 1.0, false) * pchisq(df * ratio * ratio, df, true, false);
	}
	return fmin(1.0, sum * NORMAL_STEP);
}

/* By the true difference in standard errors. */
static double power_at(const struct pcow_design *design, double noncentrality)
{
	double df = freedom(design);
	double threshold = qt(design->alpha, df, false, false);

	if (noncentrality > SERIES_NONCENTRALITY && isfinite(df))
		return power_far(noncentrality, threshold, df);
	/* Its mirror image is off as well, and nothing. */
	if (noncentrality < -SERIES_NONCENTRALITY)
		return 0.0;
	return pnt(threshold, df, noncentrality, false, false);
}

double pcow_t_power(const struct pcow_design *design, double effect)
{
	if (!design_valid(design) || !isfinite(effect))
		return NAN;
	if (design->n < 2)
		return 0.0;
	if (design->sd == 0.0)
		return effect > 0.0 ? 1.0 : 0.0;
	return power_at(design, effect / design->sd / relative_error(design));
}

double pcow_detectable_effect(const struct pcow_design *design, double power)
{
	double low = 0.0, high = 1.0;

	if (!design_valid(design) || !power_valid(power))
		return NAN;
	if (design->n < 2)
		return INFINITY;
	/* Without any effect the test already rejects with chance alpha. */
	if (design->sd == 0.0 || power <= design->alpha)
		return 0.0;
	while (isfinite(high) && power_at(design, high) < power) {
		low = high;
		high *= 2.0;
	}
	while (high - low > EFFECT_PRECISION * high) {
		double middle = low + (high - low) / 2.0;

		if (power_at(design, middle) < power)
			low = middle;
		else
			high = middle;
	}
	return high * relative_error(design) * design->sd;
}

size_t pcow_boots_needed(const struct pcow_design *design, double effect, double power)
{
	size_t too_few = 1, enough = PCOW_BOOTS_MAX;

	if (!power_valid(power))
		return PCOW_BOOTS_MAX;
	while (enough - too_few > 1) {
		struct pcow_design tried = *design;

		tried.n = too_few + (enough - too_few) / 2;
		if (pcow_t_power(&tried, effect) >= power)
			enough = tried.n;
		else
			too_few = tried.n;
	}
	return enough;
}
