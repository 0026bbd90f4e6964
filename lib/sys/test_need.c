/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Needs: what reads files on machines made for it, the rest on this one. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <pincow/need.h>
#include <pincow/root.h>

/* Beyond the calls of every kernel so far. */
#define NO_SYSCALL 100000

static char folder[] = "/tmp/pincow-need-XXXXXX";
static struct pcow_root root, live;

static void path_of(const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", folder, name);
	for (char *c = path + sizeof(folder); (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(path, 0700);
		*c = '/';
	}
}

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	path_of(name, path, sizeof(path));
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void put_link(const char *name, const char *target)
{
	char path[256];

	path_of(name, path, sizeof(path));
	unlink(path);
	assert_int_equal(symlink(target, path), 0);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Every test has an empty machine. */
static int setup(void **state)
{
	(void)state;
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	return mkdtemp(folder) && !pcow_root_open(&root, folder, NULL)
		       ? pcow_root_open(&live, "/", NULL)
		       : -1;
}

static int teardown(void **state)
{
	(void)state;
	pcow_root_close(&root);
	pcow_root_close(&live);
	return nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* The reason and remedy must have these parts; "" for a remedy that is none. */
static void assert_unmet(const struct pcow_root *where, const struct pcow_need *need,
			 uint64_t times, const char *reason, const char *remedy)
{
	struct pcow_lack lack;

	assert_int_equal(pcow_need_check(need, where, times, &lack), PCOW_UNMET);
	if (!strstr(lack.reason, reason) || !strstr(lack.remedy, remedy))
		fail_msg("reason: %s; remedy: %s", lack.reason, lack.remedy);
	assert_true(*lack.remedy);
}

static enum pcow_met met(const struct pcow_need *need, uint64_t times)
{
	struct pcow_lack lack;

	return pcow_need_check(need, &root, times, &lack);
}

static void test_capability(void **state)
{
	const struct pcow_need need = { PCOW_CAPABILITY(CAP_IPC_LOCK) };

	(void)state;
	assert_int_equal(met(&need, 0), PCOW_MET_UNKNOWN);
	put("proc/self/status", "Name:\tx\nCapEff:\t0000000000004000\nCapBnd:\t0\n");
	assert_int_equal(met(&need, 0), PCOW_MET);
	put_link("proc/self/ns/user", "user:[4026531837]");
	assert_int_equal(met(&need, 0), PCOW_MET);
	put_link("proc/self/ns/user", "user:[4026532000]");
	assert_unmet(&root, &need, 0, "no CAP_IPC_LOCK", "root");
	put_link("proc/self/ns/user", "user:[4026531837]");
	put("proc/self/status", "CapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffbfff\n");
	assert_unmet(&root, &need, 0, "no CAP_IPC_LOCK", "root");
}

static void test_syscall(void **state)
{
	const struct pcow_need there = { PCOW_SYSCALL(vmsplice) };
	const struct pcow_need none = { .kind = PCOW_NEED_SYSCALL,
					.what = "no_such_call",
					.least = NO_SYSCALL,
					.remedy = "wait for it" };
	struct pcow_lack lack;

	(void)state;
	assert_int_equal(pcow_need_check(&there, &live, 0, &lack), PCOW_MET);
	assert_int_equal(met(&there, 0), PCOW_MET_UNKNOWN);
	assert_unmet(&live, &none, 0, "no no_such_call(2)", "wait for it");
}

/* In a child, since no filter goes away again. */
static void forbid_vmsplice_and_check(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_vmsplice, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };
	const struct pcow_need need = { PCOW_SYSCALL(vmsplice) };
	struct pcow_lack lack;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(77);
	if (pcow_need_check(&need, &live, 0, &lack) != PCOW_UNMET)
		_exit(1);
	_exit(strcmp(lack.reason, "vmsplice(2) is not permitted here") ? 2 : 0);
}

static void test_forbidden_syscall(void **state)
{
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0)
		forbid_vmsplice_and_check();
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_sysctl(void **state)
{
	const struct pcow_need at_most = { .kind = PCOW_NEED_SYSCTL,
					   .what = "kernel.io_uring_disabled",
					   .most = 1 };
	const struct pcow_need in_range = {
		.kind = PCOW_NEED_SYSCTL, .what = "kernel.no_such_switch", .least = 1, .most = 9
	};
	const struct pcow_need negative = {
		.kind = PCOW_NEED_SYSCTL, .what = "kernel.x", .least = INT64_MIN, .most = 1
	};
	struct pcow_lack lack;

	(void)state;
	assert_int_equal(met(&at_most, 0), PCOW_MET);
	put("proc/sys/kernel/io_uring_disabled", "1\n");
	assert_int_equal(met(&at_most, 0), PCOW_MET);
	put("proc/sys/kernel/io_uring_disabled", "2\n");
	assert_unmet(&root, &at_most, 0, "kernel.io_uring_disabled is 2",
		     "sudo sysctl kernel.io_uring_disabled=1");
	pcow_need_check(&at_most, &root, 0, &lack);
	assert_string_equal(lack.path, "/proc/sys/kernel/io_uring_disabled");
	assert_string_equal(lack.value, "1");
	put("proc/sys/kernel/x", "-1\n");
	assert_int_equal(met(&negative, 0), PCOW_MET);
	put("proc/sys/kernel/x", "12\n");
	pcow_need_check(&negative, &root, 0, &lack);
	assert_string_equal(lack.value, "1");
	/* What this kernel lacks is off. */
	assert_int_equal(met(&in_range, 0), PCOW_MET_UNKNOWN);
	assert_unmet(&live, &in_range, 0, "no sysctl kernel.no_such_switch", "kernel");
	pcow_need_check(&in_range, &live, 0, &lack);
	assert_string_equal(lack.path, "");
	put("proc/sys/kernel/no_such_switch", "0\n");
	pcow_need_check(&in_range, &root, 0, &lack);
	assert_string_equal(lack.value, "1");
}

static void test_module(void **state)
{
	const struct pcow_need need = { .kind = PCOW_NEED_MODULE, .what = "vfio-pci" };

	(void)state;
	assert_int_equal(met(&need, 0), PCOW_MET_UNKNOWN);
	put("sys/module/vfio/initstate", "live\n");
	assert_unmet(&root, &need, 0, "vfio-pci is not loaded", "sudo modprobe vfio-pci");
	put("proc/sys/kernel/osrelease", "6.12.1\n");
	put("lib/modules/6.12.1/modules.builtin", "kernel/drivers/vfio/xvfio-pci.ko\n"
						  "kernel/drivers/vfio/vfio-pci.ko.x\n");
	assert_unmet(&root, &need, 0, "vfio-pci is not loaded", "sudo modprobe vfio-pci");
	put("lib/modules/6.12.1/modules.builtin", "kernel/drivers/vfio/vfio.ko\n"
						  "kernel/drivers/vfio/pci/vfio-pci.ko\n");
	assert_int_equal(met(&need, 0), PCOW_MET);
	put("lib/modules/6.12.1/modules.builtin", "");
	put("sys/module/vfio_pci/initstate", "live\n");
	assert_int_equal(met(&need, 0), PCOW_MET);
}

static void test_device_and_program(void **state)
{
	const struct pcow_need device = { .kind = PCOW_NEED_DEVICE, .what = "/dev/x" };
	const struct pcow_need null = { .kind = PCOW_NEED_DEVICE, .what = "/dev/null" };
	const struct pcow_need no_device = { .kind = PCOW_NEED_DEVICE, .what = "/dev/no-such" };
	const struct pcow_need program = { .kind = PCOW_NEED_PROGRAM,
					   .what = "/bin/x",
					   .remedy = "package x" };
	struct pcow_lack lack;
	char path[64];

	(void)state;
	assert_int_equal(met(&device, 0), PCOW_MET_UNKNOWN);
	assert_unmet(&live, &no_device, 0, "there is no /dev/no-such", "driver");
	assert_int_equal(pcow_need_check(&null, &live, 0, &lack), PCOW_MET);
	put_link("dev/x", "/dev/null");
	assert_int_equal(met(&device, 0), PCOW_MET);
	put_link("dev/x", "/bin/sh");
	assert_unmet(&root, &device, 0, "/dev/x is no device", "driver");

	put("bin/x", "");
	path_of("bin/x", path, sizeof(path));
	assert_int_equal(chmod(path, 0600), 0);
	assert_unmet(&root, &program, 0, "this user may not use /bin/x", "package x");
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(met(&program, 0), PCOW_MET);
	assert_int_equal(unlink(path), 0);
	path_of("bin/x/", path, sizeof(path));
	assert_unmet(&root, &program, 0, "/bin/x is no program", "package x");
}

static void test_cgroup(void **state)
{
	const struct pcow_need need = { .kind = PCOW_NEED_CGROUP, .what = "memory" };
	char path[64];

	(void)state;
	assert_int_equal(met(&need, 0), PCOW_MET_UNKNOWN);
	put("proc/self/cgroup", "4:memory:/job\n0::/job\n");
	put("proc/self/mountinfo",
	    "31 24 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
	assert_unmet(&root, &need, 0, "no cgroup of version 2", "mount");
	put("proc/self/mountinfo", "31 24 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	put("sys/fs/cgroup/job/cgroup.controllers", "cpu memory_x pids\n");
	assert_unmet(&root, &need, 0, "no controller memory", "Delegate");
	put("sys/fs/cgroup/job/cgroup.controllers", "cpu memory pids\n");
	assert_int_equal(met(&need, 0), PCOW_MET);
	if (geteuid() == 0)
		return;
	path_of("sys/fs/cgroup/job", path, sizeof(path));
	assert_int_equal(chmod(path, 0500), 0);
	assert_unmet(&root, &need, 0, "may make no cgroup", "Delegate");
	assert_int_equal(chmod(path, 0700), 0);
}

static void test_hugetlb(void **state)
{
	const struct pcow_need need = {
		.kind = PCOW_NEED_HUGETLB, .what = "2M", .least = 2, .times = "size"
	};
	struct pcow_lack lack;

	(void)state;
	assert_int_equal(met(&need, 4 << 20), PCOW_MET_UNKNOWN);
	put("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "4\n");
	put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "6\n");
	assert_int_equal(met(&need, 4 << 20), PCOW_MET);
	assert_unmet(&root, &need, 5 << 20, "needs 5 free hugetlb pages, 4 are", "--prepare");
	pcow_need_check(&need, &root, 5 << 20, &lack);
	assert_string_equal(lack.path, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
	assert_string_equal(lack.value, "7");
}

static void test_memlock(void **state)
{
	const struct pcow_need need = { .kind = PCOW_NEED_MEMLOCK, .least = 1, .times = "size" };
	const char *const format = "Limit                     Soft Limit           Hard Limit\n"
				   "Max locked memory         %-20s %-20s bytes\n";
	char text[256];

	(void)state;
	assert_int_equal(met(&need, 65536), PCOW_MET_UNKNOWN);
	snprintf(text, sizeof(text), format, "65536", "unlimited");
	put("proc/self/limits", text);
	assert_int_equal(met(&need, 65536), PCOW_MET);
	assert_unmet(&root, &need, 66 << 10, "66 KiB is beyond RLIMIT_MEMLOCK's 64 KiB", "prlimit");
	assert_unmet(&root, &need, UINT64_MAX, "beyond", "prlimit");
	put("proc/self/status", "CapEff:\t0000000000004000\n");
	assert_int_equal(met(&need, 66 << 10), PCOW_MET);
	put("proc/self/status", "CapEff:\t0000000000000000\n");
	snprintf(text, sizeof(text), format, "unlimited", "unlimited");
	put("proc/self/limits", text);
	assert_int_equal(met(&need, UINT64_MAX), PCOW_MET);
}

/* The product with a parameter may be beyond 64 bits. */
static void test_overflow(void **state)
{
	const struct pcow_need need = { .kind = PCOW_NEED_MEMLOCK, .least = 4, .times = "size" };

	(void)state;
	put("proc/self/limits", "Max locked memory         65536 65536 bytes\n");
	assert_int_equal(met(&need, UINT64_C(1) << 62), PCOW_UNMET);
	assert_int_equal(met(&need, 0), PCOW_MET);
}

static void test_memlock_here(void **state)
{
	const struct pcow_need need = { .kind = PCOW_NEED_MEMLOCK, .least = 1, .times = "size" };
	struct rlimit limit;
	struct pcow_lack lack;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	assert_int_equal(pcow_need_check(&need, &live, limit.rlim_cur, &lack), PCOW_MET);
	if (limit.rlim_cur != RLIM_INFINITY)
		assert_int_equal(pcow_need_check(&need, &live, limit.rlim_cur + 1024, &lack),
				 pcow_capable(&live, CAP_IPC_LOCK) ? PCOW_MET : PCOW_UNMET);
}

static void test_nodes_and_cpus(void **state)
{
	const struct pcow_need nodes = { .kind = PCOW_NEED_NODES, .least = 2 };
	const struct pcow_need cpus = { .kind = PCOW_NEED_CPUS, .least = 2, .times = "pairs" };

	(void)state;
	assert_int_equal(met(&nodes, 0), PCOW_MET_UNKNOWN);
	put("sys/devices/system/node/has_memory", "0,2-3\n");
	assert_int_equal(met(&nodes, 0), PCOW_MET);
	/* A kernel may allow nodes that are not there. */
	put("proc/self/status", "Cpus_allowed_list:\t1-2,9\nMems_allowed:\t0\n"
				"Mems_allowed_list:\t1-2,5-1023\n");
	assert_unmet(&root, &nodes, 0, "needs 2 NUMA nodes with memory, this process may use 1",
		     "cpuset");
	put("sys/devices/system/cpu/online", "0-7,9-11\n");
	assert_int_equal(met(&cpus, 1), PCOW_MET);
	assert_unmet(&root, &cpus, 2, "needs 4 CPUs, this process may use 3", "cpuset");
}

static void test_cpus_here(void **state)
{
	const struct pcow_need need = { .kind = PCOW_NEED_CPUS, .least = 1, .times = "threads" };
	struct pcow_lack lack;
	cpu_set_t set;

	(void)state;
	/* A machine of more CPUs than a cpu_set_t holds is not tried. */
	if (sched_getaffinity(0, sizeof(set), &set))
		skip();
	assert_int_equal(pcow_need_check(&need, &live, (uint64_t)CPU_COUNT(&set), &lack), PCOW_MET);
	assert_int_equal(pcow_need_check(&need, &live, (uint64_t)CPU_COUNT(&set) + 1, &lack),
			 PCOW_UNMET);
}

static void test_format(void **state)
{
	static const struct {
		struct pcow_need need;
		const char *text;
	} tests[] = {
		{ { PCOW_CAPABILITY(CAP_SYS_ADMIN) }, "CAP_SYS_ADMIN" },
		{ { PCOW_SYSCALL(vmsplice) }, "vmsplice(2)" },
		{ { .kind = PCOW_NEED_SYSCTL, .what = "kernel.x", .most = 1 }, "kernel.x <= 1" },
		{ { .kind = PCOW_NEED_SYSCTL, .what = "vm.x", .least = 1, .most = 1 }, "vm.x = 1" },
		{ { .kind = PCOW_NEED_SYSCTL, .what = "vm.x", .least = 8, .most = INT64_MAX },
		  "vm.x >= 8" },
		{ { .kind = PCOW_NEED_MODULE, .what = "zram" }, "module zram" },
		{ { .kind = PCOW_NEED_DEVICE, .what = "/dev/zram0" }, "/dev/zram0" },
		{ { .kind = PCOW_NEED_PROGRAM, .what = "/bin/true" }, "/bin/true" },
		{ { .kind = PCOW_NEED_CGROUP, .what = "memory" }, "cgroup controller memory" },
		{ { .kind = PCOW_NEED_HUGETLB, .what = "2M", .least = 64 << 20 },
		  "hugetlb-2M >= 64M" },
		{ { .kind = PCOW_NEED_MEMLOCK, .least = 1, .times = "size" },
		  "RLIMIT_MEMLOCK >= size" },
		{ { .kind = PCOW_NEED_MEMLOCK, .least = 2, .times = "size" },
		  "RLIMIT_MEMLOCK >= 2 * size" },
		{ { .kind = PCOW_NEED_NODES, .least = 2 }, "NUMA nodes >= 2" },
		{ { .kind = PCOW_NEED_CPUS, .least = 2 }, "CPUs >= 2" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		pcow_need_format(text, sizeof(text), &tests[i].need);
		assert_string_equal(text, tests[i].text);
	}
}

#define NEED_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NEED_TEST(test_capability),
		NEED_TEST(test_syscall),
		NEED_TEST(test_forbidden_syscall),
		NEED_TEST(test_sysctl),
		NEED_TEST(test_module),
		NEED_TEST(test_device_and_program),
		NEED_TEST(test_cgroup),
		NEED_TEST(test_hugetlb),
		NEED_TEST(test_memlock),
		NEED_TEST(test_overflow),
		NEED_TEST(test_memlock_here),
		NEED_TEST(test_nodes_and_cpus),
		NEED_TEST(test_cpus_here),
		NEED_TEST(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
