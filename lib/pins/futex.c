/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * futex(2): FUTEX_WAKE without waiters on private anonymous memory.  For a shared futex
 * the kernel must find the page behind the address, to make the futex key: it takes the
 * page by get_user_pages_fast(FOLL_WRITE) and drops it again.  The baseline is the same
 * call with FUTEX_PRIVATE_FLAG, which is keyed by address alone and looks at no page.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One call a page. */
static int wake_each(const struct pcow_region *region, int operation)
{
	size_t page = pcow_page_bytes();

	for (size_t at = 0; at < region->bytes; at += page) {
		long woken = syscall(SYS_futex, region->addr + at, operation, 1, NULL, NULL, 0);

		if (woken)
			return woken < 0 ? -errno : -EPROTO;
	}
	return 0;
}

static int pin(struct pcow_pin *pin)
{
	return wake_each(pin->region, FUTEX_WAKE);
}

static int baseline(struct pcow_pin *pin)
{
	return wake_each(pin->region, FUTEX_WAKE_PRIVATE);
}

static size_t count_present(const struct pcow_region *region)
{
	size_t present = 0;
	uint64_t entry;

	for (size_t at = 0; at < region->bytes; at += pcow_page_bytes())
		present += pcow_pagemap_read(region->addr + at, 1, &entry) == 0 &&
			   entry & PCOW_PAGEMAP_PRESENT;
	return present;
}

/*
 * That the shared call walks to the page and the private one does not is seen on pages
 * that are not there: only the first brings them in.
 */
static int prove(struct pcow_run *run, struct pcow_pin *p)
{
	size_t pages = p->region->bytes / pcow_page_bytes();
	int ret = pcow_region_renew(run, p->region);

	if (ret)
		return ret;
	ret = baseline(p);
	if (ret || count_present(p->region))
		pcow_broken(run, "the private futex calls touched their page");
	ret = pin(p);
	if (ret || count_present(p->region) != pages)
		pcow_broken(run, "the shared futex calls did not take their page");
	return pcow_region_repopulate(run, p->region);
}

PCOW_PINNER(futex) = {
	.name = "futex",
	.summary = "FUTEX_WAKE of a shared futex, one call a page",
	.reference = PCOW_FOLL_GET,
	.write = true,
	.charged = "",
	.pin = pin,
	.baseline = baseline,
	.baseline_is = "the same call with FUTEX_PRIVATE_FLAG: no GUP",
	.prove = prove,
};
