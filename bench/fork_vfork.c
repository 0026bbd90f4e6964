/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork/vfork - vfork() at the same size: fork's baseline without copying.
 *
 * One op = vfork(2), the child's _exit(2), and the parent's going on after it:
 * the child borrows the mm, so that size must not matter.  Not timed: waitpid().
 */
#include <pincow/bench.h>

#include <errno.h>
#include <inttypes.h>
#include <sys/wait.h>
#include <unistd.h>

struct fork_vfork {
	struct pcow_region mem;
	pid_t pid;
};

static int setup(struct pcow_run *run, void *state)
{
	struct fork_vfork *f = state;
	int ret = pcow_region_map(run, &f->mem, pcow_param_bytes(run, "size"));

	pcow_op_bytes(run, f->mem.bytes);
	return ret ? ret : pcow_region_populate(run, &f->mem);
}

static uint64_t measure(void *state)
{
	struct fork_vfork *f = state;

	f->pid = vfork();
	if (f->pid == 0)
		_exit(0);
	return f->pid > 0;
}

/* The child ran and ended, and every page is still this process's alone. */
static int verify(struct pcow_run *run, void *state)
{
	struct fork_vfork *f = state;
	int64_t pages = (int64_t)(f->mem.bytes / pcow_page_bytes());
	int64_t exclusive = pcow_region_exclusive_pages(run, &f->mem);
	int status;

	if (waitpid(f->pid, &status, 0) != f->pid)
		return pcow_error(run, errno, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		pcow_broken(run, "the child ended with wait status %d", status);
	if (exclusive != pages)
		pcow_broken(run, "%" PRId64 " pages became shared", pages - exclusive);
	return 0;
}

static void teardown(void *state)
{
	pcow_region_unmap(&((struct fork_vfork *)state)->mem);
}

PCOW_SCENARIO(fork_vfork) = {
	.name = "fork/vfork",
	.summary = "vfork() and the child's exit in a process of this size",
	.operation = "fork",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base", "base", "base thp", "base"),
			      PCOW_SIZE("16M 64M", "16M..256M", "1M..1G", "16M")),
	.samples = 100,
	.footprint = 1,
	.state_bytes = sizeof(struct fork_vfork),
	.claim = { .faults_per_op = 0,
		   .faults_slack = 4,
		   .switches_tasks = true,
		   .verify = verify },
	.setup = setup,
	.measure = measure,
	.teardown = teardown,
};
