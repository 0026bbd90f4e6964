/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What many scenarios and states do with their actor's memory. */
#include <pincow/bench.h>

uint64_t pcow_actor_write_units(struct pcow_actor *actor)
{
	return pcow_region_write_each(&actor->mem, actor->unit_bytes);
}

int pcow_actor_write_unit(struct pcow_actor *actor, uint64_t index)
{
	pcow_region_write(&actor->mem, index * actor->unit_bytes);
	return 0;
}

int pcow_actor_share(struct pcow_actor *actor)
{
	struct pcow_peer *child = &actor->child;
	int ret = child->open ? 0 : pcow_peer_open(actor->run, child);

	if (ret)
		return ret;
	ret = pcow_peer_fork(child);
	return ret ? pcow_error(actor->run, -ret, "fork") : pcow_peer_wait(actor->run, child);
}
