/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: who else takes the CPU's time, and how memory layouts are drawn. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

/* Last number of a CPU list such as "0-3,8". */
static unsigned long last_cpu(const char *list)
{
	const char *last = list + strlen(list);

	while (last > list && isdigit((unsigned char)last[-1]))
		last--;
	return strtoul(last, NULL, 10);
}

/* CPU list, or "none": an empty mask reads as "" or, in some versions, as "(null)". */
static int read_cpu_mask(const struct pcow_root *root, const char *path, char *list, size_t size)
{
	int ret = pcow_root_read(root, path, list, size);

	if (ret < 0)
		return ret;
	if (!isdigit((unsigned char)list[0]))
		snprintf(list, size, "none");
	return 0;
}

/* The core with all its threads where workers run unless told otherwise. */
static int last_core(const struct pcow_root *root, char *threads, size_t size)
{
	char online[96], path[96];
	int cpu;

	if (pcow_root_read(root, "sys/devices/system/cpu/online", online, sizeof(online)) <= 0)
		return -ENODATA;
	/* Of a recorded machine it is not known which cores are the fast ones. */
	if (!root->live || pcow_topology_worker_cpu(&cpu, NULL))
		cpu = (int)last_cpu(online);
	/* A machine of one CPU has none to spare. */
	if (cpu == 0)
		return -ENODATA;
	snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
		 cpu);
	if (pcow_root_read(root, path, threads, size) <= 0)
		snprintf(threads, size, "%d", cpu);
	return 0;
}

void pcow_check_isolation(const struct pcow_root *root, struct pcow_check *check)
{
	char isolated[96], nohz_full[96], threads[32];
	bool tickless;

	if (read_cpu_mask(root, "sys/devices/system/cpu/isolated", isolated, sizeof(isolated))) {
		pcow_check_unknown(check, "cannot read /sys/devices/system/cpu/isolated");
		return;
	}
	tickless = read_cpu_mask(root, "sys/devices/system/cpu/nohz_full", nohz_full,
				 sizeof(nohz_full)) == 0;
	pcow_check_value(check, "isolated: %s; nohz_full: %s", isolated,
			 tickless ? nohz_full : "not in this kernel");
	if (strcmp(isolated, "none") != 0)
		return;
	if (last_core(root, threads, sizeof(threads)))
		pcow_check_warn(check, "%s", "");
	else
		pcow_check_warn(
			check,
			"echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX isolcpus=%s%s%s\"' | "
			"sudo tee -a /etc/default/grub && sudo update-grub && sudo reboot",
			threads, tickless ? " nohz_full=" : "", tickless ? threads : "");
}

void pcow_check_irqbalance(const struct pcow_root *root, struct pcow_check *check)
{
	int running = pcow_host_runs(root, "irqbalance");

	if (running < 0) {
		pcow_check_unknown(check, "cannot list /proc");
		return;
	}
	pcow_check_value(check, running ? "running" : "not running");
	if (running)
		pcow_check_warn(check, "sudo systemctl stop irqbalance");
}

void pcow_check_hypervisor(const struct pcow_root *root, struct pcow_check *check)
{
	char name[64];

	if (pcow_host_hypervisor(root, name, sizeof(name))) {
		pcow_check_unknown(check, "neither CPU flags nor firmware tables tell");
		return;
	}
	pcow_check_value(check, "%s", name);
	if (strcmp(name, "none") != 0)
		pcow_check_warn(check, "%s", "");
}

void pcow_check_steal(const struct pcow_root *root, struct pcow_check *check)
{
	uint64_t ticks[PCOW_TICKS], busy = 0;
	double percent;

	if (pcow_host_ticks(root, ticks)) {
		pcow_check_unknown(check, "cannot read the first line of /proc/stat");
		return;
	}
	for (int i = 0; i < PCOW_TICKS; i++) {
		if (i != PCOW_TICK_IDLE && i != PCOW_TICK_IOWAIT)
			busy += ticks[i];
	}
	percent = busy ? 100.0 * (double)ticks[PCOW_TICK_STEAL] / (double)busy : 0;
	pcow_check_value(check, "%ju ticks since boot, %.2g %% of busy time",
			 (uintmax_t)ticks[PCOW_TICK_STEAL], percent);
	/* The least effect that a gate looks for at the median is 2 %: half of that. */
	if (percent >= 1)
		pcow_check_warn(check, "%s", "");
}

void pcow_check_load(const struct pcow_root *root, struct pcow_check *check)
{
	double load[3];

	if (pcow_host_loadavg(root, load)) {
		pcow_check_unknown(check, "cannot read /proc/loadavg");
		return;
	}
	pcow_check_value(check, "%.2f %.2f %.2f (1, 5 and 15 minutes)", load[0], load[1], load[2]);
	if (load[0] >= 0.5)
		pcow_check_warn(check, "ps -eo pid,pcpu,stat,comm --sort=-pcpu | head");
}

void pcow_check_aslr(const struct pcow_root *root, struct pcow_check *check)
{
	uint64_t level;

	if (pcow_root_read_u64(root, "proc/sys/kernel/randomize_va_space", &level)) {
		pcow_check_unknown(check, "cannot read /proc/sys/kernel/randomize_va_space");
		return;
	}
	pcow_check_value(check, "%ju", (uintmax_t)level);
	if (level == 0)
		pcow_check_warn(check, "sudo sysctl kernel.randomize_va_space=2");
}

void pcow_check_kaslr(const struct pcow_root *root, struct pcow_check *check)
{
	char cmdline[4097];

	if (pcow_root_read(root, "proc/cmdline", cmdline, sizeof(cmdline)) < 0) {
		pcow_check_unknown(check, "cannot read /proc/cmdline");
		return;
	}
	if (!pcow_text_has_word(cmdline, "nokaslr", ' ')) {
		pcow_check_value(check, "not switched off on the kernel's command line");
		return;
	}
	pcow_check_value(check, "nokaslr on the kernel's command line");
	pcow_check_warn(check, "sudo sed -i 's/ *nokaslr//' /etc/default/grub && "
			       "sudo update-grub && sudo reboot");
}
