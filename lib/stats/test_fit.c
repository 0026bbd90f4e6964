/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fitted line against closed forms, R 4 and a published data set, and
 * against degenerate input.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pincow/stats.h>

#include "test_close.h"

static void exact_line_is_found(void **state)
{
	static const double x[] = { 16777216.0, 67108864.0, 268435456.0, 1099511627776.0 };
	double y[4];
	struct pcow_fit fit;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		y[i] = 30000.0 + 0.0009765625 * x[i];
	fit = pcow_fit_line(x, y, 4);
	assert_int_equal(fit.n, 4);
	assert_close(fit.slope, 0.0009765625, 1e-14);
	assert_close(fit.intercept, 30000.0, 1e-4);
	assert_close(fit.r2, 1.0, 1e-12);
}

static void scattered_points_are_those_of_r(void **state)
{
	static const double x[] = { 1.0, 2.0, 3.0, 4.0, 5.0 };
	static const double y[] = { 2.0, 4.0, 5.0, 4.0, 5.0 };
	struct pcow_fit fit;

	(void)state;
	/* m <- lm(c(2,4,5,4,5) ~ c(1,2,3,4,5)); coef(m) is 2.2 0.6;
	 * summary(m)$r.squared is 0.6.  By hand: Sxy = 6, Sxx = 10,
	 * SS_res = 2.4, SS_tot = 6. */
	fit = pcow_fit_line(x, y, 5);
	assert_close(fit.slope, 0.6, 1e-12);
	assert_close(fit.intercept, 2.2, 1e-12);
	assert_close(fit.r2, 0.6, 1e-12);
}

static void anscombe_is_reproduced(void **state)
{
	static const double x[] = { 10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5 };
	static const double y[] = { 8.04, 6.95, 7.58,  8.81, 8.33, 9.96,
				    7.24, 4.26, 10.84, 4.82, 5.68 };
	struct pcow_fit fit;

	(void)state;
	/* m <- lm(y1 ~ x1, anscombe); coef(m) is 3.0000909 0.5000909;
	 * summary(m)$r.squared is 0.6665425 */
	fit = pcow_fit_line(x, y, 11);
	assert_close(fit.slope, 0.5000909, 5e-8);
	assert_close(fit.intercept, 3.0000909, 5e-8);
	assert_close(fit.r2, 0.6665425, 5e-8);
}

static void too_few_points_have_no_line(void **state)
{
	static const double x[] = { 0.1, 0.1, 0.1 };
	static const double y[] = { 1.0, 2.0, 3.0 };

	(void)state;
	for (size_t n = 0; n <= 3; n++) {
		struct pcow_fit fit = pcow_fit_line(x, y, n);

		assert_int_equal(fit.n, n);
		assert_true(isnan(fit.slope));
		assert_true(isnan(fit.intercept));
		assert_true(isnan(fit.r2));
	}
}

static void flat_line_has_no_r2(void **state)
{
	static const double x[] = { 1.0, 2.0, 3.0 };
	static const double y[] = { 0.1, 0.1, 0.1 };
	struct pcow_fit fit;

	(void)state;
	fit = pcow_fit_line(x, y, 3);
	assert_close(fit.slope, 0.0, 1e-15);
	assert_close(fit.intercept, 0.1, 1e-15);
	assert_true(isnan(fit.r2));
}

static void nan_spreads(void **state)
{
	static const double x[] = { 1.0, 2.0, 3.0 };
	static const double y[] = { 1.0, NAN, 3.0 };
	struct pcow_fit fit;

	(void)state;
	fit = pcow_fit_line(x, y, 3);
	assert_true(isnan(fit.slope));
	assert_true(isnan(fit.intercept));
	assert_true(isnan(fit.r2));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_line_is_found),
		cmocka_unit_test(scattered_points_are_those_of_r),
		cmocka_unit_test(anscombe_is_reproduced),
		cmocka_unit_test(too_few_points_have_no_line),
		cmocka_unit_test(flat_line_has_no_r2),
		cmocka_unit_test(nan_spreads),
	};

	return cmocka_run_group_tests_name("stats/fit", tests, NULL, NULL);
}
