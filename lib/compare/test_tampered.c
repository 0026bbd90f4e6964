/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Result files that were made to look alike, or to look like more than they are.
 */
#include "session.h"

#define DAY_NS (86400 * UINT64_C(1000000000))

/* One boot of a group: workers of fault/a with what @like says, and its file. */
static void write_boot(const char *folder, size_t i, struct fake_boot boot, struct fake_case like,
		       uint64_t workers)
{
	struct fake_case cases[8];
	char name[64];

	snprintf(name, sizeof(name), "%s-%zu", folder, i);
	boot.folder = folder;
	boot.name = name;
	for (uint64_t w = 0; w < workers; w++) {
		cases[w] = like;
		cases[w].scenario = like.scenario ? like.scenario : "fault/a";
		cases[w].size = like.size ? like.size : 4096;
		cases[w].ns = like.ns ? like.ns : 1000 + (int64_t)i % 3;
		cases[w].replicate = w;
	}
	fake_write(&boot, cases, workers);
}

/* Boots of which the first @n are as @odd says, and the others usual. */
static void write_boots_with(const char *folder, size_t boots, struct fake_boot odd, size_t n)
{
	for (size_t i = 0; i < boots; i++)
		write_boot(folder, i, i < n ? odd : (struct fake_boot){ .thp = "madvise" },
			   (struct fake_case){ 0 }, 1);
}

static enum pcow_gate gate(struct session *session)
{
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	return session->analysis.gate;
}

/* ------------------------------------------------------------------ mixtures */

static void mixtures_of_other_shares_differ(void **state)
{
	const struct fake_boot always = { .thp = "always" };

	write_boots_with("a", 8, always, 1);
	write_boots_with("b", 8, always, 7);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "THP differs (always (1) or madvise (7) in a, "
				     "always (7) or madvise (1) in b): no verdict"));
}

static void mixtures_of_one_share_do_not(void **state)
{
	const struct fake_boot always = { .thp = "always" };

	write_boots_with("a", 8, always, 4);
	write_boots_with("b", 4, always, 2);
	assert_int_equal(gate(*state), PCOW_PASS);
	assert_true(is_noted(*state, "THP differs within a group"));
}

static void a_lost_boot_makes_no_other_mixture(void **state)
{
	const struct fake_boot always = { .thp = "always" };

	write_boots_with("a", 8, always, 4);
	write_boots_with("b", 7, always, 3);
	assert_int_equal(gate(*state), PCOW_PASS);
}

static void a_boot_of_two_runs_counts_once(void **state)
{
	const struct fake_boot always = { .thp = "always" };

	write_boots_with("a", 8, always, 4);
	write_boots_with("b", 8, always, 4);
	for (size_t i = 0; i < 4; i++) {
		char id[16];

		snprintf(id, sizeof(id), "b-%zu", i);
		write_boot("b", 10 + i,
			   (struct fake_boot){ .thp = "always", .boot_id = id, .created_ns = 1 },
			   (struct fake_case){ 0 }, 1);
	}
	assert_int_equal(gate(*state), PCOW_PASS);
}

/* ------------------------------------------------------------------- strata */

static void boots_that_face_nobody_stop_the_gate(void **state)
{
	struct session *session = *state;

	write_boots_with("a", 5, (struct fake_boot){ 0 }, 5);
	write_boots_with("b", 5, (struct fake_boot){ 0 }, 5);
	write_boot("b", 9, (struct fake_boot){ .page_bytes = 65536 }, (struct fake_case){ 0 }, 1);
	assert_int_equal(gate(session), PCOW_INCONCLUSIVE);
	assert_true(is_noted(session, "b has boots (x86_64, wall clock, pages of 64K) that a has "
				      "none of: no verdict"));
}

/* Three boots a group; the fifth, of b, took the times of @copied's. */
static void write_copies(unsigned int noise, size_t copied)
{
	for (size_t i = 0; i < 6; i++) {
		const struct fake_case cases[] = {
			{ .scenario = "fault/a",
			  .size = 4096,
			  .ns = 1000,
			  .noise = noise,
			  .seed = i == 4 ? copied : i },
			{ .scenario = "fault/b",
			  .size = 4096,
			  .ns = 1000,
			  .noise = noise,
			  .seed = 100 + i },
		};
		char name[16];

		snprintf(name, sizeof(name), "%s-%zu", i % 2 ? "a" : "b", i);
		fake_write(&(struct fake_boot){ .folder = i % 2 ? "a" : "b", .name = name }, cases,
			   2);
	}
}

