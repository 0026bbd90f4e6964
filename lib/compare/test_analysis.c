/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From files to verdicts: what pairs, what is refused and why.
 */
#include "session.h"

#include <errno.h>

/* ---------------------------------------------------------------- verdicts */

static void the_same_passes(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 10000, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_SAME);
	assert_verdict(session, "fault/a", "copied", PCOW_WORK_SAME);
	assert_int_equal(session->analysis.gate, PCOW_PASS);
	assert_int_equal(session->analysis.nr_gated[PCOW_PASS], 2);
	assert_string_equal(session->analysis.comparisons[0].stratum.groups[1].name, "b");
}

static void a_regression_fails_and_is_named(void **state)
{
	struct session *session = *state;
	const struct pcow_change *change;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 10500, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_WORSE);
	assert_verdict(session, "fault/b", "latency", PCOW_SAME);
	assert_int_equal(session->analysis.gate, PCOW_FAIL);
	change = &find_line(session, "fault/a", "latency")->changes[1];
	assert_float_equal(change->shift, 0.05, 1e-3);
	assert_true(change->low < 0.05 && change->high > 0.05);
	assert_false(change->paired);
	assert_int_equal(change->n, 5);
}

/* All drift together: unpaired nothing is seen, paired everything. */
static void blocks_pair(void **state)
{
	struct session *session = *state;
	const struct fake_boot blocked = { .block = 1 };

	write_boots("a", &blocked, 6, 10000, 900);
	write_boots("b", &blocked, 6, 10500, 900);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_true(find_line(session, "fault/a", "latency")->changes[1].paired);
	assert_verdict(session, "fault/a", "latency", PCOW_WORSE);
}

/* One lost boot is no reason to give up the others' pairs ... */
static void what_has_a_partner_is_paired(void **state)
{
	struct session *session = *state;
	const struct fake_boot blocked = { .block = 1 };

	write_boots("a", &blocked, 6, 10000, 900);
	write_boots("b", &blocked, 5, 10500, 900);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_true(find_line(session, "fault/a", "latency")->changes[1].paired);
	assert_int_equal(find_line(session, "fault/a", "latency")->changes[1].n, 5);
	assert_verdict(session, "fault/a", "latency", PCOW_WORSE);
	assert_true(is_noted(session, "by 5 pairs: 1 and 0 boots have none of the other"));
}

/* ... but boots that pairing would leave out may be those that tell. */
static void a_part_of_the_boots_is_not_paired(void **state)
{
	static const int boots[][2] = { { 6, 3 }, { 8, 5 } };
	const struct fake_boot blocked = { .block = 1 };

	for (size_t i = 0; i < 2; i++) {
		struct session *session = *state;
		char note[64];

		write_boots("a", &blocked, boots[i][0], 10000, 10);
		write_boots("b", &blocked, boots[i][1], 10000, 10);
		assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
		assert_false(find_line(session, "fault/a", "latency")->changes[1].paired);
		assert_int_equal(find_line(session, "fault/a", "latency")->changes[1].n,
				 boots[i][1]);
		snprintf(note, sizeof(note), "a and b are not paired: %d of %d and %d boots",
			 boots[i][1], boots[i][0], boots[i][1]);
		assert_true(is_noted(session, note));
		teardown(state);
		setup(state);
	}
}

static void blocks_of_another_host_do_not_pair(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ .block = 1, .host = "one" }, 4, 10000, 10);
	write_boots("b", &(struct fake_boot){ .block = 1, .host = "two" }, 4, 10000, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_false(find_line(session, "fault/a", "latency")->changes[1].paired);
}

static void without_blocks_drift_hides_it(void **state)
{
	struct session *session = *state;
	const struct pcow_change *change;

	write_boots("a", &(struct fake_boot){ 0 }, 6, 10000, 900);
	write_boots("b", &(struct fake_boot){ 0 }, 6, 10500, 900);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_UNCLEAR);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
	change = &find_line(session, "fault/a", "latency")->changes[1];
	assert_true(change->boots_needed > 6);
	assert_true(change->detectable > 0.02);
	assert_true(session->analysis.boots_needed >= change->boots_needed);
}

static void one_boot_is_looked_at_never_judged(void **state)
{
	struct session *session = *state;
	const struct pcow_line *line;

	write_boots("a", &(struct fake_boot){ 0 }, 1, 10000, 0);
	write_boots("b", &(struct fake_boot){ 0 }, 1, 20000, 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_TOO_FEW);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
	line = find_line(session, "fault/a", "latency");
	assert_float_equal(line->changes[1].shift, 1.0, 1e-9);
	assert_true(isinf(line->changes[1].high));
	assert_true(isinf(line->arms[0].high));
	assert_float_equal(line->arms[0].median, 10000, 1e-9);
}

