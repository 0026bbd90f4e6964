/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * threads PAGES CPU...: shared FUTEX_WAKE, which takes a reference of its page, by a thread
 * on each CPU at once.  Prints the median of nanoseconds a call, over threads and samples;
 * first of own pages, then of the same ones.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES 200
#define ROUNDS	16

static size_t pages;
static int n;
static atomic_int come;

struct thread {
	pthread_t id;
	int cpu;
	char *memory;
	double ns[SAMPLES];
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void *work(void *arg)
{
	struct thread *t = arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(t->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		exit(1);
	for (int i = 0; i < SAMPLES; i++) {
		double begin;

		/* A barrier of the C library wakes them one after the other. */
		atomic_fetch_add(&come, 1);
		while (atomic_load(&come) < n * (i + 1))
			;
		begin = now();
		for (int round = 0; round < ROUNDS; round++)
			for (size_t at = 0; at < pages * 4096; at += 4096)
				if (syscall(SYS_futex, t->memory + at, FUTEX_WAKE, 1, NULL, NULL,
					    0))
					exit(1);
		t->ns[i] = (now() - begin) / (double)(ROUNDS * pages);
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(struct thread *threads)
{
	double *all = malloc(sizeof(*all) * SAMPLES * (size_t)n), value;

	for (int i = 0; i < n * SAMPLES; i++)
		all[i] = threads[i / SAMPLES].ns[i % SAMPLES];
	qsort(all, SAMPLES * (size_t)n, sizeof(*all), compare);
	value = all[n * SAMPLES / 2];
	free(all);
	return value;
}

int main(int argc, char **argv)
{
	struct thread *threads;
	char *memory;

	n = argc - 2;
	threads = calloc((size_t)n, sizeof(*threads));
	pages = (size_t)atol(argv[1]);
	memory = mmap(NULL, (size_t)n * pages * 4096, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	madvise(memory, (size_t)n * pages * 4096, MADV_NOHUGEPAGE);
	for (int shared = 0; shared < 2; shared++) {
		atomic_store(&come, 0);
		for (int i = 0; i < n; i++) {
			threads[i].cpu = atoi(argv[2 + i]);
			threads[i].memory = memory + (shared ? 0 : (size_t)i * pages * 4096);
			pthread_create(&threads[i].id, NULL, work, &threads[i]);
		}
		for (int i = 0; i < n; i++)
			pthread_join(threads[i].id, NULL);
		printf("%s %.1f\n", shared ? "shared" : "own", median(threads));
	}
	return 0;
}
