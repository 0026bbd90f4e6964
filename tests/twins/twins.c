/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios with one step wrong, which PINCOW_TWIN names, or one a scenario, as in
 * "gup/futex:private-futex fork/vfork:fork-for-vfork".  The linker puts
 * these functions before the real ones (--wrap), so that a scenario is the same
 * to the letter and what it calls leaves something out.  Each sample must end
 * invalid: see the file table.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/worker/run.h"

/* What the case maps, for twins that spoil it later. */
static struct pcow_region *mapped;

/* A copy, since a peer has no environment: that lies on the stack. */
static char wanted[32];

/* The twin of the scenario that the worker's job, an argument, is of. */
static const char *choose(char *list, int argc, char **argv)
{
	char job[64], *pair, *end;

	for (pair = strtok_r(list, " ", &end); pair; pair = strtok_r(NULL, " ", &end)) {
		char *name = strchr(pair, ':');

		if (!name)
			return pair;
		snprintf(job, sizeof(job), "\"scenario\":\"%.*s\"", (int)(name - pair), pair);
		for (int i = 1; i < argc; i++)
			if (strstr(argv[i], job))
				return name + 1;
	}
	return "";
}

/* The C library passes main()'s arguments. */
__attribute__((constructor)) static void remember(int argc, char **argv)
{
	const char *set = getenv("PINCOW_TWIN");
	char list[512];

	snprintf(list, sizeof(list), "%s", set ? set : "");
	snprintf(wanted, sizeof(wanted), "%s", choose(list, argc, argv));
}

static bool twin(const char *name)
{
	return strcmp(wanted, name) == 0;
}

#define WRAP(type, name, ...)                                                                      \
	type __real_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

/* ------------------------------------------------------------------- regions */

/* One page in a hundred, the last ones, stays out of every fork. */
static void keep_part(const struct pcow_region *region)
{
	size_t part = region->bytes / 100 / region->map_bytes * region->map_bytes;

	if (!twin("part-unforked"))
		return;
	part = part ? part : region->map_bytes;
	madvise(region->addr + region->bytes - part, part, MADV_DONTFORK);
}

WRAP(int, pcow_region_map, struct pcow_run *run, struct pcow_region *region, size_t bytes)
{
	int ret = __real_pcow_region_map(run, region, bytes);

	mapped = region;
	if (!ret)
		keep_part(region);
	return ret;
}

WRAP(int, pcow_region_map_base, struct pcow_run *run, struct pcow_region *region, size_t bytes)
{
	/* Not what drains the LRU batches. */
	if (!mapped)
		mapped = region;
	return __real_pcow_region_map_base(run, region, bytes);
}

WRAP(int, pcow_region_renew, struct pcow_run *run, struct pcow_region *region)
{
	return twin("no-renew") ? 0 : __real_pcow_region_renew(run, region);
}

WRAP(void, pcow_region_rewrite, const struct pcow_region *region)
{
	if (!twin("no-write-before"))
		__real_pcow_region_rewrite(region);
}

WRAP(uint64_t, pcow_region_read_each, const struct pcow_region *region, size_t step_bytes)
{
	return twin("no-read") ? 0 : __real_pcow_region_read_each(region, step_bytes);
}

WRAP(uint64_t, pcow_region_write_each, const struct pcow_region *region, size_t step_bytes)
{
	struct pcow_region part = *region;
	uint64_t ops = region->bytes / step_bytes;

	/* All are counted, the last one is left out. */
	if (twin("part-written") && ops > 1)
		part.bytes -= step_bytes;
	__real_pcow_region_write_each(&part, step_bytes);
	return ops;
}

/* --------------------------------------------------------------------- peers */

WRAP(int, pcow_peer_fork, struct pcow_peer *peer)
{
	/* What is shared is the zero page. */
	if (twin("zero-page")) {
		madvise(mapped->addr, mapped->bytes, MADV_DONTNEED);
		__real_pcow_region_read_each(mapped, pcow_page_bytes());
	}
	/* Read-only pages that nobody shares. */
	if (twin("protected-instead"))
		return mprotect(mapped->addr, mapped->bytes, PROT_READ) ||
				       mprotect(mapped->addr, mapped->bytes, PROT_READ | PROT_WRITE)
			       ? -errno
			       : 0;
	return twin("no-fork") ? 0 : __real_pcow_peer_fork(peer);
}

/* What a child was to do, and 1 MiB that it maps before. */
static int (*obey)(void *arg);

static int map_and_obey(void *arg)
{
	mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
	     0);
	return obey(arg);
}

WRAP(int, clone, int (*function)(void *arg), void *stack, int flags, void *arg)
{
	/* A store would be a fault of ours in what is timed. */
	if (!twin("child-has-own"))
		return __real_clone(function, stack, flags, arg);
	obey = function;
	return __real_clone(map_and_obey, stack, flags, arg);
}

WRAP(int, pcow_peer_wait, struct pcow_run *run, struct pcow_peer *peer)
{
	return twin("no-fork") ? 0 : __real_pcow_peer_wait(run, peer);
}

WRAP(void, pcow_peer_exit, struct pcow_peer *peer)
{
	static struct pcow_peer other;

	__real_pcow_peer_exit(peer);
	if (twin("written-after"))
		__real_pcow_region_rewrite(mapped);
	if (!twin("sharer-stays"))
		return;
	__real_pcow_peer_exit(&other);
	if (other.open || !pcow_peer_open(NULL, &other))
		__real_pcow_peer_fork(&other);
}

