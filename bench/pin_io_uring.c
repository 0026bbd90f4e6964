/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin/io-uring - pinning and unpinning a region as io_uring's buffers.
 *
 * One op = one base page of one IORING_REGISTER_BUFFERS (call=register) or
 * IORING_UNREGISTER_BUFFERS (call=unregister) of the whole region: FOLL_PIN |
 * FOLL_LONGTERM | FOLL_WRITE, by slow GUP through v6.9 and GUP-fast after it,
 * with the table that remembers the pages.  The slope over `size` leaves out
 * the call's fixed cost.  Through v6.11 unregistering waits in the kernel until
 * nobody uses the buffers: that time is in it.  Not timed: faulting the memory, the other half of
 * the pair.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <string.h>

struct pin_io_uring {
	struct pcow_region mem;
	struct pcow_uring uring;
	bool unregister;
	uint64_t pages;
};

static int setup(struct pcow_run *run, void *state)
{
	struct pin_io_uring *p = state;
	int ret = pcow_region_map(run, &p->mem, pcow_param_bytes(run, "size"));

	if (!ret)
		ret = pcow_region_populate(run, &p->mem);
	p->unregister = strcmp(pcow_param_choice(run, "call"), "unregister") == 0;
	p->pages = p->mem.bytes / pcow_page_bytes();
	pcow_op_bytes(run, pcow_page_bytes());
	if (!ret)
		ret = pcow_claim_pages(run, &p->mem, pcow_page_bytes());
	if (p->unregister)
		pcow_claim(run)->may_wait = true;
	return ret ? ret : pcow_uring_open(run, &p->uring, &p->mem);
}

static int arm(struct pcow_run *run, void *state)
{
	struct pin_io_uring *p = state;
	int ret = 0;
	int sync;

	if (p->uring.registered && !p->unregister)
		ret = pcow_uring_unregister(&p->uring);
	else if (!p->uring.registered && p->unregister)
		ret = pcow_uring_register(&p->uring);
	if (ret)
		return pcow_error(run, -ret, "io_uring_register");
	/* Where nothing is pinned, nothing would be unpinned. */
	sync = pcow_uring_in_sync(&p->uring);
	if (sync != (p->unregister ? 1 : -EFAULT))
		pcow_broken(run, "the buffers are %sregistered before the call",
			    p->unregister ? "not " : "");
	return pcow_uring_claim_pinned(run, &p->uring);
}

static uint64_t measure(void *state)
{
	struct pin_io_uring *p = state;
	int ret = p->unregister ? pcow_uring_unregister(&p->uring) : pcow_uring_register(&p->uring);

	errno = -ret;
	return ret ? 0 : p->pages;
}

/* Pinned: the kernel sees what is written.  Unpinned: it has no buffer to look at. */
static int verify(struct pcow_run *run, void *state)
{
	struct pin_io_uring *p = state;
	int sync = pcow_uring_in_sync(&p->uring);

	if (p->unregister && sync != -EFAULT)
		pcow_broken(run, "the buffers are still registered");
	else if (!p->unregister && sync < 0)
		pcow_broken(run, "the buffers cannot be used: %s", strerror(-sync));
	else if (!p->unregister && sync == 0)
		pcow_broken(run, "the pin is out of sync with the process");
	return pcow_uring_claim_pinned(run, &p->uring);
}

/* The pin's own memory: taken by one half of the pair, given back by the other. */
static int hold(struct pcow_run *run, void *state)
{
	return measure(state) ? 0 : pcow_error(run, errno, "io_uring_register");
}

static void teardown(void *state)
{
	struct pin_io_uring *p = state;

	pcow_uring_close(&p->uring);
	pcow_region_unmap(&p->mem);
}

PCOW_SCENARIO(pin_io_uring) = {
	.name = "pin/io-uring",
	.summary = "pin or unpin a region as io_uring's registered buffers",
	.operation = "page",
	.params = PCOW_PARAMS(PCOW_CHOICE("call", "which half of the pair", "register unregister"),
			      PCOW_PAGE_KIND("base thp | thp-pte | mthp-* hugetlb-*"), PCOW_SIZE),
	/* 1 leaves it to root and a group, 2 to nobody. */
	.needs =
		PCOW_NEEDS({ .kind = PCOW_NEED_SYSCTL,
			     .what = "kernel.io_uring_disabled",
			     .most = 1,
			     .remedy = "sudo sysctl kernel.io_uring_disabled=0, or run --prepare" },
			   { PCOW_SYSCALL(io_uring_setup),
			     .remedy = "sudo sysctl kernel.io_uring_disabled=0, a kernel with "
				       "CONFIG_IO_URING, no seccomp filter" },
			   { .kind = PCOW_NEED_MEMLOCK, .least = 1, .times = "size" }),
	.scale_by = "size",
	.samples = 20,
	.footprint = 1,
	.state_bytes = sizeof(struct pin_io_uring),
	.claim = { .faults_per_op = 0,
		   .before = PCOW_PAGES_WRITABLE,
		   .after = PCOW_PAGES_WRITABLE,
		   .verify = verify },
	.probe = pcow_uring_probe,
	.setup = setup,
	.arm = arm,
	.measure = measure,
	.hold = hold,
	.teardown = teardown,
};
