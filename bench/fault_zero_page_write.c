/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault/zero-page-write - the first store to memory that was read before.
 *
 * One op = one store to a base page that maps the shared zero page:
 * do_wp_page() allocates and clears a page of its own and replaces the
 * mapping.  Not timed: the reads that map the zero page.
 */
#include <pincow/bench.h>

PCOW_SCENARIO(fault_zero_page_write) = {
	.name = "fault/zero-page-write",
	.summary = "first store to a page that maps the zero page",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base"), PCOW_SIZE),
	.samples = 20,
	.footprint = 1,
	.states = PCOW_STATES("zero"),
	.unit = PCOW_UNIT_PAGE,
	.claim = { .faults_per_op = 1,
		   .after = PCOW_PAGES_WRITABLE,
		   .outcome = PCOW_OUTCOME_COPIED },
	.measure = pcow_actor_write_units,
	.measure_op = pcow_actor_write_unit,
};
