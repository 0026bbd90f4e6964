/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exit [OPTION...] SIZE...: the exit of a forked child that shares SIZE of base
 * pages, from the byte that tells it so until it is reaped.
 */
#include "truth.h"

static void measure(const char *size)
{
	size_t bytes = truth_bytes(size);
	char *memory = truth_map(bytes);

	truth_write(memory, bytes);
	for (int i = 0; i < TRUTH_SAMPLES; i++) {
		uint64_t begin, end;
		pid_t child = truth_fork();
		long faults;

		truth_park();
		faults = truth_faults();
		begin = truth_now();
		truth_end(child);
		end = truth_now();
		truth_faulted("exit", faults, 0);
		truth_sample(begin, end);
	}
	truth_unmap(memory, bytes);
	truth_print("exit", size, 1);
}

int main(int argc, char **argv)
{
	(void)argc;
	argv = truth_start(argv);
	truth_with_child();
	for (; *argv; argv++)
		measure(*argv);
	return 0;
}
