/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moments, t and ranks: closed forms, and input that has no or only a part of
 * an answer. test_tables.c has the ordinary input.
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

static double scratch[64];

static void expect_none(struct pcow_shift shift)
{
	assert_true(isnan(shift.estimate));
	assert_true(isnan(shift.low));
	assert_true(isnan(shift.high));
	assert_true(isnan(shift.p));
	assert_true(isnan(shift.confidence));
}

static void expect_no_interval(struct pcow_shift shift, double estimate)
{
	assert_close(shift.estimate, estimate, 0.0);
	assert_true(shift.low == -INFINITY);
	assert_true(shift.high == INFINITY);
	assert_true(shift.confidence == 0.0);
}

static void expect_bare(struct pcow_shift shift, double estimate)
{
	expect_no_interval(shift, estimate);
	assert_true(isnan(shift.p));
}

static void expect_exact(struct pcow_shift shift, double estimate)
{
	assert_true(shift.estimate == estimate);
	assert_true(shift.low == estimate);
	assert_true(shift.high == estimate);
	assert_true(shift.p == (estimate == 0.0 ? 1.0 : 0.0));
	assert_true(shift.confidence == 1.0);
}

static void moments_are_defined(void **state)
{
	static const double x[] = { 2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0 };
	static const double equal[] = { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 };
	static const double tiny[] = { 1e-200, 3e-200 };
	static const double infinite[] = { 1.0, INFINITY };
	static const double with_nan[] = { 1.0, NAN };

	(void)state;
	/* Squares of the deviations: 9 1 1 1 0 0 4 16, in all 32. */
	assert_close(pcow_mean(x, 8), 5.0, 0.0);
	assert_close(pcow_sd(x, 8), sqrt(32.0 / 7.0), CLOSE);
	assert_true(isnan(pcow_mean(x, 0)));
	assert_true(isnan(pcow_sd(x, 0)));
	assert_true(isnan(pcow_sd(x, 1)));
	/* 0.1 six times over 6 is not 0.1 by a plain sum. */
	assert_true(pcow_mean(equal, 6) == 0.1);
	assert_true(pcow_sd(equal, 6) == 0.0);
	assert_close(pcow_sd(tiny, 2) * 1e200, sqrt(2.0), CLOSE);
	assert_true(pcow_mean(infinite, 2) == INFINITY);
	assert_true(isnan(pcow_sd(infinite, 2)));
	assert_true(isnan(pcow_mean(with_nan, 2)));
	assert_true(isnan(pcow_sd(with_nan, 2)));
}

/* With one degree of freedom t is Cauchy's: p = 1 - 2 atan(t) / pi. */
static void t_of_two_values_is_in_closed_form(void **state)
{
	static const double x[] = { 1.0, 3.0 };
	struct pcow_shift shift = pcow_t_one(x, 2, 0.5);

	(void)state;
	assert_close(shift.estimate, 2.0, 0.0);
	assert_close(shift.p, 1.0 - 2.0 * atan(2.0) / M_PI, CLOSE);
	assert_close(shift.low, 1.0, CLOSE);
	assert_close(shift.high, 3.0, CLOSE);
}

/* All six positive: one of 2^6 signs, on each side; the interval is the range. */
static void six_signed_ranks_are_in_closed_form(void **state)
{
	static const double x[] = { 2.5, 1.0, 4.0, 3.0, 8.0, 5.5 };
	struct pcow_shift shift = pcow_hl_one(x, 6, 0.95, scratch);

	(void)state;
	assert_close(shift.p, 2.0 / 64.0, CLOSE);
	assert_close(shift.low, 1.0, 0.0);
	assert_close(shift.high, 8.0, 0.0);
	assert_close(shift.confidence, 1.0 - 2.0 / 64.0, CLOSE);
	expect_no_interval(pcow_hl_one(x, 5, 0.95, scratch), 3.25);
}

/* Groups of four apart: one of 70 orders on each side. */
static void rank_sums_of_four_are_in_closed_form(void **state)
{
	static const double a[] = { 1.0, 2.0, 3.0, 4.5 };
	static const double b[] = { 7.0, 6.0, 9.0, 8.5 };
	struct pcow_shift shift = pcow_hl_two(a, 4, b, 4, 0.95, scratch);

	(void)state;
	assert_close(shift.p, 2.0 / 70.0, CLOSE);
	assert_close(shift.low, 1.5, 0.0);
	assert_close(shift.high, 8.0, 0.0);
	assert_close(shift.confidence, 1.0 - 2.0 / 70.0, CLOSE);
	expect_no_interval(pcow_hl_two(a, 3, b, 3, 0.95, scratch), 5.0);
}

