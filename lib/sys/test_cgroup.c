/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a process's cgroup is to be found, in containers too. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <pincow/cgroup.h>

static char folder[] = "/tmp/pincow-cgroup-XXXXXX";
static struct pcow_root root;

static void path_of(const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/proc/%s", folder, name);
}

static int group_setup(void **state)
{
	char path[64];

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	path_of("", path, sizeof(path));
	if (mkdir(path, 0700))
		return -1;
	path_of("self", path, sizeof(path));
	return mkdir(path, 0700) ? -1 : pcow_root_open(&root, folder, NULL);
}

static int group_teardown(void **state)
{
	static const char *const names[] = { "self/cgroup", "self", "" };
	char path[64];

	(void)state;
	pcow_root_close(&root);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(names[i], path, sizeof(path));
		if (remove(path))
			return -1;
	}
	return rmdir(folder);
}

/* The folder of a process in @path, where @top is mounted, or NULL. */
static const char *folder_of(const char *path, const char *top)
{
	struct pcow_cgroup_mount mount = { .v2 = true, .point = (char *)"c", .top = (char *)top };
	static char found[64];
	char name[64];
	FILE *file;
	int ret;

	path_of("self/cgroup", name, sizeof(name));
	file = fopen(name, "w");
	assert_non_null(file);
	fprintf(file, "4:memory:/other\n0::%s\n", path);
	assert_int_equal(fclose(file), 0);
	ret = pcow_cgroup_folder(&root, &mount, NULL, found, sizeof(found));
	assert_true(ret == 0 || ret == -ENODATA);
	return ret ? NULL : found;
}

static void test_whole_hierarchy(void **state)
{
	(void)state;
	assert_string_equal(folder_of("/", "/"), "c");
	assert_string_equal(folder_of("/ci/job", "/"), "c/ci/job");
	/* Above the root of the namespace: no folder shows it. */
	assert_null(folder_of("/../ci", "/"));
}

static void test_part_of_it(void **state)
{
	(void)state;
	assert_string_equal(folder_of("/pod/x", "/pod/x"), "c");
	assert_string_equal(folder_of("/pod/x/in", "/pod/x"), "c/in");
	assert_null(folder_of("/pod/xy", "/pod/x"));
	assert_null(folder_of("/pod", "/pod/x"));
	assert_null(folder_of("/", "/pod/x"));
}

/* A mount from outside of the namespace of the process. */
static void test_above_the_namespace(void **state)
{
	(void)state;
	assert_string_equal(folder_of("/", "/.."), "c");
	assert_string_equal(folder_of("/in", "/../.."), "c");
	assert_string_equal(folder_of("/../../in", "/../.."), "c/in");
	assert_null(folder_of("/../../in", "/.."));
	/* Beside it, not above. */
	assert_null(folder_of("/", "/../a"));
	assert_string_equal(folder_of("/../a/in", "/../a"), "c/in");
	/* A name that begins like a step up. */
	assert_null(folder_of("/in", "/..a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_hierarchy),
		cmocka_unit_test(test_part_of_it),
		cmocka_unit_test(test_above_the_namespace),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
