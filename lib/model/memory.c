/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory that probes look at, and what is done to it. */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <pincow/worker.h>

/* The PMD size of arm64 with 64 KiB pages is 512 MiB, too much to take unasked. */
#define THP_BYTES_MAX ((size_t)64 << 20)

/* Folios of two pages have no room for their owners (v6.15). */
#define MTHP_PAGES_MIN 4
/* So many pages of mTHP at least: reuses of few would drown among the host's. */
#define MTHP_PAGES     128
#define MTHP_SIZES_MAX 16

/*
 * Faulted by a store each, as GUP-fast refuses the zero page, and then drained:
 * a batch's reference would look like somebody's.
 */
int pcow_probe_map_base(struct pcow_run *run, struct pcow_region *mem)
{
	int ret = pcow_region_map_base(run, mem, PROBE_PAGES * pcow_page_bytes());

	if (ret)
		return ret;
	pcow_region_write_each(mem, pcow_page_bytes());
	return pcow_lru_drain(run);
}

/* Every page once more, since a large folio comes with one store; then drained. */
static int populate_large(struct pcow_run *run, struct pcow_region *mem)
{
	int ret = pcow_region_populate(run, mem);

	if (ret)
		return ret;
	pcow_region_write_each(mem, pcow_page_bytes());
	return pcow_lru_drain(run);
}

int pcow_probe_map_thp(struct pcow_run *run, struct pcow_region *mem, enum pcow_page_class cls)
{
	struct pcow_page_kind kind = { .cls = cls, .folio_bytes = pcow_thp_bytes() };
	int ret;

	if (kind.folio_bytes > THP_BYTES_MAX)
		return pcow_skip(run, "", "one THP of %zu MiB is more than a probe takes",
				 kind.folio_bytes >> 20);
	/* With more bits set, memory that asks by madvise() is excepted (v6.18). */
	if (prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1)
		return pcow_skip(run, "start it from a process without PR_SET_THP_DISABLE",
				 "this process may not have THP: prctl(PR_SET_THP_DISABLE)");
	ret = pcow_region_map_kind(run, mem, kind, kind.folio_bytes);
	return ret ? ret : populate_large(run, mem);
}

/*
 * The kernel takes the largest size that is on and fits the VMA.  So each folio
 * gets a VMA of its own: advice that matters to nobody, to every other one, keeps
 * them from being merged.
 */
static int advise_apart(struct pcow_run *run, const struct pcow_region *mem)
{
	size_t folio = mem->kind.folio_bytes;

	if (madvise(mem->addr, mem->bytes, MADV_HUGEPAGE))
		return pcow_error(run, errno, "madvise(MADV_HUGEPAGE)");
	for (size_t at = 0; at < mem->bytes; at += 2 * folio)
		if (madvise(mem->addr + at, folio, MADV_DONTDUMP))
			return pcow_error(run, errno, "madvise(MADV_DONTDUMP)");
	return 0;
}

/* Settings are not asked: with VMAs that only this size fits, the proof tells. */
static int map_mthp(struct pcow_run *run, struct pcow_region *mem, size_t folio_bytes)
{
	size_t page = pcow_page_bytes();
	size_t least = MTHP_PAGES * page;
	struct pcow_region around;
	uintptr_t start;
	int ret;

	*mem = (struct pcow_region){
		.kind = { .cls = PCOW_MTHP, .folio_bytes = folio_bytes },
		.bytes = folio_bytes > least ? folio_bytes : least,
		.map_bytes = page,
		.copy_bytes = page,
	};
	ret = pcow_region_map_base(run, &around, mem->bytes + folio_bytes);
	if (ret)
		return ret;
	start = ((uintptr_t)around.addr + folio_bytes - 1) / folio_bytes * folio_bytes;
	/* What lies around is never touched, and goes with the process. */
	mem->addr = (char *)start;
	ret = advise_apart(run, mem);
	return ret ? ret : populate_large(run, mem);
}

static int try_thp(struct pcow_run *run, void *mem)
{
	return pcow_probe_map_thp(run, mem, PCOW_THP_PTE);
}

/* Sizes of mTHP that a probe can look at, ascending; how many. */
static size_t mthp_sizes(size_t *sizes)
{
	size_t n = pcow_page_kind_list(PCOW_MTHP, sizes, MTHP_SIZES_MAX);
	size_t usable = 0;

	for (size_t i = 0; i < n; i++) {
		if (sizes[i] >= MTHP_PAGES_MIN * pcow_page_bytes() && sizes[i] <= THP_BYTES_MAX)
			sizes[usable++] = sizes[i];
	}
	return usable;
}

int pcow_probe_map_large(struct pcow_run *run, struct pcow_region *mem)
{
	char reason[256], remedy[256];
	size_t sizes[MTHP_SIZES_MAX];
	size_t n = mthp_sizes(sizes);

	*mem = (struct pcow_region){ .addr = NULL };
	/* Apart, for its reason: that is the one to tell when no mTHP serves either. */
	if (!pcow_run_apart(try_thp, mem, reason, remedy, sizeof(reason)))
		return 0;
	for (size_t i = 0; i < n; i++) {
		pcow_region_unmap(mem);
		if (!map_mthp(run, mem, sizes[i]))
			return 0;
	}
	if (!*remedy && n)
		snprintf(remedy, sizeof(remedy),
			 "echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-%zukB/"
			 "enabled as root",
			 sizes[0] / 1024);
	return pcow_skip(run, remedy, "%s%s", reason, n ? "; nor is mTHP to be had" : "");
}

int pcow_probe_reprotect(struct pcow_run *run, const struct pcow_region *mem)
{
	if (mprotect(mem->addr, mem->bytes, PROT_READ) ||
	    mprotect(mem->addr, mem->bytes, PROT_READ | PROT_WRITE))
		return pcow_error(run, errno, "mprotect");
	return 0;
}

int pcow_probe_share_briefly(struct pcow_run *run)
{
	struct pcow_peer sharer = { .pid = 0 };
	int ret = pcow_peer_open(run, &sharer);

	if (!ret && (ret = pcow_peer_fork(&sharer)))
		pcow_error(run, -ret, "fork");
	pcow_peer_close(&sharer);
	return ret;
}
