/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gup/futex - GUP-fast of one page, by way of a shared futex.
 *
 * One op = FUTEX_WAKE without waiters on private anonymous memory: to find the
 * futex key the kernel takes the page by get_user_pages_fast(FOLL_WRITE) and
 * drops it again.  The baseline is the same call with FUTEX_PRIVATE_FLAG, which
 * looks at no page: `net` is what GUP-fast and its key cost.  Not timed:
 * faulting the page.
 */
#include <pincow/bench.h>

#define CALLS 1000

struct gup_futex {
	struct pcow_region mem;
	uint32_t *word;
};

static bool present(const struct pcow_region *mem)
{
	uint64_t entry;

	return pcow_pagemap_read(mem->addr, 1, &entry) == 0 && entry & PCOW_PAGEMAP_PRESENT;
}

static int setup(struct pcow_run *run, void *state)
{
	struct gup_futex *g = state;
	int ret = pcow_region_map_base(run, &g->mem, pcow_page_bytes());

	g->word = (uint32_t *)g->mem.addr;
	if (!ret)
		ret = pcow_region_populate(run, &g->mem);
	return ret ? ret : pcow_claim_pages(run, &g->mem, pcow_page_bytes());
}

static uint64_t measure(void *state)
{
	uint32_t *word = ((struct gup_futex *)state)->word;

	for (int i = 0; i < CALLS; i++)
		if (pcow_futex_wake_shared(word, 1))
			return 0;
	return CALLS;
}

static uint64_t baseline(void *state)
{
	uint32_t *word = ((struct gup_futex *)state)->word;

	for (int i = 0; i < CALLS; i++)
		if (pcow_futex_wake_private(word, 1))
			return 0;
	return CALLS;
}

/*
 * That the shared call walks to the page and the private one does not is seen
 * on a page that is not there: only the first brings it in.
 */
static int verify(struct pcow_run *run, void *state)
{
	struct gup_futex *g = state;
	int ret = pcow_region_renew(run, &g->mem);

	if (ret)
		return ret;
	baseline(g);
	if (present(&g->mem))
		pcow_broken(run, "the private futex calls touched their page");
	measure(g);
	if (!present(&g->mem))
		pcow_broken(run, "the shared futex calls did not take their page");
	return pcow_region_populate(run, &g->mem);
}

static void teardown(void *state)
{
	pcow_region_unmap(&((struct gup_futex *)state)->mem);
}

PCOW_SCENARIO(gup_futex) = {
	.name = "gup/futex",
	.summary = "GUP-fast of one page: FUTEX_WAKE, shared against private",
	.operation = "call",
	.baseline_is = "the same call with FUTEX_PRIVATE_FLAG: no GUP",
	.samples = 200,
	.state_bytes = sizeof(struct gup_futex),
	.claim = { .faults_per_op = 0,
		   .before = PCOW_PAGES_WRITABLE,
		   .after = PCOW_PAGES_WRITABLE,
		   .verify = verify },
	.setup = setup,
	.measure = measure,
	.baseline = baseline,
	.teardown = teardown,
};
