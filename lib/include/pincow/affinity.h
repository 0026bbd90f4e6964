/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding to a CPU, apart from topology: whoever measures links this and no
 * hwloc.
 */
#ifndef PINCOW_AFFINITY_H
#define PINCOW_AFFINITY_H

/**
 * pcow_cpu_bind() - let the calling thread run on one CPU only
 * @cpu:	the kernel's number of it; there is no highest one
 *
 * Return: 0; -EINVAL when there is no such CPU, it is offline, or a cpuset
 * forbids it; or another -errno.
 */
int pcow_cpu_bind(int cpu);

#endif
