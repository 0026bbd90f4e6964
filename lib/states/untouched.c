/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mapped anew, page tables and all: the first access of each page faults it in. */
#include <pincow/bench.h>

static int bring(struct pcow_actor *actor)
{
	return pcow_region_renew(actor->run, &actor->mem);
}

PCOW_STATE(untouched) = {
	.name = "untouched",
	.summary = "mapped, never accessed",
	.proof = PCOW_PAGES_ABSENT,
	.bring = bring,
};
