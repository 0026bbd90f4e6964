/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the gate says of itself.
 */
#include "compare/fake_analysis.h"
#include "gate/gate.h"

static const struct pcow_trial clean = {
	.gates = 300,
	.metrics = 60,
	.boots = 8,
	.passes = 240,
	.effect = 0.05,
	.injected = 18000,
	.found = 17982,
};

static char *print(const struct pcow_trial *simulated, const struct pcow_trial *resampled)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	pcow_trials_print(out, simulated, resampled, false);
	fclose(out);
	return text;
}

static void a_clean_trial_has_its_bound(void **state)
{
	char *text = print(&clean, NULL);

	(void)state;
	/* 1 - 0.05^(1/300) = 0.0099 */
	assert_string_equal(text,
			    "Simulated boots: 300 gates of 60 lines, 8 boots a group\n"
			    "  no difference: 0 said FAIL, 0.0 % of the gates "
			    "(95 % sure: below 1.0 %)\n"
			    "                 240 said PASS, 80.0 %\n"
			    "  one line +5.0 % worse: found in 17982 of 18000 gates, power 99.9 %; "
			    "0 said PASS\n");
	free(text);
}

static void own_boots_come_second(void **state)
{
	struct pcow_trial own = { .gates = 100,
				  .metrics = 2,
				  .boots = 3,
				  .false_fails = 1,
				  .false_passes = 4,
				  .effect = 0.05 };
	char *text = print(&clean, &own);

	(void)state;
	assert_says(text, "\nOwn boots, dealt out anew: 100 gates of up to 2 lines, up to 3 boots "
			  "a group\n"
			  "  no difference: 1 said FAIL, 1.0 % of the gates\n"
			  "                 0 said PASS, 0.0 %\n");
	assert_says(text, "found in 0 of 0 gates, power unknown; 4 said PASS\n");
	free(text);
}

static void json_has_its_fields(void **state)
{
	struct pcow_trial nothing = { .effect = 0.05 };
	json_t *json = pcow_trials_json(&clean, &nothing), *own;

	(void)state;
	assert_int_equal(json_object_size(json), 2);
	own = json_object_get(json, "resampled");
	for (size_t i = 0; pcow_trial_fields[i].name; i++)
		assert_non_null(json_object_get(own, pcow_trial_fields[i].name));
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(json, "simulated"), "passes")),
		240);
	json_decref(json);
	json = pcow_trials_json(&clean, NULL);
	assert_true(json_is_null(json_object_get(json, "resampled")));
	json_decref(json);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_trial_has_its_bound),
		cmocka_unit_test(own_boots_come_second),
		cmocka_unit_test(json_has_its_fields),
	};

	return cmocka_run_group_tests_name("format/trial", tests, NULL, NULL);
}
