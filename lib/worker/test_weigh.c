/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory pass on readings and machines that are made up: what closes, and
 * who maps what.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "weigh.h"

#define KIB INT64_C(1024)

#define JUDGE(resolution, value, ...)                                                              \
	pcow_weigh_judge((const int64_t[]){ __VA_ARGS__ },                                         \
			 sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), resolution,   \
			 value)

static void three_triples_that_agree_close(void **state)
{
	int64_t value;

	(void)state;
	assert_true(JUDGE(1, &value, 5, 105, 5, 105, 5, 105, 5));
	assert_int_equal(value, 100);
	/* Given back while held. */
	assert_true(JUDGE(1, &value, 105, 5, 105, 5, 105, 5, 105));
	assert_int_equal(value, -100);
	/* Within the resolution, but not at it. */
	assert_true(JUDGE(10, &value, 5, 105, 14, 105, 9, 106, 5));
	assert_int_equal(value, 100);
	assert_false(JUDGE(10, &value, 5, 105, 15, 115, 25, 125, 25));
	assert_false(JUDGE(10, &value, 5, 105, 5, 105, 5, 115, 5));
}

static void others_do_not_get_in(void **state)
{
	int64_t value;

	(void)state;
	/* Two triples are no evidence: who pins now and then is there or not. */
	assert_false(JUDGE(1, &value, 5, 105, 5, 105, 5));
	/* Something else came, and stayed: that triple is passed over. */
	assert_true(JUDGE(1, &value, 5, 105, 5, 605, 505, 605, 505, 605, 505));
	assert_int_equal(value, 100);
	/* It came and went between the readings of a triple, which closes: of those
	 * that disagree none is to be believed. */
	assert_false(JUDGE(1, &value, 5, 605, 5, 105, 5, 105, 5, 105, 5));
	assert_false(JUDGE(1, &value, 5, 105, 5, 106, 5, 107, 5, 108, 5, 109, 5));
}

/* ------------------------------------------------------ machines made of files */

struct machine {
	char path[64];
};

static int make_machine(void **state)
{
	struct machine *m = malloc(sizeof(*m));

	strcpy(m->path, "/tmp/pincow-weigh-XXXXXX");
	*state = m;
	return mkdtemp(m->path) ? 0 : -1;
}

static int remove_machine(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", ((struct machine *)*state)->path);
	free(*state);
	return system(command);
}

static void put(const struct machine *m, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", m->path, name);
	for (char *c = path + strlen(m->path) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(path, 0700);
		*c = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void put_process(const struct machine *m, int pid, const char *children, int pte_kib,
			int anon_kib, int own_kib, int shared_kib)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "proc/%d/task/%d/children", pid, pid);
	put(m, path, children);
	snprintf(path, sizeof(path), "proc/%d/status", pid);
	snprintf(text, sizeof(text), "Name:\ta\nVmPTE:\t%8d kB\nThreads:\t1\n", pte_kib);
	put(m, path, text);
	snprintf(path, sizeof(path), "proc/%d/smaps_rollup", pid);
	snprintf(text, sizeof(text),
		 "1-2 ---p 0 0:0 0 [rollup]\nPss:  9999 kB\nPss_Anon:  %d kB\n"
		 "Shared_Hugetlb: %d kB\nPrivate_Hugetlb:  %d kB\n",
		 anon_kib, shared_kib, own_kib);
	put(m, path, text);
}

static void read_processes(const struct machine *m, int64_t weights[PCOW_WEIGHTS])
{
	struct pcow_sight sight;

	assert_int_equal(pcow_sight_open(&sight, m->path, 100), 0);
	pcow_process_read(&sight, true, weights);
	pcow_sight_close(&sight);
}

static void children_and_theirs_are_weighed_with_the_worker(void **state)
{
	const struct machine *m = *state;
	int64_t weights[PCOW_WEIGHTS];

	put_process(m, 100, "101 ", 40, 639, 0, 8192);
	put_process(m, 101, "", 60, 640, 2048, 8192);
	read_processes(m, weights);
	assert_int_equal(weights[PCOW_WEIGHT_PAGE_TABLES], 100 * KIB);
	/* An nth of each page in each, cut to KiB: rounded to pages in the sum. */
	assert_int_equal(weights[PCOW_WEIGHT_ANON], 1280 * KIB);
	assert_int_equal(weights[PCOW_WEIGHT_HUGETLB], (2048 + 8192) * KIB);
	assert_true(weights[PCOW_WEIGHT_SLAB] == PCOW_UNREAD);

	/* With three, "shared" does not say by how many. */
	put_process(m, 101, "102 ", 60, 1000, 2048, 8192);
	put_process(m, 102, "", 5, 7, 0, 0);
	read_processes(m, weights);
	assert_int_equal(weights[PCOW_WEIGHT_PAGE_TABLES], 105 * KIB);
	assert_true(weights[PCOW_WEIGHT_HUGETLB] == PCOW_UNREAD);
}

static void what_cannot_be_read_is_not_zero(void **state)
{
	const struct machine *m = *state;
	int64_t weights[PCOW_WEIGHTS];

	/* A child that is not to be seen. */
	put_process(m, 100, "101 ", 40, 1000, 0, 0);
	read_processes(m, weights);
	for (size_t i = 0; i < PCOW_WEIGHTS; i++)
		assert_true(weights[i] == PCOW_UNREAD);
}

static void the_host_counts_the_rest(void **state)
{
	const struct machine *m = *state;
	int64_t weights[PCOW_WEIGHTS];
	struct pcow_sight sight;

	put(m, "proc/meminfo",
	    "AnonPages: 10 kB\nSUnreclaim: 20 kB\nPageTables: 30 kB\nVmallocUsed: 40 kB\n");
	put(m, "proc/vmstat", "nr_foll_pin_acquired 4100\nnr_foll_pin_released 4\n");
	put(m, "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "8\n");
	put(m, "sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "5\n");
	put(m, "sys/kernel/mm/hugepages/hugepages-64kB/nr_hugepages", "2\n");
	put(m, "sys/kernel/mm/hugepages/hugepages-64kB/free_hugepages", "0\n");
	assert_int_equal(pcow_sight_open(&sight, m->path, 100), 0);
	pcow_host_read(&sight, weights);
	pcow_sight_close(&sight);
	assert_int_equal(weights[PCOW_WEIGHT_ANON], 10 * KIB);
	assert_int_equal(weights[PCOW_WEIGHT_SLAB], 20 * KIB);
	assert_int_equal(weights[PCOW_WEIGHT_PAGE_TABLES], 30 * KIB);
	assert_int_equal(weights[PCOW_WEIGHT_VMALLOC], 40 * KIB);
	assert_int_equal(weights[PCOW_WEIGHT_FOLL_PINS], 4096);
	assert_int_equal(weights[PCOW_WEIGHT_HUGETLB], (3 * 2048 + 2 * 64) * KIB);
	assert_true(weights[PCOW_WEIGHT_KERNEL_STACK] == PCOW_UNREAD);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, make_machine, remove_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_triples_that_agree_close),
		cmocka_unit_test(others_do_not_get_in),
		ON_MACHINE(children_and_theirs_are_weighed_with_the_worker),
		ON_MACHINE(what_cannot_be_read_is_not_zero),
		ON_MACHINE(the_host_counts_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
