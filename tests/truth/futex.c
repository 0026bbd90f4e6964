/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * futex [OPTION...] CALLS: FUTEX_WAKE of a word that nobody waits for, shared
 * (the kernel looks for its page) and private (it does not).
 */
#include "truth.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void measure(const char *name, const char *calls, char *word, int operation)
{
	long n = atol(calls);

	for (int i = 0; i < TRUTH_SAMPLES; i++) {
		uint64_t begin = truth_now();
		long woken = 0;

		for (long call = 0; call < n; call++)
			woken |= syscall(SYS_futex, word, operation, 1, NULL, NULL, 0);
		truth_sample(begin, truth_now());
		if (woken)
			truth_die("%s: not zero tasks woken", name);
	}
	truth_print(name, calls, (size_t)n);
}

int main(int argc, char **argv)
{
	char *word = truth_map(4096);

	(void)argc;
	argv = truth_start(argv);
	*word = 1;
	measure("futex-shared", *argv, word, FUTEX_WAKE);
	measure("futex-private", *argv, word, FUTEX_WAKE_PRIVATE);
	return 0;
}
