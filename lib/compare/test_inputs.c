/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What no verdict may rest on: boots that lack figures, boots of something else,
 * boots made elsewhere.
 */
#include "session.h"

#include <errno.h>

/* Eight boots of one case, of which the first @n are as @odd says. */
static void write_odd(const char *folder, const struct fake_boot *like, const struct fake_case *odd,
		      size_t n)
{
	for (size_t i = 0; i < 8; i++) {
		struct fake_boot boot = *like;
		struct fake_case one = { .scenario = "fault/a",
					 .size = 4096,
					 .ns = 1000 + (int64_t)i % 3,
					 .copied = 2 };
		char name[64];

		if (i < n) {
			one.status = odd->status;
			one.breaks = odd->breaks;
			one.truncated = odd->truncated;
			one.overhead = odd->overhead;
		}
		snprintf(name, sizeof(name), "%s-%zu", folder, i);
		boot.folder = folder;
		boot.name = name;
		/* A case without a size was not reached. */
		fake_write(&boot, &one, i >= n || odd->size);
	}
}

/* Verdict, gate and reason of the case when @n boots of group 0 or 1 are odd. */
static void assert_odd(struct session *session, int group, const struct fake_case *odd, size_t n,
		       enum pcow_verdict verdict, const char *why)
{
	const struct pcow_change *change;

