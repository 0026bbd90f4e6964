/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private anonymous memory of one page kind, which proves its kind.
 *
 * A region lies between two inaccessible pages, so that the kernel merges its
 * VMA with no other: what smaps says of it is said of it alone.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <pincow/units.h>

#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif

static size_t guard_bytes(const struct pcow_region *region)
{
	return region->kind.cls == PCOW_HUGETLB ? 0 : pcow_page_bytes();
}

static int hugetlb_flags(const struct pcow_region *region)
{
	if (region->kind.cls != PCOW_HUGETLB)
		return 0;
	return MAP_HUGETLB | __builtin_ctzl(region->kind.folio_bytes) << MAP_HUGE_SHIFT;
}

/* Map at @region->addr, over the reservation, with the advice of the kind. */
static int map_fixed(struct pcow_run *run, const struct pcow_region *region)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | hugetlb_flags(region);
	bool large = region->kind.cls != PCOW_BASE && region->kind.cls != PCOW_HUGETLB;
	void *at = mmap(region->addr, region->bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (at == MAP_FAILED)
		return pcow_error(run, errno, "mapping %zu MiB", region->bytes >> 20);
	if (region->kind.cls == PCOW_HUGETLB)
		return 0;
	/* EINVAL: a kernel without THP, where base pages are all there is. */
	if (madvise(at, region->bytes, large ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) && large)
		return pcow_error(run, errno, "madvise(MADV_HUGEPAGE)");
	return 0;
}

static int reserve(struct pcow_run *run, struct pcow_region *region)
{
	size_t align = region->kind.folio_bytes;
	size_t guard = guard_bytes(region);
	size_t whole = region->bytes + align + 2 * guard;
	char *at = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *start, *end;

	if (at == MAP_FAILED)
		return pcow_error(run, errno, "reserving %zu MiB of addresses", whole >> 20);
	start = (char *)(((uintptr_t)at + guard + align - 1) / align * align);
	end = start + region->bytes;
	if (start - guard > at)
		munmap(at, (size_t)(start - guard - at));
	if (end + guard < at + whole)
		munmap(end + guard, (size_t)(at + whole - end - guard));
	region->addr = start;
	return 0;
}

int pcow_region_map_kind(struct pcow_run *run, struct pcow_region *region,
			 struct pcow_page_kind kind, size_t bytes)
{
	char reason[256], remedy[256];
	int ret;

	*region = (struct pcow_region){ .kind = kind, .bytes = bytes };
	if (!pcow_page_kind_check(&kind, bytes, NULL, reason, remedy, sizeof(reason)))
		return pcow_skip(run, remedy, "%s", reason);
	if (bytes == 0 || bytes % kind.folio_bytes)
		return pcow_skip(
			run, "another --set size=", "%zu bytes are no multiple of the folio's %zu",
			bytes, kind.folio_bytes);
	region->map_bytes = kind.cls == PCOW_THP || kind.cls == PCOW_HUGETLB ? kind.folio_bytes
									     : pcow_page_bytes();
	region->copy_bytes = kind.cls == PCOW_HUGETLB ? kind.folio_bytes : pcow_page_bytes();
	ret = reserve(run, region);
	return ret ? ret : map_fixed(run, region);
}

int pcow_region_map(struct pcow_run *run, struct pcow_region *region, size_t bytes)
{
	struct pcow_page_kind kind;

	if (!pcow_param_page_kind(run, &kind))
		return pcow_region_map_base(run, region, bytes);
	return pcow_region_map_kind(run, region, kind, bytes);
}

int pcow_region_map_base(struct pcow_run *run, struct pcow_region *region, size_t bytes)
{
	struct pcow_page_kind kind = { .cls = PCOW_BASE, .folio_bytes = pcow_page_bytes() };

	return pcow_region_map_kind(run, region, kind, bytes);
}

int pcow_region_renew(struct pcow_run *run, const struct pcow_region *region)
{
	/* The old mapping's page tables go with it; MAP_FIXED alone would do the
	 * same, but leaves no moment at which a hugetlb reservation is free. */
	if (munmap(region->addr, region->bytes))
		return pcow_error(run, errno, "munmap");
	return map_fixed(run, region);
}

void pcow_region_unmap(struct pcow_region *region)
{
	size_t guard = guard_bytes(region);

	if (region->addr)
		munmap(region->addr - guard, region->bytes + 2 * guard);
	*region = (struct pcow_region){ .addr = NULL };
}

/*
 * Aligned, and called: how the processor runs ahead of a store that faults depends
 * on where the loop lies, and moves native faults by up to a third.
 */
__attribute__((noinline, aligned(64))) uint64_t
pcow_region_write_each(const struct pcow_region *region, size_t step_bytes)
{
	volatile char *at = region->addr;
	volatile char *end = at + region->bytes;

	for (; at < end; at += step_bytes)
		*at = 1;
	return region->bytes / step_bytes;
}

void pcow_region_rewrite(const struct pcow_region *region)
{
	pcow_region_write_each(region, pcow_page_bytes());
}

uint64_t pcow_region_read_each(const struct pcow_region *region, size_t step_bytes)
{
	const volatile char *at = region->addr;
	const volatile char *end = at + region->bytes;

	for (; at < end; at += step_bytes)
		(void)*at;
	return region->bytes / step_bytes;
}

/*
 * A PTE-mapped THP: a VMA that ends inside a PMD splits the mapping and leaves
 * the folio whole.  Advice that matters to nobody else makes such a VMA for a
 * moment; mprotect() would do so too, but leaves a page write-protected, which
 * the simplified model then copies out of the folio.  NOHUGEPAGE at last, or
 * khugepaged would collapse it again.
 */
static int split_mappings(struct pcow_run *run, const struct pcow_region *region)
{
	size_t page = pcow_page_bytes();

	for (size_t at = 0; at < region->bytes; at += region->kind.folio_bytes)
		if (madvise(region->addr + at, page, MADV_DONTFORK) ||
		    madvise(region->addr + at, page, MADV_DOFORK))
			return pcow_error(run, errno, "splitting a PMD mapping by madvise()");
	if (madvise(region->addr, region->bytes, MADV_NOHUGEPAGE))
		return pcow_error(run, errno, "madvise(MADV_NOHUGEPAGE)");
	return 0;
}

/*
 * One store a folio must have brought in every base page of it.  That, and
 * that no smaller step did, is what makes it a folio of this size; smaps tells
 * what maps it.
 */
int pcow_region_populate(struct pcow_run *run, const struct pcow_region *region)
{
	int ret;

	pcow_region_write_each(region, region->kind.folio_bytes);
	if (region->kind.cls == PCOW_THP_PTE) {
		ret = split_mappings(run, region);
		if (ret)
			return ret;
	}
	return pcow_region_prove(run, region);
}

int pcow_region_repopulate(struct pcow_run *run, const struct pcow_region *region)
{
	int ret = pcow_region_renew(run, region);

	return ret ? ret : pcow_region_populate(run, region);
}
