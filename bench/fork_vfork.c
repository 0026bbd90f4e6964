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
	pid_t pid;
};

static uint64_t measure(struct pcow_actor *actor)
{
	struct fork_vfork *f = actor->state;

	f->pid = vfork();
	if (f->pid == 0)
		_exit(0);
	return f->pid > 0;
}

static pid_t child(const struct pcow_actor *actor)
{
	return ((const struct fork_vfork *)actor->state)->pid;
}

/* The child ran and ended; had it got an mm of its own, no page were writable. */
static int verify(struct pcow_actor *actor)
{
	struct fork_vfork *f = actor->state;
	siginfo_t info = { .si_pid = 0 };
	int status;

	waitid(P_PID, (id_t)f->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	pcow_metric(actor->run, "child_ended", info.si_pid == f->pid);
	if (waitpid(f->pid, &status, 0) != f->pid)
		return pcow_error(actor->run, errno, "waitpid");
	f->pid = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		pcow_broken(actor->run, "the child ended with wait status %d", status);
	return 0;
}

PCOW_SCENARIO(fork_vfork) = {
	.name = "fork/vfork",
	.summary = "vfork() and the child's exit in a process of this size",
	.operation = "fork",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base | | thp"), PCOW_SIZE),
	.samples = 100,
	.footprint = 1,
	.state_bytes = sizeof(struct fork_vfork),
	.states = PCOW_STATES("written"),
	.claim = { .faults_per_op = 0,
		   .after = PCOW_PAGES_WRITABLE,
		   .child = child,
		   .verify = verify },
	.measure = measure,
};
