/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault/zero-page-write - the first store to memory that was read before.
 *
 * One op = one store to a base page that maps the shared zero page:
 * do_wp_page() allocates and clears a page of its own and replaces the
 * mapping.  Not timed: the reads that map the zero page.
 */
#include <pincow/bench.h>

struct zero_page_write {
	struct pcow_region mem;
};

static int setup(struct pcow_run *run, void *state)
{
	struct zero_page_write *z = state;
	size_t page = pcow_page_bytes();
	int ret = pcow_region_map(run, &z->mem, pcow_param_bytes(run, "size"));

	if (!ret && z->mem.kind.cls != PCOW_BASE)
		ret = pcow_skip(run, "page=base",
				"the zero page is of order 0: this case is for base pages");
	pcow_op_bytes(run, page);
	pcow_op_count(run, z->mem.bytes / page);
	return ret ? ret : pcow_claim_pages(run, &z->mem, page);
}

static int arm(struct pcow_run *run, void *state)
{
	struct zero_page_write *z = state;
	int ret = pcow_region_renew(run, &z->mem);

	if (!ret)
		pcow_region_read_each(&z->mem, pcow_page_bytes());
	return ret;
}

static uint64_t measure(void *state)
{
	return pcow_region_write_each(&((struct zero_page_write *)state)->mem, pcow_page_bytes());
}

static int measure_op(void *state, uint64_t index)
{
	pcow_region_write(&((struct zero_page_write *)state)->mem, index * pcow_page_bytes());
	return 0;
}

static void teardown(void *state)
{
	pcow_region_unmap(&((struct zero_page_write *)state)->mem);
}

PCOW_SCENARIO(fault_zero_page_write) = {
	.name = "fault/zero-page-write",
	.summary = "first store to a page that maps the zero page",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base"), PCOW_SIZE),
	.samples = 20,
	.footprint = 1,
	.state_bytes = sizeof(struct zero_page_write),
	.claim = { .faults_per_op = 1,
		   .before = PCOW_PAGES_ZERO,
		   .after = PCOW_PAGES_WRITABLE,
		   .outcome = PCOW_OUTCOME_COPIED },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.measure_op = measure_op,
	.teardown = teardown,
};
