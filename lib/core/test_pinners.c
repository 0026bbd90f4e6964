/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters that name a pinner: which are meant is told by the pinners themselves. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"

PCOW_PINNER(kept) = { .name = "kept", .reference = PCOW_FOLL_GET, .lasting = true };
PCOW_PINNER(brief) = { .name = "brief", .reference = PCOW_FOLL_GET };
PCOW_PINNER(buffers) = { .name = "buffers", .reference = PCOW_FOLL_PIN, .lasting = true };
PCOW_PINNER(direct) = { .name = "direct", .reference = PCOW_FOLL_PIN };

static uint64_t measure(struct pcow_actor *actor)
{
	(void)actor;
	return 1;
}

PCOW_SCENARIO(test_get) = {
	.name = "test/get",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_GETTER),
	.measure = measure,
};

PCOW_SCENARIO(test_pin) = {
	.name = "test/pin",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_REGISTRAR),
	.measure = measure,
};

PCOW_SCENARIO(test_fork) = {
	.name = "test/fork",
	.operation = "fork",
	.params = PCOW_PARAMS(PCOW_HELD),
	.measure = measure,
};

static int make(struct pcow_plan *plan, const char *scenario, enum pcow_profile profile,
		const char *set, struct pcow_error *err)
{
	const struct pcow_config config = { .profile = profile,
					    .scenarios = &scenario,
					    .nr_scenarios = 1,
					    .sets = &set,
					    .nr_sets = set != NULL };

	return pcow_plan_make(plan, &config, err);
}

static void each_kind_has_its_pinners(void **state)
{
	static const struct {
		const char *scenario;
		enum pcow_profile profile;
		const char *set, *words;
	} cases[] = {
		{ "test/get", PCOW_QUICK, NULL, " brief kept" },
		{ "test/pin", PCOW_QUICK, NULL, " buffers" },
		{ "test/fork", PCOW_QUICK, NULL, " none" },
		{ "test/fork", PCOW_FULL, NULL, " none buffers kept" },
		{ "test/get", PCOW_QUICK, "pinner=kept", " kept" },
		{ "test/get", PCOW_QUICK, "pinner=kept,get-*", " kept brief" },
		{ "test/fork", PCOW_QUICK, "held=kept,none", " kept none" },
		{ "test/fork", PCOW_QUICK, "held=held-*", " buffers kept" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char words[128] = "";
		struct pcow_plan plan;

		assert_int_equal(
			make(&plan, cases[i].scenario, cases[i].profile, cases[i].set, NULL), 0);
		for (size_t j = 0; j < plan.nr_cases; j++) {
			strcat(words, " ");
			/* None is a case without the parameter. */
			strcat(words,
			       plan.cases[j].nr_params ? plan.cases[j].params[0].text : "none");
		}
		assert_string_equal(words, cases[i].words);
		pcow_plan_clear(&plan);
	}
}

static void others_are_refused(void **state)
{
	static const struct {
		const char *scenario, *set, *says;
	} cases[] = {
		{ "test/get", "pinner=nonsense", "pinner=nonsense: test/get takes brief, kept" },
		{ "test/get", "test/get.pinner=buffers",
		  "pinner=buffers: test/get takes brief, kept" },
		/* It looks like what is meant, but there is none. */
		{ "test/get", "pinner=get-nonsense",
		  "pinner=get-nonsense: test/get takes brief, kept" },
		{ "test/get", "pinner=pin-*", "pinner=pin-*: test/get takes brief, kept" },
		{ "test/get", "pinner=none", "pinner=none: test/get takes brief, kept" },
		/* Pinned, but not for long. */
		{ "test/pin", "pinner=direct", "pinner=direct: test/pin takes buffers" },
		{ "test/fork", "held=brief", "held=brief: test/fork takes none, buffers, kept" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pcow_error err = { "" };
		struct pcow_plan plan;

		assert_int_equal(make(&plan, cases[i].scenario, PCOW_QUICK, cases[i].set, &err),
				 -EINVAL);
		assert_string_equal(err.text, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_pinners),
		cmocka_unit_test(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
