/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run changed goes back: at a normal end, after SIGKILL, and when the guardian died too. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "testing_fixtures.h"

#define THP  "/sys/kernel/mm/transparent_hugepage/enabled"
#define KSM  "/sys/kernel/mm/ksm/run"
#define NUMA "/proc/sys/kernel/numa_balancing"
#define POOL "/proc/sys/vm/nr_hugepages"

#define WRITE(path, old) RECORD("write", path, ",\"old\":\"" old "\",\"new\":\"y\"")

static int settings_setup(void **state)
{
	const struct host *host;

	host_setup(state);
	host = *state;
	put(host, THP, "always [madvise] never\n");
	put(host, KSM, "0\n");
	put(host, NUMA, "1\n");
	return 0;
}

static void change(struct pcow_fixtures *fixtures, const char *path, const char *value)
{
	struct pcow_error err = { "" };

	if (pcow_fixture_setting(fixtures, path, value, &err))
		fail_msg("%s", err.text);
}

static void test_close_restores(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures = open_fixtures(host);
	struct stat st;

	change(fixtures, THP, "always");
	change(fixtures, KSM, "1");
	assert_true(reads(host, THP, "always"));
	assert_true(reads(host, KSM, "1"));
	assert_int_equal(stat(host->journal, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(pcow_fixtures_close(fixtures, NULL), 0);
	assert_true(reads(host, THP, "madvise"));
	assert_true(reads(host, KSM, "0"));
	assert_int_equal(access(host->journal, F_OK), -1);
	/* The guardian was reaped: no child is left. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_first_old_value_wins(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures = open_fixtures(host);

	change(fixtures, NUMA, "0");
	change(fixtures, KSM, "1");
	change(fixtures, NUMA, "2");
	assert_int_equal(pcow_fixtures_close(fixtures, NULL), 0);
	assert_true(reads(host, NUMA, "1"));
	assert_true(reads(host, KSM, "0"));
}

static void test_unchanged_is_not_recorded(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures = open_fixtures(host);
	struct stat st;

	change(fixtures, THP, "madvise");
	assert_int_equal(stat(host->journal, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_true(reads(host, THP, "always [madvise] never"));
	assert_int_equal(pcow_fixtures_close(fixtures, NULL), 0);
}

static _Noreturn void run_until_killed(const struct host *host, int ready_fd, bool without_stdio)
{
	struct pcow_fixtures *fixtures;

	for (int fd = STDIN_FILENO; without_stdio && fd <= STDERR_FILENO; fd++)
		close(fd);
	if (pcow_fixtures_open_at(&fixtures, host->journal, host->root, NULL) ||
	    pcow_fixture_setting(fixtures, THP, "never", NULL) ||
	    pcow_fixture_setting(fixtures, KSM, "1", NULL) || write(ready_fd, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* A child that has changed fixtures, and its guardian that waits for its end. */
static pid_t start_run(const struct host *host, pid_t *guardian, bool without_stdio)
{
	char byte;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork_part();
	if (pid == 0)
		run_until_killed(host, fds[1], without_stdio);
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	*guardian = only_child(pid);
	wait_for_guard(*guardian);
	assert_true(reads(host, THP, "never"));
	assert_true(reads(host, KSM, "1"));
	return pid;
}

static void test_guardian_restores_after_sigkill(void **state)
{
	struct host *host = *state;
	pid_t guardian, run = start_run(host, &guardian, false);

	/* What a terminal or an init would send to everybody does not reach it. */
	assert_int_not_equal(getsid(guardian), getsid(run));
	assert_int_equal(kill(guardian, SIGINT), 0);
	assert_int_equal(kill(guardian, SIGTERM), 0);
	assert_int_equal(kill(guardian, SIGHUP), 0);
	kill_and_reap(run);
	assert_true(journal_goes_within_a_second(host));
	assert_true(reads(host, THP, "madvise"));
	assert_true(reads(host, KSM, "0"));
}

/* Then the pipe, the journal and the root take the numbers of the standard streams. */
static void test_run_without_standard_streams(void **state)
{
	struct host *host = *state;
	pid_t guardian, run = start_run(host, &guardian, true);

	kill_and_reap(run);
	assert_true(journal_goes_within_a_second(host));
	assert_true(reads(host, THP, "madvise"));
	assert_true(reads(host, KSM, "0"));
}

static void test_guardian_keeps_only_its_descriptors(void **state)
{
	struct host *host = *state;
	pid_t guardian, run = start_run(host, &guardian, false);
	unsigned int others = 0;
	char path[64], target[128];
	ssize_t length;

	for (int fd = 0; fd < 256; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", guardian, fd);
		length = readlink(path, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		if (fd <= STDERR_FILENO)
			assert_string_equal(target, "/dev/null");
		else
			others++;
	}
	assert_int_equal(others, 3); /* pipe, journal, root */
	kill_and_reap(run);
	assert_true(journal_goes_within_a_second(host));
}

static void test_restore_when_both_died(void **state)
{
	struct host *host = *state;
	pid_t guardian, run = start_run(host, &guardian, false);
	struct pcow_fixtures *fixtures;
	struct pcow_error err = { "" };
	unsigned int restored;

	/* This process inherits the orphan, so that it can tell when it is gone. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(kill(guardian, SIGKILL), 0);
	kill_and_reap(run);
	waitpid(guardian, NULL, 0);
	assert_true(reads(host, THP, "never"));
	assert_int_equal(pcow_fixtures_open_at(&fixtures, host->journal, host->root, &err),
			 -EUCLEAN);
	assert_non_null(strstr(err.text, "doctor --restore"));
	assert_int_equal(pcow_fixtures_restore_at(host->journal, host->root, &restored, &err), 0);
	assert_int_equal(restored, 2);
	assert_true(reads(host, THP, "madvise"));
	assert_true(reads(host, KSM, "0"));
	assert_int_equal(access(host->journal, F_OK), -1);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

/* Of both versions, and of nothing else that is mounted. */
static void test_guardian_leaves_the_cgroups(void **state)
{
	struct host *host = *state;
	pid_t guardian, run;
	char pid[16];

	put(host, "/proc/self/mountinfo",
	    "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
	    "31 24 0:27 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw\n"
	    "36 24 0:30 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
	    "37 24 0:31 / /sys/fs/other rw - tmpfs tmpfs rw\n");
	put(host, "/sys/fs/cgroup/unified/cgroup.procs", "");
	put(host, "/sys/fs/cgroup/freezer/cgroup.procs", "");
	put(host, "/sys/fs/other/cgroup.procs", "");
	run = start_run(host, &guardian, false);
	snprintf(pid, sizeof(pid), "%d", guardian);
	assert_true(reads(host, "/sys/fs/cgroup/unified/cgroup.procs", pid));
	assert_true(reads(host, "/sys/fs/cgroup/freezer/cgroup.procs", pid));
	assert_true(reads(host, "/sys/fs/other/cgroup.procs", ""));
	kill_and_reap(run);
	assert_true(journal_goes_within_a_second(host));
}

static void put_pid_namespace(const struct host *host, const char *link)
{
	char path[128];

	put(host, "/proc/self/ns/mnt", "");
	snprintf(path, sizeof(path), "%s/proc/self/ns/pid", host->root);
	assert_true(unlink(path) == 0 || errno == ENOENT);
	assert_int_equal(symlink(link, path), 0);
}

static int survive(const struct host *host, const char *journal, bool chosen)
{
	struct pcow_error err = { "" };
	struct pcow_root root;
	int ret;

	assert_int_equal(pcow_root_open(&root, host->root, NULL), 0);
	ret = pcow_fixtures_survive(&root, journal, chosen, &err);
	pcow_root_close(&root);
	assert_true(!ret == !err.text[0]);
	assert_true(!ret || strstr(err.text, "PINCOW_JOURNAL"));
	return ret;
}

static bool is_of(const char *folder, long type)
{
	struct statfs fs;

	return statfs(folder, &fs) == 0 && fs.f_type == type;
}

static void test_journal_of_a_container(void **state)
{
	struct host *host = *state;

	put_pid_namespace(host, "pid:[4026531836]");
	assert_int_equal(survive(host, "/run/pincow/journal.jsonl", false), 0);
	put_pid_namespace(host, "pid:[4026532281]");
	assert_int_equal(survive(host, "/run/pincow/journal.jsonl", false), -ENOTSUP);
	assert_int_equal(survive(host, host->journal, false), -ENOTSUP);
	assert_int_equal(survive(host, "/no/such/folder/journal", true), -ENOTSUP);
	if (is_of("/dev/shm", TMPFS_MAGIC))
		assert_int_equal(survive(host, "/dev/shm/journal", true), -ENOTSUP);
	/* One level of folders is made. */
	if (!is_of("/tmp", TMPFS_MAGIC) && !is_of("/tmp", OVERLAYFS_SUPER_MAGIC))
		assert_int_equal(survive(host, "/tmp/pincow-none/journal", true), 0);
}

static void test_second_run_is_busy(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *first = open_fixtures(host), *second;
	struct pcow_error err = { "" };
	unsigned int restored = 7;

	change(first, KSM, "1");
	assert_int_equal(pcow_fixtures_open_at(&second, host->journal, host->root, &err), -EBUSY);
	assert_non_null(strstr(err.text, host->journal));
	assert_int_equal(pcow_fixtures_restore_at(host->journal, host->root, &restored, &err),
			 -EBUSY);
	assert_int_equal(restored, 0);
	assert_true(reads(host, KSM, "1"));
	assert_int_equal(pcow_fixtures_close(first, NULL), 0);
	second = open_fixtures(host);
	assert_int_equal(pcow_fixtures_close(second, NULL), 0);
}

static void test_nothing_to_restore(void **state)
{
	struct host *host = *state;
	struct pcow_error err = { "" };
	unsigned int restored = 7;

	assert_int_equal(pcow_fixtures_restore_at(host->journal, host->root, &restored, &err), 0);
	assert_int_equal(restored, 0);
	assert_string_equal(err.text, "");
}

static void test_hostile_journal_is_refused(void **state)
{
	static const char *const hostile[] = {
		WRITE("/etc/passwd", "x"),
		WRITE("/sys/../etc/passwd", "x"),
		WRITE("/proc/sys/kernel/..", "x"),
		WRITE("/proc/sysrq-trigger", "c"),
		WRITE("sys/kernel/mm/ksm/run", "x"),
		RECORD("write", KSM, ""),
		RECORD("write", KSM, ",\"old\":7"),
		RECORD("unlink", KSM, ",\"old\":\"x\""),
		"{\"boot\":\"\",\"undo\":\"write\",\"path\":7,\"old\":\"x\"}\n",
		"{\"undo\":\"write\",\"path\":\"" KSM "\",\"old\":\"x\"}\n",
		"{\"boot\":\"\",\"path\":\"" KSM "\",\"old\":\"x\"}\n",
		RECORD("swapoff", "/dev/sda", ""),
		RECORD("swapoff", "/dev/zram", ""),
		RECORD("swapoff", "/dev/zram0/../sda", ""),
		RECORD("swapoff", "/dev/zram0123456789", ""),
		RECORD("swapoff", "/sys/block/zram0", ""),
		RECORD("hot_remove", "/sys/block/zram", ""),
		RECORD("hot_remove", "/sys/block/sda", ""),
		RECORD("hot_remove", "/sys/block/zram-1", ""),
		RECORD("bind", PCI "0000:00:05.0", ",\"old\":\"a\""),
		BIND("0000:00:05.0", "a/b"),
		BIND("0000:00:05.0", ".."),
		BIND("0000:00:05.0", "a\\nb"),
		BIND("0000:00:05", "a"),
		BIND("0000:00:05.00", "a"),
		BIND("../../../x:00.0", "a"),
		RECORD("bind", "/sys/bus/usb/devices/1-1", ",\"old\":\"a\",\"override\":\"\""),
		RECORD("rmdir", "/tmp/pincow-1", ""),
		RECORD("rmdir", "/sys/fs/cgroup", ""),
		RECORD("rmdir", "/sys/fs/cgroup/user.slice", ""),
		RECORD("rmdir", "/sys/fs/cgroup/pincow-1/", ""),
		RECORD("rmdir", "/sys/fs/cgroup/pincow-1/user", ""),
		RECORD("rmdir", "/sys/fs/cgroup/../../../tmp/pincow-1", ""),
		RECORD("rmdir", "/sys/fs/cgroup/pincow-1/..", ""),
		"[]\n",
		"\n",
	};
	struct host *host = *state;
	char text[512];

	put(host, "/run/journal.jsonl", "");
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct pcow_error err = { "" };
		unsigned int restored;

		/* A good record before the bad one is not obeyed either. */
		snprintf(text, sizeof(text), WRITE(KSM, "1") "%s", hostile[i]);
		put(host, "/run/journal.jsonl", text);
		assert_int_equal(chmod(host->journal, 0600), 0);
		assert_int_equal(
			pcow_fixtures_restore_at(host->journal, host->root, &restored, &err),
			-EBADMSG);
		assert_non_null(strstr(err.text, "journal.jsonl:2:"));
		assert_int_equal(restored, 0);
		assert_true(reads(host, KSM, "0"));
		assert_int_equal(access(host->journal, F_OK), 0);
	}
}

/* A run that changed a setting twice and died with its guardian. */
static void test_restore_counts_changes(void **state)
{
	struct host *host = *state;
	unsigned int restored;

	put(host, "/run/journal.jsonl", WRITE(KSM, "2") WRITE(KSM, "1"));
	assert_int_equal(chmod(host->journal, 0600), 0);
	assert_int_equal(pcow_fixtures_restore_at(host->journal, host->root, &restored, NULL), 0);
	assert_int_equal(restored, 1);
	assert_true(reads(host, KSM, "2"));
}

/* A journal on a disk, whose host was booted again. */
static void test_another_boot_is_over(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures = open_fixtures(host);
	unsigned int restored = 7;

	put(host, "/proc/sys/kernel/random/boot_id", "one\n");
	change(fixtures, KSM, "1");
	put(host, "/proc/sys/kernel/random/boot_id", "two\n");
	change(fixtures, NUMA, "0");
	assert_int_equal(pcow_journal_restore(&fixtures->journal, &restored, NULL), 0);
	assert_int_equal(restored, 1);
	assert_true(reads(host, KSM, "1"));
	assert_true(reads(host, NUMA, "1"));
	pcow_fixtures_close(fixtures, NULL);
}

static void test_truncated_last_line_is_tolerated(void **state)
{
	struct host *host = *state;
	unsigned int restored;

	put(host, "/run/journal.jsonl",
	    WRITE(KSM, "2") "{\"boot\":\"\",\"undo\":\"write\",\"path\":\"" NUMA "\",\"ol");
	assert_int_equal(chmod(host->journal, 0600), 0);
	assert_int_equal(pcow_fixtures_restore_at(host->journal, host->root, &restored, NULL), 0);
	assert_int_equal(restored, 1);
	assert_true(reads(host, KSM, "2"));
	assert_true(reads(host, NUMA, "1"));
	assert_int_equal(access(host->journal, F_OK), -1);
}

static void test_others_journal_is_refused(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures;
	char link[128];

	put(host, "/run/journal.jsonl", "");
	assert_int_equal(chmod(host->journal, 0666), 0);
	assert_int_equal(pcow_fixtures_open_at(&fixtures, host->journal, host->root, NULL), -EPERM);
	snprintf(link, sizeof(link), "%s/run/link", host->root);
	assert_int_equal(symlink(host->journal, link), 0);
	assert_int_equal(pcow_fixtures_open_at(&fixtures, link, host->root, NULL), -ELOOP);
}

static void test_bad_changes_are_refused(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures = open_fixtures(host);
	struct pcow_error err = { "" };

	put(host, "/etc/passwd", "root\n");
	assert_int_equal(pcow_fixture_setting(fixtures, "/etc/passwd", "x", &err), -EINVAL);
	assert_int_equal(pcow_fixture_setting(fixtures, "/sys/../etc/passwd", "x", &err), -EINVAL);
	assert_int_equal(pcow_fixture_setting(fixtures, "/sys/kernel/none", "x", &err), -ENOENT);
	assert_non_null(strstr(err.text, "/sys/kernel/none"));
	assert_true(reads(host, "/etc/passwd", "root"));
	assert_int_equal(pcow_fixtures_close(fixtures, NULL), 0);
}

/*
 * /proc/self/coredump_filter knows nine bits, so that 4096 reads back as 0:
 * like the huge page pool it takes a value and keeps less of it.
 */
static void test_fewer_hugepages_than_asked(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures = open_fixtures(host);
	struct pcow_error err = { "" };
	char path[128];

	put(host, POOL, "");
	snprintf(path, sizeof(path), "%s%s", host->root, POOL);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/proc/self/coredump_filter", path), 0);
	/* 0 is the value that it reads back as it is written. */
	put(host, POOL, "0");
	assert_int_equal(pcow_fixture_setting(fixtures, POOL, "4096", &err), -ENOMEM);
	assert_non_null(strstr(err.text, "0 of 4096 huge pages"));
	assert_non_null(strstr(err.text, "compact_memory"));
	assert_int_equal(pcow_fixtures_close(fixtures, &err), 0);
}

#define POOL_2M	      "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
#define NODE_2M(node) "/sys/devices/system/node/" node "/hugepages/hugepages-2048kB/nr_hugepages"

/* What a kernel makes of 16 pages in all: as many of them on each node. */
static void test_hugepages_go_back_to_their_nodes(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures;

	put(host, POOL_2M, "5\n");
	put(host, NODE_2M("node0"), "4\n");
	put(host, NODE_2M("node1"), "1\n");
	put(host, "/sys/devices/system/node/node2/cpulist", "8-11\n");
	put(host, "/sys/devices/system/node/online", "0-2\n");
	fixtures = open_fixtures(host);
	change(fixtures, POOL_2M, "16");
	put(host, NODE_2M("node0"), "8\n");
	put(host, NODE_2M("node1"), "8\n");
	/* The first values stay those of before the run. */
	change(fixtures, POOL_2M, "20");
	put(host, NODE_2M("node0"), "10\n");
	put(host, NODE_2M("node1"), "10\n");
	assert_int_equal(pcow_fixtures_close(fixtures, NULL), 0);
	assert_true(reads(host, NODE_2M("node0"), "4"));
	assert_true(reads(host, NODE_2M("node1"), "1"));
	assert_true(reads(host, POOL_2M, "5"));
}

static void test_what_will_not_go_back_is_told(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures = open_fixtures(host);
	struct pcow_error err = { "" };
	unsigned int restored;
	char path[128];

	change(fixtures, NUMA, "0");
	change(fixtures, KSM, "1");
	snprintf(path, sizeof(path), "%s%s", host->root, KSM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(pcow_fixtures_close(fixtures, &err), -ENOENT);
	assert_non_null(strstr(err.text, KSM));
	assert_true(reads(host, NUMA, "1")); /* the other one went back all the same */
	/* The journal stays until it has been put right. */
	put(host, KSM, "1\n");
	assert_int_equal(pcow_fixtures_restore_at(host->journal, host->root, &restored, NULL), 0);
	assert_int_equal(restored, 2);
	assert_true(reads(host, KSM, "0"));
}

static void test_journal_path(void **state)
{
	(void)state;
	unsetenv("PINCOW_JOURNAL");
	assert_string_equal(pcow_fixtures_journal(), "/run/pincow/journal.jsonl");
	setenv("PINCOW_JOURNAL", "/elsewhere/j", 1);
	assert_string_equal(pcow_fixtures_journal(), "/elsewhere/j");
	unsetenv("PINCOW_JOURNAL");
}

#define HOST_TEST(function) cmocka_unit_test_setup_teardown(function, settings_setup, host_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOST_TEST(test_close_restores),
		HOST_TEST(test_first_old_value_wins),
		HOST_TEST(test_unchanged_is_not_recorded),
		HOST_TEST(test_guardian_restores_after_sigkill),
		HOST_TEST(test_run_without_standard_streams),
		HOST_TEST(test_guardian_keeps_only_its_descriptors),
		HOST_TEST(test_restore_when_both_died),
		HOST_TEST(test_guardian_leaves_the_cgroups),
		HOST_TEST(test_journal_of_a_container),
		HOST_TEST(test_second_run_is_busy),
		HOST_TEST(test_nothing_to_restore),
		HOST_TEST(test_hostile_journal_is_refused),
		HOST_TEST(test_restore_counts_changes),
		HOST_TEST(test_another_boot_is_over),
		HOST_TEST(test_truncated_last_line_is_tolerated),
		HOST_TEST(test_others_journal_is_refused),
		HOST_TEST(test_bad_changes_are_refused),
		HOST_TEST(test_fewer_hugepages_than_asked),
		HOST_TEST(test_hugepages_go_back_to_their_nodes),
		HOST_TEST(test_what_will_not_go_back_is_told),
		cmocka_unit_test(test_journal_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
