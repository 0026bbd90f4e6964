/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork/anon - fork() of a process with much anonymous memory.
 *
 * One op = one clone(SIGCHLD) in the parent, from the call to its return:
 * copy_page_range() shares every page, PMD by PMD where THP maps them.  What it
 * costs depends on what the process did since its last fork: a page that was
 * written (before=written) is write-protected, and loses PG_anon_exclusive from
 * v5.19 on; one that was not (before=clean) is so already.  Not timed: the
 * child's first run, which waits in read(2), its exit (fork/exit), and the C
 * library's atfork handlers.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <string.h>

struct fork_anon {
	struct pcow_region mem;
	struct pcow_peer child;
	bool clean;
	bool renew;
};

static int setup(struct pcow_run *run, void *state)
{
	struct fork_anon *f = state;
	int ret = pcow_region_map(run, &f->mem, pcow_param_bytes(run, "size"));

	if (!ret)
		ret = pcow_region_populate(run, &f->mem);
	if (!ret)
		ret = pcow_peer_open(run, &f->child);
	if (ret)
		return ret;
	f->clean = strcmp(pcow_param_choice(run, "before"), "clean") == 0;
	/* Some models copy when such pages are written after a fork: no folio is
	 * left for the next sample. */
	f->renew = f->mem.kind.cls == PCOW_THP_PTE || f->mem.kind.cls == PCOW_MTHP;
	if (f->clean) {
		pcow_claim(run)->before = PCOW_PAGES_PROTECTED;
		pcow_claim(run)->splits = f->renew;
	}
	pcow_op_bytes(run, f->mem.bytes);
	return pcow_claim_pages(run, &f->mem, f->mem.bytes);
}

static int arm(struct pcow_run *run, void *state)
{
	struct fork_anon *f = state;
	int ret = 0;

	pcow_peer_exit(&f->child);
	if (f->renew)
		ret = pcow_region_repopulate(run, &f->mem);
	pcow_region_rewrite(&f->mem);
	if (ret || !f->clean)
		return ret;
	ret = pcow_peer_fork(&f->child);
	pcow_peer_exit(&f->child);
	return ret ? pcow_error(run, -ret, "fork") : 0;
}

static uint64_t measure(void *state)
{
	struct fork_anon *f = state;
	int ret = pcow_peer_fork(&f->child);

	/* On failure alone: errno is in memory that the child now shares. */
	if (ret)
		errno = -ret;
	return ret == 0;
}

static int hold(struct pcow_run *run, void *state)
{
	return measure(state) ? 0 : pcow_error(run, errno, "fork");
}

static void teardown(void *state)
{
	struct fork_anon *f = state;

	pcow_peer_close(&f->child);
	pcow_region_unmap(&f->mem);
}

PCOW_SCENARIO(fork_anon) = {
	.name = "fork/anon",
	.summary = "fork() of a process with this much memory",
	.operation = "fork",
	.params = PCOW_PARAMS(PCOW_CHOICE("before",
					  "whether the pages were written since the last fork",
					  "written | clean"),
			      PCOW_PAGE_KIND("base thp | thp-pte | mthp-* hugetlb-*"), PCOW_SIZE),
	.scale_by = "size",
	.samples = 20,
	.footprint = 1,
	.state_bytes = sizeof(struct fork_anon),
	.claim = { .faults_per_op = 0, .before = PCOW_PAGES_WRITABLE, .after = PCOW_PAGES_SHARED },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.hold = hold,
	.teardown = teardown,
};
