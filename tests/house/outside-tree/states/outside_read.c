/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A state from outside the tree: read since it was written. */
#include <pincow/bench.h>

static int bring(struct pcow_actor *actor)
{
	pcow_region_read_each(&actor->mem, pcow_page_bytes());
	return 0;
}

PCOW_STATE(outside_read) = {
	.name = "outside-read",
	.summary = "the process's own, read since it was written",
	.proof = PCOW_PAGES_WRITABLE,
	.bring = bring,
};