static void nothing_has_no_answer(void **state)
{
	static const double x[] = { 1.0, 2.0, 4.0 };

	(void)state;
	expect_none(pcow_t_one(x, 0, 0.95));
	expect_none(pcow_t_welch(x, 0, x, 3, 0.95));
	expect_none(pcow_t_welch(x, 3, x, 0, 0.95));
	expect_none(pcow_hl_one(x, 0, 0.95, scratch));
	expect_none(pcow_hl_two(x, 0, x, 3, 0.95, scratch));
	expect_none(pcow_hl_two(x, 3, x, 0, 0.95, scratch));
	assert_true(isnan(pcow_noise_floor(x, 0, 0.95)));
}

static void values_that_are_not_finite_have_no_answer(void **state)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	static const double good[] = { 1.0, 2.0, 4.0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		double x[] = { 1.0, bad[i], 3.0 };

		expect_none(pcow_t_one(x, 3, 0.95));
		expect_none(pcow_t_one(&bad[i], 1, 0.95));
		expect_none(pcow_t_welch(good, 3, x, 3, 0.95));
		expect_none(pcow_t_welch(x, 3, good, 3, 0.95));
		expect_none(pcow_hl_one(x, 3, 0.95, scratch));
		expect_none(pcow_hl_two(good, 3, x, 3, 0.95, scratch));
		expect_none(pcow_hl_two(x, 3, good, 3, 0.95, scratch));
		assert_true(isnan(pcow_noise_floor(x, 3, 0.95)));
	}
}

static void sums_that_overflow_have_no_answer(void **state)
{
	static const double high[] = { 1.5e308, 1.6e308 };
	static const double low[] = { -1.5e308, -1.6e308 };
	static const double right[] = { 0.0, 0.0, 1.5e308 };
	static const double left[] = { 0.0, 0.0, -1.5e308 };

	(void)state;
	expect_none(pcow_t_one(high, 2, 0.95));
	expect_none(pcow_t_welch(high, 2, low, 2, 0.95));
	expect_none(pcow_t_welch(high, 1, low, 1, 0.95));
	expect_none(pcow_hl_two(high, 2, low, 2, 0.95, scratch));
	expect_none(pcow_hl_two(high, 1, low, 1, 0.95, scratch));
	/* Only at the end, not where the estimate lies. */
	expect_none(pcow_hl_two(left, 3, right, 3, 0.95, scratch));
	expect_no_interval(pcow_hl_one(high, 2, 0.95, scratch), 1.55e308);
}

static void confidence_lies_between_0_and_1(void **state)
{
	static const double bad[] = { 0.0, 1.0, -0.5, 95.0, NAN };
	static const double x[] = { 1.0, 2.0, 4.0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		expect_none(pcow_t_one(x, 3, bad[i]));
		expect_none(pcow_t_welch(x, 3, x, 3, bad[i]));
		expect_none(pcow_hl_one(x, 3, bad[i], scratch));
		expect_none(pcow_hl_two(x, 3, x, 3, bad[i], scratch));
		assert_true(isnan(pcow_noise_floor(x, 3, bad[i])));
	}
}

static void one_value_has_an_estimate_alone(void **state)
{
	static const double x[] = { 3.0, 5.0, 8.0 };

	(void)state;
	expect_bare(pcow_t_one(x, 1, 0.95), 3.0);
	expect_bare(pcow_hl_one(x, 1, 0.95, scratch), 3.0);
	expect_bare(pcow_t_welch(x, 1, x + 1, 1, 0.95), 2.0);
	expect_bare(pcow_t_welch(x, 1, x + 1, 2, 0.95), 3.5);
	expect_bare(pcow_hl_two(x, 1, x + 1, 1, 0.95, scratch), 2.0);
	expect_bare(pcow_hl_two(x + 1, 2, x, 1, 0.95, scratch), -3.5);
	assert_true(pcow_noise_floor(x, 1, 0.95) == INFINITY);
}

static void values_that_do_not_vary_compare_exactly(void **state)
{
	static const double zero[] = { 0.0, 0.0, -0.0 };
	static const double x[] = { 0.1, 0.1, 0.1 };
	static const double y[] = { 0.3, 0.3, 0.3 };

	(void)state;
	expect_exact(pcow_t_one(zero, 3, 0.95), 0.0);
	expect_exact(pcow_t_one(x, 2, 0.95), 0.1);
	expect_exact(pcow_t_welch(x, 3, x, 2, 0.95), 0.0);
	expect_exact(pcow_t_welch(x, 3, y, 3, 0.95), 0.3 - 0.1);
	expect_exact(pcow_hl_one(zero, 3, 0.95, scratch), 0.0);
	expect_exact(pcow_hl_one(x, 3, 0.95, scratch), 0.1);
	expect_exact(pcow_hl_two(x, 3, x, 2, 0.95, scratch), 0.0);
	expect_exact(pcow_hl_two(x, 3, y, 3, 0.95, scratch), 0.3 - 0.1);
	assert_true(pcow_noise_floor(x, 3, 0.95) == 0.0);
}

