/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adjustments where the tables of R have no line.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pincow/stats.h>

static void no_p_is_a_family(void **state)
{
	double p[] = { NAN, NAN }, q[] = { 1.0, 2.0 };
	size_t scratch[2];

	(void)state;
	pcow_bh_adjust(p, q, 0, scratch);
	assert_true(q[0] == 1.0 && q[1] == 2.0);
	pcow_bh_adjust(p, q, 2, scratch);
	assert_true(isnan(q[0]) && isnan(q[1]));
}

/* The largest p of all stays as it is, and equal ones all get its q. */
static void equal_p_stay(void **state)
{
	double p[] = { 0.04, 0.04, NAN, 0.04 }, q[4];
	size_t scratch[4];

	(void)state;
	pcow_bh_adjust(p, q, 4, scratch);
	assert_true(q[0] == 0.04 && q[1] == 0.04 && isnan(q[2]) && q[3] == 0.04);
}

/* That of the exact comparisons: 0 stays 0, and 1 is never exceeded. */
static void extremes_stay(void **state)
{
	double p[] = { 1.0, 0.0, 0.9, 0.0 }, q[4];
	size_t scratch[4];

	(void)state;
	pcow_bh_adjust(p, q, 4, scratch);
	assert_true(q[0] == 1.0 && q[1] == 0.0 && q[2] == 1.0 && q[3] == 0.0);
}

/* By hand: the least p by 4, the next by 3 ..., and none below one before it. */
static void holm_is_a_step_down(void **state)
{
	double p[] = { 0.01, NAN, 0.04, 0.03, 0.005 }, q[5];
	size_t scratch[5];

	(void)state;
	pcow_holm_adjust(p, q, 5, scratch);
	assert_true(fabs(q[4] - 0.02) < 1e-15 && fabs(q[0] - 0.03) < 1e-15);
	assert_true(fabs(q[3] - 0.06) < 1e-15 && fabs(q[2] - 0.06) < 1e-15 && isnan(q[1]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_p_is_a_family),
		cmocka_unit_test(equal_p_stay),
		cmocka_unit_test(extremes_stay),
		cmocka_unit_test(holm_is_a_step_down),
	};

	return cmocka_run_group_tests_name("stats/discovery", tests, NULL, NULL);
}
