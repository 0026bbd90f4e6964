/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorting and the median against the C library's sort, on input that is hard
 * for a quicksort.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/stats.h>

#define MOST 3000

static int compare(const void *pa, const void *pb)
{
	double a = *(const double *)pa;
	double b = *(const double *)pb;

	if (isnan(a) || isnan(b))
		return !!isnan(a) - !!isnan(b);
	return (a > b) - (a < b);
}

static void expect_same(double value, double wanted)
{
	assert_true(value == wanted || (isnan(value) && isnan(wanted)));
}

static void check(const double *x, size_t n)
{
	static double wanted[MOST], sorted[MOST], moved[MOST];
	double median;

	memcpy(wanted, x, n * sizeof(*x));
	memcpy(sorted, x, n * sizeof(*x));
	memcpy(moved, x, n * sizeof(*x));
	qsort(wanted, n, sizeof(*wanted), compare);
	pcow_sort(sorted, n);
	median = pcow_median(moved, n);
	expect_same(median, pcow_quantile(wanted, n, 0.5));
	/* The median may leave any order, but of the same values. */
	qsort(moved, n, sizeof(*moved), compare);
	for (size_t i = 0; i < n; i++) {
		expect_same(sorted[i], wanted[i]);
		expect_same(moved[i], wanted[i]);
	}
}

static double ascending(size_t i, size_t n)
{
	(void)n;
	return (double)i;
}

static double descending(size_t i, size_t n)
{
	return (double)(n - i);
}

static double equal(size_t i, size_t n)
{
	(void)i;
	(void)n;
	return 7.0;
}

static double organ_pipe(size_t i, size_t n)
{
	return (double)(i < n / 2 ? i : n - i);
}

static double saw(size_t i, size_t n)
{
	(void)n;
	return (double)(i % 50);
}

static double few_values(size_t i, size_t n)
{
	(void)i;
	(void)n;
	return (double)(random() % 5);
}

static double different(size_t i, size_t n)
{
	(void)i;
	(void)n;
	return (double)random() - 1e9;
}

static double with_nans_and_infinities(size_t i, size_t n)
{
	static const double rare[] = { NAN, -NAN, INFINITY, -INFINITY, 0.0, -0.0 };

	(void)n;
	return random() % 3 ? (double)i : rare[random() % 6];
}

static double nans(size_t i, size_t n)
{
	(void)i;
	(void)n;
	return NAN;
}

static void any_input_is_sorted(void **state)
{
	static double (*const shapes[])(size_t, size_t) = {
		ascending, descending, equal,	   organ_pipe,
		saw,	   different,  few_values, with_nans_and_infinities,
		nans,
	};
	static double x[MOST];

	(void)state;
	srandom(4);
	for (size_t shape = 0; shape < sizeof(shapes) / sizeof(shapes[0]); shape++)
		for (size_t n = 0; n <= MOST; n += n < 100 ? 1 : 967) {
			for (size_t i = 0; i < n; i++)
				x[i] = shapes[shape](i, n);
			check(x, n);
		}
}

/* Moves as the sort does, by places instead of values. */
static size_t simulate(size_t *place, size_t n, const double *x, double pivot)
{
	size_t front = 0;

	for (size_t i = 0; i < n; i++) {
		size_t moved = place[i];

		place[i] = place[front];
		place[front] = moved;
		front += x[moved] <= pivot;
	}
	return front;
}

/* Each pivot is the second least of what is left, until the sort gives its pivots up. */
static void bad_pivots_are_survived(void **state)
{
	static double x[MOST];
	static size_t place[MOST];
	double least = 0.0;

	(void)state;
	for (size_t i = 0; i < MOST; i++) {
		x[i] = INFINITY;
		place[i] = i;
	}
	for (size_t done = 0; done < MOST; done += 2) {
		size_t left = MOST - done;

		x[place[done + left / 4]] = least++;
		x[place[done + left / 2]] = least++;
		assert_int_equal(simulate(place + done, left, x, least - 2.0), 1);
		assert_int_equal(simulate(place + done + 1, left - 1, x, least - 1.0), 1);
	}
	check(x, MOST);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_input_is_sorted),
		cmocka_unit_test(bad_pivots_are_survived),
	};

	return cmocka_run_group_tests_name("stats/sort", tests, NULL, NULL);
}