/* Only one of the groups varies: df is that one's, t.test(b, a)$parameter. */
static void one_constant_group_is_compared_with_the_other(void **state)
{
	static const double a[] = { 2.0, 2.0, 2.0, 2.0 };
	static const double b[] = { 3.0, 5.0 };
	struct pcow_shift t = pcow_t_welch(a, 4, b, 2, 0.5);

	(void)state;
	assert_close(t.p, 1.0 - 2.0 * atan(2.0) / M_PI, CLOSE);
	assert_close(t.low, 1.0, CLOSE);
	assert_close(t.high, 3.0, CLOSE);
	/* Two of six out of six places: 2 / 15. */
	assert_close(pcow_hl_two(a, 4, b, 2, 0.5, scratch).p, 2.0 / 15.0, CLOSE);
	assert_close(pcow_hl_two(b, 2, a, 4, 0.5, scratch).p, 2.0 / 15.0, CLOSE);
}

/* A zero is counted against the rest, opposite values against each other. */
static void ties_count_for_the_larger_p(void **state)
{
	static const double with_zero[] = { 0.0, 1.0, 2.0, 3.0, 4.0, 5.0 };
	static const double opposite[] = { -1.0, 1.0, 2.0, 3.0, 4.0, 5.0 };
	static const double a[] = { 1.0, 2.0, 3.0 };
	static const double b[] = { 3.0, 4.0, 5.0 };
	static const double same[] = { 3.0, 1.0, 2.0 };

	(void)state;
	/* Statistics of 20 and of 19: 2 * psignrank(c(1, 2), 6) */
	assert_close(pcow_hl_one(with_zero, 6, 0.95, scratch).p, 4.0 / 64.0, CLOSE);
	assert_close(pcow_hl_one(opposite, 6, 0.95, scratch).p, 6.0 / 64.0, CLOSE);
	/* 8 of 9: 2 * pwilcox(1, 3, 3) */
	assert_close(pcow_hl_two(a, 3, b, 3, 0.95, scratch).p, 4.0 / 20.0, CLOSE);
	assert_close(pcow_hl_two(a, 3, same, 3, 0.95, scratch).p, 1.0, 0.0);
}

/* By scipy: expm1(ppf(.975, 4) * std(log(x), ddof = 1) / sqrt(5)). */
static void half_widths_are_of_logarithms(void **state)
{
	static const double x[] = { 1.0, 1.1, 0.9, 1.3, 1.2 };
	static const double scaled[] = { 1e9, 1.1e9, 0.9e9, 1.3e9, 1.2e9 };
	static const double same[] = { 3.0, 3.0, 3.0 };
	static const double bad[] = { 1.0, 0.0, 2.0 }, worse[] = { 1.0, -1.0, INFINITY };

	(void)state;
	assert_close(pcow_half_width(x, 5, 0.95, scratch), 0.19775258997394668, CLOSE);
	assert_close(pcow_half_width(scaled, 5, 0.95, scratch), 0.19775258997394668, CLOSE);
	assert_true(pcow_half_width(same, 3, 0.95, scratch) == 0.0);
	assert_true(pcow_half_width(x, 1, 0.95, scratch) == INFINITY);
	assert_true(isnan(pcow_half_width(x, 0, 0.95, scratch)));
	assert_true(isnan(pcow_half_width(bad, 3, 0.95, scratch)));
	assert_true(isnan(pcow_half_width(worse, 2, 0.95, scratch)));
	assert_true(isnan(pcow_half_width(worse, 3, 0.95, scratch)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_defined),
		cmocka_unit_test(t_of_two_values_is_in_closed_form),
		cmocka_unit_test(six_signed_ranks_are_in_closed_form),
		cmocka_unit_test(rank_sums_of_four_are_in_closed_form),
		cmocka_unit_test(half_widths_are_of_logarithms),
		cmocka_unit_test(nothing_has_no_answer),
		cmocka_unit_test(values_that_are_not_finite_have_no_answer),
		cmocka_unit_test(sums_that_overflow_have_no_answer),
		cmocka_unit_test(confidence_lies_between_0_and_1),
		cmocka_unit_test(one_value_has_an_estimate_alone),
		cmocka_unit_test(values_that_do_not_vary_compare_exactly),
		cmocka_unit_test(one_constant_group_is_compared_with_the_other),
		cmocka_unit_test(ties_count_for_the_larger_p),
	};

	return cmocka_run_group_tests_name("stats/shift", tests, NULL, NULL);
}
