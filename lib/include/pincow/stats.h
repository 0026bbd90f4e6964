/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure functions of numbers: no I/O, no allocation, no global state.
 * Degenerate input has a defined answer: NAN where there is none.
 *
 * pcow_hl_one() and pcow_hl_two() are the exception: libRmath keeps the tables
 * of its rank distributions in globals, so one thread at a time may call them.
 * The tables stay, 2.3 MB at most; should there be no memory for them, libRmath
 * ends the program.
 */
#ifndef PINCOW_STATS_H
#define PINCOW_STATS_H

#include <stdbool.h>
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
 * @x:	@n values; put into another order, not a sorted one
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

/**
 * struct pcow_shift - how far group b lies from group a, or values from 0
 * @estimate:	the difference b - a, in the unit of the values
 * @low, @high:	its interval; -INFINITY and INFINITY where the data give none
 * @p:		two-sided; NAN where there is no test
 * @confidence:	that the interval reaches: the one asked for with t, the least
 *		attainable one above it with ranks, whose intervals come in steps;
 *		0 where the interval is infinite, 1 where the comparison is exact
 *
 * Values that do not vary at all (a counted guest's) make an exact comparison:
 * interval [estimate, estimate], p 1 when it is 0 and 0 when it is not. It takes
 * two values, in each group.
 *
 * All is NAN when a group has no value, when a value is not finite or its sums
 * overflow, and when the confidence asked for is not between 0 and 1.
 */
struct pcow_shift {
	double estimate;
	double low, high;
	double p;
	double confidence;
};

/* Arithmetic mean; NAN when @n is 0. What is not finite spreads. */
double pcow_mean(const double *x, size_t n);

/* Standard deviation with n - 1; NAN below two values or beside one that is not finite. R: sd(x). */
double pcow_sd(const double *x, size_t n);

/**
 * pcow_t_one() - Student's t on values or on paired differences
 * @x:		values
 * @n:		how many; one gives an estimate without interval or p
 * @confidence:	of the interval, 0 < @confidence < 1
 *
 * R: t.test(x, conf.level = confidence).
 *
 * Return: the mean with its interval.
 */
struct pcow_shift pcow_t_one(const double *x, size_t n, double confidence);

/**
 * pcow_t_welch() - Welch's t: two groups whose variances may differ
 * @a, @na:	one group
 * @b, @nb:	the other
 * @confidence:	of the interval
 *
 * R: t.test(b, a, conf.level = confidence).
 *
 * Return: mean(b) - mean(a) with its interval; without interval and p when a
 * group has one value.
 */
struct pcow_shift pcow_t_welch(const double *a, size_t na, const double *b, size_t nb,
			       double confidence);

/**
 * struct pcow_difference - a mean, or a difference of means, with its error
 * @estimate:	of it
 * @error:	standard error; 0 where nothing varies, NAN below two values
 * @df:		degrees of freedom of the error
 */
struct pcow_difference {
	double estimate;
	double error;
	double df;
};

/* What pcow_t_one() and pcow_t_welch() rest on: of values, and b - a by Welch. */
struct pcow_difference pcow_difference_one(const double *x, size_t n);
struct pcow_difference pcow_difference_two(const double *a, size_t na, const double *b, size_t nb);

/**
 * pcow_t_above() - chance of an estimate so far above a limit
 * @difference:	see there; @error > 0
 * @limit:	in the unit of the estimate
 *
 * Return: one-sided p of "the truth is at most @limit".
 */
double pcow_t_above(const struct pcow_difference *difference, double limit);

/* How far a bound that holds with @confidence lies from the estimate. */
double pcow_t_reach(const struct pcow_difference *difference, double confidence);

/**
 * struct pcow_spread - a variance
 * @variance:	estimate
 * @df:		its degrees of freedom; INFINITY for one that is known
 */
struct pcow_spread {
	double variance;
	double df;
};

/**
 * pcow_spread_common() - what variances of a kind have in common
 * @spreads:	variances of their own; one of 0 has no part in it
 * @n:		how many
 *
 * R, limma: fitFDist(s2, df).
 *
 * Return: s0^2, and as df d0, so that a variance of d degrees is s0^2 F(d, d0);
 * INFINITY where they differ no more than chance makes them; variance NAN for
 * fewer than three.
 */
