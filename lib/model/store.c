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
	pcow_feature_from_count(feature, faults < PROBE_PAGES ? PROBE_PAGES - faults : 0,
				PROBE_PAGES, "were written without a fault after mprotect()");
	return 0;
}

/* Write faults resolved by reuse since boot, on the whole host (v5.9 on). */
static int read_reuses(struct pcow_run *run, uint64_t *n)
{
	if (!pcow_root_read_field(&pcow_root_live, "proc/vmstat", "pgreuse", n))
		return 0;
	return pcow_skip(run, "root, who sees frame numbers", "/proc/vmstat does not tell pgreuse");
}

/* What stores to large folios mapped by PTEs did, once the child was gone that shared them. */
struct stores {
	struct pcow_page_kind kind;
	size_t pages;
	bool shows_frames; /* pagemap does, so that @kept is known; else there is @reused */
	size_t kept; /* pages with the same frame as before */
	uint64_t reused; /* by vmstat */
};

/* Not all of a folio: the last page of it to be copied would find it without
 * another user, and be reused by every model. */
static struct pcow_region half_of(const struct pcow_region *mem, size_t folio)
{
	size_t bytes = mem->kind.folio_bytes;

	return (struct pcow_region){ .addr = mem->addr + folio * bytes, .bytes = bytes / 2 };
}

static size_t folios_of(const struct pcow_region *mem)
{
	return mem->bytes / mem->kind.folio_bytes;
}

static int read_entries(struct pcow_run *run, const struct pcow_region *mem, uint64_t *entries)
{
	size_t pages = mem->kind.folio_bytes / 2 / pcow_page_bytes();

	for (size_t i = 0; i < folios_of(mem); i++) {
		struct pcow_region half = half_of(mem, i);
		int ret = pcow_pagemap_read(half.addr, pages, entries + i * pages);

		if (ret)
			return pcow_error(run, -ret, "/proc/self/pagemap");
	}
	return 0;
}

static void write_halves(const struct pcow_region *mem)
{
	for (size_t i = 0; i < folios_of(mem); i++) {
		struct pcow_region half = half_of(mem, i);

		pcow_region_write_each(&half, pcow_page_bytes());
	}
}

/* What an ordinary user sees: how many faults of the whole host were reuses meanwhile. */
static int store_by_vmstat(struct pcow_run *run, const struct pcow_region *mem, uint64_t *reused)
{
	uint64_t before, after = 0;
	int ret = read_reuses(run, &before);

	if (ret)
		return ret;
	write_halves(mem);
	ret = read_reuses(run, &after);
	*reused = after - before;
	return ret;
}

/* What root sees: each page's frame.  @entries: what pagemap said before. */
static int store_by_frame(struct pcow_run *run, const struct pcow_region *mem,
			  const uint64_t *entries, size_t pages, size_t *kept)
{
	uint64_t *after = calloc(pages, sizeof(*after));
	int ret;

	if (!after)
		return pcow_error(run, ENOMEM, "pagemap entries");
	write_halves(mem);
	ret = read_entries(run, mem, after);
	for (size_t i = 0; i < pages && !ret; i++)
		*kept += !((entries[i] ^ after[i]) & PCOW_PAGEMAP_PFN_MASK);
	free(after);
	return ret;
}

static int store_and_look(struct pcow_run *run, const struct pcow_region *mem,
			  struct stores *stores)
{
	size_t pages = mem->bytes / 2 / pcow_page_bytes();
	uint64_t *entries = calloc(pages, sizeof(*entries));
	int ret = entries ? read_entries(run, mem, entries)
			  : pcow_error(run, ENOMEM, "pagemap entries");

	*stores = (struct stores){ .kind = mem->kind, .pages = pages };
	if (!ret) {
		stores->shows_frames = entries[0] & PCOW_PAGEMAP_PFN_MASK;
		ret = stores->shows_frames ? store_by_frame(run, mem, entries, pages, &stores->kept)
					   : store_by_vmstat(run, mem, &stores->reused);
	}
	free(entries);
	return ret;
}

static int share_and_store(struct pcow_run *run, struct stores *stores)
{
	struct pcow_region mem;
	int ret = pcow_probe_map_large(run, &mem);

	if (!ret)
		ret = pcow_probe_share_briefly(run);
	if (!ret)
		ret = store_and_look(run, &mem, stores);
	pcow_region_unmap(&mem);
	return ret;
}

static void judge(const struct stores *stores, struct pcow_feature *feature)
{
	bool busy = stores->reused >= 2 * stores->pages;
	char kind[32], what[128];

	pcow_page_kind_format(kind, sizeof(kind), &stores->kind);
	if (stores->shows_frames) {
		snprintf(what, sizeof(what), "of %s kept their frame once the child was gone",
			 kind);
		pcow_feature_from_count(feature, stores->kept, stores->pages, what);
		return;
	}
	if (!busy)
		feature->seen = stores->reused >= stores->pages ? PCOW_SEEN_TRUE : PCOW_SEEN_FALSE;
	snprintf(busy ? feature->reason : feature->evidence, sizeof(feature->evidence),
		 "vmstat counts %" PRIu64 " reuses in the host while %zu pages of %s are stored "
		 "to%s",
		 stores->reused, stores->pages, kind, busy ? ": others are too busy" : "");
}

/*
 * Others can only add to what vmstat counts, so the fewest of several tries
 * counts: fewer than the pages, and they were copied.  Tries may get folios of
 * different sizes.
 */
int pcow_probe_pte_thp_reuse(struct pcow_run *run, struct pcow_feature *feature)
{
	struct stores best = { .pages = 0 }, stores;

	for (int i = 0; i < TRIES && !best.shows_frames; i++) {
		int ret = share_and_store(run, &stores);

		if (ret)
			return ret;
		if (i == 0 || stores.reused * best.pages < best.reused * stores.pages)
			best = stores;
	}
	judge(&best, feature);
	return 0;
}
