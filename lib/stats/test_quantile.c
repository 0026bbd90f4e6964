/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Order statistics against R 4 (the line that gives each figure stands beside
 * it) and against degenerate input.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pincow/stats.h>

#include "test_close.h"

#define CLOSE 1e-12

static void sort_is_ascending_with_nans_last(void **state)
{
	double x[] = { 3.0, NAN, -1.0, INFINITY, 2.0, NAN, -INFINITY };

	(void)state;
	pcow_sort(x, 7);
	assert_true(isinf(x[0]) && x[0] < 0.0);
	assert_close(x[1], -1.0, 0.0);
	assert_close(x[2], 2.0, 0.0);
	assert_close(x[3], 3.0, 0.0);
	assert_true(isinf(x[4]) && x[4] > 0.0);
	assert_true(isnan(x[5]));
	assert_true(isnan(x[6]));
	pcow_sort(x, 0);
	assert_close(x[1], -1.0, 0.0);
}

static void quantiles_are_those_of_r(void **state)
{
	static const double x[] = { 1.0, 2.0, 4.0, 8.0, 16.0 };

	(void)state;
	/* quantile(c(1, 2, 4, 8, 16), c(0, .1, .25, .5, .75, .9, 1), type = 7)
	 * 1.0 1.4 2.0 4.0 8.0 12.8 16.0 */
	assert_close(pcow_quantile(x, 5, 0.0), 1.0, CLOSE);
	assert_close(pcow_quantile(x, 5, 0.1), 1.4, CLOSE);
	assert_close(pcow_quantile(x, 5, 0.25), 2.0, CLOSE);
	assert_close(pcow_quantile(x, 5, 0.5), 4.0, CLOSE);
	assert_close(pcow_quantile(x, 5, 0.75), 8.0, CLOSE);
	assert_close(pcow_quantile(x, 5, 0.9), 12.8, CLOSE);
	assert_close(pcow_quantile(x, 5, 1.0), 16.0, CLOSE);
	/* quantile(c(1, 2, 4, 8), c(.5, .99), type = 7) is 3.00 7.88 */
	assert_close(pcow_quantile(x, 4, 0.5), 3.0, CLOSE);
	assert_close(pcow_quantile(x, 4, 0.99), 7.88, CLOSE);
}

/* The p-quantile of 0, 1 ... n is n p. */
static void quantiles_of_a_ramp_are_exact(void **state)
{
	double ramp[1001];

	(void)state;
	for (size_t i = 0; i < 1001; i++)
		ramp[i] = (double)i;
	for (int percent = 0; percent <= 100; percent++)
		assert_close(pcow_quantile(ramp, 1001, percent / 100.0), 10.0 * percent, 1e-9);
	assert_close(pcow_quantile(ramp, 1001, 0.999), 999.0, 1e-9);
}

static void quantiles_of_degenerate_input_are_defined(void **state)
{
	static const double ties[] = { 7.0, 7.0, 7.0, 7.0 };
	static const double with_nan[] = { 1.0, 2.0, NAN };
	static const double infinite[] = { 1.0, INFINITY, INFINITY };

	(void)state;
	assert_true(isnan(pcow_quantile(ties, 0, 0.5)));
	assert_close(pcow_quantile(ties, 1, 0.0), 7.0, 0.0);
	assert_close(pcow_quantile(ties, 1, 0.99), 7.0, 0.0);
	assert_close(pcow_quantile(ties, 1, 1.0), 7.0, 0.0);
	assert_close(pcow_quantile(ties, 4, 0.3), 7.0, 0.0);
	assert_true(isnan(pcow_quantile(ties, 4, -0.01)));
	assert_true(isnan(pcow_quantile(ties, 4, 1.01)));
	assert_true(isnan(pcow_quantile(ties, 4, NAN)));
	/* A NAN is the largest value, and only what lands on it becomes one. */
	assert_close(pcow_quantile(with_nan, 3, 0.5), 2.0, 0.0);
	assert_true(isnan(pcow_quantile(with_nan, 3, 0.75)));
	assert_true(isinf(pcow_quantile(infinite, 3, 0.75)));
}

static void median_takes_any_order(void **state)
{
	double odd[] = { 5.0, 1.0, 3.0 };
	double even[] = { 4.0, 1.0, 3.0, 2.0 };
	double one[] = { 9.0 };

	(void)state;
	assert_close(pcow_median(odd, 3), 3.0, 0.0);
	assert_close(pcow_median(even, 4), 2.5, 0.0);
	assert_close(pcow_median(one, 1), 9.0, 0.0);
	assert_true(isnan(pcow_median(one, 0)));
}

static void tail_quantiles_need_a_hundred_observations_beyond(void **state)
{
	(void)state;
	assert_int_equal(pcow_quantile_min_n(0.5), 200);
	assert_int_equal(pcow_quantile_min_n(0.9), 1000);
	assert_int_equal(pcow_quantile_min_n(0.99), 10000);
	assert_int_equal(pcow_quantile_min_n(0.999), 100000);
	/* 100 / .07 = 1428.57, rounded up */
	assert_int_equal(pcow_quantile_min_n(0.93), 1429);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sort_is_ascending_with_nans_last),
		cmocka_unit_test(quantiles_are_those_of_r),
		cmocka_unit_test(quantiles_of_a_ramp_are_exact),
		cmocka_unit_test(quantiles_of_degenerate_input_are_defined),
		cmocka_unit_test(median_takes_any_order),
		cmocka_unit_test(tail_quantiles_need_a_hundred_observations_beyond),
	};

	return cmocka_run_group_tests_name("stats/quantile", tests, NULL, NULL);
}
