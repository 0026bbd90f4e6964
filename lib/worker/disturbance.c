/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else happened on the worker's CPU while it measured. */
#include "run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <pincow/root.h>

/* The eighth number of a cpu line of /proc/stat, in clock ticks (proc(5)). */
static uint64_t steal_of(int cpu)
{
	FILE *file = fopen("/proc/stat", "re");
	char line[512], name[16];
	uint64_t steal = 0;

	if (!file)
		return 0;
	snprintf(name, sizeof(name), "cpu%d ", cpu);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0 &&
		    sscanf(line, "%*s %*u %*u %*u %*u %*u %*u %*u %" SCNu64, &steal) != 1)
			steal = 0;
	fclose(file);
	return steal;
}

/* Which column of /proc/interrupts is this CPU's: offline ones have none. */
static int column_of(const char *head, int cpu)
{
	int column = 0;

	for (const char *at = head; (at = strstr(at, "CPU")); at += 3, column++)
		if (atoi(at + 3) == cpu)
			return column;
	return -1;
}

static uint64_t interrupts_of(int cpu)
{
	FILE *file = fopen("/proc/interrupts", "re");
	size_t room = 0;
	char *line = NULL;
	uint64_t total = 0;
	int column = -1;

	if (!file)
		return 0;
	if (getline(&line, &room, file) > 0)
		column = column_of(line, cpu);
	while (column >= 0 && getline(&line, &room, file) > 0) {
		char *at = strchr(line, ':');
		uint64_t count = 0;

		for (int i = 0; at && i <= column; i++)
			count = strtoull(at + (i == 0), &at, 10);
		total += count;
	}
	free(line);
	fclose(file);
	return total;
}

uint64_t pcow_oom_kills(void)
{
	struct pcow_root root;
	uint64_t n = 0;

	if (pcow_root_open(&root, "/", NULL))
		return 0;
	if (pcow_root_read_field(&root, "proc/vmstat", "oom_kill", &n))
		n = 0;
	pcow_root_close(&root);
	return n;
}

void pcow_disturbance_read(struct pcow_disturbance *now, int cpu)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	*now = (struct pcow_disturbance){
		.involuntary_switches = (uint64_t)ru.ru_nivcsw,
		.major_faults = (uint64_t)ru.ru_majflt,
		.steal_ticks = steal_of(cpu),
		.interrupts = interrupts_of(cpu),
		.oom_kills = pcow_oom_kills(),
	};
}

json_t *pcow_disturbance_json(const struct pcow_disturbance *before,
			      const struct pcow_disturbance *after)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "involuntary_switches",
			 (json_int_t)(after->involuntary_switches - before->involuntary_switches),
			 "major_faults", (json_int_t)(after->major_faults - before->major_faults),
			 "steal_ticks", (json_int_t)(after->steal_ticks - before->steal_ticks),
			 "interrupts", (json_int_t)(after->interrupts - before->interrupts),
			 "oom_kills", (json_int_t)(after->oom_kills - before->oom_kills));
}
