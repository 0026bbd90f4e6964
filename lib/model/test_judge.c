/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict: every combination of what can be observed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probe.h"

#define U PCOW_UNSEEN
#define N PCOW_SEEN_FALSE
#define Y PCOW_SEEN_TRUE

static const enum pcow_feature_id beyond_old[] = {
	PCOW_EARLY_COPY,
	PCOW_RO_PIN_UNSHARES,
	PCOW_MPROTECT_NO_FAULT,
};

/* @others: of each feature that old lacks. */
static struct pcow_model_report judged(enum pcow_seen mprotect, enum pcow_seen fork,
				       enum pcow_seen pte, enum pcow_seen others)
{
	struct pcow_model_report report = { .model = PCOW_MODEL_UNKNOWN };

	for (size_t i = 0; i < 3; i++)
		report.features[beyond_old[i]].seen = others;
	report.features[PCOW_FORCED_COW].seen = PCOW_SEEN_FALSE;
	report.features[PCOW_REF_SURVIVES_MPROTECT].seen = mprotect;
	report.features[PCOW_REF_SURVIVES_FORK].seen = fork;
	report.features[PCOW_PTE_THP_REUSE].seen = pte;
	pcow_model_judge(&report);
	return report;
}

/* By what survives mprotect(), what survives fork(), and reuse of a PTE-mapped THP. */
static const char *const expected[3][3][3] = {
	[U] = { [U] = { "unknown", "unknown", "unknown" },
		[N] = { "unknown", "unknown", "unknown" },
		[Y] = { "unknown", "unknown", "unknown" } },
	[N] = { [U] = { "unknown", "unknown", "unknown" },
		[N] = { "simplified", "simplified", "simplified" },
		[Y] = { "unknown", "unknown", "unknown" } },
	[Y] = { [U] = { "unknown", "unknown", "unknown" },
		[N] = { "exclusive or later", "exclusive", "owner-tracked" },
		[Y] = { "old", "old", "old" } },
};

static void assert_judged(enum pcow_seen a, enum pcow_seen b, enum pcow_seen pte,
			  enum pcow_seen others)
{
	struct pcow_model_report r = judged(a, b, pte, others);
	bool both = a == Y && b == Y;

	assert_string_equal(pcow_model_name(r.model),
			    both && others != N ? "unknown" : expected[a][b][pte]);
	assert_true(*r.evidence);
}

static void each_combination_has_its_model(void **state)
{
	(void)state;
	for (int a = U; a <= Y; a++)
		for (int b = U; b <= Y; b++)
			for (int pte = U; pte <= Y; pte++)
				for (int others = U; others <= Y; others++)
					assert_judged((enum pcow_seen)a, (enum pcow_seen)b,
						      (enum pcow_seen)pte, (enum pcow_seen)others);
}

/* Each of the 27 combinations of what old lacks: all must be seen, as "no". */
static void old_lacks_what_came_later(void **state)
{
	(void)state;
	for (int i = 0; i < 27; i++) {
		const int seen[] = { i % 3, i / 3 % 3, i / 9 };
		struct pcow_model_report report = judged(Y, Y, U, N);
		bool is_old = seen[0] == N && seen[1] == N && seen[2] == N;

		for (size_t j = 0; j < 3; j++)
			report.features[beyond_old[j]].seen = (enum pcow_seen)seen[j];
		pcow_model_judge(&report);
		assert_int_equal(report.model, is_old ? PCOW_MODEL_OLD : PCOW_MODEL_UNKNOWN);
	}
}

static void what_keeps_a_model_from_being_old_is_said(void **state)
{
	struct pcow_model_report report = judged(Y, Y, N, N);

	(void)state;
	assert_string_equal(report.evidence,
			    "a reference held by a pipe keeps its page by mprotect(), keeps it by "
			    "fork() and exit; no early_copy; no ro_pin_unshares; no "
			    "mprotect_no_fault");
	report.features[PCOW_EARLY_COPY].seen = Y;
	report.features[PCOW_MPROTECT_NO_FAULT].seen = U;
	strcpy(report.features[PCOW_MPROTECT_NO_FAULT].reason, "hidden");
	pcow_model_judge(&report);
	assert_non_null(strstr(report.evidence,
			       "; but early_copy, which old lacks; no ro_pin_unshares; "
			       "mprotect_no_fault, which old lacks, could not be seen: hidden"));
}

/* Where any reference breaks sharing, what pins do is hidden: that may be v5.8, or a
 * vmsplice() that pins. */
