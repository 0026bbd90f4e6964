/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork/anon - fork() of a process with much anonymous memory.
 *
 * One op = one clone(SIGCHLD) in the parent, from the call to its return:
 * copy_page_range() shares every page, PMD by PMD where THP maps them.  What it
 * costs depends on what the process did since its last fork: a page that was
 * written (before=written) is write-protected, and loses PG_anon_exclusive from
 * v5.19 on; one that was not, since a child exited (before=exited), is so already.
 * Not timed: the child's first run, which waits in read(2), its exit (fork/exit), and the C
 * library's atfork handlers.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <string.h>

static int setup(struct pcow_actor *actor)
{
	bool is_clean = strcmp(pcow_param_choice(actor->run, "before"), "exited") == 0;

	/* That pages are write-protected is tried by stores to some. */
	if (is_clean && pcow_region_is_pte_mapped(&actor->mem))
		pcow_claim(actor->run)->splits = true;
	/* The fork itself allocates nothing of ours. */
	return pcow_peer_open(actor->run, &actor->child);
}

static uint64_t measure(struct pcow_actor *actor)
{
	int ret = pcow_peer_fork(&actor->child);

	/* On failure alone: errno is in memory that the child now shares. */
	if (ret)
		errno = -ret;
	return ret == 0;
}

/* Pages that are pinned, and not shared after it, do not tell that there was a fork. */
static int verify(struct pcow_actor *actor)
{
	if (!actor->child.pid)
		pcow_broken(actor->run, "there is no child");
	return 0;
}

PCOW_SCENARIO(fork_anon) = {
	.name = "fork/anon",
	.summary = "fork() of a process with this much memory",
	.operation = "fork",
	.params = PCOW_PARAMS(PCOW_CHOICE("before", "what the pages met last", "written | exited"),
			      PCOW_HELD, PCOW_PAGE_KIND("base thp | thp-pte | mthp-* hugetlb-*"),
			      PCOW_SIZE),
	.scale_by = "size",
	.samples = 20,
	.footprint = 1,
	.states = PCOW_STATES("written", "before=", "held="),
	.claim = { .faults_per_op = 0, .after = PCOW_PAGES_SHARED, .verify = verify },
	.setup = setup,
	.measure = measure,
	.weigh = true,
};
