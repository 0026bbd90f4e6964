/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the worker and its children map, by their own counters in /proc: no
 * other task is in them, and no privilege is needed.
 */
#include "weigh.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/page.h>

/* A worker has one or two. */
#define PROCESSES_MAX 64

/* Larger than any status or smaps_rollup file. */
#define TEXT_BYTES 8192

struct family {
	const struct pcow_root *machine;
	pid_t pids[PROCESSES_MAX];
	size_t n;
	char path[64]; /* of the task whose children are read */
};

/* The children of one thread; -errno too where the kernel has no such file
 * (CONFIG_PROC_CHILDREN). */
static int add_children(const char *thread, void *arg)
{
	struct family *family = arg;
	char path[128], text[TEXT_BYTES], *at = text, *end;
	int ret;

	snprintf(path, sizeof(path), "%s/%.20s/children", family->path, thread);
	ret = pcow_root_read(family->machine, path, text, sizeof(text));
	if (ret < 0)
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

static int find_family(struct family *family)
{
	for (size_t i = 0; i < family->n; i++) {
		int ret;

		snprintf(family->path, sizeof(family->path), "proc/%d/task", family->pids[i]);
		ret = pcow_root_each(family->machine, family->path, "", add_children, family);
		if (ret)
			return ret;
	}
	return 0;
}

static int read_file(const struct family *family, size_t i, const char *name, char *text)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "proc/%d/%s", family->pids[i], name);
	ret = pcow_root_read(family->machine, path, text, TEXT_BYTES);
	/* A child that has exited and waits to be reaped has no memory. */
	if (ret == -ESRCH && i) {
		text[0] = '\0';
		ret = 0;
	}
	return ret < 0 ? ret : 0;
}

static uint64_t field(const char *text, const char *key)
{
	uint64_t value;

	return pcow_text_field(text, key, &value) ? 0 : value;
}

/* Page tables but for the top one, also those set aside to split a THP. */
static int64_t page_tables(const struct family *family)
{
	char text[TEXT_BYTES];
	uint64_t sum = 0;

	for (size_t i = 0; i < family->n; i++) {
		if (read_file(family, i, "status", text))
			return PCOW_UNREAD;
		sum += field(text, "VmPTE");
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
	char text[TEXT_BYTES];

	for (size_t i = 0; i < family->n; i++) {
		if (read_file(family, i, "smaps_rollup", text))
			return;
		anon += field(text, "Pss_Anon");
		own += field(text, "Private_Hugetlb");
		shared += field(text, "Shared_Hugetlb");
	}
	weights[PCOW_WEIGHT_ANON] = (int64_t)((anon + page / 2) / page * page);
	if (family->n <= 2)
		weights[PCOW_WEIGHT_HUGETLB] = (int64_t)(own + shared / family->n);
}

void pcow_process_read(const struct pcow_root *machine, pid_t pid, bool maps,
		       int64_t weights[PCOW_WEIGHTS])
{
	struct family family = { .machine = machine, .pids = { pid }, .n = 1 };

	for (size_t i = 0; i < PCOW_WEIGHTS; i++)
		weights[i] = PCOW_UNREAD;
	if (find_family(&family))
		return;
	weights[PCOW_WEIGHT_PAGE_TABLES] = page_tables(&family);
	if (maps)
		read_maps(&family, weights);
}