static void what_is_shown_to_be_small_passes(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 10100, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_WORSE_SMALL);
	assert_int_equal(session->analysis.gate, PCOW_PASS);
}

/* An estimate beyond the minimum effect is no proof of it. */
static void between_shown_and_beyond_nobody_knows(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 60);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 10220, 60);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_LIKELY_WORSE);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
}

/* What lies at the margin is not told apart by more boots than there are. */
static void boots_that_are_there_are_not_asked_for(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 10200, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_LIKELY_WORSE);
	assert_true(find_line(session, "fault/a", "latency")->changes[1].boots_needed > 0);
	assert_int_equal(session->analysis.boots_needed, 0);
}

static void zero_variance_is_exact(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 3, 10000, 0);
	write_boots("b", &(struct fake_boot){ 0 }, 3, 10600, 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_WORSE);
	assert_verdict(session, "fault/b", "latency", PCOW_SAME);
	assert_float_equal(find_line(session, "fault/a", "latency")->changes[1].low, 0.06, 1e-9);
	assert_true(find_line(session, "fault/b", "latency")->changes[1].shift == 0.0);
}

static const struct fake_boot counted = { .clock = "instructions", .block = 1 };

/* However many they are: one boot a group is all there is to know. */
static void counted_boots_are_one_observation(void **state)
{
	struct session *session = *state;
	const struct pcow_change *change;

	write_boots("a", &counted, 2, 10000, 0);
	write_boots("b", &counted, 1, 12000, 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_WORSE);
	assert_verdict(session, "fault/b", "latency", PCOW_SAME);
	change = &find_line(session, "fault/a", "latency")->changes[1];
	assert_true(change->deterministic && change->n == 1);
	assert_true(isnan(change->p) && isnan(change->q) && isnan(change->noise));
	assert_float_equal(change->shift, 0.2, 1e-12);
}

static void counted_boots_that_differ_are_told(void **state)
{
	const struct pcow_series series = { .scenario = "fault/a", .metric = "latency" };
	struct session *session = *state;

	write_boots("a", &counted, 3, 10000, 0);
	write_boots("b", &counted, 3, (int64_t)(10000 * (1 + pcow_counted_floor(&series))), 30);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_LIKELY_WORSE);
	assert_non_null(strstr(find_line(session, "fault/a", "latency")->changes[1].why,
			       "ought to be equal"));
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
}

/* A change of a counted case, as a share of what unrelated changes move it by. */
static const struct pcow_change *move_fork(struct session *session, double share)
{
	struct fake_case one = { .scenario = "fork/anon", .size = 4096, .copied = -1 };
	const struct pcow_series series = { .scenario = "fork/anon", .metric = "latency" };

	one.ns = 1000000;
	fake_write(&(struct fake_boot){ .folder = "a", .name = "1", .clock = "instructions" }, &one,
		   1);
	one.ns += (int64_t)(1000000 * pcow_counted_floor(&series) * share);
	fake_write(&(struct fake_boot){ .folder = "b", .name = "2", .clock = "instructions" }, &one,
		   1);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	return &find_line(session, "fork/anon", "latency")->changes[1];
}

static void a_counted_fork_is_moved_by_unrelated_changes(void **state)
{
	const struct pcow_change *change = move_fork(*state, 0.9);

	assert_int_equal(change->verdict, PCOW_WORSE_SMALL);
	assert_true(change->effect > 0.005);
}

static void beyond_what_they_do_it_is_shown(void **state)
{
	assert_int_equal(move_fork(*state, 1.1)->verdict, PCOW_WORSE);
}

/* What two folders' boots hold; the change of it. */
static const struct pcow_change *weigh(struct session *session, const int64_t held[2][3])
{
	for (int arm = 0; arm < 2; arm++) {
		for (int i = 0; i < 3; i++) {
			char name[2][8];
			struct fake_case one = { .scenario = "fork/m",
						 .size = 4096,
						 .ns = 100,
						 .copied = -1,
						 .memory_bytes = held[arm][i] };

			snprintf(name[0], sizeof(name[0]), "%c", 'a' + arm);
			snprintf(name[1], sizeof(name[1]), "%d-%d", arm, i);
			fake_write(&(struct fake_boot){ .folder = name[0], .name = name[1] }, &one,
				   1);
		}
	}
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	return &find_line(session, "fork/m", "held_bytes")->changes[1];
}

