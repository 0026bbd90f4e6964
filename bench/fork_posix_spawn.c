/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork/posix-spawn - posix_spawn() at the same size: what replaces fork+exec.
 *
 * One op = posix_spawn(3) of /bin/true, which returns when its execve(2) is
 * done: CLONE_VM | CLONE_VFORK, then a new mm for the program.  Not timed: the
 * program's own run, and waitpid().
 */
#include <pincow/bench.h>

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "/bin/true"

struct fork_posix_spawn {
	struct pcow_region mem;
	pid_t pid;
};

static int probe(struct pcow_run *run)
{
	if (access(PROGRAM, X_OK))
		return pcow_skip(run, "Debian's package coreutils", "there is no " PROGRAM);
	return 0;
}

static int setup(struct pcow_run *run, void *state)
{
	struct fork_posix_spawn *f = state;
	int ret = pcow_region_map(run, &f->mem, pcow_param_bytes(run, "size"));

	pcow_op_bytes(run, f->mem.bytes);
	return ret ? ret : pcow_region_populate(run, &f->mem);
}

static uint64_t measure(void *state)
{
	struct fork_posix_spawn *f = state;
	char *const argv[] = { (char *)PROGRAM, NULL };
	char *const env[] = { NULL };

	errno = posix_spawn(&f->pid, PROGRAM, NULL, NULL, argv, env);
	return errno == 0;
}

static int verify(struct pcow_run *run, void *state)
{
	struct fork_posix_spawn *f = state;
	int64_t pages = (int64_t)(f->mem.bytes / pcow_page_bytes());
	int64_t exclusive = pcow_region_exclusive_pages(run, &f->mem);
	int status;

	if (waitpid(f->pid, &status, 0) != f->pid)
		return pcow_error(run, errno, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		pcow_broken(run, PROGRAM " ended with wait status %d", status);
	if (exclusive != pages)
		pcow_broken(run, "%" PRId64 " pages became shared", pages - exclusive);
	return 0;
}

static void teardown(void *state)
{
	pcow_region_unmap(&((struct fork_posix_spawn *)state)->mem);
}

PCOW_SCENARIO(fork_posix_spawn) = {
	.name = "fork/posix-spawn",
	.summary = "posix_spawn() of /bin/true from a process of this size",
	.operation = "spawn",
	.params = PCOW_PARAMS(PCOW_PAGE_KIND("base", "base", "base thp", "base"),
			      PCOW_SIZE("16M 64M", "16M..256M", "1M..1G", "16M")),
	.needs = PCOW_NEEDS(PROGRAM),
	.samples = 50,
	.footprint = 1,
	.state_bytes = sizeof(struct fork_posix_spawn),
	/* The C library maps a stack for the child and touches it. */
	.claim = { .faults_per_op = PCOW_FAULTS_ANY, .switches_tasks = true, .verify = verify },
	.probe = probe,
	.setup = setup,
	.measure = measure,
	.teardown = teardown,
};
