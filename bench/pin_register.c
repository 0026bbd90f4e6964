/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin/register - pinning and unpinning a whole region, for long.
 *
 * One op = one base page of one registration (call=pin) of the region by a pinner of
 * lib/pins, or of its end (call=unpin): FOLL_PIN, with what the kernel keeps to remember
 * the pages.  The slope over `size` leaves out the call's fixed cost.  Not timed:
 * faulting the memory, the other half of the pair.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <string.h>

struct pin_register {
	int (*call)(struct pcow_pin *pin);
	uint64_t pages;
};

static int setup(struct pcow_actor *actor)
{
	struct pin_register *p = actor->state;
	bool unpin = strcmp(pcow_param_choice(actor->run, "call"), "unpin") == 0;

	p->call = unpin ? pcow_pin_drop : pcow_pin_take;
	p->pages = actor->mem.bytes / pcow_page_bytes();
	pcow_claim(actor->run)->may_wait = unpin && actor->pin.by->unpin_waits;
	return 0;
}

/* Where nothing is pinned, nothing would be unpinned. */
static int arm(struct pcow_actor *actor)
{
	struct pin_register *p = actor->state;
	int ret = p->call == pcow_pin_drop ? pcow_pin_take(&actor->pin) : 0;

	return ret ? pcow_error(actor->run, -ret, "pinning by %s", actor->pin.by->name)
		   : pcow_pin_prove(actor->run, &actor->pin);
}

static uint64_t measure(struct pcow_actor *actor)
{
	struct pin_register *p = actor->state;
	int ret = p->call(&actor->pin);

	errno = -ret;
	return ret ? 0 : p->pages;
}

PCOW_SCENARIO(pin_register) = {
	.name = "pin/register",
	.summary = "pin or unpin a whole region",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_REGISTRAR,
			      PCOW_CHOICE("call", "which half of the pair", "pin unpin"),
			      PCOW_PAGE_KIND("base thp | thp-pte | mthp-* hugetlb-*"), PCOW_SIZE),
	.scale_by = "size",
	.samples = 20,
	.footprint = 1,
	.state_bytes = sizeof(struct pin_register),
	.states = PCOW_STATES("written"),
	.unit = PCOW_UNIT_PAGE,
	.claim = { .faults_per_op = 0, .after = PCOW_PAGES_WRITABLE },
	.setup = setup,
	.arm = arm,
	.measure = measure,
	/* The pin's own memory: taken by one half of the pair, given back by the other. */
	.weigh = true,
};
