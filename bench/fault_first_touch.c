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

struct first_touch {
	struct pcow_region mem;
};

static int setup(struct pcow_run *run, void *state)
{
	struct first_touch *f = state;
	int ret = pcow_region_map(run, &f->mem, pcow_param_bytes(run, "size"));

	if (!ret && f->mem.kind.cls == PCOW_THP_PTE)
		ret = pcow_skip(run, "page=thp",
				"the first touch of a PTE-mapped THP is that of a thp");
	if (ret)
		return ret;
	pcow_op_bytes(run, f->mem.kind.folio_bytes);
	pcow_op_count(run, f->mem.bytes / f->mem.kind.folio_bytes);
	/* Once before any sample: a host that lacks such pages is a skip. */
	ret = pcow_region_populate(run, &f->mem);
	return ret ? ret : pcow_claim_pages(run, &f->mem, f->mem.kind.folio_bytes);
}

static int arm(struct pcow_run *run, void *state)
{
	struct first_touch *f = state;

	return pcow_region_renew(run, &f->mem);
}

static uint64_t measure(void *state)
{
	const struct pcow_region *mem = &((struct first_touch *)state)->mem;

	return pcow_region_write_each(mem, mem->kind.folio_bytes);
}

static int measure_op(void *state, uint64_t index)
{
	const struct pcow_region *mem = &((struct first_touch *)state)->mem;

	pcow_region_write(mem, index * mem->kind.folio_bytes);
	return 0;
}

static void teardown(void *state)
{
	pcow_region_unmap(&((struct first_touch *)state)->mem);
}

PCOW_SCENARIO(fault_first_touch) = {
	.name = "fault/first-touch",
	.summary = "first store to a page of anonymous memory",
	.operation = "fault",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base thp | mthp-* hugetlb-2M | hugetlb-*"),
			      PCOW_SIZE),
	.samples = 20,
	.footprint = 1,
	.state_bytes = sizeof(struct first_touch),
	.claim = { .faults_per_op = 1, .before = PCOW_PAGES_ABSENT, .after = PCOW_PAGES_WRITABLE },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.measure_op = measure_op,
	.teardown = teardown,
};
