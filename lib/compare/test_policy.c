/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies that are right, and each way to be wrong with its line.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/compare.h>

static void a_whole_policy_is_taken(void **state)
{
	static const char text[] = "# of a team\n"
				   "[family]\n"
				   "case = fork/*\n"
				   "case = fault/cow-copy base *\n"
				   "metric = latency\n"
				   "ignore = fork/vfork\n"
				   "[effect]\n"
				   "latency = 1.5 %\n"
				   "p99 = 10 %\n"
				   "latency = 3%\n"
				   "[rule]\n"
				   "alarms = 10 %\n"
				   "confidence = 99 %\n"
				   "power = 90%\n"
				   "boots = 5\n"
				   "invalid = 30 %\n"
				   "workers = 40%\n"
				   "lost = 10 %\n"
				   "[allow]\n"
				   "thp = yes\n"
				   "same-build = yes\n"
				   "alone = yes\n";
	struct pcow_policy policy;

	(void)state;
	assert_int_equal(pcow_policy_parse(&policy, text, "policy", NULL), 0);
	assert_int_equal(policy.nr_cases, 2);
	assert_string_equal(policy.cases[1], "fault/cow-copy base *");
	assert_int_equal(policy.nr_metrics, 1);
	assert_string_equal(policy.ignored[0], "fork/vfork");
	assert_float_equal(pcow_policy_effect(&policy, "latency", PCOW_METRIC_COST, true), 0.03,
			   1e-12);
	assert_float_equal(pcow_policy_effect(&policy, "p99", PCOW_METRIC_COST, false), 0.1, 1e-12);
	/* The latency of a case that has a baseline. */
	assert_float_equal(pcow_policy_effect(&policy, "net", PCOW_METRIC_COST, false), 0.03,
			   1e-12);
	assert_float_equal(policy.alarms, 0.1, 1e-12);
	assert_float_equal(policy.confidence, 0.99, 1e-12);
	assert_float_equal(policy.power, 0.9, 1e-12);
	assert_int_equal(policy.boots, 5);
	assert_float_equal(policy.invalid, 0.3, 1e-12);
	assert_float_equal(policy.workers, 0.4, 1e-12);
	assert_float_equal(policy.lost, 0.1, 1e-12);
	assert_int_equal(policy.allowed,
			 1U << PCOW_STOP_THP | 1U << PCOW_STOP_SAME_BUILD | 1U << PCOW_STOP_ALONE);
	pcow_policy_clear(&policy);
}

static void an_empty_policy_is_the_default(void **state)
{
	struct pcow_policy policy;

	(void)state;
	assert_int_equal(pcow_policy_parse(&policy, "", "policy", NULL), 0);
	assert_int_equal(policy.nr_cases + policy.nr_metrics + policy.nr_effects, 0);
	assert_float_equal(pcow_policy_effect(&policy, "net", PCOW_METRIC_COST, false), 0.02,
			   1e-12);
	assert_float_equal(pcow_policy_effect(&policy, "p99.9", PCOW_METRIC_COST, false), 0.05,
			   1e-12);
	assert_float_equal(pcow_policy_effect(&policy, "net", PCOW_METRIC_COST, true), 0.005,
			   1e-12);
	assert_float_equal(policy.alarms, 0.005, 1e-12);
	assert_int_equal(policy.boots, 3);
	pcow_policy_clear(&policy);
}

static void each_mistake_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text;
		const char *told;
	} mistakes[] = {
		{ "[family]\n\ncase = *\nmetrics = latency\n",
		  "policy:4: [family] has no key 'metrics': it knows case, metric, ignore" },
		{ "[rule]\nboot = 3\n", "policy:2: [rule] has no key 'boot'" },
		{ "[rules]\nalarms = 5 %\n", "policy:2: no section 'rules'" },
		{ "latency = 2 %\n", "policy:1: no section ''" },
		{ "[effect]\nlatency = 2 percent\n", "policy:2: latency '2 percent'" },
		{ "[effect]\nlatency = -2 %\n", "policy:2: latency '-2 %'" },
		{ "[effect]\nlatency = 0\n", "policy:2: latency '0'" },
		{ "[effect]\nlatency = nan\n", "policy:2: latency 'nan'" },
		{ "[effect]\nlatency = 200 %\n", "policy:2: latency '200 %'" },
		{ "[effect]\nlatency = 0.5\n",
		  "policy:2: latency '0.5': is no share between 0 and 50 %, as in 2 %" },
		{ "[effect]\nlatency = 51 %\n", "policy:2: latency '51 %'" },
		{ "[rule]\nalarms = 0.01\n", "policy:2: alarms '0.01'" },
		{ "[effect]\nlatency =\n", "policy:2: latency ''" },
		{ "[effect]\nlatency = 0x1 %\n", "policy:2: latency '0x1 %': is no share" },
		{ "[rule]\nboots = 1\n", "policy:2: boots '1'" },
		{ "[rule]\nconfidence = 5 %\n", "policy:2: confidence '5 %': is no share" },
		{ "[rule]\nboots = 3x\n", "policy:2: boots '3x'" },
		{ "[rule]\nalarms = 1\n", "policy:2: alarms '1'" },
		{ "[rule]\nlost = 100 %\n", "policy:2: lost '100 %'" },
		{ "[allow]\nthp = no\n", "policy:2: thp 'no': is not yes" },
		{ "[allow]\nwind = yes\n", "policy:2: [allow] has no key 'wind'" },
		{ "[family]\ncase =\n", "policy:2: case '': is empty" },
		{ "[family]\ngarbage\nfoo = 1\n", "policy:2: neither [section] nor key = value" },
		{ "[family\n", "policy:1: neither [section] nor key = value" },
		{ "[family]\nwhatever\n", "policy:2: neither [section] nor key = value" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct pcow_error err = { "" };
		struct pcow_policy policy;

		assert_int_equal(pcow_policy_parse(&policy, mistakes[i].text, "policy", &err),
				 -EBADMSG);
		if (strncmp(err.text, mistakes[i].told, strlen(mistakes[i].told)) != 0)
			fail_msg("'%s' does not begin with '%s'", err.text, mistakes[i].told);
		pcow_policy_clear(&policy);
	}
}

