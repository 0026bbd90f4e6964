/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread is where it was bound to, and nowhere when there is no such CPU. */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pincow/affinity.h>

static void test_each_allowed_cpu(void **state)
{
	cpu_set_t before, now;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &before))
			continue;
		assert_int_equal(pcow_cpu_bind(cpu), 0);
		assert_int_equal(sched_getaffinity(0, sizeof(now), &now), 0);
		assert_int_equal(CPU_COUNT(&now), 1);
		assert_true(CPU_ISSET(cpu, &now));
		assert_int_equal(sched_getcpu(), cpu);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static void test_no_such_cpu(void **state)
{
	static const int none[] = { -1, -5, INT_MIN, 100000, INT_MAX };
	cpu_set_t before, after;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(pcow_cpu_bind(none[i]), -EINVAL);
	/* Beyond a cpu_set_t; a machine that has it refuses nothing. */
	if (CPU_COUNT(&before) < CPU_SETSIZE) {
		assert_int_equal(pcow_cpu_bind(CPU_SETSIZE), -EINVAL);
		assert_int_equal(pcow_cpu_bind(5000), -EINVAL);
	}
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_allowed_cpu),
		cmocka_unit_test(test_no_such_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