static void times_to_the_digit_are_copies(void **state)
{
	write_copies(8, 2);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "b-2.jsonl and"));
	assert_true(is_noted(*state, "b-4.jsonl have the same times to the digit in 1 worker: "));
}

static void times_of_the_base_are_copies(void **state)
{
	write_copies(8, 1);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "b-4.jsonl have the same times to the digit in 1 worker: "));
}

static void times_that_differ_are_none(void **state)
{
	write_copies(8, 4);
	gate(*state);
	assert_false(is_noted(*state, "have the same times to the digit"));
}

/* They may be so by chance. */
static void times_of_a_coarse_clock_are_none(void **state)
{
	write_copies(1, 2);
	gate(*state);
	assert_false(is_noted(*state, "have the same times to the digit"));
}

static void boots_that_took_no_turns_are_noted(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		write_boot("a", i, (struct fake_boot){ .created_ns = 10 + i },
			   (struct fake_case){ 0 }, 1);
		write_boot("b", i, (struct fake_boot){ .created_ns = 20 + i },
			   (struct fake_case){ 0 }, 1);
	}
	gate(*state);
	assert_true(is_noted(*state, "all boots of a were measured before those of b: what drifted "
				     "meanwhile counts as a change"));
}

static void boots_in_turn_are_not(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		write_boot("a", i, (struct fake_boot){ .created_ns = 10 + 2 * i },
			   (struct fake_case){ 0 }, 1);
		write_boot("b", i, (struct fake_boot){ .created_ns = 11 + 2 * i },
			   (struct fake_case){ 0 }, 1);
	}
	gate(*state);
	assert_false(is_noted(*state, "were measured before"));
}

static void boots_of_what_is_not_compared_are_noted(void **state)
{
	struct session *session = *state;

	write_boots_with("a", 5, (struct fake_boot){ 0 }, 5);
	write_boots_with("b", 5, (struct fake_boot){ 0 }, 5);
	write_boot("c", 9, (struct fake_boot){ .page_bytes = 65536 }, (struct fake_case){ 0 }, 1);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", "c", NULL), 0);
	assert_int_equal(session->analysis.gate, PCOW_PASS);
	assert_true(is_noted(session, "there is no second group"));
}

/* ------------------------------------------------------------------ figures */

/* The gate where the metric is that of the family. */
static enum pcow_verdict gate_memory(struct session *session)
{
	static char metric[] = "held_bytes";
	static char *metrics[] = { metric };

	session->policy.metrics = metrics;
	session->policy.nr_metrics = 1;
	gate(session);
	session->policy.metrics = NULL;
	session->policy.nr_metrics = 0;
	return find_line(session, "fault/a", metric)->changes[1].verdict;
}

/* Of eight boots of either group so many weighed nothing. */
static enum pcow_verdict weighed(struct session *session, size_t a, size_t b)
{
	for (size_t i = 0; i < 8; i++) {
		write_boot("a", i, (struct fake_boot){ 0 },
			   (struct fake_case){ .memory_bytes = i < a ? 0 : 1 << 20 }, 1);
		write_boot("b", i, (struct fake_boot){ 0 },
			   (struct fake_case){ .memory_bytes = i < b ? 0 : 1 << 20 }, 1);
	}
	return gate_memory(session);
}

static void a_figure_that_most_boots_lack_is_missing(void **state)
{
	assert_int_equal(weighed(*state, 0, 3), PCOW_MISSING);
	assert_string_equal(find_line(*state, "fault/a", "held_bytes")->changes[1].why,
			    "more than 50 % of the workers give no such figure in 3 of 8 boots of "
			    "b");
}

static void a_figure_that_the_base_lacks_is_missing(void **state)
{
	assert_int_equal(weighed(*state, 5, 0), PCOW_MISSING);
}

static void a_figure_may_lack_in_a_few_boots(void **state)
{
	assert_int_equal(weighed(*state, 0, 2), PCOW_SAME);
}

