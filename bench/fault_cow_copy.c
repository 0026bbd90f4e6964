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

struct cow_copy {
	struct pcow_region mem;
	struct pcow_peer sharer; /* must outlive measure() */
};

static int setup(struct pcow_run *run, void *state)
{
	struct cow_copy *c = state;
	int ret = pcow_region_map(run, &c->mem, pcow_param_bytes(run, "size"));

	if (!ret)
		ret = pcow_region_populate(run, &c->mem);
	if (!ret)
		ret = pcow_peer_open(run, &c->sharer);
	if (ret)
		return ret;
	pcow_op_bytes(run, c->mem.copy_bytes);
	pcow_op_count(run, c->mem.bytes / c->mem.copy_bytes);
	return pcow_claim_pages(run, &c->mem, c->mem.copy_bytes);
}

/* The last sample left copies of order 0: a large folio has to be made anew. */
static int arm(struct pcow_run *run, void *state)
{
	struct cow_copy *c = state;
	bool large = c->mem.kind.folio_bytes != c->mem.copy_bytes;
	int ret = 0;

	pcow_peer_exit(&c->sharer);
	if (large)
		ret = pcow_region_repopulate(run, &c->mem);
	if (ret)
		return ret;
	ret = pcow_peer_fork(&c->sharer);
	return ret ? pcow_error(run, -ret, "fork") : pcow_peer_wait(run, &c->sharer);
}

static uint64_t measure(void *state)
{
	const struct pcow_region *mem = &((struct cow_copy *)state)->mem;

	return pcow_region_write_each(mem, mem->copy_bytes);
}

static int measure_op(void *state, uint64_t index)
{
	const struct pcow_region *mem = &((struct cow_copy *)state)->mem;

	pcow_region_write(mem, index * mem->copy_bytes);
	return 0;
}

static int hold(struct pcow_run *run, void *state)
{
	(void)run;
	measure(state);
	return 0;
}

static void teardown(void *state)
{
	struct cow_copy *c = state;

	pcow_peer_close(&c->sharer);
	pcow_region_unmap(&c->mem);
}

PCOW_SCENARIO(fault_cow_copy) = {
	.name = "fault/cow-copy",
	.summary = "store to a page that a live child shares",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base thp | thp-pte | mthp-* hugetlb-*"), PCOW_SIZE),
	.samples = 20,
	.footprint = 2,
	.state_bytes = sizeof(struct cow_copy),
	/* What is copied is of order 0, whatever it was. */
	.claim = { .faults_per_op = 1,
		   .before = PCOW_PAGES_SHARED,
		   .after = PCOW_PAGES_WRITABLE,
		   .splits = true,
		   .outcome = PCOW_OUTCOME_COPIED },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.measure_op = measure_op,
	.hold = hold,
	.teardown = teardown,
};
