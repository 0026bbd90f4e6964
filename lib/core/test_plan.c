/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine.h"

static uint64_t measure(struct pcow_actor *actor)
{
	(void)actor;
	return 1;
}

PCOW_SCENARIO(test_one) = {
	.name = "test/one",
	.operation = "op",
	.params = PCOW_PARAMS(PCOW_SIZE, PCOW_CHOICE("mode", "", "read | write"),
			      PCOW_PAGE_KIND("base | | hugetlb-*")),
	.scale_by = "size",
	.samples = 10,
	.footprint = 2,
	.measure = measure,
};

PCOW_SCENARIO(test_two) = {
	.name = "test/two",
	.operation = "op",
	.params = PCOW_PARAMS(PCOW_COUNT("calls", "calls", "", 16, "8 2 | | 1..16 5")),
	.samples = 10,
	.measure = measure,
};

PCOW_SCENARIO(other_bare) = {
	.name = "other/bare",
	.operation = "op",
	.samples = 10,
	.measure = measure,
};

static struct pcow_plan plan_of(struct pcow_config config)
{
	struct pcow_error err = { "" };
	struct pcow_plan plan;

	assert_int_equal(pcow_plan_make(&plan, &config, &err), 0);
	assert_string_equal(err.text, "");
	return plan;
}

static void registry_is_sorted(void **state)
{
	(void)state;
	assert_int_equal(pcow_scenario_count(), 3);
	assert_string_equal(pcow_scenario_at(0)->name, "other/bare");
	assert_string_equal(pcow_scenario_at(2)->name, "test/two");
	assert_null(pcow_scenario_at(3));
	assert_ptr_equal(pcow_scenario_find("test/one"), pcow_scenario_at(1));
	assert_null(pcow_scenario_find("test"));
	assert_string_equal(pcow_scenario_nearest("tset/one"), "test/one");
	assert_null(pcow_scenario_nearest("nothing-of-the-kind"));
}

static void profile_expands_the_matrix(void **state)
{
	struct pcow_plan plan = plan_of((struct pcow_config){ .profile = PCOW_STANDARD });
	const struct pcow_case *last = &plan.cases[14];
	char name[128];

	(void)state;
	/* bare, then 7 sizes times 2 modes, then two counts */
	assert_int_equal(plan.nr_cases, 1 + 14 + 2);
	assert_int_equal(plan.cases[0].nr_params, 0);
	pcow_case_format(name, sizeof(name), last);
	assert_string_equal(name, "test/one mode=write page=base size=256M");
	pcow_plan_clear(&plan);
}

static const struct pcow_scenario one_size = { .params = PCOW_PARAMS(PCOW_SIZE) };

