/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of a region: is it of the page kind that was asked for? */
#include <pincow/bench.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Folios whose frames are looked up one by one, as root: evenly over the region. */
#define FOLIOS_LOOKED_AT 512

#define COMPACT "echo 1 > /proc/sys/vm/compact_memory as root, or a smaller --set size="

static int unreadable(struct pcow_run *run, int ret)
{
	/* A process whose binary its user may not read belongs to root in /proc. */
	return pcow_skip(
		run,
		ret == -EACCES ? "chmod +r of the pincow binary, or root"
			       : "a kernel with CONFIG_PROC_PAGE_MONITOR, and /proc mounted",
		"/proc/self/pagemap cannot be read (%s): nothing proves the pages", strerror(-ret));
}

/* Pagemap entries of every base page; freed by the caller. */
static int entries_of(struct pcow_run *run, const struct pcow_region *region, uint64_t **entries)
{
	size_t pages = region->bytes / pcow_page_bytes();
	int ret;

	*entries = malloc(pages * sizeof(**entries));
	if (!*entries)
		return pcow_error(run, ENOMEM, "pagemap entries of %zu pages", pages);
	ret = pcow_pagemap_read(region->addr, pages, 1, *entries);
	if (!ret)
		return 0;
	free(*entries);
	return unreadable(run, ret);
}

static size_t count(const uint64_t *entries, size_t n, uint64_t bit)
{
	size_t with = 0;

	for (size_t i = 0; i < n; i++)
		with += (entries[i] & bit) != 0;
	return with;
}

int64_t pcow_region_exclusive_pages(struct pcow_run *run, const struct pcow_region *region)
{
	size_t pages = region->bytes / pcow_page_bytes();
	uint64_t *entries;
	int64_t exclusive;

	if (entries_of(run, region, &entries))
		return -EACCES;
	exclusive = (int64_t)count(entries, pages, PCOW_PAGEMAP_EXCLUSIVE);
	free(entries);
	return exclusive;
}

/* Sum of a field of smaps, in bytes, over the VMAs inside the region. */
static int smaps_bytes(const struct pcow_region *region, const char *key, uint64_t *bytes)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	uintptr_t low = (uintptr_t)region->addr;
	char line[512];
	bool inside = false;

	*bytes = 0;
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		uint64_t start, end, kib;

		/* A VMA's head is two hexadecimal numbers; a field is a word. */
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &start, &end) == 2)
			inside = start >= low && end <= low + region->bytes;
		else if (inside && strncmp(line, key, strlen(key)) == 0 &&
			 sscanf(line + strlen(key), " %" SCNu64, &kib) == 1)
			*bytes += kib * 1024;
	}
	fclose(file);
	return 0;
}

/* PMD-mapped or not is what AnonHugePages counts. */
static int prove_mapping(struct pcow_run *run, const struct pcow_region *region)
{
	uint64_t claimed = region->kind.cls == PCOW_THP ? region->bytes : 0;
	uint64_t seen;
	int ret = smaps_bytes(region, "AnonHugePages:", &seen);

	if (ret)
		return pcow_skip(run, "a kernel with CONFIG_PROC_PAGE_MONITOR",
				 "/proc/self/smaps cannot be read (%s)", strerror(-ret));
	if (seen == claimed)
		return 0;
	return pcow_skip(run, COMPACT,
			 "the kernel maps %" PRIu64 " of %zu MiB by PMDs, %" PRIu64 " were asked",
			 seen >> 20, region->bytes >> 20, claimed >> 20);
}

/*
 * Root sees the frames: a folio begins with a page that is no tail, and its
 * size is how far its tails reach.  Others have the count of pages that one
 * store brought in.
 */
static int prove_folio(struct pcow_run *run, const struct pcow_region *region,
		       const uint64_t *entries, size_t first)
{
	size_t pages = region->kind.folio_bytes / pcow_page_bytes();
	uint64_t *flags = malloc(pages * sizeof(*flags));
	size_t tails = 0;
	int ret;

	if (!flags)
		return pcow_error(run, ENOMEM, "flags of %zu pages", pages);
	ret = pcow_kpageflags_read(entries + first, pages, flags);
	for (size_t i = 1; i < pages && !ret; i++)
		tails += (flags[i] & PCOW_KPF_COMPOUND_TAIL) != 0;
	if (ret)
		ret = 0; /* without the privilege, or the file, there is no such proof */
	else if (flags[0] & PCOW_KPF_COMPOUND_TAIL ||
		 (pages == 1 && flags[0] & PCOW_KPF_COMPOUND_HEAD))
		ret = pcow_skip(run, "pincow doctor", "the kernel gave larger folios than asked");
	else if (tails != pages - 1 || (pages > 1 && !(flags[0] & PCOW_KPF_COMPOUND_HEAD)))
		ret = pcow_skip(run, COMPACT, "%zu of %zu pages belong to a folio as asked",
				tails + (flags[0] & PCOW_KPF_COMPOUND_HEAD ? 1 : 0), pages);
	free(flags);
	return ret;
}

static int prove_folios(struct pcow_run *run, const struct pcow_region *region,
			const uint64_t *entries)
{
	size_t pages = region->kind.folio_bytes / pcow_page_bytes();
	size_t folios = region->bytes / region->kind.folio_bytes;
	size_t step = folios / FOLIOS_LOOKED_AT + 1;
	int ret = 0;

	for (size_t i = 0; i < folios && !ret; i += step)
		ret = prove_folio(run, region, entries, i * pages);
	return ret;
}

int pcow_region_prove(struct pcow_run *run, const struct pcow_region *region)
{
	size_t pages = region->bytes / pcow_page_bytes();
	uint64_t *entries;
	size_t present;
	int ret = entries_of(run, region, &entries);

	if (ret)
		return ret;
	present = count(entries, pages, PCOW_PAGEMAP_PRESENT);
	if (present != pages)
		ret = pcow_skip(run, COMPACT,
				"the kernel gave smaller folios: one store in each brought in "
				"%zu of %zu pages",
				present, pages);
	if (!ret)
		ret = prove_folios(run, region, entries);
	if (!ret && region->kind.cls != PCOW_HUGETLB)
		ret = prove_mapping(run, region);
	free(entries);
	return ret;
}
