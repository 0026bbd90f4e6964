/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A swap device, a driver and a cgroup, and the way back from each step: on a
 * host of plain files, and where this one has what it takes, for real.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <pincow/cgroup.h>

#include "testing_fixtures.h"

#define CONTROL "/sys/class/zram-control"
#define DEVICE	PCI "0000:00:05.0"
#define DRIVERS "/sys/bus/pci/drivers/"

/* What a killed run left, undone. */
static int restore(const struct host *host, const char *journal, unsigned int *restored,
		   struct pcow_error *err)
{
	put(host, "/run/journal.jsonl", journal);
	assert_int_equal(chmod(host->journal, 0600), 0);
	return pcow_fixtures_restore_at(host->journal, host->root, restored, err);
}

/* All of it, and nothing was in the way. */
static void undo(const struct host *host, const char *journal, unsigned int changes)
{
	struct pcow_error err = { "" };
	unsigned int restored;

	if (restore(host, journal, &restored, &err))
		fail_msg("%s", err.text);
	assert_int_equal(restored, changes);
	assert_int_equal(access(host->journal, F_OK), -1);
}

/* -------------------------------------------------------------------- swap */

#define SWAP_RECORDS                                                                               \
	RECORD("hot_remove", "/sys/block/zram1", "") RECORD("swapoff", "/dev/zram1", "")

static void put_zram(const struct host *host, const char *initstate)
{
	put(host, CONTROL "/hot_add", "1\n");
	put(host, CONTROL "/hot_remove", "-\n");
	put(host, "/sys/block/zram0/initstate", "1\n");
	put(host, "/sys/block/zram1/initstate", initstate);
	put(host, "/sys/block/zram1/reset", "-\n");
	put(host, "/proc/swaps",
	    "Filename\t\tType\t\tSize\tUsed\tPriority\n"
	    "/dev/zram0                              partition\t8\t0\t-2\n"
	    "/dev/zram10                             partition\t8\t0\t-2\n");
}

static void test_swap_is_undone_from_each_step(void **state)
{
	struct host *host = *state;

	/* Before the device was added, and without the module. */
	undo(host, RECORD("hot_remove", "/sys/block/zram1", ""), 1);
	undo(host, SWAP_RECORDS, 2);
	/* Added, and no more. */
	put_zram(host, "0\n");
	undo(host, RECORD("hot_remove", "/sys/block/zram1", ""), 1);
	assert_true(reads(host, CONTROL "/hot_remove", "1"));
	assert_true(reads(host, "/sys/block/zram1/reset", "-"));
	/* With its record; the reset comes first. */
	put_zram(host, "0\n");
	undo(host, SWAP_RECORDS, 2);
	assert_true(reads(host, "/sys/block/zram1/reset", "1"));
	assert_true(reads(host, CONTROL "/hot_remove", "1"));
}

/* Somebody else was given the number that the record has. */
static void test_used_device_stays(void **state)
{
	struct host *host = *state;

	put_zram(host, "1\n");
	undo(host, RECORD("hot_remove", "/sys/block/zram1", ""), 1);
	assert_true(reads(host, CONTROL "/hot_remove", "-"));
	assert_true(reads(host, "/sys/block/zram1/reset", "-"));
}

static void test_swap_that_stays_is_told(void **state)
{
	struct host *host = *state;
	struct pcow_error err = { "" };
	unsigned int restored;

	put_zram(host, "1\n");
	put(host, "/proc/swaps", "Filename\n/dev/zram1\t\tpartition\t8\t0\t-2\n");
	assert_true(restore(host, SWAP_RECORDS, &restored, &err) < 0);
	assert_non_null(strstr(err.text, "/dev/zram1: cannot end the swapping to it"));
	assert_int_equal(restored, 1);
	assert_true(reads(host, "/sys/block/zram1/reset", "-"));
	assert_int_equal(access(host->journal, F_OK), 0);
}

static int add_swap(const struct host *host, struct pcow_error *err)
{
	struct pcow_fixtures *fixtures = open_fixtures(host);
	int ret = pcow_fixture_swap(fixtures, 1 << 20, err);

	assert_int_equal(pcow_fixtures_close(fixtures, NULL), 0);
	return ret;
}

