/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Out of this CPU's LRU batches, whose references would make a page look shared to the
 * simplified and later models.
 */
#include <pincow/bench.h>

static int bring(struct pcow_actor *actor)
{
	return pcow_lru_drain(actor->run);
}

PCOW_STATE(drained) = {
	.name = "drained",
	.summary = "out of the LRU batches of this CPU",
	.bring = bring,
};
