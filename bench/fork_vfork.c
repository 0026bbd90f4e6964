/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork/vfork - vfork() at the same size: fork's baseline without copying.
 *
 * One op = vfork(2), the child's _exit(2), and the parent's going on after it:
 * the child borrows the mm, so that size must not matter.  The parent may go on
 * once the child has given the mm back; whether it has ended by then is the
 * scheduler's choice, and a metric.  Not timed: waitpid().
 */
#include <pincow/bench.h>

#include <errno.h>
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

	if (!ret)
		ret = pcow_region_populate(run, &f->mem);
	pcow_op_bytes(run, f->mem.bytes);
	return ret ? ret : pcow_claim_pages(run, &f->mem, f->mem.bytes);
}

static uint64_t measure(void *state)
{
	struct fork_vfork *f = state;

	f->pid = vfork();
	if (f->pid == 0)
		_exit(0);
	return f->pid > 0;
}

static pid_t child(const void *state)
{
	return ((const struct fork_vfork *)state)->pid;
}

/* The child ran and ended; had it got an mm of its own, no page were writable. */
static int verify(struct pcow_run *run, void *state)
{
	struct fork_vfork *f = state;
	siginfo_t info = { .si_pid = 0 };
	int status;

	waitid(P_PID, (id_t)f->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	pcow_metric(run, "child_ended", info.si_pid == f->pid);
	if (waitpid(f->pid, &status, 0) != f->pid)
		return pcow_error(run, errno, "waitpid");
	f->pid = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		pcow_broken(run, "the child ended with wait status %d", status);
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
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base | | thp"), PCOW_SIZE),
	.samples = 100,
	.footprint = 1,
	.state_bytes = sizeof(struct fork_vfork),
	.claim = { .faults_per_op = 0,
		   .before = PCOW_PAGES_WRITABLE,
		   .after = PCOW_PAGES_WRITABLE,
		   .child = child,
		   .verify = verify },
	.setup = setup,
	.measure = measure,
	.teardown = teardown,
};