/* Memory may have shrunk: no logs and no share, but bytes are bytes. */
static void memory_is_judged_where_it_has_no_share(void **state)
{
	static const int64_t held[2][3] = { { -4000, -4100, -3900 },
					    { 50000000, 50000000, 50000000 } };
	const struct pcow_change *change = weigh(*state, held);

	assert_int_equal(change->verdict, PCOW_WORSE);
	assert_false(change->is_relative);
	assert_float_equal(change->shift, 50004000.0, 1e-3);
	assert_float_equal(change->effect, 65536.0, 1e-9);
}

/* A page more is twice as much of a page, and nothing. */
static void a_page_is_no_regression(void **state)
{
	static const int64_t held[2][3] = { { 4096, 4096, 4096 }, { 8192, 8192, 8192 } };
	const struct pcow_change *change = weigh(*state, held);

	assert_int_equal(change->verdict, PCOW_WORSE_SMALL);
	assert_float_equal(change->effect, 16.0, 1e-9);
}

static void a_twin_that_differs_invalidates(void **state)
{
	struct session *session = *state;
	const struct pcow_change *change;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("again", &(struct fake_boot){ 0 }, 5, 10400, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 11000, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, "again", "a", "again", "b", NULL), 0);
	change = &find_line(session, "fault/a", "latency")->changes[2];
	assert_float_equal(change->effect, 0.02, 1e-9);
	assert_float_equal(change->noise, 0.04, 1e-3);
	assert_int_equal(change->verdict, PCOW_WORSE);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
	assert_true(is_noted(session,
			     "again is shown to differ from the base, perhaps by more than "
			     "the minimum effect, in 1 gated line, by +4 %"));
	assert_false(find_line(session, "fault/a", "latency")->changes[1].gated);
}

static void a_twin_that_is_better_invalidates(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("again", &(struct fake_boot){ 0 }, 5, 9600, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 10000, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, "again", "a", "again", "b", NULL), 0);
	assert_int_equal(find_line(session, "fault/a", "latency")->changes[2].verdict, PCOW_SAME);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
	assert_true(is_noted(session, "in 1 gated line, by -4 %"));
}

/* Noise in the twin is no licence: the minimum effect stays what it is. */
static void a_noisy_twin_widens_nothing(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("again", &(struct fake_boot){ 0 }, 5, 10600, 900);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 10500, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, "again", "a", "again", "b", NULL), 0);
	assert_float_equal(find_line(session, "fault/a", "latency")->changes[2].effect, 0.02, 1e-9);
	assert_int_equal(session->analysis.gate, PCOW_FAIL);
}

static void one_boot_asks_for_those_that_are_judged(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 1, 10000, 0);
	write_boots("b", &(struct fake_boot){ 0 }, 1, 10000, 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_TOO_FEW);
	assert_int_equal(session->analysis.boots_needed, session->policy.boots);
}

/* One that cannot tell holds nothing off. */
static void a_twin_of_one_boot_tells_nothing(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("again", &(struct fake_boot){ 0 }, 1, 16000, 0);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 14000, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, "again", "a", "again", "b", NULL), 0);
	assert_int_equal(find_line(session, "fault/a", "latency")->changes[2].verdict, PCOW_WORSE);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
	assert_true(is_noted(session, "A/A: again tells nothing in any gated line"));
}

/* One more boot of b, of so many ns a case. */
static void write_odd(const char *name, int64_t a, int64_t b)
{
	const struct fake_case odd[] = {
		{ .scenario = "fault/a", .size = 4096, .ns = a, .copied = 2 },
		{ .scenario = "fault/b", .size = 4096, .ns = b, .copied = 0 },
	};

	fake_write(&(struct fake_boot){ .folder = "b", .name = name }, odd, 2);
}

/* One boot a group that is 20 % dearer, of six; it is told. */
static void one_odd_boot_does_not_decide(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 6, 10000, 50);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 10000, 50);
	write_odd("b-odd", 12000, 5000);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_SAME);
	assert_true(is_noted(session, "b-odd.jsonl lies too far off the others for chance in 1 "
				      "gated line (+20 % at most) and is set aside there"));
	assert_int_equal(session->analysis.nr_odd, 1);
}

/* More than one in ten are how boots vary. */
static void two_boots_of_twelve_are_not_odd(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 6, 10000, 50);
	write_boots("b", &(struct fake_boot){ 0 }, 4, 10000, 50);
	write_odd("b-odd", 12000, 5000);
	write_odd("b-odder", 10000, 9000);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_int_equal(session->analysis.nr_odd, 1);
}

