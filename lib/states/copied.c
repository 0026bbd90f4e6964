/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared with a child until that wrote: it lives, with copies of its own. */
#include <pincow/bench.h>

static int bring(struct pcow_actor *actor)
{
	int ret = pcow_actor_share(actor);

	if (ret)
		return ret;
	pcow_claim_shared(actor->run);
	return pcow_peer_write(actor->run, &actor->child, &actor->mem, actor->mem.copy_bytes);
}

PCOW_STATE(copied) = {
	.name = "copied",
	.summary = "shared with a child until that made copies of its own",
	.proof = PCOW_PAGES_PROTECTED,
	.bring = bring,
};
