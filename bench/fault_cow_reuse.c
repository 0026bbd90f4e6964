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

#include <string.h>

struct cow_reuse {
	struct pcow_region mem;
	struct pcow_peer sharer;
	bool sharer_copies;
	bool renew;
};

static int setup(struct pcow_run *run, void *state)
{
	struct cow_reuse *c = state;
	int ret = pcow_region_map(run, &c->mem, pcow_param_bytes(run, "size"));

	if (!ret)
		ret = pcow_region_populate(run, &c->mem);
	if (!ret)
		ret = pcow_peer_open(run, &c->sharer);
	if (ret)
		return ret;
	c->sharer_copies = strcmp(pcow_param_choice(run, "sharer"), "copied") == 0;
	/* Where a model copies, or the child splits, no folio is left for the next sample. */
	c->renew = c->mem.kind.cls == PCOW_THP_PTE || c->mem.kind.cls == PCOW_MTHP;
	if (c->renew) {
		pcow_claim(run)->outcome = PCOW_OUTCOME_ANY;
		pcow_claim(run)->splits = true;
	}
	pcow_op_bytes(run, c->mem.map_bytes);
	pcow_op_count(run, c->mem.bytes / c->mem.map_bytes);
	return pcow_claim_pages(run, &c->mem, c->mem.map_bytes);
}

static int arm(struct pcow_run *run, void *state)
{
	struct cow_reuse *c = state;
	int ret = 0;

	pcow_peer_exit(&c->sharer);
	if (c->renew)
		ret = pcow_region_repopulate(run, &c->mem);
	if (ret)
		return ret;
	ret = pcow_peer_fork(&c->sharer);
	if (ret)
		return pcow_error(run, -ret, "fork");
	/* Later nothing tells that there was one: a page may be write-protected otherwise. */
	pcow_claim_shared(run);
	if (c->sharer_copies)
		ret = pcow_peer_write(run, &c->sharer, &c->mem, c->mem.copy_bytes);
	else
		pcow_peer_exit(&c->sharer);
	return ret ? ret : pcow_lru_drain(run);
}

static uint64_t measure(void *state)
{
	const struct pcow_region *mem = &((struct cow_reuse *)state)->mem;

	return pcow_region_write_each(mem, mem->map_bytes);
}

static int measure_op(void *state, uint64_t index)
{
	const struct pcow_region *mem = &((struct cow_reuse *)state)->mem;

	pcow_region_write(mem, index * mem->map_bytes);
	return 0;
}

static int verify(struct pcow_run *run, void *state)
{
	struct cow_reuse *c = state;

	if ((c->sharer.pid != 0) != c->sharer_copies)
		pcow_broken(run, "the sharer is %s", c->sharer.pid ? "still there" : "gone");
	return 0;
}

static void teardown(void *state)
{
	struct cow_reuse *c = state;

	pcow_peer_close(&c->sharer);
	pcow_region_unmap(&c->mem);
}

PCOW_SCENARIO(fault_cow_reuse) = {
	.name = "fault/cow-reuse",
	.summary = "store to a page whose sharer is gone",
	.operation = "fault",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base thp thp-pte | | mthp-* hugetlb-*"),
			      PCOW_CHOICE("sharer", "why it is gone", "exited | | copied"),
			      PCOW_SIZE),
	.samples = 20,
	.footprint = 2,
	.state_bytes = sizeof(struct cow_reuse),
	.claim = { .faults_per_op = 1,
		   .before = PCOW_PAGES_SOLE,
		   .after = PCOW_PAGES_WRITABLE,
		   .outcome = PCOW_OUTCOME_REUSED,
		   .verify = verify },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.measure_op = measure_op,
	.teardown = teardown,
};