/* Each profile's words are those of the smaller ones and some more; lab has its own rule. */
static void profiles_take_words(void **state)
{
	static const struct {
		const struct pcow_scenario *scenario;
		size_t param;
		const char *words[PCOW_PROFILES];
	} cases[] = {
		{ &pcow_scenario_test_one, 0, { "4M 16M 64M", "4M..256M", "1M..1G", "4M 16M" } },
		{ &pcow_scenario_test_one,
		  1,
		  { "read", "read write", "read write", "read write" } },
		{ &pcow_scenario_test_one, 2, { "base", "base", "base hugetlb-*", "base" } },
		{ &pcow_scenario_test_two, 0, { "8 2", "8 2", "8 2 1..16 5", "8 2" } },
		{ &one_size, 0, { "16M", "16M 256M", "16M..1G", "4M" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (enum pcow_profile p = PCOW_QUICK; p < PCOW_PROFILES; p++) {
			char *words = pcow_param_words(
				cases[i].scenario, &cases[i].scenario->params[cases[i].param], p);

			assert_string_equal(words, cases[i].words[p]);
			free(words);
		}
	}
}

/* "8 2 1..16 5": what is there twice counts once. */
static void numbers_ascend(void **state)
{
	static const uint64_t calls[] = { 1, 2, 4, 5, 8, 16 };
	const char *const only[] = { "test/two" };
	struct pcow_plan plan = plan_of(
		(struct pcow_config){ .profile = PCOW_FULL, .scenarios = only, .nr_scenarios = 1 });

	(void)state;
	assert_int_equal(plan.nr_cases, sizeof(calls) / sizeof(calls[0]));
	for (size_t i = 0; i < plan.nr_cases; i++)
		assert_int_equal(plan.cases[i].params[0].number, calls[i]);
	pcow_plan_clear(&plan);
}

static void sets_replace_values(void **state)
{
	const char *const only[] = { "test" };
	const char *const sets[] = { "size=2M,64K", "test/two.calls=7", "size=8M..16M" };
	struct pcow_plan plan = plan_of((struct pcow_config){
		.scenarios = only, .nr_scenarios = 1, .sets = sets, .nr_sets = 3 });
	char name[128];

	(void)state;
	assert_int_equal(plan.nr_cases, 2 + 1);
	pcow_case_format(name, sizeof(name), &plan.cases[1]);
	assert_string_equal(name, "test/one mode=read page=base size=16M");
	pcow_case_format(name, sizeof(name), &plan.cases[2]);
	assert_string_equal(name, "test/two calls=7");
	pcow_plan_clear(&plan);
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *scenario, *set, *says;
	} cases[] = {
		{ "test/ona", NULL, "did you mean 'test/one'" },
		{ "quux", NULL, "pincow list" },
		{ "test/*", "size", "--set size: not NAME=VALUE" },
		{ "test/*", "=1", "not NAME=VALUE" },
		{ "test/*", "size=", "not NAME=VALUE" },
		{ "test/*", "size=12", "whole pages" },
		{ "test/*", "size=0", "whole pages" },
		{ "test/*", "size=8M..1M", "whole pages" },
		{ "test/*", "size=1M,,2M", "empty" },
		{ "test/*", "size=99999999999999999999G", "whole pages" },
		{ "test/*", "mode=rea", "mode=rea: test/one takes read, write" },
		{ "test/*", "mode=", "not NAME=VALUE" },
		{ "test/*", "page=huge", "page=huge: test/one takes base, hugetlb-*" },
		{ "test/*", "page=thp-pte", "page=thp-pte: test/one takes base, hugetlb-*" },
		{ "test/*", "page=mthp-*", "page=mthp-*: test/one takes base, hugetlb-*" },
		{ "test/*", "page=hugetlb-3K", "not a page kind" },
		{ "test/two", "calls=0", "not a count from 1 to 16" },
		{ "test/two", "calls=-1", "not a count from 1 to 16" },
		{ "test/two", "calls=17", "not a count from 1 to 16" },
		{ "test/two", "calls=4503599627370497", "not a count from 1 to 16" },
		{ "test/*", "size=256T", "whole pages, at most 128T" },
		{ "test/two", "size=1M", "no selected scenario has the parameter size" },
		{ "test/*", "test/nine.size=1M", "no selected scenario" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pcow_config config = { .scenarios = &cases[i].scenario,
					      .nr_scenarios = 1,
					      .sets = &cases[i].set,
					      .nr_sets = cases[i].set != NULL };
		struct pcow_error err = { "" };
		struct pcow_plan plan;

		assert_int_equal(pcow_plan_make(&plan, &config, &err), -EINVAL);
		assert_non_null(strstr(err.text, cases[i].says));
		assert_null(plan.cases);
	}
}

/* A profile's sizes are made whole folios, each once; what is asked for is not. */
static void sizes_are_whole_folios(void **state)
{
	const char *const sets[] = { "page=hugetlb-32M", "mode=read" };
	const char *const asked[] = { "page=hugetlb-32M", "mode=read", "size=1M" };
	const char *const only[] = { "test/one" };
	struct pcow_config config = { .profile = PCOW_STANDARD,
				      .scenarios = only,
				      .nr_scenarios = 1,
				      .sets = sets,
				      .nr_sets = 2 };
	struct pcow_plan plan = plan_of(config);

	(void)state;
	assert_int_equal(plan.nr_cases, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pcow_case_value(&plan.cases[i], "size")->number, 32 << 20 << i);
	pcow_plan_clear(&plan);
	config.sets = asked;
	config.nr_sets = 3;
	plan = plan_of(config);
	assert_int_equal(plan.nr_cases, 1);
	assert_string_equal(plan.cases[0].reason, "the size is not a multiple of the folio");
	pcow_plan_clear(&plan);
}

static size_t reads_of_host;

/* Stands before the C library's, and does the same. */
int openat(int fd, const char *path, int flags, ...)
{
	reads_of_host++;
	return (int)syscall(SYS_openat, fd, path, flags, 0);
}

/* How often a plan of these @nr_cases reads the host. */
static size_t reads_for(size_t nr_cases, const char *size, const char *page, const char *mode)
{
	const char *const sets[] = { size, page, mode };
	const char *const only[] = { "test/one" };
	struct pcow_plan plan;

	reads_of_host = 0;
	plan = plan_of((struct pcow_config){
		.scenarios = only, .nr_scenarios = 1, .sets = sets, .nr_sets = 3 });
	assert_int_equal(plan.nr_cases, nr_cases);
	pcow_plan_clear(&plan);
	return reads_of_host;
}

/* Thousands of cases cost no more reads than their page kinds, of which only
 * hugetlb pages are asked for by number. */
static void facts_are_read_once_a_plan(void **state)
{
	char sizes[1024] = "size=4K";
	size_t reads = reads_for(1, sizes, "page=base", "mode=read");

	(void)state;
	for (size_t i = 2, used = strlen(sizes); i <= PCOW_VALUES_MAX; i++)
		used += (size_t)snprintf(sizes + used, sizeof(sizes) - used, ",%zuM", 2 * i);
	assert_true(reads > 0);
	assert_int_equal(reads_for(256, sizes, "page=base", "mode=read,write"), reads);
	reads = reads_for(128, sizes, "page=hugetlb-2M", "mode=read");
	assert_int_equal(reads_for(256, sizes, "page=hugetlb-2M", "mode=read,write"), reads);
}

static void too_much_memory_is_a_skip(void **state)
{
	const char *const sets[] = { "size=100T" };
	struct pcow_plan plan = plan_of((struct pcow_config){ .sets = sets, .nr_sets = 1 });
	const struct pcow_case *c = &plan.cases[1];

	(void)state;
	assert_non_null(strstr(c->reason, "needs 209715200 MiB"));
	assert_string_not_equal(c->remedy, "");
	pcow_plan_clear(&plan);
}

static void jobs_survive_the_command_line(void **state)
{
	struct pcow_job job = { .replicate = 2,
				.counted = true,
				.sequence = 41,
				.cpu = 1,
				.parent = 77,
				.budget = { 20, 2, 10240, 1500000000, 6000000000 },
				.clock = { PCOW_CLOCK_TSC, 2596110505, 26 } };
	struct pcow_plan plan = plan_of((struct pcow_config){ .profile = PCOW_QUICK });
	struct pcow_job back;
	char *text;

	(void)state;
	job.case_ = plan.cases[2];
	text = pcow_job_format(&job);
	assert_non_null(text);
	assert_int_equal(pcow_job_parse(&back, text), 0);
	assert_ptr_equal(back.case_.scenario, job.case_.scenario);
	assert_int_equal(back.case_.nr_params, 3);
	assert_memory_equal(back.case_.params, job.case_.params, 3 * sizeof(job.case_.params[0]));
	assert_int_equal(back.sequence, 41);
	assert_int_equal(back.parent, 77);
	assert_true(back.counted);
	assert_memory_equal(&back.budget, &job.budget, sizeof(job.budget));
	assert_int_equal(back.clock.hz, job.clock.hz);
	free(text);
	assert_int_equal(pcow_job_parse(&back, "{\"scenario\":\"test/one\"}"), -EINVAL);
	assert_int_equal(pcow_job_parse(&back, "not json"), -EINVAL);
	pcow_plan_clear(&plan);
}

/* What gives a p99 in one worker does so however short workers are. */
static void distributions_keep_their_samples(void **state)
{
	const struct pcow_scenario many = { .samples = 10240 }, few = { .samples = 20 };

	(void)state;
	assert_int_equal(pcow_budget_for(&many, PCOW_QUICK).samples, 10240);
	assert_int_equal(pcow_budget_for(&many, PCOW_FULL).samples, 131072);
	assert_int_equal(pcow_budget_for(&few, PCOW_QUICK).samples, 5);
	for (size_t p = PCOW_QUICK; p <= PCOW_FULL; p++) {
		assert_true(pcow_budget_for(&few, (enum pcow_profile)p).ops >= 10000);
		/* Medians over workers: a few of them are no sample. */
		assert_true(pcow_profile_replicates((enum pcow_profile)p) >= 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registry_is_sorted),
		cmocka_unit_test(profile_expands_the_matrix),
		cmocka_unit_test(profiles_take_words),
		cmocka_unit_test(numbers_ascend),
		cmocka_unit_test(sets_replace_values),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(sizes_are_whole_folios),
		cmocka_unit_test(facts_are_read_once_a_plan),
		cmocka_unit_test(too_much_memory_is_a_skip),
		cmocka_unit_test(distributions_keep_their_samples),
		cmocka_unit_test(jobs_survive_the_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
