/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gup/vmsplice - GUP-fast in batches, with the references kept.
 *
 * One op = one page of one vmsplice(2) into an empty pipe: the kernel takes 16
 * pages at a time by get_user_pages_fast() (FOLL_GET, read-only) and keeps them
 * in pipe buffers.  The slope over `pages` is the cost of a page without the
 * call's own.  Not timed: faulting the pages, and releasing them (splice(2) to
 * /dev/null).
 */
#include <pincow/bench.h>

#include <inttypes.h>

/* A pipe's size is an int of bytes, and base pages have up to 64 KiB. */
#define PAGES_MAX 16384

struct gup_vmsplice {
	struct pcow_region mem;
	struct pcow_vmsplice pipe;
	int64_t result;
};

static int setup(struct pcow_run *run, void *state)
{
	struct gup_vmsplice *g = state;
	size_t pages = pcow_param_count(run, "pages");
	int ret = pcow_region_map_base(run, &g->mem, pages * pcow_page_bytes());

	if (!ret)
		ret = pcow_region_populate(run, &g->mem);
	pcow_op_bytes(run, pcow_page_bytes());
	if (!ret)
		ret = pcow_claim_pages(run, &g->mem, pcow_page_bytes());
	return ret ? ret : pcow_vmsplice_open(run, &g->pipe, pages);
}

static int arm(struct pcow_run *run, void *state)
{
	struct gup_vmsplice *g = state;
	int ret = pcow_vmsplice_release(&g->pipe);

	return ret ? pcow_error(run, -ret, "splice to /dev/null") : 0;
}

static uint64_t measure(void *state)
{
	struct gup_vmsplice *g = state;

	g->result = pcow_vmsplice_hold(&g->pipe, g->mem.addr, g->mem.bytes);
	return g->result > 0 ? (uint64_t)g->result / pcow_page_bytes() : 0;
}

/* The pipe holds every page, not just what fitted, and the pages themselves: it
 * has what is stored now. */
static int verify(struct pcow_run *run, void *state)
{
	struct gup_vmsplice *g = state;
	int64_t held = pcow_vmsplice_held(&g->pipe);
	int64_t stale;

	if (held != (int64_t)g->mem.bytes)
		pcow_broken(run, "the pipe holds %" PRId64 " of %zu bytes", held, g->mem.bytes);
	stale = pcow_vmsplice_stale_pages(&g->pipe, &g->mem);
	if (stale < 0)
		return pcow_error(run, (int)-stale, "reading the pipe");
	if (stale)
		pcow_broken(run, "%" PRId64 " pages in the pipe are not the process's", stale);
	return 0;
}

static void teardown(void *state)
{
	struct gup_vmsplice *g = state;

	pcow_vmsplice_close(&g->pipe);
	pcow_region_unmap(&g->mem);
}

PCOW_SCENARIO(gup_vmsplice) = {
	.name = "gup/vmsplice",
	.summary = "GUP-fast of many pages, references held by a pipe",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_COUNT("pages", "pages", "pages a call", PAGES_MAX,
					 "64 128 256 | | 16 32")),
	.scale_by = "pages",
	.samples = 1000,
	.state_bytes = sizeof(struct gup_vmsplice),
	.claim = { .faults_per_op = 0,
		   .before = PCOW_PAGES_WRITABLE,
		   .after = PCOW_PAGES_WRITABLE,
		   .verify = verify },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.teardown = teardown,
};