/* Where chance puts a boot of the family once in a hundred gates, and in 7000. */
static void chance_is_not_odd(void **state)
{
	static const int64_t ns[] = { 10300, 10600 };

	for (size_t odd = 0; odd < 2; odd++) {
		struct session *session = *state;

		write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 50);
		write_boots("b", &(struct fake_boot){ 0 }, 4, 10000, 50);
		write_odd("b-odd", ns[odd], 5000);
		assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
		assert_int_equal(session->analysis.nr_odd, odd);
		teardown(state);
		setup(state);
	}
}

/* Four boots of five look the same way off, the fifth like the base. */
static void a_boot_like_the_base_is_not_odd(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 4, 11000, 10);
	write_odd("b-mode", 10000, 5000);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/a", "latency", PCOW_LIKELY_WORSE);
}

/* Three boots a folder of a case in @n sizes, a factor between the folders. */
static enum pcow_verdict compare_slopes(struct session *session, const int64_t *ns, size_t n,
					const char **why)
{
	const struct pcow_change *change;

	for (int i = 0; i < 6; i++) {
		char folder[2] = { (char)('a' + i % 2) }, name[8];
		struct fake_case cases[3];

		for (size_t size = 0; size < n; size++)
			cases[size] = (struct fake_case){ .scenario = "fork/s",
							  .size = 4096 * (size + 1),
							  .ns = ns[size] * (10 + i % 2),
							  .copied = -1,
							  .fits = true };
		snprintf(name, sizeof(name), "%d", i);
		fake_write(&(struct fake_boot){ .folder = folder, .name = name }, cases, n);
	}
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	change = &find_line(session, "fork/s", "slope")->changes[1];
	*why = change->why;
	return change->verdict;
}

static void a_slope_takes_three_sizes(void **state)
{
	const char *why;

	assert_int_equal(compare_slopes(*state, (int64_t[]){ 1000, 2000 }, 2, &why), PCOW_MISSING);
	assert_string_equal(why, "two sizes always lie on a line: a slope takes three");
}

static void a_slope_takes_a_line(void **state)
{
	const char *why;

	assert_int_equal(compare_slopes(*state, (int64_t[]){ 1000, 4000, 2000 }, 3, &why),
			 PCOW_MISSING);
	assert_non_null(strstr(why, "the sizes lie on no line in a: r2 0.1"));
}

static void a_slope_of_a_line_is_judged(void **state)
{
	const char *why;

	assert_int_equal(compare_slopes(*state, (int64_t[]){ 1000, 2000, 3010 }, 3, &why),
			 PCOW_WORSE);
}

/* ------------------------------------------------------------------ refused */

/* Compares two folders of three boots that copied so many pages a sample. */
static void compare_work(struct session *session, int64_t base, int64_t other)
{
	for (int i = 0; i < 6; i++) {
		char folder[2] = { (char)('a' + i % 2) }, name[8];
		struct fake_case one = { .scenario = "fault/a",
					 .size = 4096,
					 .ns = 100,
					 .copied = i % 2 ? other : base };

		snprintf(name, sizeof(name), "%d", i);
		fake_write(&(struct fake_boot){ .folder = folder, .name = name }, &one, 1);
	}
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
}

static void work_within_a_hundredth_is_the_same(void **state)
{
	compare_work(*state, 1000, 1009);
	assert_verdict(*state, "fault/a", "copied", PCOW_WORK_SAME);
}

static void work_beyond_a_hundredth_is_other_work(void **state)
{
	compare_work(*state, 1000, 1012);
	assert_verdict(*state, "fault/a", "copied", PCOW_WORK_CHANGED);
}

static void other_work_is_refused(void **state)
{
	struct session *session = *state;

	compare_work(session, 0, 2);
	assert_verdict(session, "fault/a", "copied", PCOW_WORK_CHANGED);
	assert_verdict(session, "fault/a", "latency", PCOW_OTHER_WORK);
	assert_string_equal(find_line(session, "fault/a", "latency")->changes[1].why,
			    "1, was 0 copied/page");
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
}

/* Idle time is latency by the wall, and nothing at all in instructions. */
static void what_waits_is_not_counted(void **state)
{
	static const char *const clocks[] = { "instructions", "wall" };
	static const enum pcow_verdict verdicts[] = { PCOW_OTHER_WORK, PCOW_BETTER };

	for (int clock = 0; clock < 2; clock++) {
		struct session *session = *state;

		for (int i = 0; i < 6; i++) {
			char folder[2] = { (char)('a' + i % 2) }, name[8];
			struct fake_case one = { .scenario = "pin/x",
						 .size = 4096,
						 .ns = i % 2 ? 100 : 9000,
						 .copied = -1,
						 .sleeps = !(i % 2) };
			struct fake_boot boot = { .folder = folder,
						  .name = name,
						  .clock = clocks[clock] };

			snprintf(name, sizeof(name), "%d", i);
			fake_write(&boot, &one, 1);
		}
		assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
		assert_verdict(session, "pin/x", "latency", verdicts[clock]);
		assert_int_equal(find_line(session, "pin/x", "latency")->changes[1].gated, clock);
		teardown(state);
		setup(state);
	}
}

