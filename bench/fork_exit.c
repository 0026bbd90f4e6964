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

static int arm(struct pcow_actor *actor)
{
	return pcow_peer_claim_bare(actor->run, &actor->child);
}

static uint64_t measure(struct pcow_actor *actor)
{
	pcow_peer_exit(&actor->child);
	return 1;
}

static pid_t child(const struct pcow_actor *actor)
{
	return actor->child.pid;
}

static int verify(struct pcow_actor *actor)
{
	int status = actor->child.status;

	if (!WIFEXITED(status) || WEXITSTATUS(status))
		pcow_broken(actor->run, "the child ended with wait status %d", status);
	return 0;
}

PCOW_SCENARIO(fork_exit) = {
	.name = "fork/exit",
	.summary = "exit of a forked child that shares this much memory, until reaped",
	.operation = "exit",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base | thp | thp-pte mthp-* hugetlb-*"), PCOW_SIZE),
	.scale_by = "size",
	.samples = 20,
	.footprint = 1,
	/* Parked: a child that never ran would do its first run in measure(). */
	.states = PCOW_STATES("written", "shared"),
	.claim = { .faults_per_op = 0, .after = PCOW_PAGES_SOLE, .child = child, .verify = verify },
	.arm = arm,
	.measure = measure,
};
