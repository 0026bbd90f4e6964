/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the worker and its children map, by their own counters in /proc: no
 * other task is in them, and no privilege is needed.
 */
#include "weigh.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <pincow/page.h>

/* A worker has one child, or a few. */
#define PROCESSES_MAX 64

struct family {
	const struct pcow_sight *sight;
	pid_t pids[PROCESSES_MAX];
	size_t n;
};

static int read_file(const struct family *family, size_t i, const char *name)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "proc/%d/%s", family->pids[i], name);
	ret = pcow_root_read(&family->sight->machine, path, family->sight->text,
			     PCOW_SCRATCH_BYTES);
	/* A child that has exited and waits to be reaped has no memory. */
	if (ret == -ESRCH && i) {
		family->sight->text[0] = '\0';
		ret = 0;
	}
	return ret < 0 ? ret : 0;
}

/* Children of its main thread, the only one that forks.  A negative errno also
 * where the kernel has no such file (CONFIG_PROC_CHILDREN). */
static int add_children(struct family *family, size_t i)
{
	char name[64], *at = family->sight->text, *end;
	int ret;

	snprintf(name, sizeof(name), "task/%d/children", family->pids[i]);
	ret = read_file(family, i, name);
	if (ret)
		return ret;
	for (;; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			return 0;
		if (family->n == PROCESSES_MAX)
			return -E2BIG;
		family->pids[family->n++] = (pid_t)pid;
	}
}

static uint64_t field(const struct family *family, const char *key)
{
	uint64_t value;

	return pcow_text_field(family->sight->text, key, &value) ? 0 : value;
}

/* Page tables but for the top one, also those set aside to split a THP. */
static int64_t page_tables(const struct family *family)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < family->n; i++) {
		if (read_file(family, i, "status"))
			return PCOW_UNREAD;
		sum += field(family, "VmPTE");
	}
	return (int64_t)sum;
}

/*
 * A page that n processes map counts a nth in each: the sum over all who share
 * it is the page, but for what is rounded to KiB.  smaps has no such shares for
 * hugetlb, only whether anyone else maps a page: of two, that is the other.
 */
static void read_maps(const struct family *family, int64_t weights[PCOW_WEIGHTS])
{
	uint64_t page = pcow_page_bytes(), anon = 0, own = 0, shared = 0;

	for (size_t i = 0; i < family->n; i++) {
		if (read_file(family, i, "smaps_rollup"))
			return;
		anon += field(family, "Pss_Anon");
		own += field(family, "Private_Hugetlb");
		shared += field(family, "Shared_Hugetlb");
	}
	weights[PCOW_WEIGHT_ANON] = (int64_t)((anon + page / 2) / page * page);
	if (family->n <= 2)
		weights[PCOW_WEIGHT_HUGETLB] = (int64_t)(own + shared / family->n);
}

void pcow_process_read(const struct pcow_sight *sight, bool maps, int64_t weights[PCOW_WEIGHTS])
{
	struct family family = { .sight = sight, .pids = { sight->pid }, .n = 1 };

	for (size_t i = 0; i < PCOW_WEIGHTS; i++)
		weights[i] = PCOW_UNREAD;
	for (size_t i = 0; i < family.n; i++)
		if (add_children(&family, i))
			return;
	weights[PCOW_WEIGHT_PAGE_TABLES] = page_tables(&family);
	if (maps)
		read_maps(&family, weights);
}
