/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cases that this host lacks something for, and those that it serves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/root.h>

#include "engine.h"

static uint64_t measure(struct pcow_actor *actor)
{
	(void)actor;
	return 1;
}

PCOW_SCENARIO(need_program) = {
	.name = "need/program",
	.operation = "op",
	.needs = PCOW_NEEDS({ .kind = PCOW_NEED_PROGRAM, .what = "/bin/sh" },
			    { .kind = PCOW_NEED_PROGRAM, .what = "/no/such", .remedy = "make it" }),
	.measure = measure,
};

/* More CPUs than any kernel has. */
PCOW_SCENARIO(need_threads) = {
	.name = "need/threads",
	.operation = "op",
	.params = PCOW_PARAMS(PCOW_COUNT("threads", "threads", "", 99999, "1 99999")),
	.needs = PCOW_NEEDS({ .kind = PCOW_NEED_CPUS, .least = 1, .times = "threads" }),
	.measure = measure,
};

/* The kernel's least pid_max is 301. */
PCOW_SCENARIO(need_setting) = {
	.name = "need/setting",
	.operation = "op",
	.needs = PCOW_NEEDS({ .kind = PCOW_NEED_SYSCTL, .what = "kernel.pid_max", .most = 300 },
			    { .kind = PCOW_NEED_PROGRAM, .what = "/no/such" }),
	.measure = measure,
};

static struct pcow_plan plan_of(const char *scenario, bool prepare)
{
	const struct pcow_config config = { .scenarios = &scenario,
					    .nr_scenarios = 1,
					    .prepare = prepare };
	struct pcow_plan plan;

	assert_int_equal(pcow_plan_make(&plan, &config, NULL), 0);
	return plan;
}

static void a_lack_is_a_skip_with_its_remedy(void **state)
{
	struct pcow_plan plan = plan_of("need/program", false);

	(void)state;
	assert_string_equal(plan.cases[0].reason, "there is no /no/such");
	assert_string_equal(plan.cases[0].remedy, "make it");
	pcow_plan_clear(&plan);
}

static void the_parameter_says_how_much(void **state)
{
	struct pcow_plan plan = plan_of("need/threads", false);

	(void)state;
	assert_int_equal(plan.nr_cases, 2);
	assert_string_equal(plan.cases[0].reason, "");
	assert_non_null(strstr(plan.cases[1].reason, "needs 99999 CPUs"));
	pcow_plan_clear(&plan);
}

static void a_setting_is_no_lack_where_it_may_be_changed(void **state)
{
	struct pcow_plan plan = plan_of("need/setting", false);

	(void)state;
	assert_non_null(strstr(plan.cases[0].reason, "kernel.pid_max is "));
	assert_non_null(strstr(plan.cases[0].remedy, "sudo sysctl kernel.pid_max=300"));
	pcow_plan_clear(&plan);
	plan = plan_of("need/setting", true);
	assert_string_equal(plan.cases[0].reason, "");
	pcow_plan_clear(&plan);
}

static enum pcow_met scenario_met(const char *name, const struct pcow_root *root)
{
	struct pcow_lack lack;

	return pcow_scenario_check(pcow_scenario_find(name), root, &lack);
}

static void a_scenario_runs_if_its_least_case_does(void **state)
{
	struct pcow_root live, recorded;

	(void)state;
	assert_int_equal(pcow_root_open(&live, "/", NULL), 0);
	assert_int_equal(pcow_root_open(&recorded, PINCOW_FIXTURES "/hosts/vm-2cpu", NULL), 0);
	assert_int_equal(scenario_met("need/program", &live), PCOW_UNMET);
	assert_int_equal(scenario_met("need/program", &recorded), PCOW_MET_UNKNOWN);
	assert_int_equal(scenario_met("need/threads", &live), PCOW_MET);
	pcow_root_close(&recorded);
	pcow_root_close(&live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lack_is_a_skip_with_its_remedy),
		cmocka_unit_test(the_parameter_says_how_much),
		cmocka_unit_test(a_setting_is_no_lack_where_it_may_be_changed),
		cmocka_unit_test(a_scenario_runs_if_its_least_case_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
