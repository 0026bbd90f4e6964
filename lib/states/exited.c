/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared with a child that has exited since: write-protected still, and nobody else's. */
#include <pincow/bench.h>

static int bring(struct pcow_actor *actor)
{
	int ret = pcow_actor_share(actor);

	if (ret)
		return ret;
	/* Later nothing tells that there was one: a page may be write-protected otherwise. */
	pcow_claim_shared(actor->run);
	pcow_peer_exit(&actor->child);
	return 0;
}

PCOW_STATE(exited) = {
	.name = "exited",
	.summary = "shared with a child until that exited",
	.proof = PCOW_PAGES_PROTECTED,
	.bring = bring,
};