static void a_line_too_long_is_told(void **state)
{
	struct pcow_error err = { "" };
	struct pcow_policy policy;
	char text[1024];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "[family]\ncase = ", 16);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(pcow_policy_parse(&policy, text, "policy", &err), -EBADMSG);
	assert_non_null(strstr(err.text, "policy:2: the line is longer than"));
	pcow_policy_clear(&policy);
}

static void a_file_that_is_not_there_is_told(void **state)
{
	struct pcow_error err = { "" };
	struct pcow_policy policy;

	(void)state;
	assert_int_equal(pcow_policy_read(&policy, "/nonexistent/policy", &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/policy: cannot be opened"));
	pcow_policy_clear(&policy);
	assert_int_equal(pcow_policy_read(&policy, "/dev/zero", &err), -EBADMSG);
	pcow_policy_clear(&policy);
}

/* A row of the table, as the file of scripts/floors has it. */
struct row {
	const char *scenario, *page, *metric;
	double fraction;
};

static const struct row rows[] = {
#define FLOOR(scenario, page, metric, fraction) { scenario, page, metric, fraction },
#include "floors.def"
#undef FLOOR
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static double floor_of(const char *scenario, const char *page, const char *metric)
{
	struct pcow_value params[] = { { .name = "size", .is_number = true, .number = 4096 },
				       { .name = "page" } };
	struct pcow_series series = { .params = params, .nr_params = *page ? 2 : 1 };

	strcpy(params[1].text, page);
	strcpy(series.scenario, scenario);
	strcpy(series.metric, metric);
	return pcow_counted_floor(&series);
}

/* The largest of a metric; of all scenarios without one. */
static double largest(const char *scenario, const char *metric)
{
	double most = 0.0;

	for (size_t i = 0; i < NR_ROWS; i++) {
		if (strcmp(rows[i].metric, metric) == 0 &&
		    (!scenario || strcmp(rows[i].scenario, scenario) == 0))
			most = fmax(most, rows[i].fraction);
	}
	return most;
}

static void a_measured_case_has_its_own_floor(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ROWS; i++) {
		const struct row *row = &rows[i];

		assert_true(row->fraction > 0.0 && row->fraction < 1.0);
		assert_float_equal(floor_of(row->scenario, row->page, row->metric), row->fraction,
				   1e-12);
	}
	assert_float_equal(floor_of("fork/anon", "base", "net"),
			   floor_of("fork/anon", "base", "latency"), 1e-12);
}

static void what_was_not_measured_has_the_largest_of_its_kin(void **state)
{
	static const char *const metrics[] = { "latency", "slope" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_float_equal(floor_of("fork/anon", "hugetlb", metrics[i]),
				   largest("fork/anon", metrics[i]), 1e-12);
		assert_float_equal(floor_of("fork/other", "base", metrics[i]),
				   largest(NULL, metrics[i]), 1e-12);
	}
	assert_true(largest(NULL, "slope") > floor_of("fork/anon", "base", "latency"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_policy_is_taken),
		cmocka_unit_test(an_empty_policy_is_the_default),
		cmocka_unit_test(each_mistake_is_told_with_its_line),
		cmocka_unit_test(a_line_too_long_is_told),
		cmocka_unit_test(a_file_that_is_not_there_is_told),
		cmocka_unit_test(a_measured_case_has_its_own_floor),
		cmocka_unit_test(what_was_not_measured_has_the_largest_of_its_kin),
	};

	return cmocka_run_group_tests_name("compare/policy", tests, NULL, NULL);
}
