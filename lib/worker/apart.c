/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run without a worker: for probes, which use a scenario's helpers too. */
#include "run.h"

#include <stdio.h>

int pcow_run_apart(int (*call)(struct pcow_run *run, void *arg), void *arg, char *reason,
		   char *remedy, size_t size)
{
	static const struct pcow_scenario none = { .name = "none" };
	struct pcow_job job = { .cpu = -1 };
	struct pcow_run run = { .scenario = &none, .job = &job };
	int ret = call(&run, arg);

	snprintf(reason, size, "%s", run.record.reason);
	snprintf(remedy, size, "%s", run.record.remedy);
	return ret;
}
