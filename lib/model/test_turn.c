/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes that die, hang, exit, give up or change their mind. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "probe.h"

#define TIMEOUT_MS 200

static unsigned int *turns; /* shared with the children */

static int die(struct pcow_run *run, struct pcow_feature *feature)
{
	(void)run;
	(void)feature;
	++*turns;
	return raise(SIGKILL);
}

static int hang(struct pcow_run *run, struct pcow_feature *feature)
{
	(void)run;
	(void)feature;
	++*turns;
	return pause();
}

static int leave(struct pcow_run *run, struct pcow_feature *feature)
{
	(void)run;
	(void)feature;
	_exit(7);
}

static int give_up(struct pcow_run *run, struct pcow_feature *feature)
{
	feature->seen = PCOW_SEEN_TRUE;
	strcpy(feature->evidence, "half an answer");
	return pcow_skip(run, "another host", "nothing to see");
}

static int say_yes(struct pcow_run *run, struct pcow_feature *feature)
{
	(void)run;
	++*turns;
	pcow_feature_from_count(feature, 8, 8, "agree");
	return 0;
}

/* Yes twice, then no. */
static int change_its_mind(struct pcow_run *run, struct pcow_feature *feature)
{
	(void)run;
	pcow_feature_from_count(feature, ++*turns < 3 ? 8 : 0, 8, "agree");
	return 0;
}

static struct pcow_feature repeated(probe_fn *probe)
{
	struct pcow_feature feature = { .seen = PCOW_SEEN_TRUE, .evidence = "stale" };

	*turns = 0;
	pcow_probe_repeat(probe, TIMEOUT_MS, &feature);
	/* No child is left behind. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return feature;
}

static void assert_unseen(probe_fn *probe, const char *reason)
{
	struct pcow_feature feature = repeated(probe);

	assert_int_equal(feature.seen, PCOW_UNSEEN);
	assert_string_equal(feature.evidence, "");
	assert_string_equal(feature.reason, reason);
}

static void what_goes_wrong_is_unseen(void **state)
{
	(void)state;
	assert_unseen(die, "the probe died by signal 9");
	assert_int_equal(*turns, 1);
	assert_unseen(hang, "the probe did not end within 200 ms and was killed");
	assert_int_equal(*turns, 1);
	assert_unseen(leave, "the probe ended with code 7 and without an answer");
	assert_unseen(give_up, "nothing to see; remedy: another host");
}

static void turns_must_agree(void **state)
{
	struct pcow_feature feature = repeated(say_yes);

	(void)state;
	assert_int_equal(feature.seen, PCOW_SEEN_TRUE);
	assert_string_equal(feature.evidence, "8 of 8 pages agree");
	assert_int_equal(*turns, 3);
	assert_unseen(change_its_mind,
		      "turns disagree: once 8 of 8 pages agree, then 0 of 8 pages agree");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_wrong_is_unseen),
		cmocka_unit_test(turns_must_agree),
	};

	turns = mmap(NULL, sizeof(*turns), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	return turns == MAP_FAILED || cmocka_run_group_tests(tests, NULL, NULL);
}
