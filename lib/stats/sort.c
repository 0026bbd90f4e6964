/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorting, and selecting the median: most of the time of reading a result.
 *
 * Quicksort with a third part for what equals the pivot, since samples are
 * clock ticks of few different values; without branches that data decide.
 */
#include <pincow/stats.h>

#include <math.h>
#include <stdlib.h>

/* Below this, insertion sort is faster. */
#define SMALL 24

/* After partition(): x[0 .. below) < pivot, x[below .. above) equal to it. */
struct parts {
	size_t below, above;
};

/* Moves what is less than the pivot, or equal to it too, to the front; how many that are. */
static inline size_t to_front(double *x, size_t n, double pivot, bool or_equal)
{
	size_t front = 0;

	for (size_t i = 0; i < n; i++) {
		double value = x[i];

		x[i] = x[front];
		x[front] = value;
		front += or_equal ? value <= pivot : value < pivot;
	}
	return front;
}

/* The quartiles' median: the middle of sorted, reversed and organ-pipe input. */
static struct parts partition(double *x, size_t n)
{
	double a = x[n / 4], b = x[n / 2], c = x[n - n / 4 - 1];
	double pivot = a < b ? (b < c ? b : (a < c ? c : a)) : (a < c ? a : (b < c ? c : b));
	size_t below = to_front(x, n, pivot, false);

	return (struct parts){ below, below + to_front(x + below, n - below, pivot, true) };
}

static void insertion_sort(double *x, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double value = x[i];
		size_t j = i;

		for (; j > 0 && value < x[j - 1]; j--)
			x[j] = x[j - 1];
		x[j] = value;
	}
}

static int compare_numbers(const void *pa, const void *pb)
{
	double a = *(const double *)pa;
	double b = *(const double *)pb;

	return (a > b) - (a < b);
}

/* @turns: partitions left until the pivots are taken for bad ones, which would make n^2 steps. */
static void sort_numbers(double *x, size_t n, unsigned int turns)
{
	while (n > SMALL && turns-- > 0) {
		struct parts parts = partition(x, n);

		sort_numbers(x, parts.below, turns);
		x += parts.above;
		n -= parts.above;
	}
	if (n > SMALL)
		qsort(x, n, sizeof(*x), compare_numbers);
	else
		insertion_sort(x, n);
}

/* Puts x[k] where sorting would, what is less before and what is more behind it. */
static void select_number(double *x, size_t n, size_t k, unsigned int turns)
{
	while (n > SMALL && turns-- > 0) {
		struct parts parts = partition(x, n);

		if (k < parts.below) {
			n = parts.below;
		} else if (k < parts.above) {
			return;
		} else {
			x += parts.above;
			n -= parts.above;
			k -= parts.above;
		}
	}
	sort_numbers(x, n, 0);
}

static unsigned int turns_for(size_t n)
{
	unsigned int turns = 0;

	for (; n; n /= 2)
		turns += 2;
	return turns;
}

/* No NAN is <= anything: they end up behind the numbers, where they are in nobody's way. */
static size_t numbers_to_front(double *x, size_t n)
{
	return to_front(x, n, INFINITY, true);
}

void pcow_sort(double *x, size_t n)
{
	size_t numbers = numbers_to_front(x, n);

	sort_numbers(x, numbers, turns_for(numbers));
}

double pcow_median(double *x, size_t n)
{
	size_t numbers = numbers_to_front(x, n);
	size_t middle = n ? (n - 1) / 2 : 0;

	if (middle < numbers)
		select_number(x, numbers, middle, turns_for(numbers));
	/* pcow_quantile() takes the mean with the next one, the least of the rest. */
	for (size_t i = middle + 2; i < numbers; i++) {
		double value = x[i];

		if (value < x[middle + 1]) {
			x[i] = x[middle + 1];
			x[middle + 1] = value;
		}
	}
	return pcow_quantile(x, n, 0.5);
}
