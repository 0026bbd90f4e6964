/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of fixtures: a host of plain files, and runs that are killed. */
#ifndef PINCOW_PLATFORM_TESTING_FIXTURES_H
#define PINCOW_PLATFORM_TESTING_FIXTURES_H

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixtures.h"
#include "testing.h"

#define PCI "/sys/bus/pci/devices/"

/* A line of the journal; @details begins with a comma. */
#define RECORD(undo, path, details)                                                                \
	"{\"boot\":\"\",\"undo\":\"" undo "\",\"path\":\"" path "\"" details "}\n"

/* To @driver, without a driver_override. */
#define BIND(address, driver)                                                                      \
	RECORD("bind", PCI address, ",\"old\":\"" driver "\",\"override\":\"\"")

/* A root of its own for each test, with the journal beside it. */
struct host {
	char root[64];
	char journal[96];
};

static inline void put(const struct host *host, const char *path, const char *text)
{
	test_put(host->root, path, text);
}

static inline bool reads(const struct host *host, const char *path, const char *text)
{
	struct pcow_root root;
	char now[256];
	int length;

	assert_int_equal(pcow_root_open(&root, host->root, NULL), 0);
	length = pcow_root_read(&root, path + 1, now, sizeof(now));
	pcow_root_close(&root);
	return length >= 0 && strcmp(now, text) == 0;
}

static inline int host_setup(void **state)
{
	struct host *host = calloc(1, sizeof(*host));

	assert_non_null(host);
	snprintf(host->root, sizeof(host->root), "/tmp/pincow-fixtures-XXXXXX");
	assert_non_null(mkdtemp(host->root));
	snprintf(host->journal, sizeof(host->journal), "%s/run/journal.jsonl", host->root);
	*state = host;
	return 0;
}

static inline int host_teardown(void **state)
{
	struct host *host = *state;
	int ret = test_remove(host->root);

	free(host);
	return ret;
}

static inline struct pcow_fixtures *open_fixtures(const struct host *host)
{
	struct pcow_fixtures *fixtures;
	struct pcow_error err = { "" };

	if (pcow_fixtures_open_at(&fixtures, host->journal, host->root, &err))
		fail_msg("%s", err.text);
	return fixtures;
}

/* A child that dies with the test, and that an assertion ends instead of making
 * it go on with the other tests. */
static inline pid_t fork_part(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setenv("CMOCKA_TEST_ABORT", "1", 1);
	}
	return pid;
}

static inline pid_t only_child(pid_t pid)
{
	char path[64], text[32];
	struct pcow_root root;

	snprintf(path, sizeof(path), "proc/%d/task/%d/children", pid, pid);
	assert_int_equal(pcow_root_open(&root, "/", NULL), 0);
	assert_true(pcow_root_read(&root, path, text, sizeof(text)) > 0);
	pcow_root_close(&root);
	return (pid_t)strtol(text, NULL, 10);
}

/* Once it bears its name, all that it sleeps in is the read of the pipe. */
static inline void wait_for_guard(pid_t guardian)
{
	char path[64], stat[512] = "";
	struct pcow_root root;

	snprintf(path, sizeof(path), "proc/%d/stat", guardian);
	assert_int_equal(pcow_root_open(&root, "/", NULL), 0);
	for (int ms = 0; ms < 1000 && !strstr(stat, "(pincow-guard) S"); ms += 10) {
		usleep(10000);
		assert_true(pcow_root_read(&root, path, stat, sizeof(stat)) > 0);
	}
	pcow_root_close(&root);
	assert_non_null(strstr(stat, "(pincow-guard) S"));
}

static inline void kill_and_reap(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* The guardian removes the journal last. */
static inline bool journal_goes_within_a_second(const struct host *host)
{
	for (int ms = 0; ms < 1000; ms += 10) {
		if (access(host->journal, F_OK) != 0)
			return true;
		usleep(10000);
	}
	return false;
}

#endif
