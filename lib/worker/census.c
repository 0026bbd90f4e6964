/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of a region's pages: which state are they in, and of which kind? */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <pincow/page.h>

/* Folios whose frames are looked up one by one, as root: evenly over the region. */
#define FOLIOS_LOOKED_AT 512

/* Pages that a store proves to be write-protected, and makes writable by that:
 * few, as what is measured has to be what is claimed. */
#define PAGES_TRIED 4

#define COMPACT "echo 1 > /proc/sys/vm/compact_memory as root, or a smaller --set size="

static int unreadable(struct pcow_run *run, int ret)
{
	/* A process whose binary its user may not read belongs to root in /proc. */
	return pcow_skip(
		run,
		ret == -EACCES ? "chmod +r of the pincow-worker binary, or root"
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
	ret = pcow_pagemap_read(region->addr, pages, *entries);
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

/* ------------------------------------------------------------------- states */

int pcow_census_visible(struct pcow_run *run)
{
	static volatile char probe = 1;
	uint64_t entry;
	int ret;

	probe = 2;
	ret = pcow_pagemap_read(
		(const void *)((uintptr_t)&probe / pcow_page_bytes() * pcow_page_bytes()), 1,
		&entry);
	if (ret)
		return unreadable(run, ret);
	/* Frame numbers read as 0 without CAP_SYS_ADMIN (v4.2). */
	run->census.frames = entry & PCOW_PAGEMAP_PFN_MASK;
	if (run->claim.outcome == PCOW_OUTCOME_REUSED && !run->census.frames)
		return pcow_skip(run, "root, or CAP_SYS_ADMIN",
				 "whether a page was copied or kept shows in its frame number "
				 "alone, which this user may not see");
	return 0;
}

int pcow_census_read(struct pcow_run *run, uint64_t *entries)
{
	const struct pcow_census *c = &run->census;
	int ret = pcow_pagemap_read(c->region->addr, c->pages, entries);

	if (ret)
		pcow_broken(run, "pagemap unreadable: %s", strerror(-ret));
	return ret;
}

/* As root the frame itself tells that it is the zero page. */
static bool is_zero_page(const struct pcow_census *c, const uint64_t *entry)
{
	uint64_t flags;

	return !c->frames || pcow_kpageflags_read(entry, 1, &flags) || flags & PCOW_KPF_ZERO_PAGE;
}

/* Facts that pagemap's entry tells by itself. */
static unsigned int facts_of(uint64_t entry)
{
	return (entry & PCOW_PAGEMAP_PRESENT ? PCOW_PRESENT : 0) |
	       (entry & PCOW_PAGEMAP_EXCLUSIVE ? PCOW_SOLE : 0) |
	       (entry & PCOW_PAGEMAP_FILE ? PCOW_FILE : 0) |
	       (entry & PCOW_PAGEMAP_SWAPPED ? PCOW_SWAPPED : 0) |
	       (entry & PCOW_PAGEMAP_SOFT_DIRTY ? PCOW_SOFT_DIRTY : 0);
}

#define ENTRY_FACTS (PCOW_PRESENT | PCOW_SOLE | PCOW_FILE | PCOW_SWAPPED | PCOW_SOFT_DIRTY)

/* Of how many of the first @n pages is @proof not true, stores aside? */
static size_t count_others(const struct pcow_census *c, const uint64_t *entries,
			   const struct pcow_proof *proof, size_t n)
{
	unsigned int yes = proof->yes & ENTRY_FACTS;
	size_t others = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned int facts = facts_of(entries[i]);

		others += (facts & yes) != yes || facts & proof->no;
	}
	if (!(proof->yes & PCOW_ZERO) || others)
		return others;
	/* There is one zero page: whoever is it is told by the first. */
	for (size_t i = 0; i < n; i++)
		others += c->frames && (entries[i] ^ entries[0]) & PCOW_PAGEMAP_PFN_MASK;
	return is_zero_page(c, entries) ? others : n;
}

/* Faults that @n stores take, @step pages apart, from page @first on. */
static size_t store_faults(const struct pcow_region *region, size_t first, size_t step, size_t n)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	for (size_t i = 0; i < n; i++)
		pcow_region_write(region, (first + i * step) * pcow_page_bytes());
	getrusage(RUSAGE_SELF, &after);
	return (size_t)(after.ru_minflt - before.ru_minflt);
}

static void prove_writable(struct pcow_run *run, size_t pages)
{
	size_t faults = store_faults(run->census.region, 0, 1, pages);

	if (faults)
		pcow_broken(run, "%zu stores to %zu pages took a fault, claimed none", faults,
			    pages);
}

/*
 * A store shows that a page was protected, and that it no longer is: before the first
 * warm-up all are tried, before each sample one in a hundred at most, others each time.
 */
