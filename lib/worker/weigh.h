/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to the memory pass: what is weighed, by whom, and what becomes of the
 * readings.
 */
#ifndef PINCOW_WORKER_WEIGH_H
#define PINCOW_WORKER_WEIGH_H

#include <pincow/root.h>

enum pcow_weight_kind {
	PCOW_WEIGHT_ANON,
	PCOW_WEIGHT_HUGETLB,
	PCOW_WEIGHT_PAGE_TABLES,
	PCOW_WEIGHT_KERNEL_STACK,
	PCOW_WEIGHT_CHARGED_SLAB,
	PCOW_WEIGHT_CHARGED_PERCPU,
	PCOW_WEIGHT_SLAB,
	PCOW_WEIGHT_VMALLOC,
	PCOW_WEIGHT_FOLL_PINS,
	PCOW_WEIGHTS,
};

/* Who can be asked, the one that sees least of other tasks first. */
enum pcow_scales {
	PCOW_SCALE_MEMCG,
	PCOW_SCALE_PROCESS,
	PCOW_SCALE_HOST,
	PCOW_SCALES,
};

/* What cannot be read. */
#define PCOW_UNREAD INT64_MIN

/* Larger than any file that is read; how many sizes of huge pages there are. */
#define PCOW_SCRATCH_BYTES 32768
#define PCOW_POOLS_MAX	   8

/**
 * struct pcow_pool - huge pages of one size
 * @name:	folder below sys/kernel/mm/hugepages
 * @kib:	size
 */
struct pcow_pool {
	char name[48];
	uint64_t kib;
};

/**
 * struct pcow_sight - where readings come from
 * @machine:	root of the live or a recorded machine
 * @pid:	the worker's
 * @text:	room for PCOW_SCRATCH_BYTES.  Not shared with children: a reading must
 *		not itself take copies, so it uses no heap and little stack
 * @pools, @nr_pools: found once
 */
struct pcow_sight {
	struct pcow_root machine;
	pid_t pid;
	char *text;
	struct pcow_pool pools[PCOW_POOLS_MAX];
	size_t nr_pools;
};

/* 0 or -errno; closed by pcow_sight_close() either way. */
int pcow_sight_open(struct pcow_sight *sight, const char *root, pid_t pid);
void pcow_sight_close(struct pcow_sight *sight);

/**
 * struct pcow_group - a memory cgroup (v2) of the worker's own
 * @sight:	the machine, its pools and scratch
 * @home:	folder where the worker was, with a slash at its end
 * @point:	length of the part of @home where cgroup2 is mounted
 * @path:	folder of the group, likewise; "" while there is none
 * @churn:	pages that are taken and given back to have the counters flushed
 * @cpus:	how many are online
 */
struct pcow_group {
	const struct pcow_sight *sight;
	char home[512];
	size_t point;
	char path[576];
	char *churn;
	long cpus;
};

/**
 * pcow_group_enter() - move the worker into a memory cgroup of its own
 * @group:	filled in, also on failure; left by pcow_group_leave()
 * @sight:	open for as long as the group is
 *
 * What it holds already stays charged where it was.  Groups that dead workers
 * left behind are removed.
 *
 * Return: 0, or a negative errno where there is no such group, or one whose
 * counters lag behind (5.10's do).
 */
int pcow_group_enter(struct pcow_group *group, const struct pcow_sight *sight);

/* Back home, with every child; the group goes.  Safe after a failed enter. */
void pcow_group_leave(struct pcow_group *group);

/* Each fills in the weights that it knows; the others are PCOW_UNREAD. */
void pcow_group_read(const struct pcow_group *group, int64_t weights[PCOW_WEIGHTS]);
/* The worker and its descendants; with @maps also what takes a walk of their page tables. */
void pcow_process_read(const struct pcow_sight *sight, bool maps, int64_t weights[PCOW_WEIGHTS]);
void pcow_host_read(const struct pcow_sight *sight, int64_t weights[PCOW_WEIGHTS]);

/**
 * pcow_weigh_judge() - the figure that readings agree on
 * @readings:	before, held, released, held, released ...: released is before
 *		for the next triple
 * @n:		how many: 3 or a larger odd number
 * @resolution:	least difference that means something
 * @value:	held less before, of the first of three triples that agree; of the
 *		last one when none do
 *
 * A triple closes when what was held is gone after its release.  Something else
 * may still have come and gone in between, so three must close, and all that close
 * say the same.
 *
 * Return: whether they did.
 */
bool pcow_weigh_judge(const int64_t *readings, size_t n, int64_t resolution, int64_t *value);

#endif
