/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own counters, which every task of the host moves. */
#include "weigh.h"

#include <inttypes.h>
#include <stdio.h>

/* One for each weight but PCOW_WEIGHT_HUGETLB and what only a memcg counts. */
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

struct pool {
	const struct pcow_root *machine;
	int64_t used_bytes;
};

/* Pages of one size that are in use. */
static int add_pool(const char *name, void *arg)
{
	struct pool *pool = arg;
	uint64_t kib, total, unused;
	char path[128];

	if (sscanf(name, "hugepages-%" SCNu64 "kB", &kib) != 1)
		return 0;
	snprintf(path, sizeof(path), "sys/kernel/mm/hugepages/%.40s/nr_hugepages", name);
	if (pcow_root_read_u64(pool->machine, path, &total))
		return -1;
	snprintf(path, sizeof(path), "sys/kernel/mm/hugepages/%.40s/free_hugepages", name);
	if (pcow_root_read_u64(pool->machine, path, &unused))
		return -1;
	pool->used_bytes += (int64_t)((total - unused) * kib * 1024);
	return 0;
}

void pcow_host_read(const struct pcow_root *machine, int64_t weights[PCOW_WEIGHTS])
{
	struct pool pool = { .machine = machine };

	for (size_t i = 0; i < PCOW_WEIGHTS; i++) {
		uint64_t plus, minus = 0;

		weights[i] = PCOW_UNREAD;
		if (!counters[i].file ||
		    pcow_root_read_field(machine, counters[i].file, counters[i].key, &plus) ||
		    (counters[i].minus &&
		     pcow_root_read_field(machine, counters[i].file, counters[i].minus, &minus)))
			continue;
		weights[i] = (int64_t)(plus - minus);
	}
	if (!pcow_root_each(machine, "sys/kernel/mm/hugepages", "hugepages-", add_pool, &pool))
		weights[PCOW_WEIGHT_HUGETLB] = pool.used_bytes;
}
