/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many tests at once: Benjamini and Hochberg's false discovery rate.
 */
#include <pincow/stats.h>

#include <math.h>
#include <stdlib.h>

static int compare_largest_first(const void *pa, const void *pb, void *context)
{
	const double *p = context;
	double a = p[*(const size_t *)pa];
	double b = p[*(const size_t *)pb];

	return (a < b) - (a > b);
}

void pcow_bh_adjust(const double *p, double *q, size_t n, size_t *scratch)
{
	double least = 1.0;
	size_t family = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(p[i]))
			q[i] = NAN;
		else
			scratch[family++] = i;
	}
	qsort_r(scratch, family, sizeof(*scratch), compare_largest_first, (void *)p);
	for (size_t i = 0; i < family; i++) {
		least = fmin(least, (double)family / (double)(family - i) * p[scratch[i]]);
		q[scratch[i]] = least;
	}
}
