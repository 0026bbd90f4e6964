/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker's figures: above all which quantiles it may report.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reduce.h"

/* The value of a metric, NAN when there is none. */
static double figure(const struct pcow_reduced *reduced, const char *metric)
{
	for (size_t i = 0; i < reduced->figures.n; i++)
		if (strcmp(reduced->figures.at[i].metric, metric) == 0)
			return reduced->figures.at[i].value;
	return NAN;
}

/* @n batch samples of @ops operations; sample i takes 10 + i ticks of 1 ns, 10 the timer's. */
static void make_worker(struct pcow_record *worker, size_t n, int64_t ops)
{
	int64_t *ticks, *counts, *valid;

	memset(worker, 0, sizeof(*worker));
	strcpy(worker->scenario, "null/op");
	strcpy(worker->operation, "op");
	worker->clock.hz = 1000000000;
	worker->clock.overhead_start_ticks = 8;
	worker->clock.overhead_end_ticks = 12;
	ticks = pcow_view_add(&worker->batch, "ticks", n);
	counts = pcow_view_add(&worker->batch, "ops", n);
	valid = pcow_view_add(&worker->batch, "valid", n);
	for (size_t i = 0; i < n; i++) {
		ticks[i] = 10 + (int64_t)i;
		counts[i] = ops;
		valid[i] = 1;
	}
}

static void add_ops(struct pcow_record *worker, size_t n)
{
	int64_t *ticks = pcow_view_add(&worker->op, "ticks", n);

	for (size_t i = 0; i < n; i++)
		ticks[i] = 10 + (int64_t)i;
}

static void tails_need_enough_operations(void **state)
{
	struct pcow_record worker;
	struct pcow_reduced reduced;

	(void)state;
	make_worker(&worker, 1, 4);
	add_ops(&worker, 10001);
	assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
	assert_float_equal(figure(&reduced, "p50"), 5000.0, 1e-9);
	assert_float_equal(figure(&reduced, "p90"), 9000.0, 1e-9);
	assert_float_equal(figure(&reduced, "p99"), 9900.0, 1e-9);
	assert_true(isnan(figure(&reduced, "p99.9")));
	assert_float_equal(figure(&reduced, "overhead_frac"), 10.0 / 5000.0, 1e-12);
	pcow_reduced_clear(&reduced);
	pcow_record_clear(&worker);

	make_worker(&worker, 1, 4);
	add_ops(&worker, 9999);
	assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
	assert_false(isnan(figure(&reduced, "p90")));
	assert_true(isnan(figure(&reduced, "p99")));
	pcow_reduced_clear(&reduced);
	pcow_record_clear(&worker);
}

/* A fork is a sample and an operation at once. */
static void batches_of_one_are_operations(void **state)
{
	struct pcow_record worker;
	struct pcow_reduced reduced;

	(void)state;
	make_worker(&worker, 201, 1);
	assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
	assert_float_equal(figure(&reduced, "p50"), 100.0, 1e-9);
	assert_true(isnan(figure(&reduced, "p90")));
	assert_true(isnan(figure(&reduced, "agreement")));
	assert_true(isnan(figure(&reduced, "overhead_frac")));
	pcow_reduced_clear(&reduced);
	pcow_record_clear(&worker);
}

/* While a counted guest is idle its clock goes on: no line is fitted through that. */
static void idle_time_is_no_instructions(void **state)
{
	for (int64_t slept = 3; slept <= 4; slept++) {
		struct pcow_record worker;
		struct pcow_reduced reduced;
		int64_t *switches;

		(void)state;
		make_worker(&worker, 6, 2);
		switches = pcow_view_add(&worker.batch, "voluntary_switches", 6);
		for (int64_t i = 0; i < slept; i++)
			switches[i] = 1;
		assert_int_equal(pcow_reduced_make(&reduced, &worker, "instructions"), 0);
		assert_int_equal(isnan(reduced.total_ns), slept > 3);
		pcow_reduced_clear(&reduced);
		assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
		assert_false(isnan(reduced.total_ns));
		pcow_reduced_clear(&reduced);
		pcow_record_clear(&worker);
	}
}