static void prove_protected(struct pcow_run *run, size_t pages)
{
	struct pcow_census *c = &run->census;
	size_t mapped = c->region->map_bytes / pcow_page_bytes();
	size_t places = pages / mapped, tried = places / 100, faults = 0;

	if (!c->tried)
		tried = places;
	else if (tried > PAGES_TRIED)
		tried = PAGES_TRIED;
	for (size_t i = 0; i < tried; i++) {
		size_t apart = places / tried;
		size_t place = i * apart + pcow_dice(run) % apart;

		faults += store_faults(c->region, place * mapped, mapped, 1);
	}
	if (!c->tried)
		c->unprotected = tried - faults;
	c->tried = true;
	if (c->unprotected)
		pcow_broken(run, "%zu of %zu pages could be written without a fault",
			    c->unprotected, places);
	else if (faults != tried)
		pcow_broken(run, "%zu stores to %zu pages took a fault, claimed all", faults,
			    tried);
}

void pcow_census_prove(struct pcow_run *run, const uint64_t *entries,
		       const struct pcow_proof *proof, uint64_t ops)
{
	const struct pcow_census *c = &run->census;
	size_t n = c->pages;
	size_t others;

	if (!proof->is)
		return;
	if (ops < n / c->step_pages)
		n = (size_t)ops * c->step_pages;
	others = count_others(c, entries, proof, n);
	if (others)
		pcow_broken(run, "%zu of %zu pages are not %s", others, n, proof->is);
	else if (proof->yes & PCOW_WRITABLE)
		prove_writable(run, n);
	/* An operation that takes faults proves it by them, and needs each page. */
	else if (proof->no & PCOW_WRITABLE && run->claim.faults_per_op == 0)
		prove_protected(run, n);
}

/* -------------------------------------------------------------------- kinds */

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
 * store brought in.  @flags has room for the pages of one folio.
 */
static int prove_folio(struct pcow_run *run, const struct pcow_region *region,
		       const uint64_t *entries, uint64_t *flags)
{
	size_t pages = region->kind.folio_bytes / pcow_page_bytes();
	size_t tails = 0;

	/* Without the privilege, or the file, there is no such proof. */
	if (pcow_kpageflags_read(entries, pages, flags))
		return 0;
	if (flags[0] & PCOW_KPF_ZERO_PAGE)
		return pcow_skip(run, "", "the zero page is there instead");
	for (size_t i = 1; i < pages; i++)
		tails += (flags[i] & PCOW_KPF_COMPOUND_TAIL) != 0;
	if (flags[0] & PCOW_KPF_COMPOUND_TAIL || (pages == 1 && flags[0] & PCOW_KPF_COMPOUND_HEAD))
		return pcow_skip(run, "pincow doctor", "the kernel gave larger folios than asked");
	if (tails != pages - 1 || (pages > 1 && !(flags[0] & PCOW_KPF_COMPOUND_HEAD)))
		return pcow_skip(run, COMPACT, "%zu of %zu pages belong to a folio as asked",
				 tails + (flags[0] & PCOW_KPF_COMPOUND_HEAD ? 1 : 0), pages);
	return 0;
}

/* The folios that are looked at are others in each sample. */
static int prove_folios(struct pcow_run *run, const struct pcow_region *region,
			const uint64_t *entries, uint64_t *flags)
{
	size_t pages = region->kind.folio_bytes / pcow_page_bytes();
	size_t folios = region->bytes / region->kind.folio_bytes;
	size_t step = folios / FOLIOS_LOOKED_AT + 1;
	int ret = 0;

	for (size_t i = pcow_dice(run) % step; i < folios && !ret; i += step)
		ret = prove_folio(run, region, entries + i * pages, flags);
	return ret;
}

static int prove_kind(struct pcow_run *run, const struct pcow_region *region,
		      const uint64_t *entries, uint64_t *flags)
{
	int ret = prove_folios(run, region, entries, flags);

	return ret || region->kind.cls == PCOW_HUGETLB ? ret : prove_mapping(run, region);
}

void pcow_census_kind(struct pcow_run *run, const uint64_t *entries)
{
	const struct pcow_census *c = &run->census;

	/* What would be a skip at set-up breaks a sample. */
	if (prove_kind(run, c->region, entries, c->flags) == PCOW_SKIP)
		pcow_broken(run, "other pages than asked: %.90s", run->record.reason);
}

int pcow_region_prove(struct pcow_run *run, const struct pcow_region *region)
{
	size_t pages = region->bytes / pcow_page_bytes();
	uint64_t *entries, *flags;
	size_t present;
	int ret = entries_of(run, region, &entries);

	if (ret)
		return ret;
	flags = malloc(region->kind.folio_bytes / pcow_page_bytes() * sizeof(*flags));
	present = count(entries, pages, PCOW_PAGEMAP_PRESENT);
	if (!flags)
		ret = pcow_error(run, ENOMEM, "flags of a folio");
	else if (present != pages)
		ret = pcow_skip(run, COMPACT,
				"the kernel gave smaller folios: one store in each brought in "
				"%zu of %zu pages",
				present, pages);
	else
		ret = prove_kind(run, region, entries, flags);
	free(flags);
	free(entries);
	return ret;
}
