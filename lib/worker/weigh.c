/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory pass: what measure() leaves.  Read before, while it is held and after
 * its release, by whoever sees least of other tasks: a memcg of the worker's
 * own, the counters of its processes, the host's counters.
 */
#include "weigh.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pincow/page.h>

/* So many triples must agree; on a busy host a few more are tried. */
#define TRIPLES_MIN  3
#define TRIPLES_MAX  5
#define READINGS_MAX (2 * TRIPLES_MAX + 1)

/* vmstat's per-CPU parts are folded in at this many, at the latest. */
#define VMSTAT_THRESHOLD 125

/* A memcg counts objects late, by up to two pages in each of two readings; the host
 * counts whole slabs, of up to 8 pages (PAGE_ALLOC_COSTLY_ORDER). */
#define LATE_PAGES 4
#define SLAB_PAGES 8

static const char *const weight_names[PCOW_WEIGHTS] = {
	[PCOW_WEIGHT_ANON] = "anon_bytes",
	[PCOW_WEIGHT_HUGETLB] = "hugetlb_bytes",
	[PCOW_WEIGHT_PAGE_TABLES] = "page_tables_bytes",
	[PCOW_WEIGHT_KERNEL_STACK] = "kernel_stack_bytes",
	[PCOW_WEIGHT_CHARGED_SLAB] = "charged_slab_bytes",
	[PCOW_WEIGHT_CHARGED_PERCPU] = "charged_percpu_bytes",
	[PCOW_WEIGHT_SLAB] = "slab_unreclaimable_bytes",
	[PCOW_WEIGHT_VMALLOC] = "vmalloc_bytes",
	[PCOW_WEIGHT_FOLL_PINS] = "foll_pins",
};

static const char *const scale_names[PCOW_SCALES] = {
	[PCOW_SCALE_MEMCG] = "memcg",
	[PCOW_SCALE_PROCESS] = "process",
	[PCOW_SCALE_HOST] = "host",
};

/**
 * struct weighing - the readings of one pass
 * @sight:	this machine
 * @group:	the worker's own, if there is one
 * @cpus:	how many are online
 * @refreshed:	vm.stat_refresh takes a write: the host's counters are exact
 * @by:		who weighs what: decided by the first reading
 * @readings:	of each weight, as pcow_weigh_judge() has them
 * @n:		readings made
 * @broken:	what was held broke the claim
 */
struct weighing {
	struct pcow_sight sight;
	struct pcow_group group;
	long cpus;
	bool refreshed;
	enum pcow_scales by[PCOW_WEIGHTS];
	int64_t readings[PCOW_WEIGHTS][READINGS_MAX];
	size_t n;
	bool broken;
};

/* Let pass what a process that is gone leaves behind, its page tables among it, and
 * fold the per-CPU parts into the counters. */
static bool refresh(struct pcow_run *run)
{
	bool refreshed;
	int fd;

	pcow_settle_rcu(run);
	fd = open("/proc/sys/vm/stat_refresh", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* EINVAL: counters gone negative, which are folded all the same. */
	refreshed = write(fd, "1", 1) == 1 || errno == EINVAL;
	close(fd);
	return refreshed;
}

static bool uses(const struct weighing *w, enum pcow_scales scale, size_t weight)
{
	return !w->n || w->by[weight] == scale;
}

/* The first scale that knows a weight keeps it. */
static void choose(struct weighing *w, int64_t seen[PCOW_SCALES][PCOW_WEIGHTS])
{
	for (size_t i = 0; i < PCOW_WEIGHTS; i++)
		for (w->by[i] = PCOW_SCALE_MEMCG; w->by[i] < PCOW_SCALE_HOST; w->by[i]++)
			if (seen[w->by[i]][i] != PCOW_UNREAD)
				break;
}

static void read_scales(struct weighing *w, bool maps, int64_t seen[PCOW_SCALES][PCOW_WEIGHTS])
{
	for (size_t i = 0; i < PCOW_WEIGHTS; i++)
		seen[PCOW_SCALE_MEMCG][i] = PCOW_UNREAD;
	if (*w->group.path)
		pcow_group_read(&w->group, seen[PCOW_SCALE_MEMCG]);
	pcow_process_read(&w->sight, maps, seen[PCOW_SCALE_PROCESS]);
	pcow_host_read(&w->sight, seen[PCOW_SCALE_HOST]);
}

/* Reading writes to our own stack and heap, which a child may share: the first
 * time takes those copies, so that each reading finds them taken. */
static void read_all(struct pcow_run *run, struct weighing *w)
{
	int64_t seen[PCOW_SCALES][PCOW_WEIGHTS];
	bool maps = uses(w, PCOW_SCALE_PROCESS, PCOW_WEIGHT_ANON) ||
		    uses(w, PCOW_SCALE_PROCESS, PCOW_WEIGHT_HUGETLB);

	read_scales(w, false, seen);
	w->refreshed = refresh(run);
	read_scales(w, maps, seen);
	if (!w->n)
		choose(w, seen);
	for (size_t i = 0; i < PCOW_WEIGHTS; i++)
		w->readings[i][w->n] = seen[w->by[i]][i];
	w->n++;
}

/* Least difference that a weight shows: what is less is nothing. */
static int64_t resolution(const struct weighing *w, size_t weight)
{
	int64_t unit = (int64_t)pcow_page_bytes();

	if (weight == PCOW_WEIGHT_KERNEL_STACK)
		unit = 1024;
	else if (weight == PCOW_WEIGHT_CHARGED_SLAB)
		unit *= LATE_PAGES;
	else if (weight == PCOW_WEIGHT_SLAB)
		unit *= SLAB_PAGES;
	else if (weight == PCOW_WEIGHT_CHARGED_PERCPU || weight == PCOW_WEIGHT_FOLL_PINS)
		unit = 1;
	if (w->by[weight] == PCOW_SCALE_HOST && weight != PCOW_WEIGHT_HUGETLB && !w->refreshed)
		unit *= VMSTAT_THRESHOLD * w->cpus;
	return unit;
}

bool pcow_weigh_judge(const int64_t *readings, size_t n, int64_t resolution, int64_t *value)
{
	size_t closed = 0;

	*value = n > 2 ? readings[1] - readings[0] : 0;
	for (size_t i = 0; i + 2 < n; i += 2) {
		int64_t before = readings[i], held = readings[i + 1], after = readings[i + 2];

		if (llabs(after - before) >= resolution)
			continue;
		/* Something else came and went within one of the two. */
		if (closed && llabs(held - before - *value) >= resolution)
			return false;
		if (!closed++)
			*value = held - before;
	}
	return closed >= TRIPLES_MIN;
}

/* What this machine does not know is no weight. */
static bool is_known(const struct weighing *w, size_t weight)
{
	return w->readings[weight][0] != PCOW_UNREAD;
}

static bool was_read(const struct weighing *w, size_t weight)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->readings[weight][i] == PCOW_UNREAD)
			return false;
	return true;
}

