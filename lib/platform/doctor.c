/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this host fit to be measured on?  The table says why each check matters
 * to these measurements; the checks say what is and what mends it.
 */
#include "doctor.h"

static const struct {
	const char *name;
	pcow_check_fn *run;
	const char *why;
} checks[] = {
	{ "governor", pcow_check_governor,
	  "a governor that follows the load lets the clock rate change between samples and while "
	  "a worker warms up" },
	{ "frequency_limits", pcow_check_frequency_limits,
	  "a cap below what the hardware can do makes every figure slower than the same machine's "
	  "without it" },
	{ "turbo", pcow_check_turbo,
	  "turbo's clock rate depends on temperature and on how many other cores are busy, so it "
	  "drifts within a run" },
	{ "smt", pcow_check_smt,
	  "whatever runs on the sibling thread shares the worker's core, its caches and TLBs" },
	{ "mitigations", pcow_check_mitigations,
	  "mitigations are paid at each kernel entry and so belong to what a production host pays; "
	  "compare only hosts that have the same ones" },
	{ "isolation", pcow_check_isolation,
	  "other tasks and the scheduler tick interrupt samples on a CPU that is not set apart; "
	  "one "
	  "that is takes work only when told to, by run --cpu" },
	{ "irqbalance", pcow_check_irqbalance,
	  "irqbalance moves device interrupts between CPUs during a run, also to the worker's" },
	{ "clocksource", pcow_check_clocksource,
	  "with a clock source that the vDSO cannot read, each clock_gettime() is a system call "
	  "and "
	  "may be a slow device access" },
	{ "hypervisor", pcow_check_hypervisor,
	  "a guest walks two page tables on a TLB miss, may fault in the host and can lose its "
	  "CPU: "
	  "compare it with the same guest only" },
	{ "steal", pcow_check_steal,
	  "time that the hypervisor gave to others is counted into the samples it fell in" },
	{ "load", pcow_check_load,
	  "other work competes for CPU, caches, memory bandwidth and the page allocator's locks" },
	{ "thp", pcow_check_thp,
	  "the page kinds thp and thp-pte need huge pages on madvise, given at the fault itself; "
	  "else their cases are skipped" },
	{ "mthp", pcow_check_mthp,
	  "page kinds mthp-SIZE need that size enabled; else their cases are skipped" },
	{ "ksm", pcow_check_ksm,
	  "ksmd takes CPU and memory bandwidth while it scans, and a page that it merged is copied "
	  "at its next write" },
	{ "numa_balancing", pcow_check_numa_balancing,
	  "it makes pages inaccessible to sample who touches them, and migrates them: faults that "
	  "no "
	  "scenario asked for" },
	{ "swap", pcow_check_swap,
	  "reclaim can swap a region out between two samples; its next touch then is a swap-in" },
	{ "zswap", pcow_check_zswap,
	  "with zswap swapped pages stay in memory compressed: swap figures then are those of the "
	  "compressor, and CPU time goes into it" },
	{ "damon", pcow_check_damon,
	  "DAMON clears accessed bits to see what is used, and its schemes page out, migrate or "
	  "split what is not: with large regions also a scenario's" },
	{ "page_reporting", pcow_check_page_reporting,
	  "free pages go back to the hypervisor, and the next touch of one faults in the host: "
	  "what "
	  "a large region costs depends on how long its memory was free" },
	{ "hugepages", pcow_check_hugepages,
	  "page kinds hugetlb-SIZE take pages of that pool; without free ones their cases are "
	  "skipped" },
	{ "memlock", pcow_check_memlock,
	  "RLIMIT_MEMLOCK bounds what io_uring, RDMA and VFIO may pin and what a worker may "
	  "mlock" },
	{ "pagemap", pcow_check_pagemap,
	  "frame numbers tell copy from reuse and the node and kind of a page; without them only "
	  "the bit for \"mapped once\" is there" },
	{ "perf_event_paranoid", pcow_check_perf_event_paranoid,
	  "kernel cycles and instructions are counted by perf events of kernel mode, which need 1 "
	  "or less, or CAP_PERFMON" },
	{ "journal", pcow_check_journal,
	  "run --prepare records there what it changes of the host; what a run that was killed "
	  "with its guardian left changed is measured by every later run" },
	{ "aslr", pcow_check_aslr,
	  "a fixed address layout is one draw of many: its luck with cache and TLB sets would pass "
	  "for the kernel's speed" },
	{ "kaslr", pcow_check_kaslr,
	  "with the kernel at a fixed address, repeated boots cannot show how much its placement "
	  "alone moves a figure" },
};

const char *pcow_check_status_name(enum pcow_check_status status)
{
	switch (status) {
	case PCOW_CHECK_OK:
		return "ok";
	case PCOW_CHECK_WARN:
		return "warn";
	case PCOW_CHECK_UNKNOWN:
		break;
	}
	return "unknown";
}

int pcow_doctor(const struct pcow_root *root, int (*emit)(const struct pcow_check *, void *),
		void *arg)
{
	int ret;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct pcow_check check = { .status = PCOW_CHECK_OK };

		snprintf(check.check, sizeof(check.check), "%s", checks[i].name);
		snprintf(check.why, sizeof(check.why), "%s", checks[i].why);
		checks[i].run(root, &check);
		ret = emit(&check, arg);
		if (ret)
			return ret;
	}
	return 0;
}

json_t *pcow_check_json(const struct pcow_check *check)
{
	/* A value may hold any byte a file held; one that is no UTF-8 must not lose the check. */
	json_t *value = json_string(check->value);

	return json_pack("{s:s, s:s, s:o, s:s, s:s}", "check", check->check, "status",
			 pcow_check_status_name(check->status), "value",
			 value ? value : json_string("not UTF-8"), "why", check->why, "remedy",
			 check->remedy);
}