/* A kernel that begins to wait may not leave the gate by it. */
static void what_begins_to_wait_stays_gated(void **state)
{
	struct session *session = *state;

	for (int i = 0; i < 6; i++) {
		char folder[2] = { (char)('a' + i % 2) }, name[8];
		struct fake_case one = { .scenario = "pin/x",
					 .size = 4096,
					 .ns = i % 2 ? 200 : 100,
					 .copied = -1,
					 .sleeps = i % 2 };
		struct fake_boot boot = { .folder = folder, .name = name, .clock = "instructions" };

		snprintf(name, sizeof(name), "%d", i);
		fake_write(&boot, &one, 1);
	}
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "pin/x", "latency", PCOW_OTHER_WORK);
	assert_true(find_line(session, "pin/x", "latency")->changes[1].gated);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
}

static void write_status(const char *folder, enum pcow_status status)
{
	for (int i = 0; i < 3; i++) {
		char name[16];
		struct fake_case cases[] = {
			{ .scenario = "fault/a", .size = 4096, .ns = 100, .copied = -1 },
			{ .scenario = "fault/b",
			  .size = 4096,
			  .ns = 100,
			  .copied = -1,
			  .status = status },
		};

		snprintf(name, sizeof(name), "%s%d", folder, i);
		fake_write(&(struct fake_boot){ .folder = folder, .name = name }, cases, 2);
	}
}

static void a_claim_that_breaks_fails(void **state)
{
	struct session *session = *state;

	write_status("a", PCOW_STATUS_OK);
	write_status("b", PCOW_STATUS_INVALID);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/b", "latency", PCOW_BROKEN);
	assert_string_equal(find_line(session, "fault/b", "latency")->changes[1].why,
			    "invalid in b: because");
	assert_int_equal(session->analysis.gate, PCOW_FAIL);
}

static void broken_claims_are_noted(void **state)
{
	struct session *session = *state;
	struct fake_case one = { .scenario = "fault/a", .size = 4096, .ns = 100, .copied = -1 };

	session->policy.invalid = 0.5;
	fake_write(&(struct fake_boot){ .folder = "a", .name = "1" }, &one, 1);
	one.breaks = true;
	fake_write(&(struct fake_boot){ .folder = "b", .name = "2" }, &one, 1);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_true(is_noted(session, "1 case of b: up to 50 % (fault/a 4K) of the samples "
				      "broke their claim"));
	assert_false(is_noted(session, "of a:"));
}

static void a_case_that_is_skipped_is_missing(void **state)
{
	struct session *session = *state;

	write_status("a", PCOW_STATUS_OK);
	write_status("b", PCOW_STATUS_SKIP);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/b", "latency", PCOW_MISSING);
	/* A skip is a row of one metric; the others tell the same. */
	assert_string_equal(find_line(session, "fault/b", "ops")->changes[1].why,
			    "skip in b: because");
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
}

static void a_case_that_the_base_lacks_is_not_passed(void **state)
{
	struct session *session = *state;

	write_status("a", PCOW_STATUS_SKIP);
	write_status("b", PCOW_STATUS_OK);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/b", "latency", PCOW_MISSING);
	assert_int_equal(session->analysis.gate, PCOW_INCONCLUSIVE);
}

static void what_neither_can_run_is_not_gated(void **state)
{
	struct session *session = *state;

	write_status("a", PCOW_STATUS_SKIP);
	write_status("b", PCOW_STATUS_SKIP);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_verdict(session, "fault/b", "latency", PCOW_MISSING);
	assert_int_equal(session->analysis.gate, PCOW_PASS);
}

/* The boots that kept their claim may be the lucky ones. */
static void boots_that_are_lost_are_not_left_out(void **state)
{
	static const enum pcow_status statuses[] = { PCOW_STATUS_INVALID, PCOW_STATUS_ERROR };
	static const enum pcow_verdict verdicts[] = { PCOW_BROKEN, PCOW_MISSING };

	for (int i = 0; i < 2; i++) {
		struct session *session = *state;
		struct fake_case one = {
			.scenario = "fault/a", .size = 4096, .copied = -1, .status = statuses[i]
		};

		write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
		write_boots("b", &(struct fake_boot){ 0 }, 5, 10000, 10);
		fake_write(&(struct fake_boot){ .folder = "b", .name = "b-4" }, &one, 1);
		assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
		assert_verdict(session, "fault/a", "latency", verdicts[i]);
		assert_non_null(strstr(find_line(session, "fault/a", "latency")->changes[1].why,
				       "in 1 of 5 boots of b: because"));
		teardown(state);
		setup(state);
	}
}

