/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variances that lend each other degrees of freedom.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <pincow/stats.h>

#include "test_close.h"

#define MANY 20000

static struct pcow_spread spreads[MANY];

/* Draws of s0^2 F(d, d0), true variances from s0^2 d0 / chi2(d0). */
static void draw(double df, double lent)
{
	set_seed(7, 5489);
	for (size_t i = 0; i < MANY; i++) {
		double truth = isinf(lent) ? 4.0 : 4.0 * lent / rchisq(lent);

		spreads[i] = (struct pcow_spread){ .variance = truth * rchisq(df) / df, .df = df };
	}
}

static void the_prior_is_found_again(void **state)
{
	static const double lent[] = { 1.0, 4.0, 30.0 };

	(void)state;
	for (size_t i = 0; i < sizeof(lent) / sizeof(lent[0]); i++) {
		struct pcow_spread common;

		draw(14.0, lent[i]);
		common = pcow_spread_common(spreads, MANY);
		assert_close(common.variance, 4.0, 0.2);
		assert_close(common.df / lent[i], 1.0, 0.1);
	}
}

/* They differ by chance alone, and are taken for one variance. */
static void alike_they_are_one(void **state)
{
	struct pcow_spread alike[] = { { 4.0, 5.0 }, { 4.2, 5.0 }, { 3.8, 5.0 } };
	struct pcow_spread common = pcow_spread_common(alike, 3);

	(void)state;
	assert_true(isinf(common.df));
	assert_close(common.variance, 4.0, 1e-12);
	pcow_moderate(alike, 3, INFINITY);
	for (size_t i = 0; i < 3; i++) {
		assert_true(isinf(alike[i].df));
		assert_close(alike[i].variance, 4.0, 1e-12);
	}
}

/* Three lines that are one line three times know no more than one. */
static void what_is_not_independent_lends_nothing(void **state)
{
	struct pcow_spread alike[] = { { 4.0, 5.0 }, { 4.2, 5.0 }, { 3.8, 5.0 } };

	(void)state;
	pcow_moderate(alike, 3, 1.0);
	for (size_t i = 0; i < 3; i++)
		assert_close(alike[i].df, 5.0, 1e-12);
}

/* A line that varies by three times as much is not like the others. */
static void a_strange_variance_stays(void **state)
{
	struct pcow_spread strange[21];

	(void)state;
	for (size_t i = 0; i < 21; i++)
		strange[i] =
			(struct pcow_spread){ .variance = 1.0 + 0.1 * (double)(i % 5), .df = 14.0 };
	strange[20].variance = 10.0;
	pcow_moderate(strange, 21, INFINITY);
	assert_true(strange[20].variance == 10.0 && strange[20].df == 14.0);
	assert_true(strange[0].df > 14.0);
}

static void what_does_not_vary_takes_no_part(void **state)
{
	struct pcow_spread few[] = { { 4.0, 5.0 }, { 0.0, 5.0 }, { NAN, 5.0 }, { 3.8, 5.0 } };

	(void)state;
	assert_true(isnan(pcow_spread_common(few, 4).variance));
	pcow_moderate(few, 4, INFINITY);
	assert_true(few[0].variance == 4.0 && few[0].df == 5.0);
	assert_true(few[1].variance == 0.0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_prior_is_found_again),
		cmocka_unit_test(alike_they_are_one),
		cmocka_unit_test(what_is_not_independent_lends_nothing),
		cmocka_unit_test(a_strange_variance_stays),
		cmocka_unit_test(what_does_not_vary_takes_no_part),
	};

	return cmocka_run_group_tests_name("stats/moderate", tests, NULL, NULL);
}