static void batches_of_many_have_no_quantiles(void **state)
{
	struct pcow_record worker;
	struct pcow_reduced reduced;

	(void)state;
	make_worker(&worker, 201, 2);
	assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
	assert_float_equal(figure(&reduced, "latency"), 50.0, 1e-9);
	assert_float_equal(reduced.total_ns, 100.0, 1e-9);
	assert_true(isnan(figure(&reduced, "p50")));
	pcow_reduced_clear(&reduced);
	pcow_record_clear(&worker);
}

static void a_cost_below_the_timer_is_none(void **state)
{
	struct pcow_record worker;
	struct pcow_reduced reduced;

	(void)state;
	make_worker(&worker, 1, 1);
	worker.batch.columns[0].values[0] = 3;
	assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
	assert_true(isnan(figure(&reduced, "latency")));
	assert_true(isnan(reduced.total_ns));
	assert_true(reduced.below_clock);
	assert_float_equal(figure(&reduced, "timer_overhead"), 10.0, 0.0);
	pcow_reduced_clear(&reduced);
	pcow_record_clear(&worker);
}

/* What a worker measured before it failed is no evidence. */
static void failed_workers_have_no_figures(void **state)
{
	struct pcow_record worker;
	struct pcow_reduced reduced;

	(void)state;
	make_worker(&worker, 5, 1);
	worker.status = PCOW_STATUS_ERROR;
	assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
	assert_int_equal(reduced.figures.n, 0);
	assert_int_equal(reduced.samples, 5);
	assert_true(isnan(reduced.total_ns));
	pcow_reduced_clear(&reduced);
	pcow_record_clear(&worker);
}

static void an_outcome_without_a_name_we_know_is_a_metric(void **state)
{
	struct pcow_record worker;
	struct pcow_reduced reduced;
	int64_t *stale;

	(void)state;
	make_worker(&worker, 4, 1);
	stale = pcow_view_add(&worker.batch, "stale", 4);
	stale[0] = 1;
	stale[1] = 1;
	stale[2] = 1;
	worker.batch.columns[2].values[0] = 0;
	assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
	/* Two of the three valid samples. */
	assert_float_equal(figure(&reduced, "stale"), 2.0 / 3.0, 1e-12);
	pcow_reduced_clear(&reduced);
	pcow_record_clear(&worker);
}

/* Four samples, of which the first @invalid are marked, and reasons of @broken. */
static bool contradicts(size_t invalid, int broken, bool truncated, bool unclosed)
{
	struct pcow_record worker;
	struct pcow_reduced reduced;

	make_worker(&worker, 4, 1);
	for (size_t i = 0; i < invalid; i++)
		worker.batch.columns[2].values[i] = 0;
	worker.broken = json_pack("{s:i}", "because", broken);
	worker.truncated = truncated;
	worker.nr_memory = unclosed;
	assert_int_equal(pcow_reduced_make(&reduced, &worker, "ns"), 0);
	pcow_reduced_clear(&reduced);
	pcow_record_clear(&worker);
	return reduced.contradicts;
}

static void broken_samples_and_reasons_go_together(void **state)
{
	(void)state;
	assert_false(contradicts(0, 0, false, false));
	assert_false(contradicts(1, 1, false, false));
	assert_true(contradicts(1, 0, false, false));
	assert_true(contradicts(0, 2, false, false));
	assert_true(contradicts(0, 5, false, false));
	/* All passes over single operations, some of them, or one of weighing. */
	assert_false(contradicts(1, 5, false, false));
	assert_false(contradicts(0, 2, true, false));
	assert_false(contradicts(0, 1, false, true));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tails_need_enough_operations),
		cmocka_unit_test(batches_of_one_are_operations),
		cmocka_unit_test(idle_time_is_no_instructions),
		cmocka_unit_test(batches_of_many_have_no_quantiles),
		cmocka_unit_test(a_cost_below_the_timer_is_none),
		cmocka_unit_test(failed_workers_have_no_figures),
		cmocka_unit_test(an_outcome_without_a_name_we_know_is_a_metric),
		cmocka_unit_test(broken_samples_and_reasons_go_together),
	};

	return cmocka_run_group_tests_name("summary/reduce", tests, NULL, NULL);
}
