/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a comparison together: they tell which boot was an odd one, lend
 * each other degrees of freedom, and share the chance to pass.
 */
#include "sample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* From so many boots a group on, one may be set aside ... */
#define ODD_BOOTS_LEAST 5

/* ... in each so many, of both groups or of pairs: more are no odd ones but how
 * boots vary. */
#define ODD_ONE_IN 10

/* It lies further off than in one gate of so many any boot would by chance. */
#define ODD_LEVEL 0.001

/**
 * struct odd - the value of a line that lies furthest off
 * @arm, @at:	which
 * @off:	how far off the mean of its arm's others, and the other arm's
 * @side:	of the others: 1 or -1
 * @share:	variance of that, in variances of a boot's value
 * @spread:	of the others
 * @is:		too far for chance
 */
struct odd {
	size_t arm, at;
	double off, side, share;
	struct pcow_spread spread;
	bool is;
};

struct work {
	struct pcow_sample *samples;
	struct odd *odd;
	struct pcow_spread *spreads;
	size_t n;
};

static double sum_squares(const double *x, size_t n)
{
	double mean = pcow_mean(x, n), sum = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return sum;
}

static void swap(struct pcow_sample *sample, size_t arm, size_t at)
{
	size_t last = sample->n[arm] - 1, first = (size_t)(sample->x[arm] - sample->values);
	double value = sample->x[arm][at];
	size_t boot = sample->boots[first + at];

	sample->x[arm][at] = sample->x[arm][last];
	sample->boots[first + at] = sample->boots[first + last];
	sample->x[arm][last] = value;
	sample->boots[first + last] = boot;
}

/* ----------------------------------------------------------------- odd boots */

/*
 * The arm's last value against the others of the line.  It has to lie off the
 * other arm as well, or, of pairs, off no change: what looks like the other arm is
 * evidence that the two are one, as where boots are of two modes.
 */
static struct odd look_at_last(const struct pcow_sample *sample, size_t arm)
{
	size_t n = sample->n[arm] - 1, df = n - 1;
	double squares = sum_squares(sample->x[arm], n), last = sample->x[arm][n];
	double other = 0.0;

	if (sample->nr_arms == 2) {
		other = pcow_mean(sample->x[!arm], sample->n[!arm]);
		squares += sum_squares(sample->x[!arm], sample->n[!arm]);
		df += sample->n[!arm] - 1;
	}
	return (struct odd){
		.arm = arm,
		.side = last < pcow_mean(sample->x[arm], n) ? -1.0 : 1.0,
		.off = fmin(fabs(last - pcow_mean(sample->x[arm], n)), fabs(last - other)),
		.share = 1.0 + 1.0 / (double)n,
		.spread = { .variance = squares / (double)df, .df = (double)df },
	};
}

static void find_odd(struct pcow_sample *sample, struct odd *odd)
{
	double most = 0.0;

	*odd = (struct odd){ .spread = { .variance = NAN } };
	for (size_t arm = 0; arm < sample->nr_arms; arm++) {
		for (size_t i = 0; i < sample->n[arm] && sample->change->n >= ODD_BOOTS_LEAST;
		     i++) {
			struct odd tried;
			double size;

			swap(sample, arm, i);
			tried = look_at_last(sample, arm);
			swap(sample, arm, i);
			size = tried.off / sqrt(tried.spread.variance * tried.share);
			if (!(size > most))
				continue;
			most = size;
			tried.at = i;
			*odd = tried;
		}
	}
}

static bool is_odd(const struct odd *odd, const struct pcow_spread *spread, double level)
{
	double t = odd->off / sqrt(spread->variance * odd->share);

	return odd->off > 0.0 && 2.0 * pt(-t, spread->df, true, false) <= level;
}

static size_t odd_boot(const struct work *work, size_t line)
{
	const struct pcow_sample *sample = &work->samples[line];
	const struct odd *odd = &work->odd[line];

	return sample->boots[(size_t)(sample->x[odd->arm] - sample->values) + odd->at];
}

