/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An independent count for fork/anon, which shares nothing with pincow: write to
 * BYTES of base pages, fork, let the child go, for SECONDS; prints nanoseconds of
 * clone(2) in the parent, from the call to its return, as a median.  With PAUSE_US it
 * sleeps so long before each: back to back, small forks find all that they need in
 * the first caches, which a process that forks now and then does not.
 *
 * Linked statically, so that the process is as small as one can be.  Between the
 * two readings of the counter nothing is stored: the stack is shared by then, and
 * a store would be a copy-on-write fault inside of what is timed.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FORKS_MAX 1000000

static inline uint64_t ticks(void)
{
	uint64_t now;

#ifdef __x86_64__
	__asm__ volatile("rdtscp; lfence; shl $32, %%rdx; or %%rdx, %0"
			 : "=&a"(now)
			 :
			 : "rcx", "rdx", "memory");
#else
	__asm__ volatile("isb; mrs %0, cntvct_el0; isb" : "=r"(now) : : "memory");
#endif
	return now;
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	size_t bytes = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 0, start_ns = now_ns(), rate;
	useconds_t pause_us = argc > 3 ? (useconds_t)strtoul(argv[3], NULL, 10) : 0;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 0;
	uint64_t first = ticks(), *forks_ticks;
	int go[2];
	char *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* Shared: a fork copies no page table of it. */
	forks_ticks = mmap(NULL, FORKS_MAX * sizeof(*forks_ticks), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED || forks_ticks == MAP_FAILED ||
	    madvise(mem, bytes, MADV_NOHUGEPAGE) || pipe(go)) {
		fputs("usage: fork BYTES SECONDS [PAUSE_US]\n", stderr);
		return 2;
	}
	while (n < FORKS_MAX && now_ns() - start_ns < seconds * 1e9) {
		uint64_t start, end;
		long pid;
		char byte;

		if (pause_us)
			usleep(pause_us);
		for (size_t at = 0; at < bytes; at += page)
			*(volatile char *)(mem + at) = 1;
		start = ticks();
		pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
		end = ticks();
		if (pid == 0)
			_exit(read(go[0], &byte, 1) != 1);
		if (pid < 0 || write(go[1], "", 1) != 1 || waitpid((pid_t)pid, NULL, 0) < 0) {
			perror("fork");
			return 1;
		}
		forks_ticks[n++] = end - start;
	}
	rate = (now_ns() - start_ns) / (double)(ticks() - first);
	qsort(forks_ticks, n, sizeof(forks_ticks[0]), compare);
	printf("%.1f\n", n ? rate * (double)forks_ticks[n / 2] : 0);
	return 0;
}
