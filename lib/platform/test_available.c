/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is left, by recorded hosts and cgroups. */
#include <string.h>

#include <pincow/platform.h>

#include "testing.h"

#define MIB (UINT64_C(1) << 20)

#define V2 "31 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
#define V1 "36 24 0:30 / /sys/fs/cgroup/memory rw shared:14 - cgroup cgroup rw,memory\n"

static char host[64];

static int host_setup(void **state)
{
	(void)state;
	snprintf(host, sizeof(host), "/tmp/pincow-available-XXXXXX");
	assert_non_null(mkdtemp(host));
	test_put(host, "/proc/meminfo", "MemFree: 1 kB\nMemAvailable:    4194304 kB\n");
	return 0;
}

static int host_teardown(void **state)
{
	(void)state;
	return test_remove(host);
}

static void put_cgroup(const char *mountinfo, const char *cgroup)
{
	char text[512];

	snprintf(text, sizeof(text), "22 1 254:0 / / rw - ext4 /dev/vda rw\n%s", mountinfo);
	test_put(host, "/proc/self/mountinfo", text);
	test_put(host, "/proc/self/cgroup", cgroup);
}

/* A group's files; NULL for one that it has not. */
static void put_group(const char *folder, const char *names[3], const char *max, const char *used,
		      const char *stat)
{
	const char *const texts[] = { max, used, stat };
	char path[256];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup%s/%s", folder, names[i]);
		if (texts[i])
			test_put(host, path, texts[i]);
	}
}

static void put_v2(const char *folder, const char *max, const char *used, const char *stat)
{
	put_group(folder, (const char *[]){ "memory.max", "memory.current", "memory.stat" }, max,
		  used, stat);
}

static void put_v1(const char *folder, const char *max, const char *used, const char *stat)
{
	put_group(
		folder,
		(const char *[]){ "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat" },
		max, used, stat);
}

static void assert_left(uint64_t mib, const char *who)
{
	char limiter[128];
	struct pcow_root root;
	uint64_t bytes;

	assert_int_equal(pcow_root_open(&root, host, NULL), 0);
	assert_int_equal(pcow_available_bytes(&root, &bytes, limiter, sizeof(limiter)), 0);
	pcow_root_close(&root);
	assert_string_equal(limiter, who);
	assert_int_equal(bytes, mib * MIB);
}

static void test_host_alone(void **state)
{
	(void)state;
	assert_left(4096, "the host");
	put_cgroup("", "0::/\n");
	assert_left(4096, "the host");
	/* The group of a host's own root has no limits. */
	put_cgroup(V2, "0::/\n");
	assert_left(4096, "the host");
}

static void test_v2(void **state)
{
	(void)state;
	put_cgroup(V2, "0::/ci/job\n");
	put_v2("/ci/job", "max\n", "104857600\n", "anon 5\ninactive_file 4\n");
	put_v2("/ci", "max\n", "104857600\n", NULL);
	assert_left(4096, "the host");
	put_v2("/ci/job", "734003200\n", "104857600\n", "anon 5\ninactive_file 52428800\n");
	assert_left(650, "cgroup /ci/job (memory.max)");
	/* The parent's counts too, and who throttles as well as who kills. */
	put_v2("/ci", "524288000\n", "209715200\n", NULL);
	assert_left(300, "cgroup /ci (memory.max)");
	test_put(host, "/sys/fs/cgroup/ci/memory.high", "314572800\n");
	assert_left(100, "cgroup /ci (memory.high)");
	/* Nothing is left, which is not "a lot". */
	put_v2("/ci", "104857600\n", "209715200\n", NULL);
	assert_left(0, "cgroup /ci (memory.max)");
}

static void test_v1(void **state)
{
	(void)state;
	put_cgroup(V1, "9:name=systemd:/\n4:memory:/a/b\n0::/\n");
	put_v1("/memory", "9223372036854771712\n", "0\n", NULL);
	put_v1("/memory/a", "734003200\n", "104857600\n", NULL);
	put_v1("/memory/a/b", "9223372036854771712\n", "0\n", NULL);
	assert_left(600, "cgroup /a (memory.limit_in_bytes)");
	put_v1("/memory/a", "734003200\n", "104857600\n", "total_inactive_file 52428800\n");
	assert_left(650, "cgroup /a (memory.limit_in_bytes)");
	/* Before v5.11: a parent that does not count its children. */
	test_put(host, "/sys/fs/cgroup/memory/a/memory.use_hierarchy", "0\n");
	assert_left(4096, "the host");
	/* The line of another controller is not this one's. */
	put_cgroup(V1, "9:name=systemd:/a\n4:cpu,cpuset:/a\n");
	assert_left(4096, "the host");
}

