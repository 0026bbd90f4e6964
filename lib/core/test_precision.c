/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a precision stops a case.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"

#define CAP 12

/* The registry is a linker section, which one scenario must bring into being. */
static uint64_t measure(struct pcow_actor *actor)
{
	(void)actor;
	return 1;
}

PCOW_SCENARIO(test_precise) = { .name = "test/precise", .operation = "op", .measure = measure };

static struct pcow_engine *engine_of(size_t nr_cases, double precision)
{
	struct pcow_engine *engine = calloc(1, sizeof(*engine));

	assert_non_null(engine);
	engine->config.replicates = CAP;
	engine->config.precision = precision;
	engine->plan.nr_cases = nr_cases;
	assert_int_equal(pcow_tasks_make(engine), 0);
	return engine;
}

static void engine_free(struct pcow_engine *engine)
{
	pcow_tallies_free(engine);
	free(engine->tasks);
	free(engine);
}

/* A worker of one sample, in nanoseconds; a net figure where @baseline_ns is not 0. */
static void add(struct pcow_engine *engine, size_t case_, enum pcow_status status, int64_t ns,
		int64_t baseline_ns)
{
	struct pcow_record record = { .status = status, .clock.hz = 1000000000 };

	if (status == PCOW_STATUS_OK || status == PCOW_STATUS_INVALID) {
		*pcow_view_add(&record.batch, "ticks", 1) = ns;
		*pcow_view_add(&record.batch, "ops", 1) = 1;
		*pcow_view_add(&record.batch, "valid", 1) = status == PCOW_STATUS_OK;
		if (baseline_ns)
			*pcow_view_add(&record.batch, "baseline_ticks", 1) = baseline_ns;
	}
	assert_int_equal(pcow_tally_add(engine, case_, &record), 0);
	pcow_record_clear(&record);
}

/* Feed @figures over and over until the case is finished; how many that took. */
static size_t run(double precision, const int64_t *figures, size_t n)
{
	struct pcow_engine *engine = engine_of(1, precision);
	size_t tried = 0;

	while (!pcow_tally_finished(engine, 0)) {
		assert_true(engine->totals.planned > tried);
		assert_true(engine->totals.planned <= CAP);
		add(engine, 0, PCOW_STATUS_OK, figures[tried++ % n], 0);
	}
	/* Nothing is expected any more. */
	assert_int_equal(engine->totals.planned, tried);
	engine_free(engine);
	return tried;
}

static void a_case_stops_when_it_is_precise(void **state)
{
	static const int64_t same[] = { 1000 };
	/* By scipy: 1.2494497 % of the first five, 0.9430984 % of the first six. */
	static const int64_t close[] = { 1000, 1010, 990, 1010, 990, 1000, 1000, 1000, 1000 };

	(void)state;
	/* Alike or not: an interval takes five. */
	assert_int_equal(run(0.01, same, 1), 5);
	assert_int_equal(run(0.5, close, 9), 5);
	assert_int_equal(run(0.012495, close, 9), 5);
	assert_int_equal(run(0.012494, close, 9), 6);
	assert_int_equal(run(0.009431, close, 9), 6);
	assert_int_equal(run(0.009430, close, 9), 7);
}

static void what_never_gets_precise_stops_at_the_cap(void **state)
{
	static const int64_t wide[] = { 1000, 2000 };

	(void)state;
	assert_int_equal(run(0.01, wide, 2), CAP);
}

static void what_gives_no_figure_stops_soon(void **state)
{
	static const enum pcow_status statuses[] = { PCOW_STATUS_SKIP, PCOW_STATUS_INVALID,
						     PCOW_STATUS_ERROR };
	/* A clock that goes in steps can see nothing at all. */
	static const int64_t zero[] = { 0 };

	(void)state;
	assert_int_equal(run(0.5, zero, 1), 5);
	for (size_t s = 0; s < 3; s++) {
		struct pcow_engine *engine = engine_of(1, 0.01);

		for (int i = 0; i < 5; i++) {
			assert_false(pcow_tally_finished(engine, 0));
			add(engine, 0, statuses[s], 1000, 0);
		}
		assert_true(pcow_tally_finished(engine, 0));
		/* It is told of by its status. */
		assert_int_equal(engine->totals.wide, 0);
		engine_free(engine);
	}
}

static void workers_without_a_figure_count_to_the_cap(void **state)
{
	struct pcow_engine *engine = engine_of(1, 0.01);

	(void)state;
	for (int i = 0; i < CAP; i++) {
		assert_false(pcow_tally_finished(engine, 0));
		add(engine, 0, i % 3 ? PCOW_STATUS_INVALID : PCOW_STATUS_OK, 1000, 0);
	}
	/* Four figures, all alike: no interval. */
	assert_true(pcow_tally_finished(engine, 0));
	assert_int_equal(engine->totals.wide, 1);
	engine_free(engine);
}

static void a_case_is_judged_by_its_net_figure(void **state)
{
	struct pcow_engine *engine = engine_of(1, 0.01);

	(void)state;
	for (int i = 0; i < 5; i++)
		add(engine, 0, PCOW_STATUS_OK, 1000 + 100 * i, 900 + 100 * i);
	assert_true(pcow_tally_finished(engine, 0));
	engine_free(engine);
}

static void cases_stop_one_by_one(void **state)
{
	struct pcow_engine *engine = engine_of(3, 0.01);

	(void)state;
	assert_int_equal(engine->totals.planned, 15);
	for (int i = 0; i < 5; i++) {
		add(engine, 0, PCOW_STATUS_OK, 1000, 0);
		add(engine, 1, PCOW_STATUS_OK, 1000 + 20 * i, 0);
		add(engine, 2, PCOW_STATUS_OK, 1000 * (1 + i), 0);
	}
	assert_true(pcow_tally_finished(engine, 0));
	assert_false(pcow_tally_finished(engine, 1));
	assert_false(pcow_tally_finished(engine, 2));
	assert_int_equal(engine->totals.wide, 2);
	/* 5, and both others are far off. */
	assert_int_equal(engine->totals.planned, 5 + CAP + CAP);
	engine_free(engine);
}

static void without_a_precision_nothing_stops(void **state)
{
	struct pcow_engine *engine = engine_of(1, 0);

	(void)state;
	for (int i = 0; i < CAP; i++)
		add(engine, 0, PCOW_STATUS_OK, 1000, 0);
	assert_false(pcow_tally_finished(engine, 0));
	assert_int_equal(engine->totals.planned, CAP);
	assert_int_equal(engine->totals.wide, 0);
	engine_free(engine);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_case_stops_when_it_is_precise),
		cmocka_unit_test(what_never_gets_precise_stops_at_the_cap),
		cmocka_unit_test(what_gives_no_figure_stops_soon),
		cmocka_unit_test(workers_without_a_figure_count_to_the_cap),
		cmocka_unit_test(a_case_is_judged_by_its_net_figure),
		cmocka_unit_test(cases_stop_one_by_one),
		cmocka_unit_test(without_a_precision_nothing_stops),
	};

	return cmocka_run_group_tests_name("core/precision", tests, NULL, NULL);
}
