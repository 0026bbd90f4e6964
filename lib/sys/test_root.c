/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads below a root: whole, cut, parsed, and never outside it. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <pincow/root.h>

static char folder[] = "/tmp/pincow-root-XXXXXX";
static struct pcow_root root;

static void put(const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/file", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int group_setup(void **state)
{
	(void)state;
	return mkdtemp(folder) ? pcow_root_open(&root, folder, NULL) : -1;
}

static int group_teardown(void **state)
{
	char path[64];

	(void)state;
	pcow_root_close(&root);
	snprintf(path, sizeof(path), "%s/file", folder);
	unlink(path);
	return rmdir(folder);
}

static void test_open(void **state)
{
	struct pcow_error err = { "" };
	struct pcow_root other;

	(void)state;
	assert_false(root.live);
	assert_int_equal(pcow_root_open(&other, "//", &err), 0);
	assert_true(other.live);
	pcow_root_close(&other);
	assert_int_equal(pcow_root_open(&other, "/nowhere", &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nowhere"));
}

static int is_found(const char *name, void *arg)
{
	(void)arg;
	return strcmp(name, "self") == 0;
}

static void test_live(void **state)
{
	uint64_t pid = 0;
	char buf[8];

	(void)state;
	assert_int_equal(chdir(folder), 0);
	put("7");
	assert_int_equal(pcow_root_read_field(&pcow_root_live, "proc/self/status", "Pid", &pid), 0);
	assert_int_equal(pid, getpid());
	/* Below the root, wherever this process stands. */
	assert_int_equal(pcow_root_read(&pcow_root_live, "file", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(pcow_root_each(&pcow_root_live, "proc", "self", is_found, NULL), 1);
	assert_int_equal(pcow_root_read(&pcow_root_live, "/proc/version", buf, sizeof(buf)),
			 -EINVAL);
	assert_int_equal(chdir("/"), 0);
}

/* Cut, it would be the path of a file that is there. */
static void test_long_path(void **state)
{
	static const char file[] = "proc/version";
	char path[PATH_MAX + 1] = "", buf[8];

	(void)state;
	while (strlen(path) + strlen("/") + strlen(file) < PATH_MAX - 1)
		strcat(path, "./");
	strcat(path, file);
	path[PATH_MAX - 2] = '\0';
	assert_int_equal(strlen(path), PATH_MAX - 2);
	assert_true(pcow_root_read(&pcow_root_live, path, buf, sizeof(buf)) > 0);
	strcat(path, "x");
	assert_int_equal(pcow_root_read(&pcow_root_live, path, buf, sizeof(buf)), -ENAMETOOLONG);
}

static void test_stays_below(void **state)
{
	static const char *const outside[] = { "/etc/passwd", "../etc/passwd", "proc/../../etc",
					       "..",	      "proc/..",       "" };
	char buf[16];

	(void)state;
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		assert_int_equal(pcow_root_read(&root, outside[i], buf, sizeof(buf)), -EINVAL);
	/* Two dots within a name are nothing special. */
	assert_int_equal(pcow_root_read(&root, "a..b/..c", buf, sizeof(buf)), -ENOENT);
}

static void test_read(void **state)
{
	char buf[8];

	(void)state;
	put("ab c \n\n");
	assert_int_equal(pcow_root_read(&root, "file", buf, sizeof(buf)), 4);
	assert_string_equal(buf, "ab c");
	put("0123456789");
	assert_int_equal(pcow_root_read(&root, "file", buf, sizeof(buf)), 7);
	assert_string_equal(buf, "0123456");
	assert_int_equal(pcow_root_read(&root, "none", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(pcow_root_read(&root, "file", buf, 0), -EINVAL);
}

static void test_read_u64(void **state)
{
	static const char *const none[] = { "", "-1", "+1", "x", "1x", "1 2", "0x10" };
	uint64_t value;

	(void)state;
	put("18446744073709551615\n");
	assert_int_equal(pcow_root_read_u64(&root, "file", &value), 0);
	assert_true(value == UINT64_MAX);
	put("18446744073709551616\n");
	assert_int_equal(pcow_root_read_u64(&root, "file", &value), -ERANGE);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		put(none[i]);
		assert_int_equal(pcow_root_read_u64(&root, "file", &value), -EINVAL);
	}
}

static void test_read_choice(void **state)
{
	char buf[16];

	(void)state;
	put("always [madvise] never\n");
	assert_int_equal(pcow_root_read_choice(&root, "file", buf, sizeof(buf)), 7);
	assert_string_equal(buf, "madvise");
	/* The words may be longer than the buffer, as long as the chosen one fits. */
	put("always defer defer+madvise madvise [never]\n");
	assert_int_equal(pcow_root_read_choice(&root, "file", buf, sizeof(buf)), 5);
	assert_string_equal(buf, "never");
	put("tsc\n");
	assert_int_equal(pcow_root_read_choice(&root, "file", buf, sizeof(buf)), 3);
	assert_string_equal(buf, "tsc");
	put("broken [word\n");
	assert_int_equal(pcow_root_read_choice(&root, "file", buf, sizeof(buf)), 12);
	put("abcdefgh\n");
	assert_int_equal(pcow_root_read_choice(&root, "file", buf, 4), 3);
	assert_string_equal(buf, "abc");
}

static void test_read_field(void **state)
{
	char text[1024];
	uint64_t value;

	(void)state;
	put("MemTotalX: 1 kB\nMemTotal:       24684092 kB\nHugePages_Total:  12\n"
	    "pgfault 77\nBad: many\nHuge: 18014398509481984 kB\n");
	assert_int_equal(pcow_root_read_field(&root, "file", "MemTotal", &value), 0);
	assert_true(value == UINT64_C(24684092) * 1024);
	assert_int_equal(pcow_root_read_field(&root, "file", "HugePages_Total", &value), 0);
	assert_true(value == 12);
	assert_int_equal(pcow_root_read_field(&root, "file", "pgfault", &value), 0);
	assert_true(value == 77);
	assert_int_equal(pcow_root_read_field(&root, "file", "Mem", &value), -ENODATA);
	assert_int_equal(pcow_root_read_field(&root, "file", "Bad", &value), -EINVAL);
	assert_int_equal(pcow_root_read_field(&root, "file", "Huge", &value), -ERANGE);
	assert_int_equal(pcow_root_read_field(&root, "none", "Mem", &value), -ENOENT);
	/* What stands late in a long line is no line of its own. */
	memset(text, 'x', sizeof(text));
	for (size_t at = 255; at < 600; at += 255)
		memcpy(text + at, "pgfault 1", 9);
	strcpy(text + 800, "\npgfault 2\n");
	put(text);
	assert_int_equal(pcow_root_read_field(&root, "file", "pgfault", &value), 0);
	assert_true(value == 2);
}

static int collect(const char *name, void *arg)
{
	strcat(arg, name + strlen("hugepages-"));
	strcat(arg, " ");
	return strcmp(name, "hugepages-256kB") == 0 ? 42 : 0;
}

static void test_each(void **state)
{
	static const char *const sizes[] = { "1024", "64", "256", "128" };
	char path[96], names[64] = "";

	(void)state;
	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/hugepages-%skB", folder, sizes[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	/* By number, and ended by what the visitor returns. */
	assert_int_equal(pcow_root_each(&root, ".", "hugepages-", collect, names), 42);
	assert_string_equal(names, "64kB 128kB 256kB ");
	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/hugepages-%skB", folder, sizes[i]);
		assert_int_equal(rmdir(path), 0);
	}
	assert_int_equal(pcow_root_each(&root, "none", "", collect, names), -ENOENT);
	assert_int_equal(pcow_root_each(&root, "/proc", "", collect, names), -EINVAL);
}

static void test_has_word(void **state)
{
	(void)state;
	assert_true(pcow_text_has_word("ro nokaslr quiet", "nokaslr", ' '));
	assert_true(pcow_text_has_word("nokaslr", "nokaslr", ' '));
	assert_true(pcow_text_has_word("nokaslr2 nokaslr", "nokaslr", ' '));
	assert_false(pcow_text_has_word("ro x.nokaslr nokaslr=1", "nokaslr", ' '));
	assert_false(pcow_text_has_word("powersave", "save", ','));
	assert_true(pcow_text_has_word("powersave,performance", "performance", ','));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),	    cmocka_unit_test(test_live),
		cmocka_unit_test(test_long_path),   cmocka_unit_test(test_stays_below),
		cmocka_unit_test(test_read),	    cmocka_unit_test(test_read_u64),
		cmocka_unit_test(test_read_choice), cmocka_unit_test(test_read_field),
		cmocka_unit_test(test_each),	    cmocka_unit_test(test_has_word),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
