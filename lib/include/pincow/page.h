/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page kinds, which of them this host offers, and what /proc/self/pagemap says
 * of a page.
 */
#ifndef PINCOW_PAGE_H
#define PINCOW_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pcow_root;

enum pcow_page_class {
	PCOW_BASE, /* order 0, never huge */
	PCOW_THP, /* one PMD maps the whole folio */
	PCOW_THP_PTE, /* a PMD-sized folio mapped by PTEs */
	PCOW_MTHP, /* a smaller large folio, mapped by PTEs */
	PCOW_HUGETLB,
};

/**
 * struct pcow_page_kind - what the pages of a region are
 * @cls:		the class
 * @folio_bytes:	size of the folio that one first touch brings in
 */
struct pcow_page_kind {
	enum pcow_page_class cls;
	size_t folio_bytes;
};

/* The kernel's base page in bytes. */
size_t pcow_page_bytes(void);

/* What one PMD maps (the PMD-sized THP), or 0 on a kernel without THP. */
size_t pcow_thp_bytes(void);

/**
 * pcow_page_kind_parse() - read a page kind as the command line has it
 * @text:	"base", "thp", "thp-pte", "mthp-64K", "hugetlb-2M" ...
 * @kind:	result; @folio_bytes of thp and thp-pte is this host's, 0 without THP
 *
 * Return: 0 or -EINVAL.
 */
int pcow_page_kind_parse(const char *text, struct pcow_page_kind *kind);

/* The inverse; @size should be at least 32. */
void pcow_page_kind_format(char *buf, size_t size, const struct pcow_page_kind *kind);

/**
 * pcow_page_kind_list() - the sizes of a class that this kernel knows
 * @cls:	PCOW_MTHP or PCOW_HUGETLB; every other class has one size
 * @bytes:	folio sizes, ascending
 * @max:	room in @bytes
 *
 * Return: how many.
 */
size_t pcow_page_kind_list(enum pcow_page_class cls, size_t *bytes, size_t max);

/* Settings that one page kind can ask for: a switch for each mTHP size. */
#define PCOW_PAGE_DEMANDS_MAX 16

/**
 * struct pcow_page_demands - host settings that a page kind asks for
 * @n:		how many
 * @list:	the file, absolute, and what to write to it
 */
struct pcow_page_demands {
	size_t n;
	struct {
		char path[128];
		char value[32];
	} list[PCOW_PAGE_DEMANDS_MAX];
};

/**
 * pcow_page_kind_check() - can this host give such memory now?
 * @kind:	page kind
 * @bytes:	how much of it
 * @demands:	the settings that would make it so, none when nothing does; may
 *		be NULL
 * @reason:	why not; @size bytes
 * @remedy:	command that mends it; @size bytes
 * @size:	of both texts
 *
 * Looks at THP, mTHP and hugetlb settings.  Of the sizes of anonymous folios
 * that are on, the kernel takes the largest that fits: an mTHP size wants all
 * larger ones off.  That the kernel then really gives such pages is proved on
 * the region itself.
 *
 * Return: whether it can.
 */
bool pcow_page_kind_check(const struct pcow_page_kind *kind, uint64_t bytes,
			  struct pcow_page_demands *demands, char *reason, char *remedy,
			  size_t size);

/* The same of a hugetlb pool alone, on any machine. */
bool pcow_hugetlb_check(const struct pcow_root *root, size_t folio_bytes, uint64_t bytes,
			struct pcow_page_demands *demands, char *reason, char *remedy, size_t size);

/* Bits of a pagemap entry (Documentation/admin-guide/mm/pagemap.rst). */
#define PCOW_PAGEMAP_PFN_MASK	((UINT64_C(1) << 55) - 1) /* 0 without CAP_SYS_ADMIN */
#define PCOW_PAGEMAP_SOFT_DIRTY (UINT64_C(1) << 55) /* 1 where nobody ever cleared it */
#define PCOW_PAGEMAP_EXCLUSIVE	(UINT64_C(1) << 56) /* mapped once */
#define PCOW_PAGEMAP_FILE	(UINT64_C(1) << 61) /* or of shared memory */
#define PCOW_PAGEMAP_SWAPPED	(UINT64_C(1) << 62)
#define PCOW_PAGEMAP_PRESENT	(UINT64_C(1) << 63)

/**
 * pcow_pagemap_read() - pagemap entries of this process
 * @addr:	first page, base-page aligned
 * @pages:	how many
 * @entries:	@pages entries
 *
 * Return: 0 or -errno; -EACCES where /proc/self/pagemap cannot be opened.
 */
int pcow_pagemap_read(const void *addr, size_t pages, uint64_t *entries);

/* Bits of /proc/kpageflags, root only. */
#define PCOW_KPF_COMPOUND_HEAD (UINT64_C(1) << 15)
#define PCOW_KPF_COMPOUND_TAIL (UINT64_C(1) << 16)
#define PCOW_KPF_ZERO_PAGE     (UINT64_C(1) << 24)

/**
 * pcow_kpageflags_read() - what the frames behind pagemap entries are
 * @entries:	@n entries of pcow_pagemap_read(), with frame numbers
 * @n:		how many
 * @flags:	@n results
 *
 * Return: 0 or -errno; -EACCES or -EPERM for an ordinary user, -ENODATA for
 * an entry without a frame number.
 */
int pcow_kpageflags_read(const uint64_t *entries, size_t n, uint64_t *flags);

#endif
