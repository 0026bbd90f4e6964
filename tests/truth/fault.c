/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault [OPTION...] KIND SIZE...: one store to each of SIZE of base pages, which
 *
 * first-touch      are not there
 * zero-page-write  have been read, and no more
 * cow-copy         a child shares that lives
 * cow-reuse        a child shared that has exited
 */
#include "truth.h"

#include <string.h>

#define OTHERS (256 * 1024)

/* New pages wait in a batch of the CPU's with a reference more, until others follow. */
static void push_out(void)
{
	char *others = truth_map(OTHERS);

	truth_write(others, OTHERS);
	truth_unmap(others, OTHERS);
}

static void measure(const char *kind, const char *size)
{
	size_t bytes = truth_bytes(size);
	int is_new = strcmp(kind, "first-touch") == 0,
	    is_zero = strcmp(kind, "zero-page-write") == 0;
	int is_copy = strcmp(kind, "cow-copy") == 0, is_reuse = strcmp(kind, "cow-reuse") == 0;
	char *memory = truth_map(bytes);

	if (!is_new && !is_zero && !is_copy && !is_reuse)
		truth_die("no kind %s", kind);
	for (int i = 0; i < TRUTH_SAMPLES; i++) {
		pid_t child = 0;
		uint64_t begin, end;
		long faults;

		if (is_new || is_zero) {
			truth_unmap(memory, bytes);
			memory = truth_map(bytes);
		}
		if (is_zero)
			truth_read(memory, bytes);
		if (is_copy || is_reuse) {
			truth_write(memory, bytes);
			child = truth_fork();
			truth_park();
		}
		if (is_reuse) {
			truth_end(child);
			push_out();
		}
		faults = truth_faults();
		begin = truth_now();
		truth_write(memory, bytes);
		end = truth_now();
		truth_faulted(kind, faults, truth_pages(bytes));
		if (is_copy)
			truth_end(child);
		truth_sample(begin, end);
	}
	truth_unmap(memory, bytes);
	truth_print(kind, size, truth_pages(bytes));
}

int main(int argc, char **argv)
{
	const char *kind;

	(void)argc;
	argv = truth_start(argv);
	kind = *argv++;
	for (; *argv; argv++)
		measure(kind, *argv);
	return 0;
}