static void test_seen_from_containers(void **state)
{
	(void)state;
	put_v2("", "734003200\n", "0\n", NULL);
	put_v2("/in", "1048576\n", "0\n", NULL);
	/* A cgroup namespace of its own: the mount shows its root. */
	put_cgroup(V2, "0::/\n");
	assert_left(700, "cgroup / (memory.max)");
	/* None, but the container's group is what is mounted. */
	put_cgroup("31 24 0:27 /pod/x\\040y /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n",
		   "0::/pod/x y\n");
	assert_left(700, "cgroup / (memory.max)");
	put_cgroup("31 24 0:27 /pod/x\\040y /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n",
		   "0::/pod/x y/in\n");
	assert_left(1, "cgroup /in (memory.max)");
	/* The mount shows a group above the namespace's root: ours is some way below. */
	put_cgroup("31 24 0:27 /../.. /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n", "0::/in\n");
	assert_left(700, "cgroup / (memory.max)");
	put_cgroup("31 24 0:27 /../.. /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n", "0::/../../in\n");
	assert_left(1, "cgroup /in (memory.max)");
	/* This process was put outside of the namespace, whose groups are not its own. */
	put_cgroup(V2, "0::/../..\n");
	assert_left(4096, "the host");
	put_cgroup(V2, "0::/../in\n");
	assert_left(4096, "the host");
	put_cgroup("31 24 0:27 /pod /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n", "0::/podium/in\n");
	assert_left(4096, "the host");
}

static void assert_hugetlb_left(uint64_t bytes, const char *who)
{
	char limiter[128];
	struct pcow_root root;
	uint64_t left;

	assert_int_equal(pcow_root_open(&root, host, NULL), 0);
	pcow_available_hugetlb_bytes(&root, 2 * MIB, &left, limiter, sizeof(limiter));
	pcow_root_close(&root);
	assert_string_equal(limiter, who);
	assert_int_equal(left, bytes);
}

static void test_hugetlb(void **state)
{
	(void)state;
	put_v2("/a", "1048576\n", "0\n", NULL);
	put_cgroup(V2, "0::/a\n");
	assert_hugetlb_left(UINT64_MAX, "no cgroup");
	put_cgroup("31 24 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 "
		   "rw,memory_hugetlb_accounting\n",
		   "0::/a\n");
	assert_hugetlb_left(MIB, "cgroup /a (memory.max)");
	put_cgroup(V2, "0::/a\n");
	test_put(host, "/sys/fs/cgroup/a/hugetlb.2MB.max", "8388608\n");
	test_put(host, "/sys/fs/cgroup/a/hugetlb.2MB.current", "2097152\n");
	test_put(host, "/sys/fs/cgroup/a/hugetlb.1GB.max", "0\n");
	test_put(host, "/sys/fs/cgroup/a/hugetlb.1GB.current", "0\n");
	assert_hugetlb_left(6 * MIB, "cgroup /a (hugetlb.2MB.max)");
	put_cgroup("36 24 0:30 / /sys/fs/cgroup/hugetlb rw - cgroup cgroup rw,hugetlb\n",
		   "4:hugetlb:/b\n");
	test_put(host, "/sys/fs/cgroup/hugetlb/b/hugetlb.2MB.limit_in_bytes", "4194304\n");
	test_put(host, "/sys/fs/cgroup/hugetlb/b/hugetlb.2MB.usage_in_bytes", "0\n");
	assert_hugetlb_left(4 * MIB, "cgroup /b (hugetlb.2MB.limit_in_bytes)");
}

#define HOST_TEST(function) cmocka_unit_test_setup_teardown(function, host_setup, host_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOST_TEST(test_host_alone),	      HOST_TEST(test_v2),      HOST_TEST(test_v1),
		HOST_TEST(test_seen_from_containers), HOST_TEST(test_hugetlb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
