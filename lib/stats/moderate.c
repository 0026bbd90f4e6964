/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variances that lend each other degrees of freedom: empirical Bayes, after
 * Smyth (2004), "Linear models and empirical Bayes methods for assessing
 * differential expression in microarray experiments", section 6.2.
 *
 * Each true variance is taken for a draw from s0^2 d0 / chi2(d0); then a
 * variance s^2 of d degrees is s0^2 F(d, d0), and the mean and variance of log
 * s^2 over many tell s0^2 and d0.
 */
#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <pincow/stats.h>

/* Fewer tell nothing of how variances differ. */
#define VARIANCES_LEAST 3

/* A variance that the others hardly allow, at this level over all, is its own. */
#define STRANGE_LEVEL 0.05

/* Newton on 1 / trigamma(y), which is convex and nearly straight. */
static double trigamma_inverse(double x)
{
	double y = 0.5 + 1.0 / x, step = -1.0;

	for (int i = 0; i < 50 && -step / y > 1e-10; i++) {
		double tri = trigamma(y);

		step = tri * (1.0 - tri / x) / psigamma(y, 2.0);
		y += step;
	}
	return y;
}

static bool takes_part(const struct pcow_spread *spread)
{
	return spread->variance > 0.0 && isfinite(spread->variance) && spread->df >= 1.0;
}

/* Log of the variance less what chance does to it on average. */
static double log_level(const struct pcow_spread *spread)
{
	double half = spread->df / 2.0;

	return log(spread->variance) - digamma(half) + log(half);
}

struct pcow_spread pcow_spread_common(const struct pcow_spread *spreads, size_t n)
{
	double sum = 0.0, squares = 0.0, chance = 0.0, pooled = 0.0, df = 0.0, mean, excess, size;
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		if (!takes_part(&spreads[i]))
			continue;
		taken++;
		sum += log_level(&spreads[i]);
		chance += trigamma(spreads[i].df / 2.0);
		pooled += spreads[i].df * spreads[i].variance;
		df += spreads[i].df;
	}
	if (taken < VARIANCES_LEAST)
		return (struct pcow_spread){ .variance = NAN };
	size = (double)taken;
	mean = sum / size;
	for (size_t i = 0; i < n; i++) {
		if (takes_part(&spreads[i]))
			squares += pow(log_level(&spreads[i]) - mean, 2.0);
	}
	chance /= size;
	excess = squares / (size - 1.0) - chance;
	if (excess <= 0.0)
		return (struct pcow_spread){ .variance = pooled / df, .df = INFINITY };
	df = 2.0 * trigamma_inverse(excess);
	return (struct pcow_spread){
		.variance = exp(mean + digamma(df / 2.0) - log(df / 2.0)),
		.df = df,
	};
}

static void moderate(struct pcow_spread *spread, const struct pcow_spread *common, double level)
{
	double ratio = spread->variance / common->variance;
	double strange = isinf(common->df) ? pchisq(ratio * spread->df, spread->df, false, false)
					   : pf(ratio, spread->df, common->df, false, false);

	if (strange < level)
		return;
	if (isinf(common->df)) {
		*spread = *common;
		return;
	}
	spread->variance = (common->df * common->variance + spread->df * spread->variance) /
			   (common->df + spread->df);
	spread->df += common->df;
}

void pcow_moderate(struct pcow_spread *spreads, size_t n, double independent)
{
	struct pcow_spread common = pcow_spread_common(spreads, n);

	for (size_t i = 0; !isnan(common.variance) && i < n; i++) {
		double most = spreads[i].df * fmax(1.0, independent);

		if (takes_part(&spreads[i]))
			moderate(&spreads[i], &common, STRANGE_LEVEL / (double)n);
		spreads[i].df = fmin(spreads[i].df, most);
	}
}
