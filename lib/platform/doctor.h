/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor's checks, one function each; the table in doctor.c gives them their
 * names and says why they matter.  Private to lib/platform.
 */
#ifndef PINCOW_PLATFORM_DOCTOR_H
#define PINCOW_PLATFORM_DOCTOR_H

#include "host.h"

/* A check starts as "ok", without value and remedy; the functions below change that. */
typedef void pcow_check_fn(const struct pcow_root *root, struct pcow_check *check);

/* doctor_check.c: what was read. */
__attribute__((format(printf, 2, 3))) void pcow_check_value(struct pcow_check *check,
							    const char *fmt, ...);

/* A warning, and the command that mends it; "" when no command does. */
__attribute__((format(printf, 2, 3))) void pcow_check_warn(struct pcow_check *check,
							   const char *fmt, ...);

/* Not readable here; the text says what was not. */
__attribute__((format(printf, 2, 3))) void pcow_check_unknown(struct pcow_check *check,
							      const char *fmt, ...);

/* doctor_cpu.c */
pcow_check_fn pcow_check_governor, pcow_check_frequency_limits, pcow_check_turbo, pcow_check_smt,
	pcow_check_mitigations, pcow_check_clocksource;

/* doctor_noise.c */
pcow_check_fn pcow_check_isolation, pcow_check_irqbalance, pcow_check_hypervisor, pcow_check_steal,
	pcow_check_load, pcow_check_aslr, pcow_check_kaslr;

/* doctor_memory.c */
pcow_check_fn pcow_check_thp, pcow_check_mthp, pcow_check_ksm, pcow_check_numa_balancing,
	pcow_check_swap, pcow_check_zswap, pcow_check_damon, pcow_check_page_reporting,
	pcow_check_hugepages;

/* doctor_rights.c */
pcow_check_fn pcow_check_perf_event_paranoid, pcow_check_memlock, pcow_check_pagemap,
	pcow_check_journal;

#endif
