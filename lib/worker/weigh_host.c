/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own counters, which every task of the host moves. */
#include "weigh.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>

/* All but PCOW_WEIGHT_HUGETLB and what only a memcg counts, by file. */
static const struct {
	const char *file;
	const char *key;
	const char *minus; /* a second counter of the same file, taken off */
} counters[PCOW_WEIGHTS] = {
	[PCOW_WEIGHT_ANON] = { "proc/meminfo", "AnonPages", NULL },
	[PCOW_WEIGHT_PAGE_TABLES] = { "proc/meminfo", "PageTables", NULL },
	[PCOW_WEIGHT_KERNEL_STACK] = { "proc/meminfo", "KernelStack", NULL },
	[PCOW_WEIGHT_SLAB] = { "proc/meminfo", "SUnreclaim", NULL },
	[PCOW_WEIGHT_VMALLOC] = { "proc/meminfo", "VmallocUsed", NULL },
	/* One a page, or one a folio where who pins coalesces them. */
	[PCOW_WEIGHT_FOLL_PINS] = { "proc/vmstat", "nr_foll_pin_acquired", "nr_foll_pin_released" },
};

static int add_pool(const char *name, void *arg)
{
	struct pcow_sight *sight = arg;
	struct pcow_pool *pool = &sight->pools[sight->nr_pools];

	if (sight->nr_pools == PCOW_POOLS_MAX)
		return -E2BIG;
	if (sscanf(name, "hugepages-%" SCNu64 "kB", &pool->kib) == 1) {
		snprintf(pool->name, sizeof(pool->name), "%s", name);
		sight->nr_pools++;
	}
	return 0;
}

int pcow_sight_open(struct pcow_sight *sight, const char *root, pid_t pid)
{
	int ret;

	*sight = (struct pcow_sight){ .machine = { .fd = -1 }, .pid = pid };
	sight->text = mmap(NULL, PCOW_SCRATCH_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (sight->text == MAP_FAILED) {
		sight->text = NULL;
		return -errno;
	}
	madvise(sight->text, PCOW_SCRATCH_BYTES, MADV_DONTFORK);
	ret = pcow_root_open(&sight->machine, root, NULL);
	/* A kernel without hugetlb has no such folder. */
	if (!ret && pcow_root_each(&sight->machine, "sys/kernel/mm/hugepages", "", add_pool, sight))
		sight->nr_pools = 0;
	return ret;
}

void pcow_sight_close(struct pcow_sight *sight)
{
	if (sight->text)
		munmap(sight->text, PCOW_SCRATCH_BYTES);
	pcow_root_close(&sight->machine);
}

/* Bytes of huge pages in use. */
static int64_t hugetlb(const struct pcow_sight *sight)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < sight->nr_pools; i++) {
		const struct pcow_pool *pool = &sight->pools[i];
		uint64_t total, unused;
		char path[112];

		snprintf(path, sizeof(path), "sys/kernel/mm/hugepages/%s/nr_hugepages", pool->name);
		if (pcow_root_read_u64(&sight->machine, path, &total))
			return PCOW_UNREAD;
		snprintf(path, sizeof(path), "sys/kernel/mm/hugepages/%s/free_hugepages",
			 pool->name);
		if (pcow_root_read_u64(&sight->machine, path, &unused))
			return PCOW_UNREAD;
		bytes += (int64_t)((total - unused) * pool->kib * 1024);
	}
	return sight->nr_pools ? bytes : PCOW_UNREAD;
}

void pcow_host_read(const struct pcow_sight *sight, int64_t weights[PCOW_WEIGHTS])
{
	const char *file = NULL;

	for (size_t i = 0; i < PCOW_WEIGHTS; i++) {
		uint64_t plus, minus = 0;

		weights[i] = PCOW_UNREAD;
		if (!counters[i].file)
			continue;
		if (counters[i].file != file) {
			file = counters[i].file;
			if (pcow_root_read(&sight->machine, file, sight->text, PCOW_SCRATCH_BYTES) <
			    0)
				sight->text[0] = '\0';
		}
		if (!pcow_text_field(sight->text, counters[i].key, &plus) &&
		    (!counters[i].minus ||
		     !pcow_text_field(sight->text, counters[i].minus, &minus)))
			weights[i] = (int64_t)(plus - minus);
	}
	weights[PCOW_WEIGHT_HUGETLB] = hugetlb(sight);
}
