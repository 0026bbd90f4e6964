/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that a fork does not take along.  What the worker writes between the
 * two timestamps would else be a COW fault of ours there, and what it keeps
 * would be part of every fork that is timed.
 */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More than the columns of any profile's samples, and as mallopt(3) takes it; what is
 * not used is not there. */
#define HEAP_BYTES (16 << 20)

/* What is larger has a mapping of its own.  Each mapping more is instructions in the
 * search for a fault's VMA. */
#define SMALL_BYTES (HEAP_BYTES / 4)

static bool heap_is_unforked;

static bool is_small(size_t bytes)
{
	return heap_is_unforked && bytes <= SMALL_BYTES;
}

/* A kernel without THP refuses the second advice, and needs none. */
static bool unfork(void *at, size_t bytes)
{
	madvise(at, bytes, MADV_NOHUGEPAGE);
	return !madvise(at, bytes, MADV_DONTFORK);
}

void *pcow_unforked_alloc(size_t bytes)
{
	void *at;

	if (is_small(bytes))
		return calloc(1, bytes);
	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		  -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	if (unfork(at, bytes))
		return at;
	munmap(at, bytes);
	return NULL;
}

void pcow_unforked_free(void *at, size_t bytes)
{
	if (is_small(bytes))
		free(at);
	else if (at)
		munmap(at, bytes);
}

/*
 * How many pages of the heap there are differs from worker to worker, by what files
 * of /proc and names happen to take: each would be 100 to 200 instructions of every
 * fork.  The C library's own thread data lies below the first allocation, and is
 * forked; the heap is made as large as it will get, so that none of it lies beyond.
 */
int pcow_unforked_heap(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	void *first, *all;
	uintptr_t start, end;
	int ret = 0;

	/* A sanitizer's allocator takes no options, and has its memory elsewhere. */
	if (!mallopt(M_MMAP_THRESHOLD, 2 * HEAP_BYTES) || !mallopt(M_TRIM_THRESHOLD, INT_MAX))
		return 0;
	first = malloc(1);
	all = malloc(HEAP_BYTES);
	start = ((uintptr_t)first + page - 1) & -page;
	end = (uintptr_t)sbrk(0);
	if (!first || !all)
		ret = -ENOMEM;
	else if ((uintptr_t)all > (uintptr_t)first && (uintptr_t)all + HEAP_BYTES <= end)
		heap_is_unforked = unfork((void *)start, end - start);
	free(all);
	/* What is left of the first page is never to be had: it is forked. */
	if (!ret && !malloc(start - (uintptr_t)first))
		ret = -ENOMEM;
	return ret;
}

/* The mapping of the main thread's stack, which grows downwards as it is used. */
int pcow_unforked_stack(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	FILE *maps = fopen("/proc/self/maps", "re");
	uintptr_t start, end;
	char line[512];
	int ret = -1;

	if (!maps)
		return ret;
	while (ret && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &start, &end) == 2 && here >= start &&
		    here < end)
			ret = madvise((void *)start, end - start, MADV_DONTFORK);
	fclose(maps);
	return ret;
}

/* The C library's registration lies in its thread-local memory, which is forked:
 * preempted after a fork, the kernel's store to it would be a COW fault. */
void pcow_unforked_rseq(void)
{
	if (__rseq_size)
		syscall(SYS_rseq, (char *)__builtin_thread_pointer() + __rseq_offset, 32,
			RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}
