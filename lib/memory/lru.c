/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page that was just faulted waits in its CPU's batch for the LRU lists, and
 * the batch holds a reference: to a kernel that compares page_count() with 1
 * the page looks shared.  Batches hold 15 pages through v6.1 and 31 from v6.12.
 */
#include <pincow/bench.h>

/* More than the largest batch, so that it overflows onto the lists. */
#define FLUSH_PAGES 64

int pcow_lru_drain(struct pcow_run *run)
{
	struct pcow_region others;
	int ret = pcow_region_map_base(run, &others, FLUSH_PAGES * pcow_page_bytes());

	if (!ret)
		pcow_region_write_each(&others, pcow_page_bytes());
	/* munmap() drains this CPU's batches as well, with what is left. */
	pcow_region_unmap(&others);
	return ret;
}