static void clocks_are_never_mixed(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 3, 10000, 10);
	write_boots("b", &(struct fake_boot){ .clock = "instructions" }, 3, 10000, 10);
	assert_refused(session, compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), -EINVAL,
		       "clocks are never compared");
	assert_non_null(strstr(session->err.text, "b (x86_64, counted instructions, pages of 4K)"));
}

static void architectures_and_pages_are_apart_unless_asked(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 3, 10000, 10);
	write_boots("b", &(struct fake_boot){ .machine = "aarch64", .page_bytes = 16384 }, 3, 10000,
		    10);
	assert_refused(session, compare(session, PCOW_KEY_MODEL, NULL, "a", "b", NULL), -EINVAL,
		       "--by arch");
	teardown(state);
	setup(state);
	session = *state;
	write_boots("a", &(struct fake_boot){ 0 }, 3, 10000, 10);
	write_boots("b", &(struct fake_boot){ .machine = "aarch64", .page_bytes = 16384 }, 3, 10000,
		    10);
	assert_int_equal(compare(session, PCOW_KEY_ARCH, NULL, "a", "b", NULL), 0);
	assert_string_equal(session->analysis.comparisons[0].stratum.groups[1].name, "aarch64");
}

static void no_common_case_is_refused(void **state)
{
	struct session *session = *state;
	struct fake_case one = { .scenario = "fault/a", .size = 4096, .ns = 100, .copied = -1 };
	struct fake_case other = { .scenario = "fault/a", .size = 8192, .ns = 100, .copied = -1 };

	fake_write(&(struct fake_boot){ .folder = "a", .name = "1" }, &one, 1);
	fake_write(&(struct fake_boot){ .folder = "b", .name = "2" }, &other, 1);
	assert_refused(session, compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), -EINVAL,
		       "'a' and 'b' have no case in common");
}

static void one_group_is_refused(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 3, 10000, 10);
	assert_refused(session, compare(session, PCOW_KEY_KERNEL, NULL, "a", NULL), -EINVAL,
		       "there is no second group");
}

static void an_empty_folder_is_refused(void **state)
{
	struct session *session = *state;
	char path[256];

	mkdir(fake_path(path, sizeof(path), "empty"), 0777);
	assert_refused(session, compare(session, PCOW_KEY_ARGUMENT, NULL, "empty", NULL), -ENOENT,
		       "no result file in this folder");
}

static void a_bad_file_among_good_ones_is_named(void **state)
{
	struct session *session = *state;
	char path[256];
	FILE *file;

	write_boots("a", &(struct fake_boot){ 0 }, 3, 10000, 10);
	snprintf(path, sizeof(path), "%s/a/a-9.jsonl", fake_root());
	file = fopen(path, "w");
	fputs("{\"record\":\"header\",\"schema\":2}\n", file);
	fclose(file);
	assert_refused(session, compare(session, PCOW_KEY_ARGUMENT, NULL, "a", NULL), -EPROTO,
		       "a-9.jsonl:1: schema 2 is newer");
}

static void an_unknown_metric_in_the_policy_is_refused(void **state)
{
	struct session *session = *state;

	pcow_policy_clear(&session->policy);
	assert_int_equal(
		pcow_policy_parse(&session->policy, "[family]\nmetric = latncy\n", "p", NULL), 0);
	write_boots("a", &(struct fake_boot){ 0 }, 3, 10000, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 3, 10000, 10);
	assert_refused(session, compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), -EINVAL,
		       "p: no result has a metric 'latncy'");
}

/* --------------------------------------------------------------------- boots */

static void a_copy_is_no_second_boot(void **state)
{
	struct session *session = *state;
	struct fake_case one = { .scenario = "fault/a", .size = 4096, .ns = 100, .copied = -1 };

	fake_write(&(struct fake_boot){ .folder = "a", .name = "1", .boot_id = "x" }, &one, 1);
	fake_write(&(struct fake_boot){ .folder = "a", .name = "2", .boot_id = "x" }, &one, 1);
	fake_write(&(struct fake_boot){ .folder = "b", .name = "3" }, &one, 1);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_int_equal(session->analysis.comparisons[0].stratum.groups[0].nr_boots, 1);
	assert_true(is_noted(session, "is the same run as"));
}