static void forced_cow_is_not_old(void **state)
{
	struct pcow_model_report report = judged(Y, Y, U, N);

	(void)state;
	report.features[PCOW_FORCED_COW].seen = Y;
	report.features[PCOW_RO_PIN_UNSHARES].seen = Y;
	pcow_model_judge(&report);
	assert_int_equal(report.model, PCOW_MODEL_UNKNOWN);
	assert_non_null(strstr(report.evidence, "ro_pin_unshares, which old lacks, could not be "
						"seen: forced COW"));
}

static void what_stays_open_is_said(void **state)
{
	struct pcow_model_report report = judged(Y, N, U, Y);

	(void)state;
	strcpy(report.features[PCOW_PTE_THP_REUSE].reason, "no THP");
	pcow_model_judge(&report);
	assert_int_equal(report.model, PCOW_MODEL_EXCLUSIVE_OR_LATER);
	assert_non_null(
		strstr(report.evidence, "; whether it is owner-tracked could not be seen: no THP"));
	report = judged(Y, N, N, Y);
	assert_non_null(strstr(report.evidence, "a large folio mapped by PTEs is copied"));
	report = judged(Y, N, Y, Y);
	assert_non_null(strstr(report.evidence, "a large folio mapped by PTEs is reused"));
	report = judged(N, Y, Y, N);
	assert_non_null(strstr(report.evidence, "no known model does that"));
}

static void an_unknown_model_has_a_reason_and_a_partial_answer(void **state)
{
	struct pcow_model_report report = { .model = PCOW_MODEL_OLD };

	(void)state;
	report.features[PCOW_REF_SURVIVES_MPROTECT].seen = PCOW_SEEN_TRUE;
	strcpy(report.features[PCOW_REF_SURVIVES_FORK].reason, "hidden");
	report.features[PCOW_RO_PIN_UNSHARES].seen = PCOW_SEEN_TRUE;
	report.features[PCOW_EARLY_COPY].seen = PCOW_SEEN_FALSE;
	pcow_model_judge(&report);
	assert_int_equal(report.model, PCOW_MODEL_UNKNOWN);
	assert_string_equal(report.evidence,
			    "ref_survives_fork could not be seen: hidden; partial answer: "
			    "read-only pins unshare: yes (exclusive or owner-tracked), fork "
			    "copies pinned pages: no (old)");
}

/* Every page of evidence for a pin is none where any reference does the same. */
static void forced_cow_hides_what_pins_do(void **state)
{
	static const struct {
		enum pcow_seen forced, pin, result;
		bool reason;
	} cases[] = {
		{ N, N, N, false }, { N, Y, Y, false }, { N, U, U, false },
		{ Y, N, N, false }, { Y, Y, U, true },	{ Y, U, U, false },
		{ U, N, N, false }, { U, Y, Y, true },	{ U, U, U, false },
	};
	static const enum pcow_feature_id pins[] = { PCOW_RO_PIN_UNSHARES, PCOW_ODIRECT_UNSHARES };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t j = 0; j < sizeof(pins) / sizeof(pins[0]); j++) {
			struct pcow_model_report report = { .model = PCOW_MODEL_UNKNOWN };

			report.features[PCOW_FORCED_COW].seen = cases[i].forced;
			report.features[pins[j]].seen = cases[i].pin;
			pcow_model_judge(&report);
			assert_int_equal(report.features[pins[j]].seen, cases[i].result);
			assert_int_equal(*report.features[pins[j]].reason != '\0', cases[i].reason);
		}
}

static void pages_that_differ_are_no_answer(void **state)
{
	struct pcow_feature none = { .seen = U }, some = none, all = none;

	(void)state;
	pcow_feature_from_count(&none, 0, 8, "shine");
	pcow_feature_from_count(&some, 3, 8, "shine");
	pcow_feature_from_count(&all, 8, 8, "shine");
	assert_int_equal(none.seen, PCOW_SEEN_FALSE);
	assert_string_equal(none.evidence, "0 of 8 pages shine");
	assert_int_equal(some.seen, PCOW_UNSEEN);
	assert_string_equal(some.evidence, "");
	assert_string_equal(some.reason, "3 of 8 pages shine");
	assert_int_equal(all.seen, PCOW_SEEN_TRUE);
	assert_string_equal(all.evidence, "8 of 8 pages shine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_combination_has_its_model),
		cmocka_unit_test(old_lacks_what_came_later),
		cmocka_unit_test(what_keeps_a_model_from_being_old_is_said),
		cmocka_unit_test(forced_cow_is_not_old),
		cmocka_unit_test(what_stays_open_is_said),
		cmocka_unit_test(an_unknown_model_has_a_reason_and_a_partial_answer),
		cmocka_unit_test(forced_cow_hides_what_pins_do),
		cmocka_unit_test(pages_that_differ_are_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
