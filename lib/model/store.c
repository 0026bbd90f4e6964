/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one store to a page costs the kernel: a fault, a copy? */
#include "probe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <pincow/root.h>

/* Of an ordinary user, who has only a count that the whole host shares. */
#define TRIES 5

static size_t minor_faults(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) ? 0 : (size_t)usage.ru_minflt;
}

int pcow_probe_mprotect_no_fault(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_region mem;
	size_t before, faults;
	int ret = pcow_probe_map_base(run, &mem);

	if (!ret)
		ret = pcow_probe_reprotect(run, &mem);
	if (ret)
		return ret;
	/* The first call may fault in code and stack. */
	minor_faults();
	before = minor_faults();
	pcow_region_write_each(&mem, pcow_page_bytes());
	faults = minor_faults() - before;
	pcow_feature_count(feature, faults < PROBE_PAGES ? PROBE_PAGES - faults : 0, PROBE_PAGES,
			   "were written without a fault after mprotect()");
	return 0;
}

/* Write faults resolved by reuse since boot, on the whole host (v5.9 on). */
static int reuses(struct pcow_run *run, uint64_t *n)
{
	struct pcow_root root;
	struct pcow_error err = { "" };
	int ret = pcow_root_open(&root, "/", &err);

	if (ret)
		return pcow_skip(run, "", "%s", err.text);
	ret = pcow_root_read_field(&root, "proc/vmstat", "pgreuse", n);
	pcow_root_close(&root);
	return ret ? pcow_skip(run, "root, who sees frame numbers",
			       "/proc/vmstat does not tell pgreuse")
		   : 0;
}

/* What stores to half of a PTE-mapped THP did, once the child was gone that shared it. */
struct stores {
	size_t pages;
	uint64_t *before, *after; /* pagemap entries */
	uint64_t reused; /* by vmstat, where those hold no frame numbers */
};

static bool shows_frames(const struct stores *stores)
{
	return stores->before[0] & PCOW_PAGEMAP_PFN_MASK;
}

static int read_entries(struct pcow_run *run, const struct pcow_region *mem, size_t n,
			uint64_t *entries)
{
	int ret = pcow_pagemap_read(mem->addr, n, entries);

	return ret ? pcow_error(run, -ret, "/proc/self/pagemap") : 0;
}

static int store(struct pcow_run *run, const struct pcow_region *mem, struct stores *stores)
{
	/* Not to all of it: the last page to be copied would find the folio without
	 * another user, and be reused by every model. */
	struct pcow_region half = { .addr = mem->addr, .bytes = mem->bytes / 2 };
	uint64_t before = 0, after = 0;
	int ret = read_entries(run, mem, stores->pages, stores->before);

	if (!ret && !shows_frames(stores))
		ret = reuses(run, &before);
	if (ret)
		return ret;
	pcow_region_write_each(&half, pcow_page_bytes());
	if (!shows_frames(stores))
		ret = reuses(run, &after);
	if (after - before < stores->reused)
		stores->reused = after - before;
	return ret ? ret : read_entries(run, mem, stores->pages, stores->after);
}

static int share_and_store(struct pcow_run *run, struct stores *stores)
{
	struct pcow_region mem = { .addr = NULL };
	int ret = pcow_probe_map_thp(run, &mem, PCOW_THP_PTE);

	if (!ret)
		ret = pcow_probe_share_briefly(run);
	if (!ret)
		ret = store(run, &mem, stores);
	pcow_region_unmap(&mem);
	return ret;
}

/*
 * Root sees each page's frame.  An ordinary user sees how many faults of the
 * whole host were reuses meanwhile.  Others can only add to that, so the
 * fewest of several tries counts: fewer than the pages, and they were copied.
 */
static void judge(const struct stores *stores, struct pcow_feature *feature)
{
	size_t n = stores->pages, kept = 0;
	bool busy = stores->reused >= 2 * n;

	if (shows_frames(stores)) {
		for (size_t i = 0; i < n; i++)
			kept += !((stores->before[i] ^ stores->after[i]) & PCOW_PAGEMAP_PFN_MASK);
		pcow_feature_count(feature, kept, n,
				   "of a PTE-mapped THP kept their frame once the child was gone");
		return;
	}
	if (!busy)
		feature->seen = stores->reused >= n ? PCOW_SEEN_TRUE : PCOW_SEEN_FALSE;
	snprintf(busy ? feature->reason : feature->evidence, sizeof(feature->evidence),
		 "vmstat counts %" PRIu64 " reuses in the host while %zu pages of a PTE-mapped THP "
		 "are stored to%s",
		 stores->reused, n, busy ? ": others are too busy" : "");
}

int pcow_probe_pte_thp_reuse(struct pcow_run *run, struct pcow_feature *feature)
{
	size_t n = pcow_thp_bytes() / 2 / pcow_page_bytes();
	struct stores stores = { .pages = n, .reused = UINT64_MAX };
	int ret = 0;

	stores.before = calloc(n + 1, sizeof(*stores.before));
	stores.after = calloc(n + 1, sizeof(*stores.after));
	if (!stores.before || !stores.after)
		ret = pcow_error(run, ENOMEM, "pagemap entries");
	for (int i = 0; i < TRIES && !ret && !shows_frames(&stores); i++)
		ret = share_and_store(run, &stores);
	if (!ret)
		judge(&stores, feature);
	free(stores.before);
	free(stores.after);
	return ret;
}