static void test_swap_needs(void **state)
{
	struct host *host = *state;
	struct pcow_error err = { "" };

	assert_int_equal(add_swap(host, &err), -ENODEV);
	assert_non_null(strstr(err.text, "modprobe zram"));
	put_zram(host, "1\n");
	/* The next number is 2, but the kernel gave 1: that goes back at once. */
	assert_int_equal(add_swap(host, &err), -EAGAIN);
	assert_true(reads(host, CONTROL "/hot_remove", "1"));
	/* zram2 has neither files nor a device here. */
	put(host, CONTROL "/hot_add", "2\n");
	assert_int_equal(add_swap(host, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/sys/block/zram2/disksize"));
}

/* -------------------------------------------------------------------- bind */

/* The device as it is now: "" is no driver, or no override. */
static void put_device(const struct host *host, const char *driver, const char *override)
{
	char link[160], target[64];

	put(host, DRIVERS "virtio-pci/module", "");
	put(host, DRIVERS "vfio-pci/unbind", "-");
	put(host, DRIVERS "virtio-pci/unbind", "-");
	put(host, "/sys/bus/pci/drivers_probe", "-");
	put(host, DEVICE "/driver_override", override);
	snprintf(link, sizeof(link), "%s" DEVICE "/driver", host->root);
	assert_true(unlink(link) == 0 || errno == ENOENT);
	snprintf(target, sizeof(target), "../../drivers/%s", driver);
	if (*driver)
		assert_int_equal(symlink(target, link), 0);
}

static bool has_driver(const struct host *host, const char *driver)
{
	char link[160], target[64];
	ssize_t length;

	snprintf(link, sizeof(link), "%s" DEVICE "/driver", host->root);
	length = readlink(link, target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = '\0';
	return length < 0 ? !*driver : strcmp(target + strlen("../../drivers/"), driver) == 0;
}

/* What the kernel does when it is written to, looked for each millisecond.
 * virtio-pci takes what has no override. */
static _Noreturn void play_kernel(const struct host *host)
{
	char link[160], override[64];
	struct pcow_root root;

	snprintf(link, sizeof(link), "%s" DEVICE "/driver", host->root);
	for (; !pcow_root_open(&root, host->root, NULL); usleep(1000), pcow_root_close(&root)) {
		if (reads(host, DEVICE "/driver/unbind", "0000:00:05.0")) {
			put(host, DEVICE "/driver/unbind", "-");
			unlink(link);
		}
		if (!has_driver(host, "") ||
		    !reads(host, "/sys/bus/pci/drivers_probe", "0000:00:05.0"))
			continue;
		put(host, "/sys/bus/pci/drivers_probe", "-");
		pcow_root_read(&root, (DEVICE "/driver_override") + 1, override, sizeof(override));
		if (symlink(strcmp(override, "vfio-pci") == 0 ? "../../drivers/vfio-pci"
							      : "../../drivers/virtio-pci",
			    link))
			break;
	}
	_exit(1);
}

static pid_t start_kernel(const struct host *host)
{
	pid_t pid = fork_part();

	if (pid == 0)
		play_kernel(host);
	return pid;
}

static void test_bind_and_back(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures;
	struct pcow_error err = { "" };
	pid_t kernel;

	put_device(host, "virtio-pci", "(null)\n");
	kernel = start_kernel(host);
	fixtures = open_fixtures(host);
	if (pcow_fixture_bind(fixtures, "0000:00:05.0", "vfio-pci", &err))
		fail_msg("%s", err.text);
	assert_true(has_driver(host, "vfio-pci"));
	assert_true(reads(host, DEVICE "/driver_override", "vfio-pci"));
	/* It has that driver already. */
	assert_int_equal(pcow_fixture_bind(fixtures, "0000:00:05.0", "vfio-pci", &err), 0);
	if (pcow_fixtures_close(fixtures, &err))
		fail_msg("%s", err.text);
	assert_true(has_driver(host, "virtio-pci"));
	assert_true(reads(host, DEVICE "/driver_override", ""));
	kill_and_reap(kernel);
}

static void test_bind_is_undone_from_each_step(void **state)
{
	struct host *host = *state;
	struct stat st;
	char path[128];
	pid_t kernel;

	/* No such device any more. */
	undo(host, BIND("0000:00:06.0", "virtio-pci"), 1);
	/* Recorded, or with the override alone: nothing is unbound. */
	put_device(host, "virtio-pci", "vfio-pci\n");
	undo(host, BIND("0000:00:05.0", "virtio-pci"), 1);
	/* An empty write never reaches the kernel. */
	snprintf(path, sizeof(path), "%s" DEVICE "/driver_override", host->root);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, strlen("\n"));
	assert_true(reads(host, DRIVERS "virtio-pci/unbind", "-"));
	assert_true(reads(host, "/sys/bus/pci/drivers_probe", "-"));
	/* A device that had an override and no driver, in the hands of none. */
	put_device(host, "", "vfio-pci\n");
	undo(host, RECORD("bind", DEVICE, ",\"old\":\"\",\"override\":\"none\""), 1);
	assert_true(reads(host, DEVICE "/driver_override", "none"));
	assert_true(reads(host, "/sys/bus/pci/drivers_probe", "-"));
	/* Unbound; and bound to the other. */
	kernel = start_kernel(host);
	put_device(host, "", "vfio-pci\n");
	undo(host, BIND("0000:00:05.0", "virtio-pci"), 1);
	assert_true(has_driver(host, "virtio-pci"));
	put_device(host, "vfio-pci", "vfio-pci\n");
	undo(host, BIND("0000:00:05.0", "virtio-pci"), 1);
	assert_true(has_driver(host, "virtio-pci"));
	/* That had none: no driver is asked whether it wants it. */
	put_device(host, "vfio-pci", "vfio-pci\n");
	undo(host, BIND("0000:00:05.0", ""), 1);
	assert_true(has_driver(host, ""));
	assert_true(reads(host, "/sys/bus/pci/drivers_probe", "-"));
	kill_and_reap(kernel);
}

static void test_bind_needs(void **state)
{
	struct host *host = *state;
	struct pcow_fixtures *fixtures = open_fixtures(host);
	struct pcow_error err = { "" };

	put_device(host, "virtio-pci", "\n");
	assert_int_equal(pcow_fixture_bind(fixtures, "00:05.0", "vfio-pci", &err), -EINVAL);
	assert_int_equal(pcow_fixture_bind(fixtures, "0000:00:05.0", "../x", &err), -EINVAL);
	assert_int_equal(pcow_fixture_bind(fixtures, "0000:00:05.0", "", &err), -EINVAL);
	assert_int_equal(pcow_fixture_bind(fixtures, "0000:00:06.0", "vfio-pci", &err), -ENODEV);
	assert_non_null(strstr(err.text, "lspci"));
	assert_int_equal(pcow_fixture_bind(fixtures, "0000:00:05.0", "uio", &err), -ENODEV);
	assert_non_null(strstr(err.text, "modprobe uio"));
	assert_int_equal(pcow_fixtures_close(fixtures, &err), 0);
}

/* Nobody plays the kernel: the driver does not take it, and it stays unbound. */
static void test_bind_that_fails_is_told(void **state)
{
	struct host *host = *state;
	struct pcow_error err = { "" };
	unsigned int restored;

	put_device(host, "", "vfio-pci\n");
	assert_int_equal(restore(host, BIND("0000:00:05.0", "virtio-pci"), &restored, &err),
			 -EBUSY);
	assert_non_null(strstr(err.text, "back to its driver virtio-pci"));
	assert_int_equal(restored, 0);
}

/* ------------------------------------------------------------------ cgroup */

#define MOUNTINFO "/proc/self/mountinfo"

/* This process is in a/b; what their groups' children are limited in is the caller's. */
static void put_cgroups(const struct host *host, const char *top, const char *a)
{
	put(host, MOUNTINFO, "31 24 0:27 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n");
	put(host, "/proc/self/cgroup", "0::/a/b\n");
	put(host, "/sys/fs/cgroup/cgroup.subtree_control", top);
	put(host, "/sys/fs/cgroup/a/cgroup.subtree_control", a);
	put(host, "/sys/fs/cgroup/a/b/cgroup.subtree_control", "");
	put(host, "/sys/fs/cgroup/cgroup.procs", "");
	put(host, "/sys/fs/cgroup/a/cgroup.procs", "");
}

/* The folder that it makes for a limit, without the name of its own. */
static int make_group(const struct host *host, const char *limit, char *folder, size_t size,
		      struct pcow_error *err)
{
	const struct pcow_fixture_limit limits[] = { { limit, "1M" } };
	struct pcow_fixtures *fixtures = open_fixtures(host);
	int ret;

	ret = pcow_fixture_cgroup(fixtures, limits, limit ? 1 : 0, folder, size, err);
	assert_int_equal(pcow_fixtures_close(fixtures, NULL), 0);
	if (strstr(folder, "/pincow-"))
		*strstr(folder, "/pincow-") = '\0';
	return ret;
}

static void test_cgroup_is_where_limits_are(void **state)
{
	struct host *host = *state;
	struct pcow_error err = { "" };
	char folder[256] = "";

	put_cgroups(host, "cpu memory pids\n", "memory\n");
	assert_int_equal(make_group(host, NULL, folder, sizeof(folder), &err), 0);
	assert_string_equal(folder, "/sys/fs/cgroup/a/b");
	/* A folder of plain files has no memory.max, which is told. */
	assert_int_equal(make_group(host, "memory.max", folder, sizeof(folder), &err), -ENOENT);
	assert_string_equal(folder, "/sys/fs/cgroup/a");
	assert_non_null(strstr(err.text, "/memory.max"));
	assert_int_equal(make_group(host, "pids.max", folder, sizeof(folder), &err), -ENOENT);
	assert_string_equal(folder, "/sys/fs/cgroup");
	assert_int_equal(make_group(host, "hugetlb.2MB.max", folder, sizeof(folder), &err),
			 -ENOTSUP);
	assert_non_null(strstr(err.text, "echo +hugetlb |"));
	put(host, MOUNTINFO, "");
	assert_int_equal(make_group(host, NULL, folder, sizeof(folder), &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "mount -t cgroup2"));
}

static void test_cgroup_is_undone_from_each_step(void **state)
{
	struct host *host = *state;
	char path[128];

	/* Not made. */
	undo(host, RECORD("rmdir", "/sys/fs/cgroup/pincow-1", ""), 1);
	put_cgroups(host, "", "");
	snprintf(path, sizeof(path), "%s/sys/fs/cgroup/a/pincow-1", host->root);
	assert_int_equal(mkdir(path, 0700), 0);
	undo(host, RECORD("rmdir", "/sys/fs/cgroup/a/pincow-1", ""), 1);
	assert_int_equal(access(path, F_OK), -1);
}

#define OUTER "/sys/fs/cgroup/pincow-1"

static void put_nested_groups(const struct host *host)
{
	char path[128];

	put(host, "/sys/fs/cgroup/cgroup.procs", "");
	snprintf(path, sizeof(path), "%s" OUTER, host->root);
	assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
	snprintf(path, sizeof(path), "%s" OUTER "/pincow-2", host->root);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void test_changes_go_back_in_reverse(void **state)
{
	struct host *host = *state;
	unsigned int restored;

	/* The second is in the way of the first. */
	put_nested_groups(host);
	undo(host, RECORD("rmdir", OUTER, "") RECORD("rmdir", OUTER "/pincow-2", ""), 2);
	/* The other way round the outer one stays. */
	put_nested_groups(host);
	assert_int_equal(restore(host,
				 RECORD("rmdir", OUTER "/pincow-2", "") RECORD("rmdir", OUTER, ""),
				 &restored, NULL),
			 -ENOTEMPTY);
	assert_int_equal(restored, 1);
}

/* ---------------------------------------------------------------- for real */

/* What a run has made, as it tells it before it is killed. */
struct made {
	pid_t sleeper;
	char path[256];
};

static void put_swap(struct pcow_fixtures *fixtures, struct made *made)
{
	struct pcow_error err = { "" };
	char swaps[4096];
	const char *line;

	if (pcow_fixture_swap(fixtures, 8 << 20, &err))
		fail_msg("%s", err.text);
	assert_true(pcow_root_read(&fixtures->journal.root, "proc/swaps", swaps, sizeof(swaps)) >
		    0);
	/* The one with the highest priority that there is. */
	line = strstr(swaps, "\t32767");
	assert_non_null(line);
	while (line > swaps && line[-1] != '\n')
		line--;
	assert_int_equal(sscanf(line, "/dev/%31s", made->path + strlen("/sys/block/")), 1);
	memcpy(made->path, "/sys/block/", strlen("/sys/block/"));
}

/* With a process in it that outlives the run. */
static void put_group(struct pcow_fixtures *fixtures, struct made *made)
{
	struct pcow_error err = { "" };
	char path[512], pid[16];

	if (pcow_fixture_cgroup(fixtures, NULL, 0, made->path, sizeof(made->path), &err))
		fail_msg("%s", err.text);
	made->sleeper = fork();
	if (made->sleeper == 0) {
		execlp("sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	snprintf(path, sizeof(path), "%s/cgroup.procs", made->path);
	snprintf(pid, sizeof(pid), "%d", made->sleeper);
	assert_int_equal(pcow_fixture_write(&fixtures->journal.root, path, pid), 0);
	assert_true(pcow_root_read(&fixtures->journal.root, path + 1, path, sizeof(path)) > 0);
	assert_string_equal(path, pid);
}

static _Noreturn void run_until_killed(const struct host *host, int fd,
				       void (*make)(struct pcow_fixtures *, struct made *))
{
	struct made made = { 0 };
	struct pcow_fixtures *fixtures;

	if (pcow_fixtures_open_at(&fixtures, host->journal, "/", NULL))
		_exit(1);
	make(fixtures, &made);
	if (write(fd, &made, sizeof(made)) != sizeof(made))
		_exit(1);
	for (;;)
		pause();
}

/* Made, killed, and nothing of it left. */
static struct made make_and_kill(const struct host *host,
				 void (*make)(struct pcow_fixtures *, struct made *))
{
	struct made made;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork_part();
	if (pid == 0)
		run_until_killed(host, fds[1], make);
	close(fds[1]);
	assert_int_equal(read(fds[0], &made, sizeof(made)), sizeof(made));
	close(fds[0]);
	assert_int_equal(access(made.path, F_OK), 0);
	kill_and_reap(pid);
	assert_true(journal_goes_within_a_second(host));
	assert_int_equal(access(made.path, F_OK), -1);
	return made;
}

static void skip_without(const char *need, bool there)
{
	if (there)
		return;
	print_message("skipped: %s\n", need);
	skip();
}

static void skip_unless_own_machine(void)
{
	struct pcow_root root;
	int ret;

	skip_without("needs root", geteuid() == 0);
	assert_int_equal(pcow_root_open(&root, "/", NULL), 0);
	ret = pcow_fixtures_allowed(&root, NULL);
	pcow_root_close(&root);
	skip_without("needs a host that is no container", ret == 0);
}

static void test_real_swap_goes_after_sigkill(void **state)
{
	skip_unless_own_machine();
	skip_without("needs zram devices (modprobe zram)", access(CONTROL, F_OK) == 0);
	make_and_kill(*state, put_swap);
}

static int has_v2(const struct pcow_cgroup_mount *mount, void *arg)
{
	char folder[512];

	return mount->v2 && pcow_cgroup_folder(arg, mount, NULL, folder, sizeof(folder)) == 0;
}

static void test_real_cgroup_goes_after_sigkill(void **state)
{
	struct pcow_root root;
	struct made made;
	int found;

	skip_unless_own_machine();
	assert_int_equal(pcow_root_open(&root, "/", NULL), 0);
	found = pcow_cgroup_each(&root, has_v2, &root);
	pcow_root_close(&root);
	skip_without("needs cgroups of version 2 that show this process", found == 1);
	made = make_and_kill(*state, put_group);
	/* It was moved, not killed. */
	assert_int_equal(kill(made.sleeper, SIGKILL), 0);
}

#define HOST_TEST(function) cmocka_unit_test_setup_teardown(function, host_setup, host_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOST_TEST(test_swap_is_undone_from_each_step),
		HOST_TEST(test_used_device_stays),
		HOST_TEST(test_swap_that_stays_is_told),
		HOST_TEST(test_swap_needs),
		HOST_TEST(test_bind_and_back),
		HOST_TEST(test_bind_is_undone_from_each_step),
		HOST_TEST(test_bind_needs),
		HOST_TEST(test_bind_that_fails_is_told),
		HOST_TEST(test_cgroup_is_where_limits_are),
		HOST_TEST(test_cgroup_is_undone_from_each_step),
		HOST_TEST(test_changes_go_back_in_reverse),
		HOST_TEST(test_real_swap_goes_after_sigkill),
		HOST_TEST(test_real_cgroup_goes_after_sigkill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