static void a_run_is_not_compared_with_its_copy(void **state)
{
	struct session *session = *state;
	struct fake_boot boot = { .name = "1", .boot_id = "x" };
	struct fake_case one = { .scenario = "fault/a", .size = 4096, .ns = 100, .copied = -1 };

	boot.folder = "a";
	fake_write(&boot, &one, 1);
	boot.folder = "b";
	fake_write(&boot, &one, 1);
	assert_refused(session, compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), -EINVAL,
		       "b/1.jsonl are the same run, in two groups");
}

static void one_boot_is_one_boot_whatever_its_block(void **state)
{
	struct session *session = *state;
	struct fake_boot boot = { .folder = "a", .boot_id = "x" };
	struct fake_case one = { .scenario = "fault/a", .size = 4096, .ns = 100, .copied = -1 };
	char name[8];

	boot.name = name;
	for (int i = 1; i <= 3; i++) {
		snprintf(name, sizeof(name), "%d", i);
		boot.block = (uint64_t)i;
		boot.created_ns = (uint64_t)i;
		fake_write(&boot, &one, 1);
	}
	fake_write(&(struct fake_boot){ .folder = "b", .name = "b" }, &one, 1);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_int_equal(session->analysis.comparisons[0].stratum.groups[0].nr_boots, 1);
	assert_true(is_noted(session, "has another block than"));
}

static void a_file_named_twice_is_read_once(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ 0 }, 3, 10000, 10);
	assert_refused(session, compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "a", NULL), -EINVAL,
		       "3 of the files belong to two arguments");
	assert_int_equal(session->set.nr_files, 3);
}

static void runs_of_a_boot_are_one_value(void **state)
{
	struct session *session = *state;
	struct fake_case one = { .scenario = "fault/a", .size = 4096, .ns = 100, .copied = -1 };
	struct fake_case two = { .scenario = "fault/a", .size = 4096, .ns = 300, .copied = -1 };

	fake_write(&(struct fake_boot){ .folder = "a", .name = "1", .boot_id = "x" }, &one, 1);
	fake_write(
		&(struct fake_boot){ .folder = "a", .name = "2", .boot_id = "x", .created_ns = 5 },
		&two, 1);
	fake_write(&(struct fake_boot){ .folder = "b", .name = "3" }, &one, 1);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_int_equal(session->analysis.comparisons[0].stratum.groups[0].nr_boots, 1);
	assert_float_equal(find_line(session, "fault/a", "latency")->arms[0].median, 200, 1e-9);
}

/* Counted guests draw the same boot_id and begin at the same nanosecond. */
static void blocks_tell_counted_boots_apart(void **state)
{
	struct session *session = *state;
	struct fake_boot boot = { .boot_id = "x", .clock = "instructions", .block = 1 };

	write_boots("a", &boot, 3, 10000, 0);
	write_boots("b", &boot, 3, 10000, 0);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	assert_int_equal(session->analysis.comparisons[0].stratum.groups[0].nr_boots, 3);
	assert_int_equal(session->analysis.gate, PCOW_PASS);
}

static void groups_are_ordered_as_linux_had_them(void **state)
{
	struct session *session = *state;
	const struct pcow_group *groups;

	write_boots("d", &(struct fake_boot){ .model = "owner-tracked", .release = "7.2" }, 1, 100,
		    0);
	write_boots("c", &(struct fake_boot){ .model = "exclusive or later", .release = "5.14" }, 1,
		    100, 0);
	write_boots("b", &(struct fake_boot){ .model = "exclusive", .release = "6.12" }, 1, 100, 0);
	write_boots("a", &(struct fake_boot){ .model = "exclusive", .release = "6.1" }, 1, 100, 0);
	assert_int_equal(
		compare(session, PCOW_KEY_MODEL | PCOW_KEY_KERNEL, NULL, "d", "c", "b", "a", NULL),
		0);
	groups = session->analysis.comparisons[0].stratum.groups;
	assert_string_equal(groups[0].name, "6.1, exclusive");
	assert_string_equal(groups[1].name, "6.12, exclusive");
	assert_string_equal(groups[2].name, "5.14, exclusive or later");
	assert_string_equal(groups[3].name, "7.2, owner-tracked");
}

static void a_model_is_not_its_kernel(void **state)
{
	struct session *session = *state;

	write_boots("a", &(struct fake_boot){ .model = "simplified" }, 3, 10000, 10);
	write_boots("b", &(struct fake_boot){ .model = "exclusive", .release = "6.12" }, 3, 10000,
		    10);
	assert_int_equal(compare(session, PCOW_KEY_MODEL, NULL, "a", "b", NULL), 0);
	assert_true(is_noted(session, "(6.1.0, 6.12): what differs is all that changed"));
}

/* ------------------------------------------------------------------ selection */

