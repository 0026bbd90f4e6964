/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State verification: did a sample do what its name says?  Faults come from
 * getrusage(), copies from the page frames that pagemap shows around
 * measure(), and for users who may not see frame numbers from what they may:
 * the mapped-once bit and vmstat's pgreuse.
 */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/page.h>
#include <pincow/root.h>

/* Counters that other tasks share are held to 1 %. */
#define TOLERANCE 0.01

/* Will this user see what becomes of the pages? */
static int check_visible(struct pcow_run *run, size_t step_bytes)
{
	uint64_t entry;
	int ret = pcow_pagemap_read(run->pages.addr, 1, 1, &entry);

	if (ret)
		return pcow_skip(run, "root, or a binary that this user may read",
				 "/proc/self/pagemap cannot be read: %s", strerror(-ret));
	/*
	 * Frame numbers read as 0 without CAP_SYS_ADMIN (v4.2), and what is counted
	 * instead, pgreuse, knows neither PMD-mapped nor hugetlb pages.
	 */
	if (run->claim.outcome == PCOW_REUSED && step_bytes > pcow_page_bytes() &&
	    !(entry & PCOW_PAGEMAP_PFN_MASK))
		return pcow_skip(run, "root, or CAP_SYS_ADMIN",
				 "whether a huge page was copied or kept shows in its frame number "
				 "alone, which this user may not see");
	return 0;
}

int pcow_claim_pages(struct pcow_run *run, const struct pcow_region *region, size_t step_bytes)
{
	struct pcow_pages *pages = &run->pages;

	pages->addr = region->addr;
	pages->n = region->bytes / step_bytes;
	pages->step_pages = step_bytes / pcow_page_bytes();
	pages->before = calloc(pages->n, sizeof(*pages->before));
	pages->after = calloc(pages->n, sizeof(*pages->after));
	if (!pages->before || !pages->after)
		return pcow_error(run, ENOMEM, "pagemap entries of %zu pages", pages->n);
	return check_visible(run, step_bytes);
}

/* Write faults resolved by reuse since boot, whole host; 0 where not counted. */
static uint64_t reuses(void)
{
	struct pcow_root root;
	uint64_t n = 0;

	if (pcow_root_open(&root, "/", NULL))
		return 0;
	if (pcow_root_read_field(&root, "proc/vmstat", "pgreuse", &n))
		n = 0;
	pcow_root_close(&root);
	return n;
}

static int look(struct pcow_run *run, uint64_t *entries)
{
	const struct pcow_pages *pages = &run->pages;
	int ret = pcow_pagemap_read(pages->addr, pages->n, pages->step_pages, entries);

	if (ret)
		pcow_broken(run, "pagemap unreadable: %s", strerror(-ret));
	return ret;
}

void pcow_claim_remember(struct pcow_run *run)
{
	if (!run->pages.n || look(run, run->pages.before))
		return;
	if (!(run->pages.before[0] & PCOW_PAGEMAP_PFN_MASK))
		run->pages.reuses_before = reuses();
}

/*
 * How many pages changed their frame, of the first @ops: a pass of single
 * operations may stop part of the way.  Without frame numbers: a page that was
 * shared and is now mapped once, while measure() ran alone, was copied; of
 * those that were mapped once already, pgreuse tells how many were kept.
 */
static uint64_t copied_pages(const struct pcow_run *run, uint64_t ops)
{
	const struct pcow_pages *pages = &run->pages;
	bool visible = pages->before[0] & PCOW_PAGEMAP_PFN_MASK;
	uint64_t copied = 0, undecided = 0, kept;

	for (size_t i = 0; i < pages->n && i < ops; i++) {
		uint64_t change = pages->before[i] ^ pages->after[i];

		if (visible)
			copied += (change & PCOW_PAGEMAP_PFN_MASK) != 0;
		else if (change & PCOW_PAGEMAP_EXCLUSIVE)
			copied++;
		else
			undecided++;
	}
	if (visible || !undecided)
		return copied;
	kept = reuses() - pages->reuses_before;
	return copied + (kept < undecided ? undecided - kept : 0);
}

static bool differs(double seen, double claimed, double slack)
{
	return fabs(seen - claimed) > claimed * TOLERANCE + slack;
}

void pcow_claim_faults(struct pcow_run *run, uint64_t ops, uint64_t faults)
{
	const struct pcow_claim *claim = &run->claim;

	if (claim->faults_per_op >= 0 && differs((double)faults, claim->faults_per_op * (double)ops,
						 (double)claim->faults_slack))
		pcow_broken(run, "%" PRIu64 " faults in %" PRIu64 " operations, claimed %g each",
			    faults, ops, claim->faults_per_op);
}

void pcow_claim_outcome(struct pcow_run *run, uint64_t ops)
{
	uint64_t copied;

	if (!run->pages.n || look(run, run->pages.after))
		return;
	copied = copied_pages(run, ops);
	pcow_metric(run, "copied", copied);
	if (run->claim.outcome == PCOW_COPIED && differs((double)copied, (double)ops, 0))
		pcow_broken(run, "%" PRIu64 " of %" PRIu64 " pages copied, claimed all", copied,
			    ops);
	if (run->claim.outcome == PCOW_REUSED &&
	    differs((double)copied, 0, (double)ops * TOLERANCE))
		pcow_broken(run, "%" PRIu64 " of %" PRIu64 " pages copied, claimed none", copied,
			    ops);
}

bool pcow_claim_settle(struct pcow_run *run)
{
	json_t *count;

	if (!run->broken[0])
		return false;
	if (!run->record.broken)
		run->record.broken = json_object();
	count = json_object_get(run->record.broken, run->broken);
	json_object_set_new(run->record.broken, run->broken,
			    json_integer(json_integer_value(count) + 1));
	run->broken[0] = '\0';
	return true;
}
