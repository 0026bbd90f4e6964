/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outside/get - a scenario from outside the tree, as tests/house/outside builds it.
 *
 * One op = one page of which a pinner takes a reference, after the pages were read.
 */
#include <pincow/bench.h>

#include <errno.h>

static uint64_t measure(struct pcow_actor *actor)
{
	int ret = pcow_pin_take(&actor->pin);

	errno = -ret;
	return ret ? 0 : actor->mem.bytes / actor->unit_bytes;
}

static int verify(struct pcow_actor *actor)
{
	return pcow_pin_prove(actor->run, &actor->pin);
}

PCOW_SCENARIO(outside_get) = {
	.name = "outside/get",
	.summary = "reference to a page that was read",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_GETTER,
			      PCOW_COUNT("pages", "pages", "pages in a row", 1024, "256")),
	.samples = 50,
	.states = PCOW_STATES("written", "outside-read"),
	.unit = PCOW_UNIT_PAGE,
	.claim = { .faults_per_op = 0, .after = PCOW_PAGES_WRITABLE, .verify = verify },
	.measure = measure,
};
