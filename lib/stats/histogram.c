/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log-linear histogram: octaves, each cut into buckets of the same width.
 */
#include <math.h>

#include <pincow/stats.h>

#define LAST (PCOW_HISTOGRAM_BUCKETS - 1)

/* Exact: binary fractions are only scaled, so no value can miss its edges. */
static size_t bucket_of(double value)
{
	double fraction;
	int exponent;

	if (value < 1.0)
		return 0;
	if (value >= pcow_histogram_low(LAST))
		return LAST;
	fraction = 2.0 * frexp(value, &exponent) - 1.0;
	return 1 + (size_t)(exponent - 1) * PCOW_HISTOGRAM_STEPS +
	       (size_t)(fraction * PCOW_HISTOGRAM_STEPS);
}

void pcow_histogram_add(struct pcow_histogram *histogram, double value, double weight)
{
	if (isnan(value) || !(weight > 0.0 && isfinite(weight)))
		return;
	histogram->weight[bucket_of(value)] += weight;
}

double pcow_histogram_low(size_t bucket)
{
	size_t octave, step;

	if (bucket > LAST)
		return NAN;
	if (!bucket)
		return -INFINITY;
	octave = (bucket - 1) / PCOW_HISTOGRAM_STEPS;
	step = (bucket - 1) % PCOW_HISTOGRAM_STEPS;
	return ldexp(1.0 + (double)step / PCOW_HISTOGRAM_STEPS, (int)octave);
}

double pcow_histogram_high(size_t bucket)
{
	if (bucket >= LAST)
		return bucket == LAST ? INFINITY : NAN;
	return pcow_histogram_low(bucket + 1);
}

double pcow_histogram_total(const struct pcow_histogram *histogram)
{
	double total = 0.0;

	for (size_t i = 0; i < PCOW_HISTOGRAM_BUCKETS; i++)
		total += histogram->weight[i];
	return total;
}