static void cases_without_the_metric_are_noted(void **state)
{
	write_boot("a", 9, (struct fake_boot){ 0 }, (struct fake_case){ .scenario = "fault/b" }, 1);
	write_boot("b", 9, (struct fake_boot){ 0 }, (struct fake_case){ .scenario = "fault/b" }, 1);
	weighed(*state, 0, 0);
	assert_true(is_noted(*state, "1 of 2 cases of the family has no held_bytes"));
}

/* One boot of either group weighed in steps of a GiB; the others are 100 MiB apart. */
static void an_odd_resolution_hides_nothing(void **state)
{
	for (size_t i = 0; i < 8; i++) {
		struct fake_case heavy = { .memory_bytes = 100 << 20,
					   .resolution = i ? 4096 : 1 << 30 };

		write_boot("a", i, (struct fake_boot){ 0 }, heavy, 1);
		heavy.memory_bytes *= 2;
		write_boot("b", i, (struct fake_boot){ 0 }, heavy, 1);
	}
	gate(*state);
	assert_int_not_equal(find_line(*state, "fault/a", "held_bytes")->changes[1].verdict,
			     PCOW_SAME);
}

/* Eight boots a group that weighed @a and @b. */
static void write_weights(struct fake_case a, struct fake_case b)
{
	for (size_t i = 0; i < 8; i++) {
		write_boot("a", i, (struct fake_boot){ 0 }, a, 1);
		write_boot("b", i, (struct fake_boot){ 0 }, b, 1);
	}
}

static void a_step_above_the_minimum_effect_shows_nothing(void **state)
{
	write_weights((struct fake_case){ .memory_bytes = 20 << 20, .resolution = 10 << 20 },
		      (struct fake_case){ .memory_bytes = 29 << 20, .resolution = 10 << 20 });
	assert_int_equal(gate_memory(*state), PCOW_MISSING);
	assert_string_equal(
		find_line(*state, "fault/a", "held_bytes")->changes[1].why,
		"weighed to 10 MiB, coarser than the 410 KiB that matter: weigh as root, "
		"or raise [effect]");
}

static void a_change_beyond_the_step_is_judged(void **state)
{
	write_weights((struct fake_case){ .memory_bytes = 20 << 20, .resolution = 10 << 20 },
		      (struct fake_case){ .memory_bytes = 31 << 20, .resolution = 10 << 20 });
	assert_int_equal(gate_memory(*state), PCOW_WORSE);
}

static void weights_of_two_scales_are_no_comparison(void **state)
{
	write_weights((struct fake_case){ .memory_bytes = 20 << 20, .method = "memcg" },
		      (struct fake_case){ .memory_bytes = 20 << 20, .method = "process" });
	write_boot("b", 0, (struct fake_boot){ 0 },
		   (struct fake_case){ .memory_bytes = 20 << 20, .method = "memcg" }, 1);
	assert_int_equal(gate_memory(*state), PCOW_MISSING);
	assert_string_equal(find_line(*state, "fault/a", "held_bytes")->changes[1].why,
			    "weighed by memcg in a, by process in b: these may differ by that");
}

/* A step above what either weighs shows neither. */
static void a_step_above_all_weights_shows_nothing(void **state)
{
	for (size_t i = 0; i < 8; i++) {
		struct fake_case heavy = { .memory_bytes = 100 << 20, .resolution = 1 << 30 };

		write_boot("a", i, (struct fake_boot){ 0 }, heavy, 1);
		heavy.memory_bytes *= 2;
		write_boot("b", i, (struct fake_boot){ 0 }, heavy, 1);
	}
	assert_int_equal(gate_memory(*state), PCOW_MISSING);
}

/* Eight boots of three workers a group; of b's, the first @n are as @odd says. */
static void write_workers(struct fake_case usual, struct fake_case odd, size_t n)
{
	for (size_t i = 0; i < 8; i++) {
		struct fake_case cases[] = { usual, usual, usual };
		struct fake_boot boot = { .folder = "b" };
		char name[8];

		write_boot("a", i, (struct fake_boot){ 0 }, usual, 3);
		snprintf(name, sizeof(name), "b-%zu", i);
		boot.name = name;
		for (size_t w = 0; w < 3; w++) {
			cases[w] = w < n ? odd : usual;
			cases[w].scenario = "fault/a";
			cases[w].size = 4096;
			cases[w].ns = 1000 + (int64_t)i % 3;
			cases[w].replicate = w;
		}
		fake_write(&boot, cases, 3);
	}
}

