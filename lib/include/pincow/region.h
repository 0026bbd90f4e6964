/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that a case works on, of one page kind, which proves its kind.
 */
#ifndef PINCOW_REGION_H
#define PINCOW_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pincow/page.h>

struct pcow_run;

/**
 * struct pcow_region - private anonymous memory of one page kind
 * @addr:	start, aligned to the folio; NULL when nothing is mapped
 * @bytes:	length, a multiple of the folio
 * @kind:	what its pages are
 * @map_bytes:	what one page-table entry maps, hence what one write fault
 *		on shared, already mapped memory resolves when it reuses
 * @copy_bytes:	what one write fault copies when it breaks sharing: a base
 *		page (the kernel splits the PMD of a THP), a hugetlb page whole
 */
struct pcow_region {
	char *addr;
	size_t bytes;
	struct pcow_page_kind kind;
	size_t map_bytes;
	size_t copy_bytes;
};

/* Do PTEs map large folios?  Some models copy their pages out of them, one by one. */
static inline bool pcow_region_is_pte_mapped(const struct pcow_region *region)
{
	return region->kind.cls == PCOW_THP_PTE || region->kind.cls == PCOW_MTHP;
}

/* Map memory of the case's page kind, untouched.  Skips when the host has no such pages. */
int pcow_region_map(struct pcow_run *run, struct pcow_region *region, size_t bytes);

/* The same, of the kind given. */
int pcow_region_map_kind(struct pcow_run *run, struct pcow_region *region,
			 struct pcow_page_kind kind, size_t bytes);

/* The same, order-0 whatever the case's page kind. */
int pcow_region_map_base(struct pcow_run *run, struct pcow_region *region, size_t bytes);

/* Fault each folio by one store, then pcow_region_prove(). */
int pcow_region_populate(struct pcow_run *run, const struct pcow_region *region);

/**
 * pcow_region_prove() - are the pages of the kind that was asked for?
 * @run:	the case
 * @region:	memory in which each folio was touched once
 *
 * Every base page is present though only one store went to each folio
 * (pagemap); PMD-mapped or not as asked (smaps); and where frame numbers are
 * visible, the folio has as many tail pages as its size says (kpageflags).
 *
 * Return: 0, PCOW_SKIP with the remedy, or a negative errno.
 */
int pcow_region_prove(struct pcow_run *run, const struct pcow_region *region);

/* Unmap and map again at the same address: untouched, its page tables gone. */
int pcow_region_renew(struct pcow_run *run, const struct pcow_region *region);

/* pcow_region_renew() and pcow_region_populate(): folios as at first, where the
 * last sample broke them up. */
int pcow_region_repopulate(struct pcow_run *run, const struct pcow_region *region);

/* Safe on a zeroed and on an unmapped region. */
void pcow_region_unmap(struct pcow_region *region);

/* Store one byte every @step_bytes; returns the count of stores. */
uint64_t pcow_region_write_each(const struct pcow_region *region, size_t step_bytes);

/* Load one byte every @step_bytes; returns the count of loads. */
uint64_t pcow_region_read_each(const struct pcow_region *region, size_t step_bytes);

/* Store one byte to each base page, so that each is written and writable. */
void pcow_region_rewrite(const struct pcow_region *region);

/* How many of the region's base pages are mapped by this process alone
 * (pagemap bit 56, no privilege needed), or a negative errno. */
int64_t pcow_region_exclusive_pages(struct pcow_run *run, const struct pcow_region *region);

/* Store one byte at @offset. */
static inline void pcow_region_write(const struct pcow_region *region, size_t offset)
{
	*(volatile char *)(region->addr + offset) = 1;
}

/* Empty this CPU's LRU batches, whose references make a page look shared
 * (page_count > 1) to the simplified and later COW models. */
int pcow_lru_drain(struct pcow_run *run);

#endif
