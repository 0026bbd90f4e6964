/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read before it was ever written: each base page maps the shared zero page. */
#include <pincow/bench.h>

static int bring(struct pcow_actor *actor)
{
	int ret = pcow_region_renew(actor->run, &actor->mem);

	if (!ret)
		pcow_region_read_each(&actor->mem, pcow_page_bytes());
	return ret;
}

PCOW_STATE(zero) = {
	.name = "zero",
	.summary = "read, never written: the zero page",
	.proof = PCOW_PAGES_ZERO,
	.bring = bring,
};