static void assert_memory_missing(struct session *session, size_t n, const char *why)
{
	write_workers((struct fake_case){ .memory_bytes = 1 << 20 }, (struct fake_case){ 0 }, n);
	assert_int_equal(gate_memory(session), PCOW_MISSING);
	assert_string_equal(find_line(session, "fault/a", "held_bytes")->changes[1].why, why);
}

static void a_figure_that_a_worker_lacks_is_missing(void **state)
{
	assert_memory_missing(*state, 1,
			      "33.3 % of the workers give no such figure, or none that closed, in "
			      "b, 0 % in a");
}

static void a_figure_that_most_workers_lack_is_missing(void **state)
{
	assert_memory_missing(*state, 2, "more than 50 % of the workers give no such figure in b");
}

/* Of a case few workers weigh, here as there. */
static void a_figure_of_few_workers_is_none_that_others_lack(void **state)
{
	const struct fake_case heavy = { .memory_bytes = 1 << 20 }, light = { 0 };

	write_workers(light, heavy, 1);
	for (size_t i = 0; i < 8; i++) {
		struct fake_case cases[] = { heavy, light };
		struct fake_boot boot = { .folder = "a" };
		char name[8];

		snprintf(name, sizeof(name), "a-%zu", i);
		boot.name = name;
		for (size_t w = 0; w < 2; w++) {
			cases[w].scenario = "fault/a";
			cases[w].size = 4096;
			cases[w].ns = 1000;
			cases[w].replicate = w;
		}
		fake_write(&boot, cases, 2);
	}
	assert_int_equal(gate_memory(*state), PCOW_SAME);
}

/* --------------------------------------------------------------------- runs */

/* Eight boots a group; b's have so many more runs of @odd. */
static void write_runs(const struct fake_boot *header, const struct fake_case *odd, size_t runs)
{
	for (size_t i = 0; i < 8; i++) {
		char id[16];

		write_boot("a", i, (struct fake_boot){ 0 }, (struct fake_case){ 0 }, 1);
		write_boot("b", i, (struct fake_boot){ 0 }, (struct fake_case){ 0 }, 1);
		snprintf(id, sizeof(id), "b-%zu", i);
		for (size_t run = 1; run <= runs; run++) {
			struct fake_boot boot = *header;

			boot.boot_id = id;
			boot.created_ns = run;
			write_boot("b", 10 * run + i, boot, *odd, 1);
		}
	}
}

static void a_boot_is_lost_with_most_of_its_runs(void **state)
{
	const struct fake_case failed = { .status = PCOW_STATUS_ERROR };

	write_runs(&(struct fake_boot){ 0 }, &failed, 2);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_verdict(*state, "fault/a", "latency", PCOW_MISSING);
}

static void a_lost_run_is_told(void **state)
{
	const struct fake_case failed = { .status = PCOW_STATUS_ERROR };

	write_runs(&(struct fake_boot){ 0 }, &failed, 1);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(
		*state, "1 case of b: up to 50 % (fault/a 4K) of a boot's workers are missing, "
			"failed, met their time cap or lack the figure"));
}

static void runs_of_other_cases_lose_none(void **state)
{
	const struct fake_case other = { .scenario = "fault/b" };

	write_runs(&(struct fake_boot){ 0 }, &other, 2);
	gate(*state);
	assert_verdict(*state, "fault/a", "latency", PCOW_SAME);
}

static void the_worst_run_tells_the_load(void **state)
{
	write_runs(&(struct fake_boot){ .load = 7.5 }, &(struct fake_case){ 0 }, 1);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "8 of 8 boots of b began under load (up to 7.5)"));
}

static void any_run_tells_the_image(void **state)
{
	write_runs(&(struct fake_boot){ .build_id = "x" }, &(struct fake_case){ 0 }, 1);
	write_boot("a", 0, (struct fake_boot){ .build_id = "x" }, (struct fake_case){ 0 }, 1);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "ran the same kernel image"));
}

