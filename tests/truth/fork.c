/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork [OPTION...] written|clean SIZE...: clone() of a process with SIZE of base
 * pages, each of which it has written since the last fork, or not.
 */
#include "truth.h"

#include <string.h>

static void measure(const char *state, const char *size)
{
	size_t bytes = truth_bytes(size);
	char *memory = truth_map(bytes);

	truth_write(memory, bytes);
	for (int i = 0; i < TRUTH_SAMPLES; i++) {
		uint64_t begin, end;
		pid_t child;
		long faults;

		if (strcmp(state, "written") == 0)
			truth_write(memory, bytes);
		faults = truth_faults();
		begin = truth_now();
		child = truth_fork();
		end = truth_now();
		truth_faulted("fork", faults, 0);
		truth_park();
		truth_end(child);
		truth_sample(begin, end);
	}
	truth_unmap(memory, bytes);
	truth_print(strcmp(state, "written") == 0 ? "fork" : "fork-clean", size, 1);
}

int main(int argc, char **argv)
{
	const char *state;

	(void)argc;
	argv = truth_start(argv);
	state = *argv++;
	for (; *argv; argv++)
		measure(state, *argv);
	return 0;
}