static void set_aside(struct work *work, struct pcow_family *family, size_t line)
{
	struct pcow_odd found = { .arm = work->odd[line].arm, .boot = odd_boot(work, line) };

	for (size_t i = line; i < work->n; i++) {
		struct odd *odd = &work->odd[i];

		if (!odd->is || odd->arm != found.arm || odd_boot(work, i) != found.boot)
			continue;
		if (work->samples[i].logs && odd->off > fabs(found.most))
			found.most = odd->side * odd->off;
		swap(&work->samples[i], odd->arm, odd->at);
		work->samples[i].n[odd->arm]--;
		odd->is = false;
		found.nr_lines++;
	}
	family->odd[family->nr_odd++] = found;
}

/* The line whose odd boot is that of the most lines; n for none. */
static size_t oddest(const struct work *work)
{
	size_t most = 0, best = work->n;

	for (size_t i = 0; i < work->n; i++) {
		size_t lines = 0;

		for (size_t j = i; work->odd[i].is && j < work->n; j++)
			lines += work->odd[j].is && work->odd[j].arm == work->odd[i].arm &&
				 odd_boot(work, j) == odd_boot(work, i);
		if (lines > most) {
			most = lines;
			best = i;
		}
	}
	return best;
}

static void set_odd_aside(struct work *work, struct pcow_family *family)
{
	size_t values = 0, boots = 0, room;

	for (size_t i = 0; i < work->n; i++) {
		const struct pcow_sample *sample = &work->samples[i];
		size_t n = sample->n[0] + (sample->nr_arms == 2 ? sample->n[1] : 0);

		find_odd(&work->samples[i], &work->odd[i]);
		work->spreads[i] = work->odd[i].spread;
		values += n;
		boots = n > boots ? n : boots;
	}
	pcow_moderate(work->spreads, work->n, INFINITY);
	for (size_t i = 0; i < work->n; i++)
		work->odd[i].is =
			is_odd(&work->odd[i], &work->spreads[i], ODD_LEVEL / (double)values);
	room = boots < 2 * ODD_ONE_IN ? 1 : boots / ODD_ONE_IN;
	while (family->nr_odd < room && family->nr_odd < PCOW_ODD_MAX) {
		size_t line = oddest(work);

		if (line == work->n)
			break;
		set_aside(work, family, line);
	}
}

/* ---------------------------------------------------------------- moderation */

/* Deviations of each boot from its arm's mean, of length 1: their products are
 * correlations. */
static void deviations(const struct pcow_sample *sample, double *of_boots, size_t first_other)
{
	double length = 0.0;

	for (size_t arm = 0; arm < sample->nr_arms; arm++)
		length += sum_squares(sample->x[arm], sample->n[arm]);
	for (size_t arm = 0; arm < sample->nr_arms; arm++) {
		const size_t *boots = sample->boots + (sample->x[arm] - sample->values);
		double mean = pcow_mean(sample->x[arm], sample->n[arm]);

		for (size_t i = 0; length > 0.0 && i < sample->n[arm]; i++)
			of_boots[boots[i] + (arm ? first_other : 0)] =
				(sample->x[arm][i] - mean) / sqrt(length);
	}
}

/*
 * How many lines' worth of variances there are: n / (1 + (n - 1) r^2), by the mean
 * square of their correlations less the 1 / df that chance makes it.  The sum of
 * squares of all products of lines is that of all products of boots, of which
 * there are few.
 */
static int count_independent(const struct work *work, const struct pcow_family *family, double *n)
{
	size_t boots = family->nr_base + family->nr_other;
	double *products = calloc(boots * boots + 1, sizeof(*products));
	double *row = calloc(boots + 1, sizeof(*row));
	double squares = 0.0, size = (double)work->n;
	double chance = 1.0 / fmax(2.0, (double)boots - 2.0);

	for (size_t line = 0; products && row && line < work->n; line++) {
		memset(row, 0, boots * sizeof(*row));
		deviations(&work->samples[line], row, family->nr_base);
		for (size_t i = 0; i < boots; i++)
			for (size_t j = 0; j < boots; j++)
				products[i * boots + j] += row[i] * row[j];
	}
	for (size_t i = 0; products && i < boots * boots; i++)
		squares += products[i] * products[i];
	/* Each line has 1 with itself; one that does not vary has nothing. */
	squares = size > 1.0 ? (squares / size - 1.0) / (size - 1.0) : 1.0;
	squares = fmax(0.0, (squares - chance) / (1.0 - chance));
	*n = size / (1.0 + (size - 1.0) * squares);
	free(row);
	free(products);
	return row && products ? 0 : -ENOMEM;
}