static void kernels_that_nothing_tells_apart_stop_the_gate(void **state)
{
	write_boots_with("a", 5, (struct fake_boot){ .build_id = "" }, 5);
	write_boots_with("b", 5, (struct fake_boot){ .build_id = "" }, 5);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "a and b do not tell of two kernel images (6.1.0), so the "
				     "new one may never have booted: no verdict"));
}

static void kernels_of_two_releases_do_not(void **state)
{
	write_boots_with("a", 5, (struct fake_boot){ .build_id = "" }, 5);
	write_boots_with("b", 5, (struct fake_boot){ .build_id = "", .release = "6.2.0" }, 5);
	assert_int_equal(gate(*state), PCOW_PASS);
}

static void one_boot_of_another_model_is_no_switch(void **state)
{
	for (size_t i = 0; i < 8; i++) {
		write_boot("a", i,
			   (struct fake_boot){ .build_id = "x", .model = i ? "exclusive" : "old" },
			   (struct fake_case){ 0 }, 1);
		write_boot("b", i, (struct fake_boot){ .build_id = "x" }, (struct fake_case){ 0 },
			   1);
	}
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
}

static void lost_workers_below_the_cap_are_told(void **state)
{
	for (size_t i = 0; i < 8; i++) {
		write_boot("a", i, (struct fake_boot){ .planned = 4 }, (struct fake_case){ 0 }, 4);
		write_boot("b", i, (struct fake_boot){ .planned = 4 }, (struct fake_case){ 0 },
			   i ? 4 : 2);
	}
	assert_int_equal(gate(*state), PCOW_PASS);
	assert_true(is_noted(
		*state, "1 case of b: up to 50 % (fault/a 4K) of a boot's workers are missing"));
	assert_false(is_noted(*state, "1 case of a"));
}

static void a_run_by_precision_that_was_cut_is_told(void **state)
{
	const struct fake_boot planned = { .precision = 0.01, .planned = 9, .workers = 18 };

	for (size_t i = 0; i < 5; i++) {
		write_boot("a", i, planned, (struct fake_case){ .ns = 1000 }, 5);
		write_boot("b", i, planned, (struct fake_case){ .ns = 1000 }, 3);
	}
	gate(*state);
	/* Two cases were planned: a lacks one, and of b neither has its precision. */
	assert_true(is_noted(*state, "a: 5 of 5 files lack workers"));
	assert_true(is_noted(*state, "b: 5 of 5 files lack workers"));
}

static void a_run_by_precision_that_ended_is_not(void **state)
{
	const struct fake_boot planned = { .precision = 0.01, .planned = 9, .workers = 9 };

	for (size_t i = 0; i < 5; i++) {
		write_boot("a", i, planned, (struct fake_case){ .ns = 1000 }, 5);
		write_boot("b", i, planned, (struct fake_case){ .ns = 1000 }, 5);
	}
	gate(*state);
	assert_false(is_noted(*state, "lack workers"));
}

/* -------------------------------------------------------------------- clocks */

static void write_clocks(struct fake_case a, struct fake_case b)
{
	for (size_t i = 0; i < 8; i++) {
		write_boot("a", i, (struct fake_boot){ 0 }, a, 1);
		write_boot("b", i, (struct fake_boot){ 0 }, b, 1);
	}
}

static void another_clock_of_workers_stops_the_gate(void **state)
{
	write_clocks((struct fake_case){ .ns = 1000 },
		     (struct fake_case){ .ns = 1000, .source = "monotonic_raw" });
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "Clock of workers differs (tsc in a, monotonic_raw in b)"));
}

static void another_frequency_stops_the_gate(void **state)
{
	write_clocks((struct fake_case){ .ns = 1000 },
		     (struct fake_case){ .ns = 1000, .hz = 1020000000 });
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "clocks of one host tick at different rates in a and b"));
}

/* What is taken off the figures would make a worse kernel a better one. */
static void a_dearer_clock_stops_the_gate(void **state)
{
	write_clocks((struct fake_case){ .ns = 1000, .overhead = 20 },
		     (struct fake_case){ .ns = 1200, .overhead = 500 });
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "the clock's own cost differs (20.0 ns in a, 500.0 ns in b)"));
}

/* ---------------------------------------------------------------------- work */

