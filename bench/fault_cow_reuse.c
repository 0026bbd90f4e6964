/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault/cow-reuse - the write fault on a page that is no longer shared.
 *
 * One op = one store to a write-protected page whose other mapper is gone:
 * do_wp_page() finds that it may keep the page and makes it writable.  The
 * child has exited, or (sharer=copied) lives and has made copies of its own.
 * LRU batches are drained, as their references look like sharing.  Not timed:
 * fork() and the child.
 *
 * Whether a PTE-mapped large folio is reused is what the COW models differ in:
 * there `copied` is a result, not a claim.
 */
#include <pincow/bench.h>

static int setup(struct pcow_actor *actor)
{
	struct pcow_claim *claim = pcow_claim(actor->run);

	if (pcow_region_is_pte_mapped(&actor->mem)) {
		claim->outcome = PCOW_OUTCOME_ANY;
		claim->splits = true;
	}
	return 0;
}

PCOW_SCENARIO(fault_cow_reuse) = {
	.name = "fault/cow-reuse",
	.summary = "store to a page whose sharer is gone",
	.operation = "fault",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base thp thp-pte | | mthp-* hugetlb-*"),
			      PCOW_CHOICE("sharer", "why it is gone", "exited | | copied"),
			      PCOW_HELD, PCOW_SIZE),
	.samples = 20,
	.footprint = 2,
	.states = PCOW_STATES("written", "held=", "sharer=", "drained"),
	.unit = PCOW_UNIT_MAPPING,
	.claim = { .faults_per_op = 1,
		   .after = PCOW_PAGES_WRITABLE,
		   .outcome = PCOW_OUTCOME_REUSED },
	.setup = setup,
	.measure = pcow_actor_write_units,
	.measure_op = pcow_actor_write_unit,
};
