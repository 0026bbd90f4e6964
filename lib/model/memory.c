/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory that probes look at, and what is done to it. */
#include "probe.h"

#include <errno.h>
#include <sys/mman.h>

/* The PMD size of arm64 with 64 KiB pages is 512 MiB, too much to take unasked. */
#define THP_BYTES_MAX ((size_t)64 << 20)

/*
 * Faulted by a store each, as GUP-fast refuses the zero page, and then drained:
 * a batch's reference would look like somebody's.
 */
int pcow_probe_map_base(struct pcow_run *run, struct pcow_region *mem)
{
	int ret = pcow_region_map_base(run, mem, PROBE_PAGES * pcow_page_bytes());

	if (ret)
		return ret;
	pcow_region_write_each(mem, pcow_page_bytes());
	return pcow_lru_drain(run);
}

int pcow_probe_map_thp(struct pcow_run *run, struct pcow_region *mem, enum pcow_page_class cls)
{
	struct pcow_page_kind kind = { .cls = cls, .folio_bytes = pcow_thp_bytes() };
	int ret;

	if (kind.folio_bytes > THP_BYTES_MAX)
		return pcow_skip(run, "", "one THP of %zu MiB is more than a probe takes",
				 kind.folio_bytes >> 20);
	ret = pcow_region_map_kind(run, mem, kind, kind.folio_bytes);
	if (!ret)
		ret = pcow_region_populate(run, mem);
	if (ret)
		return ret;
	pcow_region_write_each(mem, pcow_page_bytes());
	return pcow_lru_drain(run);
}

int pcow_probe_reprotect(struct pcow_run *run, const struct pcow_region *mem)
{
	if (mprotect(mem->addr, mem->bytes, PROT_READ) ||
	    mprotect(mem->addr, mem->bytes, PROT_READ | PROT_WRITE))
		return pcow_error(run, errno, "mprotect");
	return 0;
}

int pcow_probe_share_briefly(struct pcow_run *run)
{
	struct pcow_peer sharer = { .pid = 0 };
	int ret = pcow_peer_open(run, &sharer);

	if (!ret && (ret = pcow_peer_fork(&sharer)))
		pcow_error(run, -ret, "fork");
	pcow_peer_close(&sharer);
	return ret;
}