/* 8 boots of 3 workers, which copied so much; of b, one worker of the first boot @stray. */
static void write_work(int64_t a, int64_t b, int64_t stray)
{
	for (size_t i = 0; i < 8; i++) {
		struct fake_case cases[3];
		char name[8];

		write_boot("a", i, (struct fake_boot){ 0 }, (struct fake_case){ .copied = a }, 3);
		for (uint64_t w = 0; w < 3; w++)
			cases[w] = (struct fake_case){ .scenario = "fault/a",
						       .size = 4096,
						       .ns = 1000 + (int64_t)i % 3,
						       .replicate = w,
						       .copied = i + w ? b : stray };
		snprintf(name, sizeof(name), "b-%zu", i);
		fake_write(&(struct fake_boot){ .folder = "b", .name = name }, cases, 3);
	}
}

static void a_stray_worker_turns_other_work_not_off(void **state)
{
	write_work(200, 100, 200);
	gate(*state);
	assert_verdict(*state, "fault/a", "copied", PCOW_WORK_CHANGED);
	assert_verdict(*state, "fault/a", "latency", PCOW_OTHER_WORK);
}

static void a_stray_worker_turns_other_work_not_on(void **state)
{
	write_work(200, 200, 100);
	gate(*state);
	assert_verdict(*state, "fault/a", "copied", PCOW_WORK_SAME);
}

static void a_stray_boot_turns_other_work_not_off(void **state)
{
	write_work(200, 100, 100);
	write_boot("b", 0, (struct fake_boot){ 0 }, (struct fake_case){ .copied = 200 }, 3);
	gate(*state);
	assert_verdict(*state, "fault/a", "copied", PCOW_WORK_CHANGED);
}

/* A count of two modes, alike in both, is no other work. */
static void modes_of_work_are_no_other_work(void **state)
{
	for (size_t i = 0; i < 8; i++) {
		write_boot("a", i, (struct fake_boot){ 0 },
			   (struct fake_case){ .copied = i < 3 ? 100 : 200 }, 1);
		write_boot("b", i, (struct fake_boot){ 0 },
			   (struct fake_case){ .copied = i < 5 ? 100 : 200 }, 1);
	}
	gate(*state);
	assert_verdict(*state, "fault/a", "copied", PCOW_WORK_SAME);
}

/* What a kernel does not tell of its work may be that it does less. */
static void work_that_one_does_not_tell_is_other_work(void **state)
{
	for (size_t i = 0; i < 5; i++) {
		write_boot("a", i, (struct fake_boot){ 0 }, (struct fake_case){ .copied = 2 }, 1);
		write_boot("b", i, (struct fake_boot){ 0 }, (struct fake_case){ .copied = -1 }, 1);
	}
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_string_equal(find_line(*state, "fault/a", "latency")->changes[1].why,
			    "copied is not told by b");
}

static void work_that_some_workers_do_not_tell_is_other_work(void **state)
{
	write_workers((struct fake_case){ .copied = 2 }, (struct fake_case){ .copied = -1 }, 1);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_string_equal(find_line(*state, "fault/a", "latency")->changes[1].why,
			    "copied is not told by some workers of b");
}

/* Two samples instead of FAKE_SAMPLES. */
static void workers_of_few_samples_are_noted(void **state)
{
	write_workers((struct fake_case){ .noise = 1 }, (struct fake_case){ 0 }, 3);
	gate(*state);
	assert_true(is_noted(*state, "1 case of b: up to 87.5 % (fault/a 4K) of the samples that "
				     "another group's workers took are not there"));
	assert_false(is_noted(*state, "1 case of a"));
}

/* ---------------------------------------------------------------- who is who */

static void another_cpu_is_noted(void **state)
{
	write_clocks((struct fake_case){ .cpu = 1 }, (struct fake_case){ .cpu = 2 });
	assert_int_equal(gate(*state), PCOW_PASS);
	assert_true(is_noted(*state, "CPU of workers differs (1 in a, 2 in b)"));
}

static void files_without_a_boot_stop_the_gate(void **state)
{
	for (size_t i = 0; i < 5; i++) {
		write_boot("a", i, (struct fake_boot){ 0 }, (struct fake_case){ 0 }, 1);
		write_boot("b", i, (struct fake_boot){ .boot_id = "", .created_ns = i + 1 },
			   (struct fake_case){ 0 }, 1);
	}
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "5 of 5 boots of b do not tell their boot"));
}