static bool all_closed(const struct weighing *w)
{
	int64_t value;

	for (size_t i = 0; i < PCOW_WEIGHTS; i++)
		if (is_known(w, i) &&
		    !pcow_weigh_judge(w->readings[i], w->n, resolution(w, i), &value))
			return false;
	return true;
}

/* The proof comes before what is read next: it writes to the heap, which a child
 * then shares, and would be weighed. */
static int arm(struct pcow_run *run)
{
	int ret = pcow_stage_arm(run);

	if (!ret)
		pcow_claim_before(run);
	return ret;
}

static int measure(struct pcow_run *run)
{
	errno = 0;
	return run->scenario->measure(run->actor) ? 0 : pcow_error(run, errno, "the measured call");
}

/* Bring about what is held, and read; it must be what a sample's claim says. */
static int hold(struct pcow_run *run, struct weighing *w)
{
	int ret = measure(run);

	if (ret)
		return ret;
	read_all(run, w);
	if (run->census.region)
		pcow_claim_after(run, run->census.pages / run->census.step_pages);
	ret = pcow_stage_prove(run);
	if (!ret && run->claim.verify)
		ret = run->claim.verify(run->actor);
	w->broken |= pcow_claim_settle(run, 1);
	return ret;
}

/*
 * The first hold is not read: what it takes and keeps for the next one (pages
 * that are charged to the group only now, slabs that stay) is nothing that is
 * held.
 */
static int weigh(struct pcow_run *run, struct weighing *w)
{
	int ret = arm(run);

	if (!ret)
		ret = measure(run);
	if (!ret)
		ret = arm(run);
	if (ret)
		return ret;
	read_all(run, w);
	for (size_t i = 0; i < TRIPLES_MAX && (i < TRIPLES_MIN || !all_closed(w)); i++) {
		ret = hold(run, w);
		if (!ret)
			ret = arm(run);
		if (ret)
			return ret;
		read_all(run, w);
	}
	return 0;
}

static void record(const struct weighing *w, struct pcow_record *worker)
{
	for (size_t i = 0; i < PCOW_WEIGHTS; i++) {
		struct pcow_weight *weight = &worker->memory[worker->nr_memory];

		if (!is_known(w, i))
			continue;
		worker->nr_memory++;
		strcpy(weight->name, weight_names[i]);
		strcpy(weight->method, scale_names[w->by[i]]);
		weight->resolution = resolution(w, i);
		weight->closed = pcow_weigh_judge(w->readings[i], w->n, weight->resolution,
						  &weight->value) &&
				 was_read(w, i) && !w->broken;
	}
}

int pcow_weigh(struct pcow_run *run)
{
	struct weighing w = { .cpus = sysconf(_SC_NPROCESSORS_ONLN) };
	int ret;

	if (!run->scenario->weigh || run->crew)
		return 0;
	ret = pcow_sight_open(&w.sight, "/", getpid());
	if (ret) {
		pcow_sight_close(&w.sight);
		return pcow_error(run, -ret, "/proc");
	}
	if (pcow_group_enter(&w.group, &w.sight))
		pcow_group_leave(&w.group);
	ret = weigh(run, &w);
	pcow_group_leave(&w.group);
	pcow_sight_close(&w.sight);
	if (!ret)
		record(&w, &run->record);
	return ret;
}
