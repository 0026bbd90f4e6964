/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power, detectable effect and boots needed: how they agree with each other,
 * and designs that have no ordinary answer.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include <pincow/stats.h>

#include "test_close.h"

static struct pcow_design two_groups(double sd, size_t n)
{
	return (struct pcow_design){ .sd = sd, .n = n, .alpha = 0.05 };
}

static void below_two_boots_nothing_is_found(void **state)
{
	(void)state;
	for (size_t n = 0; n < 2; n++) {
		struct pcow_design design = two_groups(1.0, n);
		struct pcow_design constant = two_groups(0.0, n);

		assert_true(pcow_t_power(&design, 5.0) == 0.0);
		assert_true(pcow_t_power(&constant, 5.0) == 0.0);
		assert_true(pcow_detectable_effect(&design, 0.8) == INFINITY);
		assert_true(pcow_detectable_effect(&constant, 0.8) == INFINITY);
	}
}

static void without_noise_everything_is_found(void **state)
{
	struct pcow_design design = two_groups(0.0, 2);

	(void)state;
	assert_true(pcow_t_power(&design, 1e-9) == 1.0);
	assert_true(pcow_t_power(&design, 0.0) == 0.0);
	assert_true(pcow_detectable_effect(&design, 0.8) == 0.0);
	assert_int_equal(pcow_boots_needed(&design, 1e-9, 0.8), 2);
	assert_int_equal(pcow_boots_needed(&design, 0.0, 0.8), PCOW_BOOTS_MAX);
}

static void no_effect_is_found_with_chance_alpha(void **state)
{
	struct pcow_design design = two_groups(1.0, 8);

	(void)state;
	assert_close(pcow_t_power(&design, 0.0), 0.05, 1e-12);
	assert_true(pcow_detectable_effect(&design, 0.05) == 0.0);
	assert_int_equal(pcow_boots_needed(&design, 0.0, 0.04), 2);
	assert_int_equal(pcow_boots_needed(&design, 0.0, 0.06), PCOW_BOOTS_MAX);
}

static void what_is_out_of_range_has_no_answer(void **state)
{
	static const struct pcow_design bad[] = {
		{ .sd = -1.0, .n = 5, .alpha = 0.05 },	   { .sd = NAN, .n = 5, .alpha = 0.05 },
		{ .sd = INFINITY, .n = 5, .alpha = 0.05 }, { .sd = 1.0, .n = 5, .alpha = 0.0 },
		{ .sd = 1.0, .n = 5, .alpha = 0.5 },	   { .sd = 1.0, .n = 5, .alpha = NAN },
	};
	static const double bad_effects[] = { NAN, INFINITY };
	static const double bad_powers[] = { 0.0, 1.0, -0.1, NAN };
	struct pcow_design good = two_groups(1.0, 5);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_true(isnan(pcow_t_power(&bad[i], 1.0)));
		assert_true(isnan(pcow_detectable_effect(&bad[i], 0.8)));
		assert_int_equal(pcow_boots_needed(&bad[i], 1.0, 0.8), PCOW_BOOTS_MAX);
	}
	for (size_t i = 0; i < sizeof(bad_effects) / sizeof(bad_effects[0]); i++) {
		assert_true(isnan(pcow_t_power(&good, bad_effects[i])));
		assert_int_equal(pcow_boots_needed(&good, bad_effects[i], 0.8), PCOW_BOOTS_MAX);
	}
	for (size_t i = 0; i < sizeof(bad_powers) / sizeof(bad_powers[0]); i++) {
		assert_true(isnan(pcow_detectable_effect(&good, bad_powers[i])));
		assert_int_equal(pcow_boots_needed(&good, 1.0, bad_powers[i]), PCOW_BOOTS_MAX);
	}
}

static void detectable_effect_has_the_power_it_is_asked_for(void **state)
{
	static const double alphas[] = { 0.2, 0.05, 1e-3, 1e-6 };

	(void)state;
	for (size_t i = 0; i < sizeof(alphas) / sizeof(alphas[0]); i++)
		for (size_t n = 2; n < 200; n = n * 3 / 2 + 1) {
			struct pcow_design design = {
				.sd = 0.01, .n = n, .paired = n % 2, .alpha = alphas[i]
			};
			double effect = pcow_detectable_effect(&design, 0.9);

			assert_close(pcow_t_power(&design, effect), 0.9, 1e-9);
		}
}

/* Also where libRmath's series ends, at a noncentrality of 37.5. */
static void power_grows_with_the_effect(void **state)
{
	static const double alphas[] = { 0.05, 0.01, 1e-3, 1e-5 };

	(void)state;
	for (size_t i = 0; i < sizeof(alphas) / sizeof(alphas[0]); i++)
		for (size_t n = 2; n < 5; n++) {
			struct pcow_design design = {
				.sd = 1.0, .n = n, .paired = true, .alpha = alphas[i]
			};
			double last = 0.0;

			for (double effect = 0.0; effect < 60.0; effect += 0.02) {
				double power = pcow_t_power(&design, effect);

				/* A step up of the effect is a small step of the power. */
				assert_true(power >= last - 1e-11 && power <= 1.0);
				assert_true(effect == 0.0 || power - last < 0.03);
				last = power;
			}
		}
}

static void boots_needed_are_the_fewest(void **state)
{
	(void)state;
	for (double effect = 0.2; effect < 4.0; effect *= 1.3) {
		struct pcow_design design = two_groups(1.0, 0);

		design.n = pcow_boots_needed(&design, effect, 0.8);
		assert_true(pcow_t_power(&design, effect) >= 0.8);
		design.n--;
		assert_true(pcow_t_power(&design, effect) < 0.8);
	}
}

/* libRmath prints its doubts to standard output, which is for results. */
static void nothing_is_printed(void **state)
{
	int saved = dup(STDOUT_FILENO);
	FILE *printed = tmpfile();

	(void)state;
	assert_non_null(printed);
	fflush(stdout);
	dup2(fileno(printed), STDOUT_FILENO);
	for (double alpha = 0.4; alpha > 1e-300; alpha *= 1e-5)
		for (size_t n = 2; n < 1000000; n *= 7) {
			struct pcow_design design = { .sd = 1.0, .n = n, .alpha = alpha };

			for (double effect = 1e-6; effect < 1e9; effect *= 3.0)
				pcow_t_power(&design, effect);
		}
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	fseek(printed, 0, SEEK_END);
	assert_int_equal(ftell(printed), 0);
	fclose(printed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(below_two_boots_nothing_is_found),
		cmocka_unit_test(without_noise_everything_is_found),
		cmocka_unit_test(no_effect_is_found_with_chance_alpha),
		cmocka_unit_test(what_is_out_of_range_has_no_answer),
		cmocka_unit_test(detectable_effect_has_the_power_it_is_asked_for),
		cmocka_unit_test(power_grows_with_the_effect),
		cmocka_unit_test(boots_needed_are_the_fewest),
		cmocka_unit_test(nothing_is_printed),
	};

	return cmocka_run_group_tests_name("stats/power", tests, NULL, NULL);
}