static void pairs_far_apart_are_noted(void **state)
{
	for (size_t i = 0; i < 5; i++) {
		write_boot("a", i,
			   (struct fake_boot){ .block = i + 1, .created_ns = (i + 1) * DAY_NS },
			   (struct fake_case){ 0 }, 1);
		write_boot("b", i,
			   (struct fake_boot){ .block = i + 1,
					       .created_ns = (i + 1) * DAY_NS + 1 +
							     (i < 2 ? DAY_NS : 0) },
			   (struct fake_case){ 0 }, 1);
	}
	gate(*state);
	assert_true(
		is_noted(*state, "2 of 5 pairs of a and b were measured more than a day apart"));
}

/* Five pairs; b's boots came @late after a's, which were made in @step. */
static void write_pairs(uint64_t step, uint64_t late)
{
	for (size_t i = 0; i < 5; i++) {
		struct fake_boot boot = { .block = i + 1, .created_ns = 1 + i * step };

		write_boot("a", i, boot, (struct fake_case){ 0 }, 1);
		boot.created_ns += late;
		write_boot("b", i, boot, (struct fake_case){ 0 }, 1);
	}
}

static void blocks_that_were_not_made_are_noted(void **state)
{
	write_pairs(1000, 5000);
	gate(*state);
	assert_true(is_noted(*state, "all boots of a were measured before those of b: they are "
				     "paired by blocks that were none"));
}

static void blocks_that_were_made_are_not(void **state)
{
	write_pairs(1000, 500);
	assert_int_equal(gate(*state), PCOW_PASS);
	assert_int_equal(((struct session *)*state)->analysis.nr_notes, 0);
}

/* Five boots a group; b's blocks begin at @first, and 0 is none. */
static void write_blocks(const char *host, uint64_t first)
{
	for (size_t i = 0; i < 5; i++) {
		write_boot("a", i, (struct fake_boot){ .block = i + 1 }, (struct fake_case){ 0 },
			   1);
		write_boot("b", i,
			   (struct fake_boot){ .host = host, .block = first ? first + i : 0 },
			   (struct fake_case){ 0 }, 1);
	}
}

static void blocks_that_never_meet_stop_the_gate(void **state)
{
	write_blocks(NULL, 101);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "a and b are not paired: 0 of 5 and 5 boots have one of the "
				     "other in their block, on their host: no verdict"));
}

static void blocks_of_two_hosts_do_not(void **state)
{
	struct session *session = *state;

	session->policy.allowed = 1U << PCOW_STOP_HOST;
	write_blocks("another", 1);
	assert_int_equal(gate(session), PCOW_PASS);
}

static void blocks_of_one_group_are_noted(void **state)
{
	write_blocks(NULL, 0);
	assert_int_equal(gate(*state), PCOW_PASS);
	assert_true(is_noted(*state, "a tells its blocks and b does not: their boots are not "
				     "paired"));
}

static void what_a_group_does_not_tell_is_noted(void **state)
{
	struct session *session = *state;

	write_boots_with("a", 5, (struct fake_boot){ .version = "#1", .thp = "never" }, 5);
	write_boots_with("b", 5, (struct fake_boot){ 0 }, 5);
	assert_int_equal(gate(session), PCOW_PASS);
	assert_true(is_noted(session, "b does not tell what others do: Kernel version, THP"));
	assert_int_equal(session->analysis.nr_notes, 1);
}

static void a_worker_that_stands_twice_stops_the_gate(void **state)
{
	const struct fake_case twice[] = {
		{ .scenario = "fault/a", .size = 4096, .ns = 5000 },
		{ .scenario = "fault/a", .size = 4096, .ns = 1000 },
	};

	write_boots_with("a", 5, (struct fake_boot){ 0 }, 5);
	write_boots_with("b", 5, (struct fake_boot){ 0 }, 5);
	fake_write(&(struct fake_boot){ .folder = "b", .name = "b-0" }, twice, 2);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "b-0.jsonl: figures of 1 worker stand twice"));
}

