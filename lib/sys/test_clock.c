/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the clock says of itself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pincow/clock.h>

#define PAIRS 20000
#define TURNS 10

/* The mean of many pairs, all of them timed together: no coarse step is in it.  Of some
 * the least, as others' time is in a mean. */
static double mean_pair(const struct pcow_clock *clock)
{
	double least = INFINITY;

	for (int turn = 0; turn < TURNS; turn++) {
		uint64_t start = pcow_clock_begin(clock);

		for (int i = 0; i < PAIRS; i++) {
			pcow_clock_begin(clock);
			pcow_clock_end(clock);
		}
		least = fmin(least, (double)(pcow_clock_end(clock) - start) / PAIRS);
	}
	return least;
}

static void overhead_is_what_a_pair_takes(const struct pcow_clock *clock)
{
	double mean = mean_pair(clock);
	uint64_t ticks = UINT64_MAX;

	assert_int_equal(pcow_clock_overhead(clock, &ticks), 0);
	/* Of a pair, what is between the two readings: part of it. */
	assert_true((double)(ticks + clock->resolution_ticks) > mean / 8);
	assert_true((double)ticks < 4 * mean + (double)clock->resolution_ticks);
	if (mean > 2 * (double)clock->resolution_ticks)
		assert_true(ticks > 0);
}

static void test_overhead(void **state)
{
	struct pcow_clock clock;

	(void)state;
	pcow_clock_choose(&clock);
	overhead_is_what_a_pair_takes(&clock);
}

static void test_overhead_of_the_kernels_clock(void **state)
{
	struct pcow_clock clock;

	(void)state;
	pcow_clock_choose(&clock);
	/* The kernel's goes in steps of the same counter. */
	clock.resolution_ticks = clock.resolution_ticks * 1000000000 / clock.hz + 1;
	clock.source = PCOW_CLOCK_MONOTONIC_RAW;
	clock.hz = 1000000000;
	overhead_is_what_a_pair_takes(&clock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overhead),
		cmocka_unit_test(test_overhead_of_the_kernels_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