struct pcow_spread pcow_spread_common(const struct pcow_spread *spreads, size_t n);

/**
 * pcow_moderate() - have variances of a kind lend each other degrees of freedom
 * @spreads:	in and out; one that the others hardly allow stays as it is
 * @n:		how many
 * @independent: so many of them know nothing of each other: none gets more than
 *		that many times its own degrees
 *
 * R, limma: squeezeVar(s2, df).
 */
void pcow_moderate(struct pcow_spread *spreads, size_t n, double independent);

/**
 * pcow_half_width() - how narrowly values that differ by factors pin their centre
 * @x:		positive values
 * @n:		how many
 * @confidence:	of the interval, 0 < @confidence < 1
 * @scratch:	@n values
 *
 * Student's t on the logarithms: exp(t(n - 1) sd(log x) / sqrt(n)) - 1, how far
 * the interval's upper end, which is the further one, lies from the geometric
 * mean, as a fraction of that.
 * R: exp(diff(t.test(log(x), conf.level = confidence)$conf.int) / 2) - 1.
 *
 * Return: 0 when all are alike; INFINITY for one value; NAN for none, and when a
 * value is not positive and finite.
 */
double pcow_half_width(const double *x, size_t n, double confidence, double *scratch);

/**
 * pcow_hl_one() - Hodges-Lehmann estimate of one group's centre
 * @x:		values or paired differences
 * @n:		how many
 * @confidence:	of the interval
 * @scratch:	n (n + 1) / 2 values
 *
 * Median of the Walsh averages (x[i] + x[j]) / 2; interval and p from Wilcoxon's
 * signed-rank distribution, exact below 50 values: the interval is that of two
 * of the averages in order. From 50 values on, the normal approximation with
 * continuity correction takes the distribution's place, as in R.
 *
 * Averages of 0 come of zeros and of opposite values. Breaking these ties in any
 * order gives a valid test; p is that of the order for which it is largest. So p
 * and the interval are exact without ties and conservative with them: never
 * narrower or smaller than they ought to be, and they always agree about 0.
 *
 * R: wilcox.test(x, conf.int = TRUE, exact = TRUE), which has no exact answer for
 * ties and returns the range, not an infinite interval, when @n is too small.
 *
 * Return: as pcow_t_one(); the interval is infinite where @n is too small for
 * @confidence (below 6 for .95).
 */
struct pcow_shift pcow_hl_one(const double *x, size_t n, double confidence, double *scratch);

/**
 * pcow_hl_two() - Hodges-Lehmann estimate of the shift between two groups
 * @a, @na:	one group
 * @b, @nb:	the other
 * @confidence:	of the interval
 * @scratch:	na * nb values
 *
 * Median of all differences b - a; interval and p from the Mann-Whitney
 * distribution, exact when both groups have less than 50 values; else, and for
 * differences of 0, as pcow_hl_one().
 * R: wilcox.test(b, a, conf.int = TRUE, exact = TRUE).
 *
 * Return: as pcow_t_welch(); the interval is infinite where the groups are
 * too small for @confidence (3 and 3 for .95).
 */
struct pcow_shift pcow_hl_two(const double *a, size_t na, const double *b, size_t nb,
			      double confidence, double *scratch);

/**
 * pcow_bh_adjust() - Benjamini and Hochberg's adjustment
 * @p:		@n p-values; a NAN counts in no family and stays NAN
 * @q:		result: the least false discovery rate at which each is rejected;
 *		may be @p
 * @n:		how many
 * @scratch:	@n indices
 *
 * R: p.adjust(p, method = "BH").
 */
void pcow_bh_adjust(const double *p, double *q, size_t n, size_t *scratch);

/* Holm's: the least rate of any false alarm at which each is rejected, whatever the
 * tests have in common. R: p.adjust(p, method = "holm"). */
void pcow_holm_adjust(const double *p, double *q, size_t n, size_t *scratch);

/**
 * struct pcow_design - two groups of boots to be compared
 * @sd:		standard deviation of a boot's value, or of a pair's difference; >= 0
 * @n:		boots a group, or pairs
 * @paired:	which of the two
 * @lent:	degrees of freedom of @sd besides those of the boots; >= 0
 * @alpha:	significance level, one-sided; 0 < @alpha < .5
 */
struct pcow_design {
	double sd;
	size_t n;
	bool paired;
	double lent;
	double alpha;
};

