/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * null/op - what timing a single operation costs by itself.
 *
 * One op = one call that does nothing, timed alone.  What is left after the
 * timer pair's median is taken off is the indirect call; its spread is the
 * least that a distribution of single operations can have here.  No kernel
 * path.
 */
#include <pincow/bench.h>

static uint64_t measure(struct pcow_actor *actor)
{
	(void)actor;
	return 1;
}

PCOW_SCENARIO(null_op) = {
	.name = "null/op",
	.summary = "one empty call timed alone: the timer by itself",
	.operation = "call",
	.samples = 10240,
	.measure = measure,
};
