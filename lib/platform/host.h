/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hostinfo and doctor both read of a machine, relative to its root.
 * Private to lib/platform.
 */
#ifndef PINCOW_PLATFORM_HOST_H
#define PINCOW_PLATFORM_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <pincow/platform.h>
#include <pincow/root.h>

/* The first "KEY : value" of /proc/cpuinfo. 0 or -errno; -ENODATA without the key. */
int pcow_host_cpuinfo(const struct pcow_root *root, const char *key, char *buf, size_t size);

/* The different values of a cpufreq attribute over all policies, separated by
 * commas. 0 or -errno; -ENODATA where no cpufreq driver is loaded. */
int pcow_host_cpufreq(const struct pcow_root *root, const char *attribute, char *buf, size_t size);

/* Whether turbo (Intel) or boost (others) is allowed. 0 or -errno; -ENODATA
 * without a switch; @path, which may be NULL, is the switch's. */
int pcow_host_boost(const struct pcow_root *root, bool *on, const char **path);

/* Columns of the first line of /proc/stat, in USER_HZ ticks since boot. */
enum pcow_host_tick {
	PCOW_TICK_USER,
	PCOW_TICK_NICE,
	PCOW_TICK_SYSTEM,
	PCOW_TICK_IDLE,
	PCOW_TICK_IOWAIT,
	PCOW_TICK_IRQ,
	PCOW_TICK_SOFTIRQ,
	PCOW_TICK_STEAL,
	PCOW_TICKS,
};

int pcow_host_ticks(const struct pcow_root *root, uint64_t ticks[PCOW_TICKS]);

/* Load of the last 1, 5 and 15 minutes. */
int pcow_host_loadavg(const struct pcow_root *root, double load[3]);

/* Name of the hypervisor, "none", or "unnamed" for one that hides its name. 0,
 * or -ENODATA where the machine does not tell whether there is one. */
int pcow_host_hypervisor(const struct pcow_root *root, char *name, size_t size);

/* Whether a process runs whose name matches the shell pattern: 1, 0 or -errno. */
int pcow_host_runs(const struct pcow_root *root, const char *pattern);

/**
 * struct pcow_damon - DAMON, which watches which pages are used
 * @running:	it does, and perhaps acts
 * @what:	what was switched on: "kdamond 0: pageout, damon_reclaim"; ""
 *		when that cannot be read, as only root can
 * @off:	commands that switch it off
 */
struct pcow_damon {
	bool running;
	char what[160];
	char off[240];
};

/* 0 or -errno. */
int pcow_host_damon(const struct pcow_root *root, struct pcow_damon *damon);

/* Whether a balloon hands free pages to the hypervisor: 1, 0, or -errno without
 * a virtio balloon's driver. */
int pcow_host_page_reporting(const struct pcow_root *root);

#endif
