/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault/cow-copy - the write fault that breaks sharing after fork().
 *
 * One op = one store to a page that a live child still maps: do_wp_page()
 * must allocate and copy a base page (hugetlb: the huge page).  A PMD-mapped
 * THP is split by the first fault of each, and copied base page by base page.
 * Not timed: fork() (fork/anon), nor the reuse once the child is gone
 * (fault/cow-reuse).
 */
#include <pincow/bench.h>

PCOW_SCENARIO(fault_cow_copy) = {
	.name = "fault/cow-copy",
	.summary = "store to a page that a live child shares",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base thp | thp-pte | mthp-* hugetlb-*"), PCOW_SIZE),
	.samples = 20,
	.footprint = 2,
	.states = PCOW_STATES("written", "shared"),
	.unit = PCOW_UNIT_COPY,
	/* What is copied is of order 0, whatever it was. */
	.claim = { .faults_per_op = 1,
		   .after = PCOW_PAGES_WRITABLE,
		   .splits = true,
		   .outcome = PCOW_OUTCOME_COPIED },
	.measure = pcow_actor_write_units,
	.measure_op = pcow_actor_write_unit,
	.weigh = true,
};
