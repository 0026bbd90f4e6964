/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pinner at work: what all of them have in common. */
#include <pincow/bench.h>

#include <errno.h>
#include <stdlib.h>

int pcow_pin_open(struct pcow_run *run, struct pcow_pin *pin, const struct pcow_pinner *pinner,
		  const struct pcow_region *region)
{
	*pin = (struct pcow_pin){ .region = region };
	pin->own = calloc(1, pinner->own_bytes + 1);
	if (!pin->own)
		return pcow_error(run, ENOMEM, "pinner %s", pinner->name);
	pin->by = pinner;
	return pinner->open ? pinner->open(run, pin) : 0;
}

int pcow_pin_take(struct pcow_pin *pin)
{
	int ret = pin->by->pin(pin);

	pin->held = !ret && pin->by->lasting;
	return ret;
}

int pcow_pin_drop(struct pcow_pin *pin)
{
	int ret = pin->held ? pin->by->unpin(pin) : 0;

	if (!ret)
		pin->held = false;
	return ret;
}

int pcow_pin_prove(struct pcow_run *run, struct pcow_pin *pin)
{
	return pin->by->prove(run, pin);
}

int64_t pcow_pin_count_stale(struct pcow_pin *pin)
{
	return pin->held ? pin->by->count_stale(pin) : -ENOENT;
}

void pcow_pin_close(struct pcow_pin *pin)
{
	if (!pin->by)
		return;
	pcow_pin_drop(pin);
	if (pin->by->close)
		pin->by->close(pin);
	free(pin->own);
	*pin = (struct pcow_pin){ .by = NULL };
}