static int lend(struct work *work, const struct pcow_family *family)
{
	double independent;

	if (count_independent(work, family, &independent))
		return -ENOMEM;
	for (size_t i = 0; i < work->n; i++) {
		struct pcow_sample *sample = &work->samples[i];
		double error;

		pcow_sample_measure(sample);
		error = sample->difference.error;
		/* Scales that differ have no variance in common. */
		work->spreads[i] = (struct pcow_spread){
			.variance = sample->logs ? error * error / pcow_sample_share(sample) : NAN,
			.df = sample->difference.df,
		};
	}
	pcow_moderate(work->spreads, work->n, independent);
	for (size_t i = 0; i < work->n; i++) {
		struct pcow_difference *difference = &work->samples[i].difference;

		if (!(work->spreads[i].variance > 0.0))
			continue;
		difference->error =
			sqrt(work->spreads[i].variance * pcow_sample_share(&work->samples[i]));
		difference->df = work->spreads[i].df;
	}
	return 0;
}

/* ------------------------------------------------------------------- the plan */

/* What these boots find, and how many it takes for all @lines to pass. */
static void plan(const struct pcow_sample *sample, size_t lines, const struct pcow_policy *policy)
{
	struct pcow_change *change = sample->change;
	double error = sample->difference.error, effect;
	struct pcow_design design = {
		.sd = error / sqrt(pcow_sample_share(sample)),
		.n = change->n,
		.paired = change->paired,
		.alpha = policy->alarms / (double)lines,
	};
	double own = (double)(change->n - 1) * (change->paired ? 1.0 : 2.0);
	size_t needed;

	if (isnan(change->effect))
		return;
	/* Fewer are never judged, and of one boot nobody knows how they vary. */
	change->boots_needed = policy->boots;
	if (change->n < 2)
		return;
	effect = pcow_sample_difference(sample, change->effect);
	design.lent = fmax(0.0, sample->difference.df - own);
	change->detectable = pcow_sample_fraction(
		sample, effect + pcow_detectable_effect(&design, policy->power));
	design.alpha = 1.0 - policy->confidence;
	needed = pcow_boots_needed(&design, effect, pow(policy->power, 1.0 / (double)lines));
	if (needed > policy->boots)
		change->boots_needed = needed;
}

static int estimate(struct work *work, struct pcow_family *family, const struct pcow_policy *policy)
{
	for (size_t i = 0; i < work->n; i++) {
		work->samples[i].change = family->changes[i];
		if (pcow_sample_make(&work->samples[i], &family->evidence[i], policy) ||
		    (!family->brief && pcow_sample_rank(&work->samples[i], policy)))
			return -ENOMEM;
	}
	set_odd_aside(work, family);
	if (lend(work, family))
		return -ENOMEM;
	for (size_t i = 0; i < work->n; i++) {
		pcow_sample_conclude(&work->samples[i], policy);
		if (!family->brief)
			plan(&work->samples[i], family->n, policy);
	}
	return 0;
}

int pcow_family_estimate(struct pcow_family *family, const struct pcow_policy *policy)
{
	struct work work = {
		.samples = calloc(family->n + 1, sizeof(*work.samples)),
		.odd = calloc(family->n + 1, sizeof(*work.odd)),
		.spreads = calloc(family->n + 1, sizeof(*work.spreads)),
		.n = family->n,
	};
	int ret = -ENOMEM;

	family->nr_odd = 0;
	if (work.samples && work.odd && work.spreads)
		ret = estimate(&work, family, policy);
	for (size_t i = 0; work.samples && i < work.n; i++)
		pcow_sample_clear(&work.samples[i]);
	free(work.samples);
	free(work.odd);
	free(work.spreads);
	return ret;
}
