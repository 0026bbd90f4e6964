/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork/posix-spawn - posix_spawn() at the same size: what replaces fork+exec.
 *
 * One op = posix_spawn(3) of /bin/true, which returns when its execve(2) is
 * done: CLONE_VM | CLONE_VFORK, in the child two rt_sigaction(2) of the C library's
 * for each signal, then a new mm for the program.  Not timed: the program's own
 * run, and waitpid().  Where both share a CPU, a scheduler may let
 * the new program go on before the caller returns, and its start-up is timed as
 * well: below a real-time worker, as in counted guests, the child is of a lower
 * priority, so that the worker is back at once.  A sample in which the program has
 * come to its end is invalid.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>

#define PROGRAM "/bin/true"

struct fork_posix_spawn {
	posix_spawnattr_t below;
	bool open;
	pid_t pid;
};

/* The lowest real-time priority: the child waits for nobody but the worker.  To an
 * ordinary worker SCHED_IDLE is no help: EEVDF (v6.6) may still run the child first. */
static void rank_below(posix_spawnattr_t *attr)
{
	const struct sched_param param = { .sched_priority = 1 };

	if (sched_getscheduler(0) != SCHED_FIFO)
		return;
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSCHEDULER);
	posix_spawnattr_setschedpolicy(attr, SCHED_FIFO);
	posix_spawnattr_setschedparam(attr, &param);
}

static int setup(struct pcow_actor *actor)
{
	struct fork_posix_spawn *f = actor->state;

	posix_spawnattr_init(&f->below);
	f->open = true;
	rank_below(&f->below);
	return 0;
}

static uint64_t measure(struct pcow_actor *actor)
{
	struct fork_posix_spawn *f = actor->state;
	char *const argv[] = { (char *)PROGRAM, NULL };
	char *const env[] = { NULL };

	errno = posix_spawn(&f->pid, PROGRAM, NULL, &f->below, argv, env);
	return errno == 0;
}

static pid_t child(const struct pcow_actor *actor)
{
	return ((const struct fork_posix_spawn *)actor->state)->pid;
}

static int verify(struct pcow_actor *actor)
{
	struct fork_posix_spawn *f = actor->state;
	int status;

	if (waitpid(f->pid, &status, 0) != f->pid)
		return pcow_error(actor->run, errno, "waitpid");
	f->pid = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		pcow_broken(actor->run, PROGRAM " ended with wait status %d", status);
	return 0;
}

static void teardown(struct pcow_actor *actor)
{
	struct fork_posix_spawn *f = actor->state;

	if (f->open)
		posix_spawnattr_destroy(&f->below);
}

PCOW_SCENARIO(fork_posix_spawn) = {
	.name = "fork/posix-spawn",
	.summary = "posix_spawn() of /bin/true from a process of this size",
	.operation = "spawn",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base | | thp"), PCOW_SIZE),
	.needs = PCOW_NEEDS({ .kind = PCOW_NEED_PROGRAM,
			      .what = PROGRAM,
			      .remedy = "Debian's package coreutils" }),
	.samples = 50,
	.footprint = 1,
	.state_bytes = sizeof(struct fork_posix_spawn),
	.states = PCOW_STATES("written"),
	/* The C library maps a stack for the child and touches it. */
	.claim = { .faults_per_op = PCOW_FAULTS_ANY,
		   .after = PCOW_PAGES_WRITABLE,
		   .child = child,
		   .child_goes_on = true,
		   .verify = verify },
	.setup = setup,
	.measure = measure,
	.teardown = teardown,
};
