/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork/anon - fork() of a process with much anonymous memory.
 *
 * One op = one clone(SIGCHLD) in the parent, from the call to its return:
 * copy_page_range() write-protects and shares every page, PMD by PMD where THP
 * maps them.  Not timed: the child's first run, which waits in read(2), its
 * exit (fork/exit), and the C library's atfork handlers.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <inttypes.h>

struct fork_anon {
	struct pcow_region mem;
	struct pcow_peer child;
};

static int setup(struct pcow_run *run, void *state)
{
	struct fork_anon *f = state;
	int ret = pcow_region_map(run, &f->mem, pcow_param_bytes(run, "size"));

	if (!ret)
		ret = pcow_region_populate(run, &f->mem);
	if (!ret)
		ret = pcow_peer_open(run, &f->child);
	pcow_op_bytes(run, f->mem.bytes);
	return ret;
}

static int arm(struct pcow_run *run, void *state)
{
	struct fork_anon *f = state;

	(void)run;
	pcow_peer_exit(&f->child);
	return 0;
}

static uint64_t measure(void *state)
{
	struct fork_anon *f = state;

	return pcow_peer_fork(&f->child) == 0;
}

static int hold(struct pcow_run *run, void *state)
{
	struct fork_anon *f = state;

	return measure(f) ? 0 : pcow_error(run, EAGAIN, "fork");
}

/* The child lives: no page may still be this process's alone. */
static int verify(struct pcow_run *run, void *state)
{
	struct fork_anon *f = state;
	int64_t exclusive = pcow_region_exclusive_pages(run, &f->mem);

	if (exclusive)
		pcow_broken(run, "%" PRId64 " pages are not shared with the child", exclusive);
	return 0;
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
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base thp", "base thp thp-pte", PCOW_EVERY_PAGE_KIND,
					     "base thp"),
			      PCOW_SIZE("4M 16M 64M 256M", "1M..1G", "1M..4G", "4M 16M")),
	.scale_by = "size",
	.samples = 20,
	.footprint = 1,
	.state_bytes = sizeof(struct fork_anon),
	/* The return path writes to the stack, which the child now shares. */
	.claim = { .faults_per_op = 0, .faults_slack = 8, .verify = verify },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.hold = hold,
	.teardown = teardown,
};