/**
 * pcow_t_power() - chance to find an effect
 * @design:	see there
 * @effect:	true difference
 *
 * By the noncentral t distribution, to 1e-10.
 * R: power.t.test(n, delta, sd, sig.level, type, alternative = "one.sided")$power.
 *
 * Return: 0 .. 1; 0 below two boots; when sd is 0, 1 for any effect and 0 for
 * none; NAN for what is outside its range or not finite.
 */
double pcow_t_power(const struct pcow_design *design, double effect);

/**
 * pcow_detectable_effect() - minimum detectable effect
 * @design:	see there
 * @power:	chance to find it, such as .8; 0 < @power < 1
 *
 * R: power.t.test(n, NULL, sd, sig.level, power, type, "one.sided")$delta.
 *
 * Return: the least effect found with that chance; INFINITY below two boots; 0
 * when sd is 0 or @power is no more than alpha; NAN for what is outside its range
 * or not finite.
 */
double pcow_detectable_effect(const struct pcow_design *design, double power);

/* The most boots that pcow_boots_needed() tells. */
#define PCOW_BOOTS_MAX ((size_t)1000)

/**
 * pcow_boots_needed() - how many boots a group it takes
 * @design:	see there; @n is not read
 * @effect:	to be found
 * @power:	with this chance
 *
 * Return: the least n of at least 2; PCOW_BOOTS_MAX when more would be needed,
 * and for what is outside its range.
 */
size_t pcow_boots_needed(const struct pcow_design *design, double effect, double power);

/**
 * pcow_noise_floor() - what two groups of the same thing differ by
 * @x:		values of one group
 * @n:		how many
 * @confidence:	share of such comparisons that stay below
 *
 * t(n - 1) * sd * sqrt(2 / n): half the width of the interval that the
 * difference of two groups like this one has around 0.
 *
 * Return: in the unit of @x; INFINITY for one value, NAN for none, for one that
 * is not finite and for a @confidence that is not between 0 and 1.
 */
double pcow_noise_floor(const double *x, size_t n, double confidence);

/* Buckets an octave: each is at most 1/128 of its values wide. */
#define PCOW_HISTOGRAM_STEPS ((size_t)128)

/* From 1 to 2^48, in nanoseconds three days; one bucket below and one above. */
#define PCOW_HISTOGRAM_BUCKETS (48 * PCOW_HISTOGRAM_STEPS + 2)

/**
 * struct pcow_histogram - how much weight lies where, log-linear
 * @weight:	of each bucket; zeroed before the first value
 *
 * Bucket 0 holds what is below 1. 128 buckets of the same width make an octave,
 * from 2^k up to but not at 2^(k + 1); the last bucket holds 2^48 and more. The
 * share of the weight below an edge is that of the values themselves; where in a
 * bucket a value lay is lost, which is 0.8 % of it at most between 1 and 2^48.
 *
 * 49 KB, whatever is added: for the heap.
 */
struct pcow_histogram {
	double weight[PCOW_HISTOGRAM_BUCKETS];
};

/**
 * pcow_histogram_add() - add a value
 * @histogram:	to add it to
 * @value:	in any unit of which 0.8 % of 1 is of no interest; -INFINITY goes into
 *		the first bucket and INFINITY into the last, a NAN into none
 * @weight:	of the value; one that is not positive and finite adds nothing
 */
void pcow_histogram_add(struct pcow_histogram *histogram, double value, double weight);

/**
 * pcow_histogram_low() - lower edge of a bucket, which belongs to it
 * @bucket:	from 0
 *
 * Return: exact, in the unit of the values; -INFINITY of the first bucket; NAN
 * when there is no such bucket.
 */
double pcow_histogram_low(size_t bucket);

/**
 * pcow_histogram_high() - upper edge of a bucket, which belongs to the next
 * @bucket:	from 0
 *
 * Return: as pcow_histogram_low(); INFINITY of the last bucket.
 */
double pcow_histogram_high(size_t bucket);

/**
 * pcow_histogram_total() - all the weight
 * @histogram:	see there
 *
 * Return: the sum over the buckets in their order, so that a sum made in passing
 * ends at exactly this; 0 when nothing was added.
 */
double pcow_histogram_total(const struct pcow_histogram *histogram);

#endif
