/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "truth.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WARM_UPS    3
#define NR_TAKEN    (TRUTH_SAMPLES - WARM_UPS)
#define STACK_BYTES 65536
#define TABLE_BYTES ((size_t)2 << 20) /* what a page of page table entries maps */

/*
 * A fault begins with a search for its VMA, which from v6.1 on takes some
 * instructions more for each that stands before it in a node of the tree: up to
 * 4 % of a fault.  So what is measured is the first of all; the program itself
 * is linked to lie above.
 */
#define FIRST_ADDRESS ((void *)0x1000000)

static int counter = -1;
static double empty;
static uint64_t samples[TRUTH_SAMPLES];
static int nr_samples;
static int orders[2], answers[2];
static char *child_stack;

void truth_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", strerror(errno));
	exit(1);
}

uint64_t truth_now(void)
{
	struct timespec now;
	uint64_t count;

	if (counter < 0) {
		clock_gettime(CLOCK_MONOTONIC_RAW, &now);
		return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	}
	if (read(counter, &count, sizeof(count)) != sizeof(count))
		truth_die("reading the counter");
	return count;
}

void truth_sample(uint64_t begin, uint64_t end)
{
	samples[nr_samples++ % TRUTH_SAMPLES] = end - begin;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts what was sampled, and returns the first; the next sample begins anew. */
static const uint64_t *sorted(void)
{
	if (nr_samples != TRUTH_SAMPLES)
		truth_die("%d samples, not %d", nr_samples, TRUTH_SAMPLES);
	nr_samples = 0;
	qsort(samples + WARM_UPS, NR_TAKEN, sizeof(*samples), by_value);
	return samples + WARM_UPS;
}

static double median(const uint64_t *values)
{
	return (double)(values[(NR_TAKEN - 1) / 2] + values[NR_TAKEN / 2]) / 2;
}

void truth_print(const char *name, const char *of, size_t ops)
{
	const uint64_t *values = sorted();

	printf("%s:%s%s %.2f %.2f\n", name, of, counter < 0 ? "" : ":pmu",
	       (median(values) - empty) / (double)ops, ((double)values[0] - empty) / (double)ops);
	fflush(stdout);
}

static void time_empty(void)
{
	for (int i = 0; i < TRUTH_SAMPLES; i++) {
		uint64_t begin = truth_now();

		truth_sample(begin, truth_now());
	}
	empty = median(sorted());
}

static void schedule(int policy, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	if (sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &param))
		truth_die("sched_setscheduler");
}

static void count(pid_t pid, int cpu)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_HARDWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_HW_INSTRUCTIONS };

	counter = (int)syscall(SYS_perf_event_open, &attr, pid, cpu, -1, 0);
	if (counter < 0)
		truth_die("no counter of instructions");
}

/*
 * What a fork shares, its parent's next store copies: that would be inside of a
 * window.  So the stack is not the child's, which has one that no fork copies.
 */
static void part_stacks(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long start, end;
	char line[256];
	int ret = -1;

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "[stack]") && sscanf(line, "%lx-%lx", &start, &end) == 2)
			ret = madvise((void *)start, end - start, MADV_DONTFORK);
	child_stack =
		mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!maps || ret || child_stack == MAP_FAILED)
		truth_die("stacks");
	fclose(maps);
	truth_write(child_stack, STACK_BYTES);
}

/* The C library lets the kernel write into thread-local memory: a shared page, too. */
static void part_rseq(void)
{
	void *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size &&
	    syscall(SYS_rseq, area, sizeof(struct rseq), RSEQ_FLAG_UNREGISTER, RSEQ_SIG))
		truth_die("rseq");
}

char **truth_start(char **argv)
{
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu) || pipe(orders) || pipe(answers))
		truth_die("start");
	part_stacks();
	part_rseq();
	for (argv++; *argv && strncmp(*argv, "--", 2) == 0; argv++) {
		if (strcmp(*argv, "--fifo") == 0)
			schedule(SCHED_FIFO, 1);
		else if (strcmp(*argv, "--pmu") == 0)
			count(0, -1);
		else
			truth_die("no option %s", *argv);
	}
	time_empty();
	return argv;
}

void truth_with_child(void)
{
	schedule(SCHED_OTHER, 0);
	if (counter >= 0) {
		close(counter);
		count(-1, 0);
		time_empty();
	}
}

long truth_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

void truth_faulted(const char *name, long before, size_t expected)
{
	long took = truth_faults() - before;

	if (took != (long)expected)
		truth_die("%s: %ld faults, not %zu", name, took, expected);
}

size_t truth_bytes(const char *text)
{
	char *unit;
	size_t number = strtoul(text, &unit, 10);

	return number << (*unit == 'M' ? 20 : *unit == 'K' ? 10 : 0);
}

size_t truth_pages(size_t bytes)
{
	return bytes / (size_t)getpagesize();
}

char *truth_map(size_t bytes)
{
	char *at = mmap(FIRST_ADDRESS, bytes + TABLE_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *aligned = at + (-(uintptr_t)at & (TABLE_BYTES - 1));

	if (at == MAP_FAILED || madvise(aligned, bytes, MADV_NOHUGEPAGE))
		truth_die("mapping %zu bytes", bytes);
	if (aligned > at)
		munmap(at, (size_t)(aligned - at));
	munmap(aligned + bytes, (size_t)(at + TABLE_BYTES - aligned));
	return aligned;
}

void truth_unmap(char *at, size_t bytes)
{
	if (munmap(at, bytes))
		truth_die("munmap");
}

void truth_write(char *at, size_t bytes)
{
	size_t page = (size_t)getpagesize();

	for (volatile char *byte = at; byte < at + bytes; byte += page)
		*byte = 1;
}

void truth_read(const char *at, size_t bytes)
{
	size_t page = (size_t)getpagesize();

	for (const volatile char *byte = at; byte < at + bytes; byte += page)
		(void)*byte;
}

static int child(void *unused)
{
	char byte = 0;

	(void)unused;
	close(orders[1]); /* the end of its parent is an order, too */
	_exit(write(answers[1], &byte, 1) != 1 || read(orders[0], &byte, 1) != 1);
}

pid_t truth_fork(void)
{
	pid_t pid = clone(child, child_stack + STACK_BYTES, SIGCHLD, NULL);

	if (pid < 0)
		truth_die("clone");
	return pid;
}

void truth_park(void)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	char byte;

	/* It answers before it waits: give it the time to get there. */
	if (read(answers[0], &byte, 1) != 1 || nanosleep(&ms, NULL))
		truth_die("the child");
}

void truth_end(pid_t pid)
{
	if (write(orders[1], "", 1) != 1 || waitpid(pid, NULL, 0) != pid)
		truth_die("ending the child");
}