static size_t nr_shown(const struct session *session)
{
	const struct pcow_comparison *comparison = &session->analysis.comparisons[0];
	size_t n = 0;

	for (size_t i = 0; i < comparison->nr_lines; i++)
		n += comparison->lines[i].shown;
	return n;
}

static void lines_are_selected_and_sorted(void **state)
{
	struct session *session = *state;
	char pattern[] = "fault/b 4K", metric[] = "ops";
	char *cases[] = { pattern }, *metrics[] = { metric };

	write_boots("a", &(struct fake_boot){ 0 }, 5, 10000, 10);
	write_boots("b", &(struct fake_boot){ 0 }, 5, 12000, 10);
	assert_int_equal(compare(session, PCOW_KEY_ARGUMENT, NULL, "a", "b", NULL), 0);
	pcow_analysis_select(&session->analysis, &(struct pcow_selection){ .by_change = true });
	assert_int_equal(nr_shown(session), 2);
	assert_string_equal(session->analysis.comparisons[0].lines[0].series->scenario, "fault/a");
	pcow_analysis_select(&session->analysis, &(struct pcow_selection){ .changed = true });
	assert_int_equal(nr_shown(session), 1);
	pcow_analysis_select(&session->analysis,
			     &(struct pcow_selection){ .cases = cases, .nr_cases = 1 });
	assert_int_equal(nr_shown(session), 1);
	pcow_analysis_select(&session->analysis,
			     &(struct pcow_selection){ .metrics = metrics, .nr_metrics = 1 });
	assert_int_equal(nr_shown(session), 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_same_passes),
		TEST(a_regression_fails_and_is_named),
		TEST(blocks_pair),
		TEST(what_has_a_partner_is_paired),
		TEST(a_part_of_the_boots_is_not_paired),
		TEST(blocks_of_another_host_do_not_pair),
		TEST(without_blocks_drift_hides_it),
		TEST(one_boot_is_looked_at_never_judged),
		TEST(boots_that_are_there_are_not_asked_for),
		TEST(zero_variance_is_exact),
		TEST(memory_is_judged_where_it_has_no_share),
		TEST(a_page_is_no_regression),
		TEST(a_twin_that_differs_invalidates),
		TEST(a_twin_that_is_better_invalidates),
		TEST(a_noisy_twin_widens_nothing),
		TEST(one_boot_asks_for_those_that_are_judged),
		TEST(a_twin_of_one_boot_tells_nothing),
		TEST(one_odd_boot_does_not_decide),
		TEST(two_boots_of_twelve_are_not_odd),
		TEST(chance_is_not_odd),
		TEST(a_boot_like_the_base_is_not_odd),
		TEST(what_is_shown_to_be_small_passes),
		TEST(between_shown_and_beyond_nobody_knows),
		TEST(counted_boots_are_one_observation),
		TEST(counted_boots_that_differ_are_told),
		TEST(a_counted_fork_is_moved_by_unrelated_changes),
		TEST(beyond_what_they_do_it_is_shown),
		TEST(a_slope_takes_three_sizes),
		TEST(a_slope_takes_a_line),
		TEST(a_slope_of_a_line_is_judged),
		TEST(work_within_a_hundredth_is_the_same),
		TEST(work_beyond_a_hundredth_is_other_work),
		TEST(other_work_is_refused),
		TEST(what_waits_is_not_counted),
		TEST(what_begins_to_wait_stays_gated),
		TEST(a_claim_that_breaks_fails),
		TEST(broken_claims_are_noted),
		TEST(a_case_that_is_skipped_is_missing),
		TEST(a_case_that_the_base_lacks_is_not_passed),
		TEST(what_neither_can_run_is_not_gated),
		TEST(boots_that_are_lost_are_not_left_out),
		TEST(clocks_are_never_mixed),
		TEST(architectures_and_pages_are_apart_unless_asked),
		TEST(no_common_case_is_refused),
		TEST(one_group_is_refused),
		TEST(an_empty_folder_is_refused),
		TEST(a_bad_file_among_good_ones_is_named),
		TEST(an_unknown_metric_in_the_policy_is_refused),
		TEST(a_copy_is_no_second_boot),
		TEST(a_run_is_not_compared_with_its_copy),
		TEST(one_boot_is_one_boot_whatever_its_block),
		TEST(a_file_named_twice_is_read_once),
		TEST(runs_of_a_boot_are_one_value),
		TEST(blocks_tell_counted_boots_apart),
		TEST(groups_are_ordered_as_linux_had_them),
		TEST(a_model_is_not_its_kernel),
		TEST(lines_are_selected_and_sorted),
	};

	return cmocka_run_group_tests_name("compare/analysis", tests, NULL, remove_root);
}
