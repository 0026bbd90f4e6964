/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running kernel, as it is and behind a seccomp filter. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "probe.h"

static struct pcow_model_report report;

static enum pcow_seen seen(enum pcow_feature_id id)
{
	return report.features[id].seen;
}

static void an_answer_has_evidence_and_the_lack_of_one_a_reason(void **state)
{
	(void)state;
	for (int id = 0; id < PCOW_FEATURES; id++) {
		const struct pcow_feature *feature = &report.features[id];

		if (feature->seen == PCOW_UNSEEN)
			assert_true(*feature->reason);
		assert_int_equal(*feature->evidence == '\0', feature->seen == PCOW_UNSEEN);
		print_message("%-22s %d %s%s\n", pcow_feature_name((enum pcow_feature_id)id),
			      feature->seen, feature->evidence, feature->reason);
	}
}

/* Whatever kernel this is, some answers exclude each other. */
static void features_agree_with_each_other(void **state)
{
	enum pcow_model model = report.model;

	(void)state;
	assert_false(seen(PCOW_FORCED_COW) == PCOW_SEEN_TRUE &&
		     seen(PCOW_RO_PIN_UNSHARES) == PCOW_SEEN_TRUE);
	if (model == PCOW_MODEL_OLD || model == PCOW_MODEL_SIMPLIFIED)
		assert_int_not_equal(seen(PCOW_RO_PIN_UNSHARES), PCOW_SEEN_TRUE);
	if (model == PCOW_MODEL_OLD) {
		assert_int_equal(seen(PCOW_EARLY_COPY), PCOW_SEEN_FALSE);
		assert_int_equal(seen(PCOW_MPROTECT_NO_FAULT), PCOW_SEEN_FALSE);
	}
	if (model == PCOW_MODEL_EXCLUSIVE || model == PCOW_MODEL_EXCLUSIVE_OR_LATER ||
	    model == PCOW_MODEL_OWNER_TRACKED) {
		assert_int_not_equal(seen(PCOW_CVE_2020_29374), PCOW_SEEN_TRUE);
		assert_int_not_equal(seen(PCOW_RW_PIN_UNRELIABLE), PCOW_SEEN_TRUE);
	}
	if (model == PCOW_MODEL_SIMPLIFIED)
		assert_int_not_equal(seen(PCOW_MPROTECT_NO_FAULT), PCOW_SEEN_TRUE);
}

/* Both observations name a model, but for one that looks old and is not; only a
 * filter may hide one. */
static void the_model_is_named(void **state)
{
	(void)state;
	pcow_model_probe(&report);
	print_message("model: %s: %s\n", pcow_model_name(report.model), report.evidence);
	assert_true(*report.evidence);
	if (seen(PCOW_REF_SURVIVES_MPROTECT) != PCOW_UNSEEN &&
	    seen(PCOW_REF_SURVIVES_FORK) == PCOW_SEEN_FALSE)
		assert_int_not_equal(report.model, PCOW_MODEL_UNKNOWN);
}

/* What needs a large folio is hidden then; which model it is does not change. */
static void without_thp_the_model_is_not_named_too_early(void **state)
{
	static const enum pcow_model models[] = {
		[PCOW_MODEL_UNKNOWN] = PCOW_MODEL_UNKNOWN,
		[PCOW_MODEL_OLD] = PCOW_MODEL_OLD,
		[PCOW_MODEL_SIMPLIFIED] = PCOW_MODEL_SIMPLIFIED,
		[PCOW_MODEL_EXCLUSIVE] = PCOW_MODEL_EXCLUSIVE_OR_LATER,
		[PCOW_MODEL_EXCLUSIVE_OR_LATER] = PCOW_MODEL_EXCLUSIVE_OR_LATER,
		[PCOW_MODEL_OWNER_TRACKED] = PCOW_MODEL_EXCLUSIVE_OR_LATER,
	};
	enum pcow_model with = report.model;

	(void)state;
	assert_int_equal(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
	pcow_model_probe(&report);
	assert_int_equal(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0), 0);
	print_message("without THP: %s: %s\n", pcow_model_name(report.model), report.evidence);
	assert_int_equal(report.model, models[with]);
	assert_int_equal(seen(PCOW_PTE_THP_REUSE), PCOW_UNSEEN);
	assert_int_equal(seen(PCOW_THP_BY_MAPCOUNT), PCOW_UNSEEN);
	if (report.model == PCOW_MODEL_EXCLUSIVE_OR_LATER)
		assert_non_null(strstr(report.evidence, "owner-tracked could not be seen: "));
}

static void deny(int syscall_nr)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)syscall_nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(filter) / sizeof(filter[0]), .filter = filter };

	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

/* Last: the filter stays with this process. */
static void a_seccomp_filter_hides_the_model(void **state)
{
	enum pcow_seen unshares = seen(PCOW_RO_PIN_UNSHARES);

	(void)state;
	deny(SYS_vmsplice);
	pcow_model_probe(&report);
	assert_int_equal(report.model, PCOW_MODEL_UNKNOWN);
	assert_non_null(strstr(report.evidence, "vmsplice() is not allowed here"));
	assert_non_null(strstr(report.evidence, "partial answer: read-only pins unshare: "));
	assert_int_equal(seen(PCOW_FORCED_COW), PCOW_UNSEEN);
	assert_int_equal(seen(PCOW_CVE_2020_29374), PCOW_UNSEEN);
	assert_int_equal(seen(PCOW_RO_PIN_UNSHARES), unshares);
	if (unshares == PCOW_SEEN_TRUE)
		assert_non_null(strstr(report.features[PCOW_RO_PIN_UNSHARES].reason, "forced COW"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_model_is_named),
		cmocka_unit_test(an_answer_has_evidence_and_the_lack_of_one_a_reason),
		cmocka_unit_test(features_agree_with_each_other),
		cmocka_unit_test(without_thp_the_model_is_not_named_too_early),
		cmocka_unit_test(an_answer_has_evidence_and_the_lack_of_one_a_reason),
		cmocka_unit_test(features_agree_with_each_other),
		cmocka_unit_test(a_seccomp_filter_hides_the_model),
		cmocka_unit_test(an_answer_has_evidence_and_the_lack_of_one_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