	write_odd("a", &(struct fake_boot){ 0 }, odd, group ? 0 : n);
	write_odd("b", &(struct fake_boot){ 0 }, odd, group ? n : 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", verdict);
	change = &find_line(session, "fault/a", "latency")->changes[1];
	assert_string_equal(change->why, why);
	assert_int_equal(session->analysis.gate, pcow_verdict_gate(verdict));
}

static void boots_without_the_case_are_not_left_out(void **state)
{
	const struct fake_case unreached = { .size = 0 };

	assert_odd(*state, 1, &unreached, 5, PCOW_MISSING, "not measured in 5 of 8 boots of b");
}

static void one_boot_without_the_case_is_told(void **state)
{
	const struct fake_case unreached = { .size = 0 };

	assert_odd(*state, 1, &unreached, 1, PCOW_MISSING, "not measured in 1 of 8 boots of b");
}

static void the_base_may_lack_a_few(void **state)
{
	const struct fake_case unreached = { .size = 0 };

	assert_odd(*state, 0, &unreached, 2, PCOW_SAME, "");
	assert_int_equal(find_line(*state, "fault/a", "latency")->changes[1].n, 6);
	assert_true(is_noted(*state, "a: 1 case is without a figure to judge by in up to 2 of 8"));
}

static void the_base_may_not_lack_most(void **state)
{
	const struct fake_case unreached = { .size = 0 };

	assert_odd(*state, 0, &unreached, 3, PCOW_MISSING, "not measured in 3 of 8 boots of a");
}

static void skips_of_most_boots_are_not_left_out(void **state)
{
	const struct fake_case skipped = { .size = 1, .status = PCOW_STATUS_SKIP };

	assert_odd(*state, 1, &skipped, 5, PCOW_MISSING, "skip in 5 of 8 boots of b: because");
}

static void errors_of_the_base_are_not_left_out(void **state)
{
	const struct fake_case failed = { .size = 1, .status = PCOW_STATUS_ERROR };

	assert_odd(*state, 0, &failed, 5, PCOW_MISSING, "error in 5 of 8 boots of a: because");
}

static void samples_that_break_have_a_cap(void **state)
{
	const struct fake_case breaks = { .size = 1, .breaks = true };

	assert_odd(*state, 1, &breaks, 8, PCOW_MISSING,
		   "more than 20 % of the samples broke their claim in b");
}

static void a_claim_that_never_held_fails(void **state)
{
	const struct fake_case invalid = { .size = 1, .status = PCOW_STATUS_INVALID };

	assert_odd(*state, 1, &invalid, 8, PCOW_BROKEN, "invalid in b: because");
}

/* Eight boots a group, each of a whole run and of @cuts that met their time cap. */
static void compare_cut(struct session *session, int cuts)
{
	const struct fake_case none = { 0 };
	struct fake_case cut = {
		.scenario = "fault/a", .size = 4096, .ns = 9000, .copied = 2, .truncated = true
	};

	write_odd("a", &(struct fake_boot){ 0 }, &none, 0);
	write_odd("b", &(struct fake_boot){ 0 }, &none, 0);
	for (int i = 0; i < 16 * cuts; i++) {
		const char *folder = i % 16 < 8 ? "a" : "b";
		char name[2][16];

		snprintf(name[0], sizeof(name[0]), "c%d", i);
		snprintf(name[1], sizeof(name[1]), "%s-%d", folder, i % 8);
		fake_write(&(struct fake_boot){ .folder = folder,
						.name = name[0],
						.boot_id = name[1],
						.created_ns = 1 + (uint64_t)i },
			   &cut, 1);
	}
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
}

/* Of two runs of a boot one may be whole ... */
static void a_boot_is_judged_by_its_whole_runs(void **state)
{
	compare_cut(*state, 1);
	assert_verdict(*state, "fault/a", "latency", PCOW_SAME);
}

/* ... but one of three is what was left of a boot. */
static void a_boot_that_lost_most_of_its_runs_is_lost(void **state)
{
	compare_cut(*state, 2);
	assert_verdict(*state, "fault/a", "latency", PCOW_MISSING);
	assert_int_equal(find_line(*state, "fault/a", "latency")->arms[1].nr_lost, 8);
}

/* A boot that is lost takes its partner along, whichever of the two it is. */
static void pairs_of_lost_boots_are_left_out(void **state)
{
	struct session *session = *state;
	const struct pcow_change *change;

	for (int i = 0; i < 16; i++) {
		char folder[2] = { (char)('a' + i % 2) }, name[8];
		const struct fake_boot boot = { .folder = folder,
						.name = name,
						.block = 1 + (uint64_t)i / 2 };
		const struct fake_case one = { .scenario = "fault/a",
					       .size = 4096,
					       .ns = 1000 + i % 3,
					       .copied = -1,
					       .truncated = i == 0 || i == 3 };

		snprintf(name, sizeof(name), "%d", i);
		fake_write(&boot, &one, 1);
	}
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	change = &find_line(session, "fault/a", "latency")->changes[1];
	assert_true(change->paired);
	assert_int_equal(change->n, 6);
}

static void the_policy_sets_the_cap(void **state)
{
	struct session *session = *state;
	const struct fake_case breaks = { .size = 1, .breaks = true };

	session->policy.invalid = 0.5;
	assert_odd(session, 0, &breaks, 8, PCOW_SAME, "");
}

static void samples_that_break_on_one_side_have_none(void **state)
{
	struct session *session = *state;
	const struct fake_case breaks = { .size = 1, .breaks = true };

	session->policy.invalid = 0.5;
	assert_odd(session, 1, &breaks, 8, PCOW_MISSING,
		   "50 % of the samples broke their claim in b, 0 % in a");
}

static void workers_that_are_cut_short_have_a_cap(void **state)
{
	const struct fake_case truncated = { .size = 1, .truncated = true };

	assert_odd(*state, 1, &truncated, 8, PCOW_MISSING,
		   "more than 50 % of the workers met their time cap in b");
}

static void what_both_cut_short_is_no_pass(void **state)
{
	struct session *session = *state;
	const struct fake_case truncated = { .size = 1, .truncated = true };

	write_odd("a", &(struct fake_boot){ 0 }, &truncated, 8);
	write_odd("b", &(struct fake_boot){ 0 }, &truncated, 8);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
	assert_int_equal(session->analysis.nr_gated[PCOW_INCONCLUSIVE], 1);
}

static void planned_workers_that_are_missing_count(void **state)
{
	struct session *session = *state;
	const struct fake_case none = { 0 };

	write_odd("a", &(struct fake_boot){ .planned = 2 }, &none, 0);
	write_odd("b", &(struct fake_boot){ .planned = 3 }, &none, 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_string_equal(find_line(session, "fault/a", "latency")->changes[1].why,
			    "more than 50 % of the workers have no figure in b");
}

static void a_cost_below_the_clock_is_no_figure(void **state)
{
	const struct fake_case fast = { .size = 1, .overhead = 3000 };

	assert_odd(*state, 1, &fast, 8, PCOW_MISSING,
		   "more than 50 % of the workers have no figure in b: its cost is below the "
		   "clock's own");
	assert_int_equal(find_line(*state, "fault/a", "latency")->arms[1].n, 0);
}

/* The worker that the clock could see may be the slow one. */
static void workers_below_the_clock_count_as_missing(void **state)
{
	struct session *session = *state;

	for (int i = 0; i < 6; i++) {
		char folder[2] = { (char)('a' + i % 2) }, name[8];
		struct fake_case cases[3] = { { 0 } };

		for (int r = 0; r < 3; r++)
			cases[r] = (struct fake_case){ .scenario = "fault/a",
						       .size = 4096,
						       .ns = 1000,
						       .copied = -1,
						       .replicate = (uint64_t)r,
						       .overhead = i % 2 && r ? 3000 : 0 };
		snprintf(name, sizeof(name), "%d", i);
		fake_write(&(struct fake_boot){ .folder = folder, .name = name }, cases, 3);
	}
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_string_equal(find_line(session, "fault/a", "latency")->changes[1].why,
			    "more than 50 % of the workers have no figure in b");
}

/* ---------------------------------------------------------------- elsewhere */

static const struct fake_case whole = { 0 };

/* Compares two groups whose boots are as @a and @b say; the gate's answer. */
static enum pcow_gate gate(struct session *session, struct fake_boot a, struct fake_boot b)
{
	write_odd("a", &a, &whole, 0);
	write_odd("b", &b, &whole, 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	return session->analysis.gate;
}

static void another_host_stops_the_gate(void **state)
{
	struct session *session = *state;

	assert_int_equal(gate(session, (struct fake_boot){ .host = "one" },
			      (struct fake_boot){ .host = "two" }),
			 PCOW_INCONCLUSIVE);
	assert_int_equal(session->analysis.nr_blocked, 1);
	assert_true(is_noted(session, "Host differs (one in a, two in b): no verdict"));
	assert_verdict(session, "fault/a", "latency", PCOW_SAME);
}

static void a_stop_is_noted_first(void **state)
{
	struct session *session = *state;

	gate(session, (struct fake_boot){ .thp = "always", .governor = "x", .block = 1 },
	     (struct fake_boot){ .thp = "never", .governor = "y", .block = 2 });
	assert_true(session->analysis.nr_notes > 1);
	assert_non_null(
		strstr(session->analysis.notes[0], "THP differs (always in a, never in b)"));
}

static void the_policy_allows_by_name(void **state)
{
	struct session *session = *state;

	session->policy.allowed = 1U << PCOW_STOP_THP;
	assert_int_equal(gate(session, (struct fake_boot){ .thp = "always" },
			      (struct fake_boot){ .thp = "never" }),
			 PCOW_PASS);
	assert_true(is_noted(session, "THP differs (always in a, never in b)"));
	assert_false(is_noted(session, "no verdict"));
}

static void what_weighs_less_is_noted(void **state)
{
	struct session *session = *state;

	assert_int_equal(gate(session, (struct fake_boot){ .governor = "performance" },
			      (struct fake_boot){ .governor = "powersave" }),
			 PCOW_PASS);
	assert_true(is_noted(session, "Governor differs (performance in a, powersave in b)"));
}

static void what_one_side_does_not_tell_is_no_difference(void **state)
{
	struct session *session = *state;

	assert_int_equal(
		gate(session, (struct fake_boot){ .thp = "always" }, (struct fake_boot){ 0 }),
		PCOW_PASS);
	assert_int_equal(session->analysis.nr_notes, 1);
	assert_true(is_noted(session, "b does not tell what others do: THP; it may differ there"));
}

static void hosts_may_differ_where_they_are_compared(void **state)
{
	struct session *session = *state;

	write_odd("a", &(struct fake_boot){ .host = "one" }, &whole, 0);
	write_odd("b", &(struct fake_boot){ .host = "two" }, &whole, 0);
	assert_int_equal(compare(session, PCOW_KEY_HOST, NULL, "a", "b", NULL), 0);
	assert_int_equal(session->analysis.gate, PCOW_PASS);
}

/* Each host of a fleet boots each kernel. */
static void groups_may_be_the_same_mixture(void **state)
{
	struct session *session = *state;

	for (int i = 0; i < 12; i++) {
		char folder[2] = { (char)('a' + i % 2) }, name[8];
		const struct fake_boot boot = { .folder = folder,
						.name = name,
						.host = i / 2 % 2 ? "one" : "two",
						.block = 1 + (uint64_t)i / 2 };

		snprintf(name, sizeof(name), "%d", i);
		fake_write(&boot,
			   &(struct fake_case){ .scenario = "fault/a", .size = 1, .ns = 100 }, 1);
	}
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_int_equal(session->analysis.gate, PCOW_PASS);
	assert_true(
		is_noted(session, "Host differs within a group (two (3) or one (3) in a and b)"));
}

/* Of a mixture's boots a quarter may have been lost, and been of one kind. */
static void a_mixture_may_lack_a_quarter(void **state)
{
	static const int boots[] = { 9, 8 };
	static const enum pcow_gate gates[] = { PCOW_PASS, PCOW_INCONCLUSIVE };

	for (size_t lost = 0; lost < 2; lost++) {
		struct session *session = *state;

		for (int i = 0; i < 12 + boots[lost]; i++) {
			char name[16];
			const struct fake_boot boot = { .folder = i < 12 ? "a" : "b",
							.name = name,
							.host = i % 12 < 6 ? "one" : "two" };
			const struct fake_case one = { .scenario = "fault/a",
						       .size = 4096,
						       .ns = 1000 + i % 3 };

			snprintf(name, sizeof(name), "%d", i);
			fake_write(&boot, &one, 1);
		}
		assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
		assert_int_equal(session->analysis.gate, gates[lost]);
		teardown(state);
		setup(state);
	}
}

static void load_stops_the_gate(void **state)
{
	struct session *session = *state;

	assert_int_equal(gate(session, (struct fake_boot){ 0 }, (struct fake_boot){ .load = 2.5 }),
			 PCOW_INCONCLUSIVE);
	assert_true(is_noted(session, "8 of 8 boots of b began under load (up to 2.5)"));
}

static void load_of_a_tenth_of_the_cpus_does_not(void **state)
{
	assert_int_equal(gate(*state, (struct fake_boot){ .cpus = 64 },
			      (struct fake_boot){ .cpus = 64, .load = 3 }),
			 PCOW_PASS);
}

static void load_of_more_does(void **state)
{
	assert_int_equal(gate(*state, (struct fake_boot){ .cpus = 64 },
			      (struct fake_boot){ .cpus = 64, .load = 7 }),
			 PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "8 of 8 boots of b began under load (up to 7)"));
}

static void load_of_a_counted_guest_does_not(void **state)
{
	assert_int_equal(gate(*state, (struct fake_boot){ .clock = "instructions" },
			      (struct fake_boot){ .clock = "instructions", .load = 2.5 }),
			 PCOW_PASS);
}

static void a_group_of_two_kernels_stops_the_gate(void **state)
{
	struct session *session = *state;

	write_odd("a", &(struct fake_boot){ 0 }, &whole, 0);
	write_odd("b", &(struct fake_boot){ 0 }, &whole, 0);
	fake_write(&(struct fake_boot){ .folder = "b", .name = "b-0", .release = "6.2" },
		   &(struct fake_case){ .scenario = "fault/a", .size = 4096, .ns = 1000 }, 1);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_true(is_noted(session,
			     "Kernel release differs within a group (6.2 (1) or 6.1.0 (7) in b)"));
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
	assert_int_equal(session->analysis.nr_blocked, 1);
}

/* ----------------------------------------------------------- the same thing */

static void one_image_stops_the_gate(void **state)
{
	struct session *session = *state;

	assert_int_equal(gate(session, (struct fake_boot){ .build_id = "x" },
			      (struct fake_boot){ .build_id = "x" }),
			 PCOW_INCONCLUSIVE);
	assert_true(is_noted(session, "a and b ran the same kernel image (6.1.0)"));
}

static void two_models_of_an_image_are_a_switch(void **state)
{
	assert_int_equal(gate(*state, (struct fake_boot){ .build_id = "x", .model = "old" },
			      (struct fake_boot){ .build_id = "x", .model = "simplified" }),
			 PCOW_PASS);
}

static void a_model_that_was_not_seen_is_no_switch(void **state)
{
	assert_int_equal(gate(*state, (struct fake_boot){ .build_id = "x", .model = "old" },
			      (struct fake_boot){ .build_id = "x", .model = "unknown" }),
			 PCOW_INCONCLUSIVE);
}

static void a_twin_has_the_same_image(void **state)
{
	struct session *session = *state;

	write_odd("a", &(struct fake_boot){ .build_id = "x" }, &whole, 0);
	write_odd("again", &(struct fake_boot){ .build_id = "x" }, &whole, 0);
	write_odd("b", &(struct fake_boot){ .build_id = "y" }, &whole, 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, "again", "a", "again", "b", NULL), 0);
	assert_int_equal(session->analysis.gate, PCOW_PASS);
}

static void one_boot_is_not_two_groups(void **state)
{
	struct session *session = *state;

	assert_int_equal(gate(session, (struct fake_boot){ .boot_id = "x" },
			      (struct fake_boot){ .boot_id = "x", .created_ns = 1 }),
			 PCOW_INCONCLUSIVE);
	assert_true(is_noted(session, "a and b hold runs of the same boot"));
}

/* ------------------------------------------------------------------- memory */

/* Five boots, each of @apart bytes more than the one before. */
static void write_memory(const char *folder, int64_t bytes, int64_t apart, int64_t resolution)
{
	for (int i = 0; i < 5; i++) {
		char name[16];
		struct fake_case one = { .scenario = "fork/m",
					 .size = 4096,
					 .ns = 100,
					 .copied = -1,
					 .memory_bytes = bytes + i * apart,
					 .resolution = resolution };

		snprintf(name, sizeof(name), "%s%d", folder, i);
		fake_write(&(struct fake_boot){ .folder = folder, .name = name }, &one, 1);
	}
}

/* What a step of the scale shows is no change; two steps are one. */
static void memory_within_its_resolution_is_the_same(void **state)
{
	static const int64_t bytes[][2] = { { 32768, 36864 }, { 1, 4096 }, { 32768, 40960 } };
	static const enum pcow_verdict verdicts[] = { PCOW_SAME, PCOW_SAME, PCOW_WORSE_SMALL };

	for (size_t i = 0; i < 3; i++) {
		struct session *session = *state;

		write_memory("a", bytes[i][0], 0, 4096);
		write_memory("b", bytes[i][1], 0, 4096);
		assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
		assert_verdict(session, "fork/m", "held_bytes", verdicts[i]);
		teardown(state);
		setup(state);
	}
}

/* Below the coarser of two scales nothing matters, whichever of the two it was. */
static void memory_matters_by_the_coarser_scale(void **state)
{
	static const int64_t resolutions[][2] = { { 4096, 4096 },
						  { 4096, 1000000 },
						  { 1000000, 4096 } };
	static const enum pcow_verdict verdicts[] = { PCOW_WORSE, PCOW_WORSE_SMALL,
						      PCOW_WORSE_SMALL };

	for (size_t i = 0; i < 3; i++) {
		struct session *session = *state;

		write_memory("a", 4000000, 100000, resolutions[i][0]);
		write_memory("b", 4700000, 100000, resolutions[i][1]);
		assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
		assert_verdict(session, "fork/m", "held_bytes", verdicts[i]);
		teardown(state);
		setup(state);
	}
}

/* ------------------------------------------------------------------- policy */

static void a_pattern_without_a_case_is_refused(void **state)
{
	static const char *const keys[] = { "case", "ignore" };

	for (int i = 0; i < 2; i++) {
		struct session *session = *state;
		char text[64], told[64];

		snprintf(text, sizeof(text), "[family]\ncase = fault/*\n%s = frok/*\n", keys[i]);
		snprintf(told, sizeof(told), "no case of the results matches %s = frok/*", keys[i]);
		assert_int_equal(pcow_policy_parse(&session->policy, text, "FILE", NULL), 0);
		write_odd("a", &(struct fake_boot){ 0 }, &whole, 0);
		write_odd("b", &(struct fake_boot){ 0 }, &whole, 0);
		assert_refused(session, compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL),
			       -EINVAL, told);
		teardown(state);
		setup(state);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(boots_without_the_case_are_not_left_out),
		TEST(one_boot_without_the_case_is_told),
		TEST(the_base_may_lack_a_few),
		TEST(the_base_may_not_lack_most),
		TEST(skips_of_most_boots_are_not_left_out),
		TEST(errors_of_the_base_are_not_left_out),
		TEST(samples_that_break_have_a_cap),
		TEST(a_claim_that_never_held_fails),
		TEST(a_boot_is_judged_by_its_whole_runs),
		TEST(a_boot_that_lost_most_of_its_runs_is_lost),
		TEST(pairs_of_lost_boots_are_left_out),
		TEST(the_policy_sets_the_cap),
		TEST(samples_that_break_on_one_side_have_none),
		TEST(workers_that_are_cut_short_have_a_cap),
		TEST(what_both_cut_short_is_no_pass),
		TEST(planned_workers_that_are_missing_count),
		TEST(a_cost_below_the_clock_is_no_figure),
		TEST(workers_below_the_clock_count_as_missing),
		TEST(another_host_stops_the_gate),
		TEST(a_stop_is_noted_first),
		TEST(the_policy_allows_by_name),
		TEST(what_weighs_less_is_noted),
		TEST(what_one_side_does_not_tell_is_no_difference),
		TEST(hosts_may_differ_where_they_are_compared),
		TEST(groups_may_be_the_same_mixture),
		TEST(a_mixture_may_lack_a_quarter),
		TEST(load_stops_the_gate),
		TEST(load_of_a_tenth_of_the_cpus_does_not),
		TEST(load_of_more_does),
		TEST(load_of_a_counted_guest_does_not),
		TEST(a_group_of_two_kernels_stops_the_gate),
		TEST(one_image_stops_the_gate),
		TEST(two_models_of_an_image_are_a_switch),
		TEST(a_model_that_was_not_seen_is_no_switch),
		TEST(a_twin_has_the_same_image),
		TEST(one_boot_is_not_two_groups),
		TEST(memory_within_its_resolution_is_the_same),
		TEST(memory_matters_by_the_coarser_scale),
		TEST(a_pattern_without_a_case_is_refused),
	};

	return cmocka_run_group_tests_name("compare/inputs", tests, NULL, remove_root);
}
