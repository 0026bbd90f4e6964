/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long-term writable pins, as io_uring's registered buffers are. */
#include "probe.h"

#include <stdio.h>

static int map_pinned(struct pcow_run *run, struct pcow_pin *pin, struct pcow_region *mem)
{
	int ret = pcow_probe_map_base(run, mem);

	if (!ret)
		ret = pcow_pin_open(run, pin, pcow_pinner_find("io-uring"), mem);
	if (!ret && (ret = pcow_pin_take(pin)))
		pcow_error(run, -ret, "registering buffers");
	return ret;
}

/* The child gets copies: the parent's pages stay mapped once. */
int pcow_probe_early_copy(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_peer child = { .pid = 0 };
	struct pcow_pin pin;
	struct pcow_region mem;
	int64_t exclusive = 0;
	int ret = map_pinned(run, &pin, &mem);

	if (!ret)
		ret = pcow_peer_open(run, &child);
	if (!ret && (ret = pcow_peer_fork(&child)))
		pcow_error(run, -ret, "fork");
	if (!ret)
		ret = pcow_peer_wait(run, &child);
	if (!ret && (exclusive = pcow_region_exclusive_pages(run, &mem)) < 0)
		ret = PCOW_SKIP;
	if (!ret)
		pcow_feature_from_count(feature, (size_t)exclusive, PROBE_PAGES,
					"pinned by io_uring are not shared by fork()");
	pcow_peer_close(&child);
	return ret;
}

int pcow_probe_rw_pin_unreliable(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_pin pin;
	struct pcow_region mem;
	int64_t stale = 0;
	int ret = map_pinned(run, &pin, &mem);

	if (!ret)
		ret = pcow_probe_reprotect(run, &mem);
	if (!ret && (stale = pcow_pin_count_stale(&pin)) < 0)
		ret = pcow_error(run, (int)-stale, "IORING_OP_WRITE_FIXED");
	if (ret)
		return ret;
	feature->seen = stale ? PCOW_SEEN_TRUE : PCOW_SEEN_FALSE;
	snprintf(feature->evidence, sizeof(feature->evidence),
		 "after mprotect(), io_uring's registered buffer has %s",
		 stale ? "old data" : "what was stored later");
	return 0;
}
