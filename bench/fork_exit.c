/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork/exit - a forked child's exit, from the command to the reaped zombie.
 *
 * One op = write(2) to the parked child's pipe, its wake-up, _exit(2) with the
 * unmapping of all it shares (exit_mmap()), and the parent's waitpid(2) and
 * close(2) of its pidfd: with both on one CPU, two context switches.  Not timed:
 * the fork (fork/anon) and the child's start.
 */
#include <pincow/bench.h>

#include <sys/wait.h>

struct fork_exit {
	struct pcow_region mem;
	struct pcow_peer child;
};

static int setup(struct pcow_run *run, void *state)
{
	struct fork_exit *f = state;
	int ret = pcow_region_map(run, &f->mem, pcow_param_bytes(run, "size"));

	if (!ret)
		ret = pcow_region_populate(run, &f->mem);
	if (!ret)
		ret = pcow_peer_open(run, &f->child);
	pcow_op_bytes(run, f->mem.bytes);
	return ret ? ret : pcow_claim_pages(run, &f->mem, f->mem.bytes);
}

/* Forked and parked: a child that never ran would do its first run in measure(). */
static int arm(struct pcow_run *run, void *state)
{
	struct fork_exit *f = state;
	int ret = pcow_peer_fork(&f->child);

	if (ret)
		return pcow_error(run, -ret, "fork");
	ret = pcow_peer_wait(run, &f->child);
	return ret ? ret : pcow_peer_claim_bare(run, &f->child);
}

static uint64_t measure(void *state)
{
	struct fork_exit *f = state;

	pcow_peer_exit(&f->child);
	return 1;
}

static pid_t child(const void *state)
{
	return ((const struct fork_exit *)state)->child.pid;
}

static int verify(struct pcow_run *run, void *state)
{
	int status = ((struct fork_exit *)state)->child.status;

	if (!WIFEXITED(status) || WEXITSTATUS(status))
		pcow_broken(run, "the child ended with wait status %d", status);
	return 0;
}

static void teardown(void *state)
{
	struct fork_exit *f = state;

	pcow_peer_close(&f->child);
	pcow_region_unmap(&f->mem);
}

PCOW_SCENARIO(fork_exit) = {
	.name = "fork/exit",
	.summary = "exit of a forked child that shares this much memory, until reaped",
	.operation = "exit",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base | thp | thp-pte mthp-* hugetlb-*"), PCOW_SIZE),
	.scale_by = "size",
	.samples = 20,
	.footprint = 1,
	.state_bytes = sizeof(struct fork_exit),
	.claim = { .faults_per_op = 0,
		   .before = PCOW_PAGES_SHARED,
		   .after = PCOW_PAGES_SOLE,
		   .child = child,
		   .verify = verify },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.teardown = teardown,
};
