/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the gate promises, held to on boots that never ran.
 */
#include "testing.h"

#include <errno.h>

static struct pcow_simulation usual(void)
{
	return (struct pcow_simulation){
		.gates = 300,
		.metrics = 60,
		.boots = 8,
		.workers = 3,
		.sigma_boot = 0.01,
		.sigma_run = 0.005,
		.effect = 0.05,
		.seed = 2,
	};
}

static void no_false_alarm_and_power_at_eight_boots(void **state)
{
	struct pcow_simulation simulation = usual();
	struct pcow_policy policy;
	struct pcow_trial trial;

	(void)state;
	pcow_policy_default(&policy);
	assert_int_equal(pcow_trial_simulate(&trial, &simulation, &policy), 0);
	assert_int_equal(trial.gates, 300);
	assert_int_equal(trial.false_fails, 0);
	assert_true(trial.passes > 90 && trial.passes < 150);
	assert_true(trial.boots_needed > 8 && trial.boots_needed < 20);
	assert_true(trial.found >= 270);
	assert_int_equal(trial.false_passes, 0);
}

/* A gate that cannot fail would have passed the test above. */
static void noise_beyond_its_means_is_not_passed(void **state)
{
	struct pcow_simulation simulation = usual();
	struct pcow_policy policy;
	struct pcow_trial trial;

	(void)state;
	simulation.sigma_boot = 0.10;
	pcow_policy_default(&policy);
	assert_int_equal(pcow_trial_simulate(&trial, &simulation, &policy), 0);
	assert_true(trial.found < 100);
	assert_int_equal(trial.false_passes, 0);
}

static void the_same_seed_gives_the_same_trial(void **state)
{
	struct pcow_simulation simulation = usual();
	struct pcow_trial first, again;
	struct pcow_policy policy;

	(void)state;
	simulation.gates = 20;
	simulation.sigma_boot = 0.03;
	pcow_policy_default(&policy);
	assert_int_equal(pcow_trial_simulate(&first, &simulation, &policy), 0);
	assert_int_equal(pcow_trial_simulate(&again, &simulation, &policy), 0);
	assert_memory_equal(&first, &again, sizeof(first));
}

static void write_boots(const char *folder, int64_t ns, int64_t spread)
{
	for (int i = 0; i < 6; i++) {
		char name[16];
		struct fake_case one = { .scenario = "fault/a",
					 .size = 4096,
					 .ns = ns + spread * (i % 3),
					 .copied = -1 };

		snprintf(name, sizeof(name), "%s%d", folder, i);
		fake_write(&(struct fake_boot){ .folder = folder, .name = name }, &one, 1);
	}
}

static void resample(struct pcow_trial *trial, int64_t spread)
{
	char paths[2][256],
		*arguments[] = { fake_path(paths[0], 256, "a"), fake_path(paths[1], 256, "b") };
	struct pcow_question question = { .keys = PCOW_KEY_ARGUMENT };
	struct pcow_analysis analysis;
	struct pcow_policy policy;
	struct pcow_dataset set;

	/* The arms differ by 30 %, which dealing out must take away. */
	write_boots("a", 10000, spread);
	write_boots("b", 13000, spread);
	pcow_policy_default(&policy);
	question.policy = &policy;
	assert_int_equal(pcow_dataset_read(&set, arguments, 2, NULL), 0);
	assert_int_equal(pcow_analysis_make(&analysis, &set, &question, NULL), 0);
	assert_int_equal(pcow_trial_resample(trial, &analysis, 100, 0.05, 1), 0);
	pcow_analysis_clear(&analysis);
	pcow_dataset_clear(&set);
	fake_remove();
}

static void own_boots_are_dealt_out_anew(void **state)
{
	struct pcow_trial trial;

	(void)state;
	resample(&trial, 20);
	assert_int_equal(trial.gates, 100);
	assert_int_equal(trial.metrics, 1);
	assert_int_equal(trial.boots, 6);
	assert_int_equal(trial.false_fails, 0);
	assert_int_equal(trial.found, 100);
	resample(&trial, 2000);
	assert_true(trial.found < 50);
}

static int remove_root(void **state)
{
	(void)state;
	return rmdir(fake_root());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_false_alarm_and_power_at_eight_boots),
		cmocka_unit_test(noise_beyond_its_means_is_not_passed),
		cmocka_unit_test(the_same_seed_gives_the_same_trial),
		cmocka_unit_test(own_boots_are_dealt_out_anew),
	};

	return cmocka_run_group_tests_name("compare/trial", tests, NULL, remove_root);
}
