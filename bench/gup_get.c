/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gup/get - short-lived or kept references to pages (FOLL_GET), by any way in.
 *
 * One op = one page of which the kernel takes a reference; which call that is, and how
 * many pages a call takes, is the pinner's: see lib/pins.  Where a pinner has calls of
 * the same kind without GUP they are the baseline, and `net` is what GUP costs.  The
 * slope over `pages` is the cost of a page without the call's own.  Not timed: faulting
 * the pages, and releasing references that are kept.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <inttypes.h>

/* What the pipes of one user hold without a privilege: pipe-user-pages-soft. */
#define PAGES_MAX 16384

static uint64_t pages_or_none(const struct pcow_actor *actor, int ret)
{
	errno = -ret;
	return ret ? 0 : actor->mem.bytes / actor->unit_bytes;
}

static uint64_t measure(struct pcow_actor *actor)
{
	return pages_or_none(actor, pcow_pin_take(&actor->pin));
}

static uint64_t baseline(struct pcow_actor *actor)
{
	return pages_or_none(actor, actor->pin.by->baseline(&actor->pin));
}

/* What is kept are the pages themselves: it has what is stored now. */
static int verify(struct pcow_actor *actor)
{
	int64_t stale = actor->pin.held ? pcow_pin_count_stale(&actor->pin) : 0;

	if (stale < 0)
		return pcow_error(actor->run, (int)-stale, "what the kernel keeps");
	if (stale)
		pcow_broken(actor->run, "%" PRId64 " pages that are kept are not the process's",
			    stale);
	return 0;
}

PCOW_SCENARIO(gup_get) = {
	.name = "gup/get",
	.summary = "references to pages, taken without pinning them",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_GETTER, PCOW_COUNT("pages", "pages", "pages in a row", PAGES_MAX,
						      "64 128 256 | | 16 32")),
	.scale_by = "pages",
	.samples = 1000,
	.states = PCOW_STATES("written"),
	.unit = PCOW_UNIT_PAGE,
	.claim = { .faults_per_op = 0, .after = PCOW_PAGES_WRITABLE, .verify = verify },
	.measure = measure,
	.baseline = baseline,
	.baseline_is = "the pinner's calls without GUP, where it has such",
};
