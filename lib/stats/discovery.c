/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many tests at once: Benjamini and Hochberg's false discovery rate, and Holm's
 * rate of any false alarm.
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

/* The order of the family, largest first; how large it is. */
static size_t sort_family(const double *p, double *q, size_t n, size_t *order)
{
	size_t family = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(p[i]))
			q[i] = NAN;
		else
			order[family++] = i;
	}
	qsort_r(order, family, sizeof(*order), compare_largest_first, (void *)p);
	return family;
}

void pcow_bh_adjust(const double *p, double *q, size_t n, size_t *scratch)
{
	size_t family = sort_family(p, q, n, scratch);
	double least = 1.0;

	for (size_t i = 0; i < family; i++) {
		least = fmin(least, (double)family / (double)(family - i) * p[scratch[i]]);
		q[scratch[i]] = least;
	}
}

void pcow_holm_adjust(const double *p, double *q, size_t n, size_t *scratch)
{
	size_t family = sort_family(p, q, n, scratch);
	double most = 0.0;

	for (size_t i = family; i > 0; i--) {
		most = fmax(most, fmin(1.0, (double)i * p[scratch[i - 1]]));
		q[scratch[i - 1]] = most;
	}
}
