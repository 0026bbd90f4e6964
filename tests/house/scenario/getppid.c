/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outside/getppid - a scenario from outside the tree, as tests/house/outside
 * builds it.
 *
 * One op = one getppid(2), a system call that does next to nothing.
 */
#include <pincow/bench.h>

#include <unistd.h>

#define CALLS 1000

static uint64_t measure(void *state)
{
	(void)state;
	for (int i = 0; i < CALLS; i++)
		getppid();
	return CALLS;
}

PCOW_SCENARIO(outside_getppid) = {
	.name = "outside/getppid",
	.summary = "one getppid()",
	.operation = "call",
	.samples = 20,
	.claim = { .faults_per_op = 0 },
	.measure = measure,
};
