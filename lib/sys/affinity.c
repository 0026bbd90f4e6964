/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding to a CPU of any number: a cpu_set_t ends at 1024. */
#include <errno.h>
#include <sched.h>

#include <pincow/affinity.h>

/* Far above any kernel's NR_CPUS, and a mask of that many bits is still small. */
#define CPU_NUMBERS (1 << 20)

int pcow_cpu_bind(int cpu)
{
	cpu_set_t *set;
	size_t size;
	int ret = 0;

	if (cpu < 0 || cpu >= CPU_NUMBERS)
		return -EINVAL;
	set = CPU_ALLOC(cpu + 1);
	if (!set)
		return -ENOMEM;
	/* The kernel takes a shorter mask than its own, and cuts a longer one. */
	size = CPU_ALLOC_SIZE(cpu + 1);
	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	if (sched_setaffinity(0, size, set))
		ret = -errno;
	CPU_FREE(set);
	return ret;
}