/* Jumps to the real one: from a frame that it had returned from once, a child
 * that borrows the stack could not return again. */
WRAP(pid_t, vfork, void)
{
	if (twin("fork-for-vfork"))
		return fork();
	return __real_vfork();
}

WRAP(int, posix_spawn, pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
     const posix_spawnattr_t *attr, char *const argv[], char *const env[])
{
	char *const other[] = { (char *)"/bin/false", NULL };
	int ret;

	if (twin("other-program"))
		return __real_posix_spawn(pid, other[0], actions, attr, other, env);
	ret = __real_posix_spawn(pid, path, actions, attr, argv, env);
	if (!ret && twin("waited-for"))
		waitid(P_PID, (id_t)*pid, NULL, WEXITED | WNOWAIT);
	return ret;
}

/* ---------------------------------------------------------------------- pins */

WRAP(long, pcow_futex_wake_private, uint32_t *word, int waiters)
{
	return twin("shared-baseline") ? pcow_futex_wake_shared(word, waiters)
				       : __real_pcow_futex_wake_private(word, waiters);
}

WRAP(long, pcow_futex_wake_shared, uint32_t *word, int waiters)
{
	return twin("private-futex") ? pcow_futex_wake_private(word, waiters)
				     : __real_pcow_futex_wake_shared(word, waiters);
}

WRAP(int64_t, pcow_vmsplice_hold, struct pcow_vmsplice *v, const void *addr, size_t bytes)
{
	static struct iovec same[1024];
	size_t n = bytes / pcow_page_bytes();

	if (twin("copied-to-pipe"))
		return write(v->pipe[1], addr, bytes);
	if (!twin("same-page") || n > sizeof(same) / sizeof(same[0]))
		return __real_pcow_vmsplice_hold(v, addr, bytes);
	for (size_t i = 0; i < n; i++)
		same[i] = (struct iovec){ (void *)addr, pcow_page_bytes() };
	return vmsplice(v->pipe[1], same, n, SPLICE_F_NONBLOCK);
}

int __real_pcow_uring_register(struct pcow_uring *uring);

WRAP(int, pcow_uring_open, struct pcow_run *run, struct pcow_uring *uring,
     const struct pcow_region *region)
{
	static struct pcow_uring other;
	int ret = __real_pcow_uring_open(run, uring, region);

	if (ret || !twin("pinned-before"))
		return ret;
	ret = __real_pcow_uring_open(run, &other, region);
	return ret ? ret : __real_pcow_uring_register(&other);
}

/* The region as two buffers, both of all of it. */
static int register_twice(struct pcow_uring *uring)
{
	const struct pcow_uring whole = *uring;
	struct iovec twice[] = { *(struct iovec *)uring->iovecs, *(struct iovec *)uring->iovecs };
	int ret;

	uring->iovecs = twice;
	uring->nr_iovecs = 2;
	ret = __real_pcow_uring_register(uring);
	uring->iovecs = whole.iovecs;
	uring->nr_iovecs = whole.nr_iovecs;
	return ret;
}

WRAP(int, pcow_uring_register, struct pcow_uring *uring)
{
	struct iovec *last = (struct iovec *)uring->iovecs + uring->nr_iovecs - 1;
	size_t left_out = twin("part-pinned") ? pcow_page_bytes() : 0;
	int ret;

	if (twin("no-pin")) {
		uring->registered = true;
		return 0;
	}
	if (twin("registered-twice"))
		return register_twice(uring);
	last->iov_len -= left_out;
	ret = __real_pcow_uring_register(uring);
	last->iov_len += left_out;
	return ret;
}

WRAP(int, pcow_uring_unregister, struct pcow_uring *uring)
{
	if (!twin("no-pin"))
		return __real_pcow_uring_unregister(uring);
	uring->registered = false;
	return 0;
}

/* -------------------------------------------------- between arm() and the proof */

/* The region again, of large pages instead of base ones or the other way round. */
static void change_kind(const struct pcow_run *run)
{
	bool base = mapped->kind.cls == PCOW_BASE;
	void *at = mmap(mapped->addr, mapped->bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (at == MAP_FAILED || madvise(at, mapped->bytes, base ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
		abort();
	if (run->claim.before != PCOW_PAGES_ABSENT)
		__real_pcow_region_rewrite(mapped);
}

static void go_elsewhere(const struct pcow_run *run)
{
	cpu_set_t others;

	sched_getaffinity(getppid(), sizeof(others), &others);
	CPU_CLR((size_t)run->job->cpu, &others);
	if (sched_setaffinity(0, sizeof(others), &others))
		abort();
}

WRAP(void, pcow_claim_before, struct pcow_run *run)
{
	char *page = mapped ? mapped->addr + mapped->bytes / 2 : NULL;

	if (twin("other-kind"))
		change_kind(run);
	if (twin("mlocked") && mlock2(mapped->addr, mapped->bytes, MLOCK_ONFAULT))
		abort();
	if (twin("one-page")) {
		madvise(page, pcow_page_bytes(), MADV_DONTNEED);
		*(volatile char *)page = 1;
	}
	__real_pcow_claim_before(run);
	if (twin("other-cpu"))
		go_elsewhere(run);
}
