/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests: a root folder with the files that a test puts there. */
#ifndef PINCOW_PLATFORM_TESTING_H
#define PINCOW_PLATFORM_TESTING_H

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static inline void test_make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

/* @path is absolute; its folders are made. */
static inline void test_put(const char *root, const char *path, const char *text)
{
	char full[512];
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	test_make_parents(full);
	file = fopen(full, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline int test_remove_entry(const char *path, const struct stat *st, int type,
				    struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* 0 or -1, as a teardown returns. */
static inline int test_remove(const char *root)
{
	return nftw(root, test_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
