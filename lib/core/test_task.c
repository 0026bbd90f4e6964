/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"

/* The registry is a linker section, which one scenario must bring into being. */
static uint64_t measure(struct pcow_actor *actor)
{
	(void)actor;
	return 1;
}

PCOW_SCENARIO(test_order) = { .name = "test/order", .operation = "op", .measure = measure };

#define CASES  5
#define ROUNDS 4

/* Cases by number, in the order of their workers. */
static void order_by(uint64_t seed, char order[CASES * ROUNDS + 1])
{
	struct pcow_engine engine = {
		.config = { .seed = seed, .replicates = ROUNDS },
		.plan = { .nr_cases = CASES },
	};

	assert_int_equal(pcow_tasks_make(&engine), 0);
	assert_int_equal(engine.nr_tasks, CASES * ROUNDS);
	assert_int_equal(engine.totals.planned, CASES * ROUNDS);
	for (size_t i = 0; i < engine.nr_tasks; i++) {
		assert_int_equal(engine.tasks[i].replicate, i / CASES);
		order[i] = (char)('0' + engine.tasks[i].case_);
	}
	order[engine.nr_tasks] = '\0';
	free(engine.tasks);
}

static void each_round_has_every_case_once(void **state)
{
	char order[CASES * ROUNDS + 1];

	(void)state;
	order_by(42, order);
	for (size_t r = 0; r < ROUNDS; r++)
		for (char c = '0'; c < '0' + CASES; c++)
			assert_non_null(memchr(order + r * CASES, c, CASES));
	/* Not one order over and over. */
	assert_memory_not_equal(order, order + CASES, CASES);
}

static void the_seed_decides_alone(void **state)
{
	char order[CASES * ROUNDS + 1], other[CASES * ROUNDS + 1];

	(void)state;
	order_by(42, order);
	/* On every machine. */
	assert_string_equal(order, "20431031241204313024");
	order_by(43, other);
	assert_string_not_equal(order, other);
	/* A seed has 48 bits in nrand48(): all of them count. */
	order_by(42 | UINT64_C(1) << 47, other);
	assert_string_not_equal(order, other);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_round_has_every_case_once),
		cmocka_unit_test(the_seed_decides_alone),
	};

	return cmocka_run_group_tests_name("core/task", tests, NULL, NULL);
}
