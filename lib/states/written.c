/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process's own, written and writable.  Where the last sample may have left other
 * folios than the case asks for, they are made anew: the first write fault splits a
 * THP's mapping, and some models copy pages out of a large folio that PTEs map
 * whenever they are written after a fork.
 */
#include <pincow/bench.h>

static bool may_be_broken_up(struct pcow_actor *actor)
{
	return pcow_region_is_pte_mapped(&actor->mem) ||
	       (actor->mem.kind.cls == PCOW_THP && pcow_claim(actor->run)->splits);
}

static int bring(struct pcow_actor *actor)
{
	int ret = 0;

	if (may_be_broken_up(actor))
		ret = pcow_region_repopulate(actor->run, &actor->mem);
	pcow_region_rewrite(&actor->mem);
	return ret;
}

PCOW_STATE(written) = {
	.name = "written",
	.summary = "the process's own, written and writable",
	.proof = PCOW_PAGES_WRITABLE,
	.bring = bring,
};
