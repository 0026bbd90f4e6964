/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An independent count for fault/first-touch, which shares nothing with
 * pincow: map 16 MiB, store to each base page, unmap, again and again for
 * SECONDS; prints nanoseconds a page of the stores alone, as a median of the
 * rounds; of all of it, as a mean; and how many pages that were.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define BYTES	   ((size_t)16 << 20)
#define ROUNDS_MAX 100000

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double rounds_ns[ROUNDS_MAX];
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 2, begin_ns = now_ns(),
	       end_ns = begin_ns;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 0;

	while (n < ROUNDS_MAX && end_ns - begin_ns < seconds * 1e9) {
		char *mem = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				 -1, 0);
		double start_ns;

		if (mem == MAP_FAILED || madvise(mem, BYTES, MADV_NOHUGEPAGE)) {
			perror("touch");
			return 1;
		}
		start_ns = now_ns();
		for (size_t at = 0; at < BYTES; at += page)
			*(volatile char *)(mem + at) = 1;
		rounds_ns[n++] = (now_ns() - start_ns) / (double)(BYTES / page);
		munmap(mem, BYTES);
		end_ns = now_ns();
	}
	if (!n)
		return 1;
	qsort(rounds_ns, n, sizeof(rounds_ns[0]), compare);
	printf("%.1f %.1f %zu\n", rounds_ns[n / 2],
	       (end_ns - begin_ns) / (double)(n * (BYTES / page)), n * (BYTES / page));
	return 0;
}