static void more_workers_than_planned_stop_the_gate(void **state)
{
	const struct fake_boot planned = { .planned = 3, .workers = 3 };

	for (size_t i = 0; i < 5; i++) {
		write_boot("a", i, planned, (struct fake_case){ 0 }, 3);
		write_boot("b", i, planned, (struct fake_case){ 0 }, i ? 3 : 5);
	}
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "b-0.jsonl: figures of 2 workers are more than the header "
				     "plans: this is no file as a run left it"));
	assert_int_equal(((struct session *)*state)->analysis.nr_blocked, 1);
}

static void broken_samples_without_a_reason_stop_the_gate(void **state)
{
	write_boots_with("a", 5, (struct fake_boot){ 0 }, 5);
	write_boots_with("b", 4, (struct fake_boot){ 0 }, 4);
	write_boot("b", 4, (struct fake_boot){ 0 },
		   (struct fake_case){ .breaks = true, .lies = true }, 1);
	assert_int_equal(gate(*state), PCOW_INCONCLUSIVE);
	assert_true(is_noted(*state, "b-4.jsonl: figures of 1 worker contradict"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(mixtures_of_other_shares_differ),
		TEST(mixtures_of_one_share_do_not),
		TEST(a_lost_boot_makes_no_other_mixture),
		TEST(a_boot_of_two_runs_counts_once),
		TEST(boots_that_face_nobody_stop_the_gate),
		TEST(times_to_the_digit_are_copies),
		TEST(times_of_the_base_are_copies),
		TEST(times_that_differ_are_none),
		TEST(times_of_a_coarse_clock_are_none),
		TEST(boots_that_took_no_turns_are_noted),
		TEST(boots_in_turn_are_not),
		TEST(boots_of_what_is_not_compared_are_noted),
		TEST(a_figure_that_most_boots_lack_is_missing),
		TEST(a_figure_that_the_base_lacks_is_missing),
		TEST(a_figure_may_lack_in_a_few_boots),
		TEST(a_figure_that_a_worker_lacks_is_missing),
		TEST(a_figure_that_most_workers_lack_is_missing),
		TEST(a_figure_of_few_workers_is_none_that_others_lack),
		TEST(cases_without_the_metric_are_noted),
		TEST(an_odd_resolution_hides_nothing),
		TEST(a_step_above_the_minimum_effect_shows_nothing),
		TEST(a_change_beyond_the_step_is_judged),
		TEST(weights_of_two_scales_are_no_comparison),
		TEST(a_step_above_all_weights_shows_nothing),
		TEST(a_boot_is_lost_with_most_of_its_runs),
		TEST(a_lost_run_is_told),
		TEST(runs_of_other_cases_lose_none),
		TEST(the_worst_run_tells_the_load),
		TEST(any_run_tells_the_image),
		TEST(kernels_that_nothing_tells_apart_stop_the_gate),
		TEST(kernels_of_two_releases_do_not),
		TEST(one_boot_of_another_model_is_no_switch),
		TEST(lost_workers_below_the_cap_are_told),
		TEST(a_run_by_precision_that_was_cut_is_told),
		TEST(a_run_by_precision_that_ended_is_not),
		TEST(another_clock_of_workers_stops_the_gate),
		TEST(another_frequency_stops_the_gate),
		TEST(a_dearer_clock_stops_the_gate),
		TEST(a_stray_worker_turns_other_work_not_off),
		TEST(a_stray_worker_turns_other_work_not_on),
		TEST(a_stray_boot_turns_other_work_not_off),
		TEST(modes_of_work_are_no_other_work),
		TEST(work_that_one_does_not_tell_is_other_work),
		TEST(work_that_some_workers_do_not_tell_is_other_work),
		TEST(workers_of_few_samples_are_noted),
		TEST(another_cpu_is_noted),
		TEST(files_without_a_boot_stop_the_gate),
		TEST(pairs_far_apart_are_noted),
		TEST(blocks_that_were_not_made_are_noted),
		TEST(blocks_that_were_made_are_not),
		TEST(blocks_that_never_meet_stop_the_gate),
		TEST(blocks_of_two_hosts_do_not),
		TEST(blocks_of_one_group_are_noted),
		TEST(what_a_group_does_not_tell_is_noted),
		TEST(a_worker_that_stands_twice_stops_the_gate),
		TEST(more_workers_than_planned_stop_the_gate),
		TEST(broken_samples_without_a_reason_stop_the_gate),
	};

	return cmocka_run_group_tests_name("compare/tampered", tests, NULL, remove_root);
}
