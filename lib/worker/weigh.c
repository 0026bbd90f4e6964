/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory pass: what hold() costs, as differences of the kernel's own
 * counters.  They are host-wide, and exact after vm.stat_refresh, which takes
 * root; without it they lag by up to some hundred pages a CPU.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <pincow/root.h>

static const struct {
	const char *name;
	const char *file;
	const char *key;
	const char *minus; /* a second counter of the same file, taken off */
} weights[] = {
	{ "page_tables_bytes", "proc/meminfo", "PageTables", NULL },
	{ "anon_bytes", "proc/meminfo", "AnonPages", NULL },
	{ "slab_unreclaimable_bytes", "proc/meminfo", "SUnreclaim", NULL },
	{ "kernel_stack_bytes", "proc/meminfo", "KernelStack", NULL },
	{ "vmalloc_bytes", "proc/meminfo", "VmallocUsed", NULL },
	/* One a page, or one a folio where who pins coalesces them. */
	{ "foll_pins", "proc/vmstat", "nr_foll_pin_acquired", "nr_foll_pin_released" },
};

#define NR_WEIGHTS (sizeof(weights) / sizeof(weights[0]))

/*
 * Page tables of a process that is gone are freed after an RCU grace period,
 * and the callbacks run some time behind it: let that pass first.  Then fold
 * the per-CPU parts into the counters.
 */
static void refresh(void)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	int fd;

	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	nanosleep(&pause, NULL);
	fd = open("/proc/sys/vm/stat_refresh", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) < 0)
		errno = 0; /* reported by the kernel for counters gone negative */
	close(fd);
}

static int read_weights(struct pcow_run *run, int64_t values[NR_WEIGHTS])
{
	struct pcow_root root;
	int ret = pcow_root_open(&root, "/", NULL);

	if (ret)
		return pcow_error(run, -ret, "/proc");
	refresh();
	for (size_t i = 0; i < NR_WEIGHTS; i++) {
		uint64_t plus, minus = 0;

		/* A counter that this kernel lacks stays out of the record. */
		values[i] = INT64_MIN;
		if (pcow_root_read_field(&root, weights[i].file, weights[i].key, &plus) ||
		    (weights[i].minus &&
		     pcow_root_read_field(&root, weights[i].file, weights[i].minus, &minus)))
			continue;
		values[i] = (int64_t)(plus - minus);
	}
	pcow_root_close(&root);
	return 0;
}

int pcow_weigh(struct pcow_run *run, void *state)
{
	int64_t before[NR_WEIGHTS], held[NR_WEIGHTS];
	int ret;

	if (!run->scenario->hold)
		return 0;
	ret = run->scenario->arm ? run->scenario->arm(run, state) : 0;
	if (!ret)
		ret = read_weights(run, before);
	if (!ret)
		ret = run->scenario->hold(run, state);
	if (!ret)
		ret = read_weights(run, held);
	if (ret)
		return ret;
	run->record.memory = json_object();
	for (size_t i = 0; i < NR_WEIGHTS; i++)
		if (before[i] != INT64_MIN && held[i] != INT64_MIN)
			json_object_set_new(run->record.memory, weights[i].name,
					    json_integer(held[i] - before[i]));
	return 0;
}
