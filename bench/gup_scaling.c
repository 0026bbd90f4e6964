/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gup/scaling - references to pages taken by several threads at once.
 *
 * One op = one page of which the kernel takes and drops a reference, by a pinner that
 * keeps none (see lib/pins).  Each thread is bound to a CPU of its own and works on its
 * own pages, or all on the same: then the counts of their folios go from CPU to CPU.
 * The figure is a thread's cost an operation while all run; it would stay that of one
 * thread if they shared nothing in the kernel, or a core.  Not timed: faulting the pages.
 */
#include <pincow/bench.h>

#include <errno.h>

static uint64_t measure(struct pcow_actor *actor)
{
	int ret = pcow_pin_take(&actor->pin);

	errno = -ret;
	return ret ? 0 : actor->mem.bytes / actor->unit_bytes;
}

PCOW_SCENARIO(gup_scaling) = {
	.name = "gup/scaling",
	.summary = "references taken and dropped by several threads at once",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_PINNER_PARAM("pinner", "who takes the references", "once-*"),
			      PCOW_OWN_OR_SHARED,
			      PCOW_COUNT("pages", "pages", "pages of each thread", 16384, "256"),
			      PCOW_THREADS("1 2 | | 4..64")),
	.needs = PCOW_NEEDS({ .kind = PCOW_NEED_CPUS, .least = 1, .times = "threads" }),
	.samples = 200,
	.states = PCOW_STATES("written"),
	.unit = PCOW_UNIT_PAGE,
	.claim = { .faults_per_op = 0, .after = PCOW_PAGES_WRITABLE },
	.measure = measure,
};
