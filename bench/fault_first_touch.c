/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault/first-touch - the first store to anonymous memory.
 *
 * One op = one store to a folio that is not there: do_anonymous_page() or its
 * huge page counterparts allocate it, clear it and map it.  The region is
 * mapped anew for each sample, so page tables are allocated too.  Not timed:
 * mmap() and munmap().
 */
#include <pincow/bench.h>

PCOW_SCENARIO(fault_first_touch) = {
	.name = "fault/first-touch",
	.summary = "first store to a page of anonymous memory",
	.operation = "fault",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base thp | mthp-* hugetlb-2M | hugetlb-*"),
			      PCOW_SIZE),
	.samples = 20,
	.footprint = 1,
	.states = PCOW_STATES("untouched"),
	.unit = PCOW_UNIT_FOLIO,
	.claim = { .faults_per_op = 1, .after = PCOW_PAGES_WRITABLE },
	.measure = pcow_actor_write_units,
	.measure_op = pcow_actor_write_unit,
};
