/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else happened on the worker's CPU while it measured. */
#include "run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <pincow/root.h>

/* Columns of a cpu line of /proc/stat, in clock ticks (proc(5)). */
enum {
	USER,
	NICE,
	SYSTEM,
	IDLE,
	IOWAIT,
	IRQ,
	SOFTIRQ,
	STEAL,
	TICKS
};

/* All 0 for a CPU that has no line. */
static void ticks_of(int cpu, uint64_t ticks[TICKS])
{
	FILE *file = fopen("/proc/stat", "re");
	char line[512], name[16];

	memset(ticks, 0, TICKS * sizeof(*ticks));
	if (!file)
		return;
	snprintf(name, sizeof(name), "cpu%d ", cpu);
	while (fgets(line, sizeof(line), file)) {
		char *at = line + strlen(name);

		if (strncmp(line, name, strlen(name)) == 0)
			for (int i = 0; i < TICKS; i++)
				ticks[i] = strtoull(at, &at, 10);
	}
	fclose(file);
}

static uint64_t busy_ticks_of(int cpu)
{
	uint64_t t[TICKS];

	ticks_of(cpu, t);
	return t[USER] + t[NICE] + t[SYSTEM] + t[IRQ] + t[SOFTIRQ] + t[STEAL];
}

/* A file of the CPU's folder in sysfs; "" when it has none. */
static void read_sysfs(int cpu, const char *name, char *text, size_t size)
{
	struct pcow_root root;
	char path[128];

	text[0] = '\0';
	if (pcow_root_open(&root, "/", NULL))
		return;
	snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%d/%s", cpu, name);
	if (pcow_root_read(&root, path, text, size) < 0)
		text[0] = '\0';
	pcow_root_close(&root);
}

/* What the other threads of the core did: "0-1" or "3,35" are its threads. */
static uint64_t sibling_busy_ticks(int cpu)
{
	char list[256], *at = list;
	uint64_t busy = 0;

	read_sysfs(cpu, "topology/thread_siblings_list", list, sizeof(list));
	while (*at >= '0' && *at <= '9') {
		long first = strtol(at, &at, 10);
		long last = *at == '-' ? strtol(at + 1, &at, 10) : first;

		for (; first <= last; first++)
			busy += first == cpu ? 0 : busy_ticks_of((int)first);
		at += *at == ',';
	}
	return busy;
}

static uint64_t khz_of(int cpu)
{
	char text[32];

	read_sysfs(cpu, "cpufreq/scaling_cur_freq", text, sizeof(text));
	return strtoull(text, NULL, 10);
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
	uint64_t ticks[TICKS];
	struct rusage ru;

	ticks_of(cpu, ticks);
	getrusage(RUSAGE_SELF, &ru);
	*now = (struct pcow_disturbance){
		.involuntary_switches = (uint64_t)ru.ru_nivcsw,
		.major_faults = (uint64_t)ru.ru_majflt,
		.steal_ticks = ticks[STEAL],
		.sibling_busy_ticks = sibling_busy_ticks(cpu),
		.interrupts = interrupts_of(cpu),
		.oom_kills = pcow_oom_kills(),
		.khz = khz_of(cpu),
	};
}

json_t *pcow_disturbance_json(const struct pcow_disturbance *before,
			      const struct pcow_disturbance *after)
{
	json_t *json =
		json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "involuntary_switches",
			  (json_int_t)(after->involuntary_switches - before->involuntary_switches),
			  "major_faults", (json_int_t)(after->major_faults - before->major_faults),
			  "steal_ticks", (json_int_t)(after->steal_ticks - before->steal_ticks),
			  "sibling_busy_ticks",
			  (json_int_t)(after->sibling_busy_ticks - before->sibling_busy_ticks),
			  "interrupts", (json_int_t)(after->interrupts - before->interrupts),
			  "oom_kills", (json_int_t)(after->oom_kills - before->oom_kills));

	/* No guest and few emulated machines tell it. */
	if (before->khz && after->khz) {
		json_object_set_new(json, "khz_begin", json_integer((json_int_t)before->khz));
		json_object_set_new(json, "khz_end", json_integer((json_int_t)after->khz));
	}
	return json;
}
