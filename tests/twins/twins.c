/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios with one step wrong, which PINCOW_TWIN names, or one a scenario, as in
 * "gup/get:private-futex fork/vfork:fork-for-vfork".  The linker puts these
 * functions before the real ones (--wrap), so that scenarios, page states and pinners
 * are the same to the letter and what they call leaves something out.  Each sample must
 * end invalid: see the file table.
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/futex.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
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

WRAP(int, pcow_region_renew, struct pcow_run *run, const struct pcow_region *region)
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

/* The page states that need a child. */
WRAP(int, pcow_actor_share, struct pcow_actor *actor)
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
	return twin("no-sharer") ? 0 : __real_pcow_actor_share(actor);
}

WRAP(int, pcow_peer_fork, struct pcow_peer *peer)
{
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

WRAP(int, pcow_peer_write, struct pcow_run *run, struct pcow_peer *peer,
     const struct pcow_region *region, size_t step_bytes)
{
	return twin("no-copies") ? 0 : __real_pcow_peer_write(run, peer, region, step_bytes);
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

/* All arguments are words, so that they need no va_list. */
WRAP(long, syscall, long number, long a, long b, long c, long d, long e, long f)
{
	if (number != SYS_futex)
		return __real_syscall(number, a, b, c, d, e, f);
	if (twin("part-pinned") && (char *)a == mapped->addr + mapped->bytes - pcow_page_bytes())
		return 0;
	if (twin("shared-baseline"))
		b &= ~FUTEX_PRIVATE_FLAG;
	if (twin("private-futex"))
		b |= FUTEX_PRIVATE_FLAG;
	return __real_syscall(number, a, b, c, d, e, f);
}

WRAP(ssize_t, vmsplice, int fd, const struct iovec *iov, size_t n, unsigned int flags)
{
	static struct iovec same[1024];
	const size_t page = pcow_page_bytes();
	const struct iovec part = { iov->iov_base, iov->iov_len - page };
	size_t pages = iov->iov_len / page;

	if (twin("no-pin"))
		return (ssize_t)iov->iov_len;
	if (twin("copied-to-pipe"))
		return writev(fd, iov, (int)n);
	if (twin("part-pinned"))
		return __real_vmsplice(fd, &part, 1, flags) + (ssize_t)page;
	if (!twin("same-page") || pages > sizeof(same) / sizeof(same[0]))
		return __real_vmsplice(fd, iov, n, flags);
	for (size_t i = 0; i < pages; i++)
		same[i] = (struct iovec){ iov->iov_base, page };
	return __real_vmsplice(fd, same, pages, flags);
}

WRAP(int, io_uring_register_buffers, struct io_uring *ring, const struct iovec *iovecs,
     unsigned int n)
{
	const struct iovec part = { iovecs->iov_base, iovecs->iov_len - pcow_page_bytes() };
	/* The region as two buffers, both of all of it. */
	const struct iovec twice[] = { *iovecs, *iovecs };
	static struct io_uring other;

	if (twin("no-pin"))
		return 0;
	if (twin("part-pinned"))
		return __real_io_uring_register_buffers(ring, &part, 1);
	if (twin("registered-twice"))
		return __real_io_uring_register_buffers(ring, twice, 2);
	if (twin("pinned-before") && !other.ring_fd &&
	    (io_uring_queue_init(4, &other, 0) ||
	     __real_io_uring_register_buffers(&other, iovecs, n)))
		abort();
	return __real_io_uring_register_buffers(ring, iovecs, n);
}

WRAP(int, io_uring_unregister_buffers, struct io_uring *ring)
{
	return twin("no-pin") ? 0 : __real_io_uring_unregister_buffers(ring);
}

/* -------------------------------------------------------------------- threads */

/* All on the CPU of the first. */
WRAP(int, pcow_cpu_bind, int cpu)
{
	static int first = -1;

	if (first < 0)
		first = cpu;
	return __real_pcow_cpu_bind(twin("same-cpu") ? first : cpu);
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
	if (run->claim.before.yes & PCOW_PRESENT)
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
