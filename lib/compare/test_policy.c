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
		{ "[rule]\nboots = 1\n", "policy:2: boots '1'" },
		{ "[rule]\nconfidence = 5 %\n", "policy:2: confidence '5 %': is no share" },
		{ "[rule]\nboots = 3x\n", "policy:2: boots '3x'" },
		{ "[rule]\nalarms = 1\n", "policy:2: alarms '1'" },
		{ "[rule]\nlost = 100 %\n", "policy:2: lost '100 %'" },
		{ "[allow]\nthp = no\n", "policy:2: thp 'no': is not yes" },
		{ "[allow]\nwind = yes\n", "policy:2: [allow] has no key 'wind'" },
		{ "[family]\ncase =\n", "policy:2: value '': is empty" },
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_policy_is_taken),
		cmocka_unit_test(an_empty_policy_is_the_default),
		cmocka_unit_test(each_mistake_is_told_with_its_line),
		cmocka_unit_test(a_line_too_long_is_told),
		cmocka_unit_test(a_file_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests_name("compare/policy", tests, NULL, NULL);
}
