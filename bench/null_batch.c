/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * null/batch - what a batch sample of the harness costs by itself.
 *
 * One op = one turn of an empty loop.  The slope over `ops` is the loop, the
 * intercept what the harness adds to each sample after the timer's own cost
 * is taken off.  No kernel path.
 */
#include <pincow/bench.h>

struct null_batch {
	uint64_t ops;
};

static int setup(struct pcow_actor *actor)
{
	struct null_batch *n = actor->state;

	n->ops = pcow_param_count(actor->run, "ops");
	return 0;
}

static uint64_t measure(struct pcow_actor *actor)
{
	uint64_t ops = ((struct null_batch *)actor->state)->ops;

	for (uint64_t i = 0; i < ops; i++)
		__asm__ volatile("");
	return ops;
}

PCOW_SCENARIO(null_batch) = {
	.name = "null/batch",
	.summary = "one turn of an empty loop: the harness by itself",
	.operation = "turn",
	.params = PCOW_PARAMS(PCOW_COUNT("ops", "turns", "turns a sample", 1000000000,
					 "1000 100000 | | 1000000")),
	.scale_by = "ops",
	.samples = 100,
	.state_bytes = sizeof(struct null_batch),
	.setup = setup,
	.measure = measure,
};
