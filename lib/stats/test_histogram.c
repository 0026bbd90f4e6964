/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The histogram's edges in closed form, and where values at them go.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pincow/stats.h>

#include "test_close.h"

#define LAST (PCOW_HISTOGRAM_BUCKETS - 1)

static struct pcow_histogram *histogram_make(void)
{
	struct pcow_histogram *histogram = calloc(1, sizeof(*histogram));

	assert_non_null(histogram);
	return histogram;
}

/* Adds @value with a weight of 1, and holds that @bucket took it. */
static void expect_bucket(struct pcow_histogram *histogram, double value, size_t bucket)
{
	double before = histogram->weight[bucket];

	pcow_histogram_add(histogram, value, 1.0);
	if (histogram->weight[bucket] != before + 1.0)
		fail_msg("%a is not in bucket %zu", value, bucket);
}

static void edges_meet(void **state)
{
	(void)state;
	assert_true(pcow_histogram_low(0) == -INFINITY);
	assert_close(pcow_histogram_low(1), 1.0, 0.0);
	for (size_t i = 0; i < LAST; i++) {
		assert_close(pcow_histogram_high(i), pcow_histogram_low(i + 1), 0.0);
		assert_true(pcow_histogram_low(i) < pcow_histogram_high(i));
	}
	assert_close(pcow_histogram_low(LAST), 0x1p48, 0.0);
	assert_true(pcow_histogram_high(LAST) == INFINITY);
}

/* 128 an octave: the first is 1/128 of its lower edge wide, the last 1/255. */
static void buckets_are_narrow(void **state)
{
	(void)state;
	for (size_t i = 1; i < LAST; i++) {
		double low = pcow_histogram_low(i);
		double width = pcow_histogram_high(i) - low;
		size_t step = (i - 1) % 128;

		assert_close(width / low, 1.0 / (128.0 + (double)step), 1e-15);
		if (!step)
			assert_close(low, exp2((double)((i - 1) / 128)), 0.0);
	}
}

static void edges_belong_to_the_bucket_above(void **state)
{
	struct pcow_histogram *histogram = histogram_make();

	(void)state;
	for (size_t i = 1; i <= LAST; i++) {
		double low = pcow_histogram_low(i);

		expect_bucket(histogram, nextafter(low, 0.0), i - 1);
		expect_bucket(histogram, low, i);
		expect_bucket(histogram, nextafter(low, INFINITY), i);
	}
	free(histogram);
}

static void what_lies_outside_is_kept(void **state)
{
	struct pcow_histogram *histogram = histogram_make();

	(void)state;
	expect_bucket(histogram, 0.0, 0);
	expect_bucket(histogram, -0.0, 0);
	expect_bucket(histogram, DBL_TRUE_MIN, 0);
	expect_bucket(histogram, -5.0, 0);
	expect_bucket(histogram, -INFINITY, 0);
	expect_bucket(histogram, 0x1p49, LAST);
	expect_bucket(histogram, DBL_MAX, LAST);
	expect_bucket(histogram, INFINITY, LAST);
	assert_close(pcow_histogram_total(histogram), 8.0, 0.0);
	free(histogram);
}

static void what_has_no_place_or_weight_is_ignored(void **state)
{
	struct pcow_histogram *histogram = histogram_make();

	(void)state;
	pcow_histogram_add(histogram, NAN, 1.0);
	pcow_histogram_add(histogram, 5.0, 0.0);
	pcow_histogram_add(histogram, 5.0, -1.0);
	pcow_histogram_add(histogram, 5.0, NAN);
	pcow_histogram_add(histogram, 5.0, INFINITY);
	for (size_t i = 0; i <= LAST; i++)
		assert_close(histogram->weight[i], 0.0, 0.0);
	assert_close(pcow_histogram_total(histogram), 0.0, 0.0);
	free(histogram);
}

static void there_is_no_bucket_beyond_the_last(void **state)
{
	(void)state;
	assert_true(isnan(pcow_histogram_low(PCOW_HISTOGRAM_BUCKETS)));
	assert_true(isnan(pcow_histogram_high(PCOW_HISTOGRAM_BUCKETS)));
	assert_true(isnan(pcow_histogram_low(SIZE_MAX)));
	assert_true(isnan(pcow_histogram_high(SIZE_MAX)));
}

/* Weights whose sum depends on its order. */
static void a_sum_in_passing_ends_at_the_total(void **state)
{
	struct pcow_histogram *histogram = histogram_make();
	double sum = 0.0;

	(void)state;
	for (size_t i = LAST; i > 0; i--)
		pcow_histogram_add(histogram, pcow_histogram_low(i), 1.0 / (double)i);
	for (size_t i = 0; i <= LAST; i++)
		sum += histogram->weight[i];
	assert_true(sum == pcow_histogram_total(histogram));
	/* R: sum(1 / 1:6145) is 9.300691 */
	assert_close(sum, 9.300691, 1e-6);
	free(histogram);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_meet),
		cmocka_unit_test(buckets_are_narrow),
		cmocka_unit_test(edges_belong_to_the_bucket_above),
		cmocka_unit_test(what_lies_outside_is_kept),
		cmocka_unit_test(what_has_no_place_or_weight_is_ignored),
		cmocka_unit_test(there_is_no_bucket_beyond_the_last),
		cmocka_unit_test(a_sum_in_passing_ends_at_the_total),
	};

	return cmocka_run_group_tests_name("stats/histogram", tests, NULL, NULL);
}
