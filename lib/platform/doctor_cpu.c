/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: at what rate the CPU runs, what shares it, and what tells its time. */
#include <errno.h>
#include <string.h>

#include "doctor.h"

#define CPU_DIR "sys/devices/system/cpu"

/* Guests have none as a rule: the host sets the frequency. */
static const char no_cpufreq[] = "no cpufreq driver: /" CPU_DIR "/cpufreq has no policy";

void pcow_check_governor(const struct pcow_root *root, struct pcow_check *check)
{
	char governor[128];

	if (pcow_host_cpufreq(root, "scaling_governor", governor, sizeof(governor))) {
		pcow_check_unknown(check, "%s", no_cpufreq);
		return;
	}
	pcow_check_value(check, "%s", governor);
	/* userspace holds the rate that was written to scaling_setspeed. */
	if (strcmp(governor, "performance") != 0 && strcmp(governor, "userspace") != 0)
		pcow_check_warn(check, "echo performance | sudo tee "
				       "/" CPU_DIR "/cpufreq/policy*/scaling_governor");
}

struct limits_walk {
	const struct pcow_root *root;
	uint64_t min_khz; /* of the first capped policy, else of the last one */
	uint64_t max_khz;
	uint64_t hardware_khz;
	unsigned int policies;
	unsigned int capped;
};

static int visit_limits(const char *policy, void *arg)
{
	static const char *const files[] = { "scaling_min_freq", "scaling_max_freq",
					     "cpuinfo_max_freq" };
	struct limits_walk *walk = arg;
	uint64_t khz[3];
	char path[320];
	bool capped;

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), CPU_DIR "/cpufreq/%s/%s", policy, files[i]);
		if (pcow_root_read_u64(walk->root, path, &khz[i]))
			return 0;
	}
	/* Minimum and maximum alike is a rate somebody fixed on purpose. */
	capped = khz[1] < khz[2] && khz[0] < khz[1];
	if (capped || !walk->capped) {
		walk->min_khz = khz[0];
		walk->max_khz = khz[1];
		walk->hardware_khz = khz[2];
	}
	walk->policies++;
	walk->capped += capped;
	return 0;
}

void pcow_check_frequency_limits(const struct pcow_root *root, struct pcow_check *check)
{
	struct limits_walk walk = { .root = root };

	pcow_root_each(root, CPU_DIR "/cpufreq", "policy", visit_limits, &walk);
	if (!walk.policies) {
		pcow_check_unknown(check, "%s", no_cpufreq);
		return;
	}
	pcow_check_value(check, "%u of %u policies capped; %ju to %ju MHz, hardware %ju MHz",
			 walk.capped, walk.policies, (uintmax_t)walk.min_khz / 1000,
			 (uintmax_t)walk.max_khz / 1000, (uintmax_t)walk.hardware_khz / 1000);
	if (walk.capped)
		pcow_check_warn(check, "for p in /" CPU_DIR "/cpufreq/policy*; do "
				       "sudo tee $p/scaling_max_freq < $p/cpuinfo_max_freq; done");
}

void pcow_check_turbo(const struct pcow_root *root, struct pcow_check *check)
{
	const char *path;
	bool on;

	if (pcow_host_boost(root, &on, &path)) {
		pcow_check_unknown(check, "no switch: neither intel_pstate/no_turbo nor "
					  "cpufreq/boost is in /" CPU_DIR);
		return;
	}
	pcow_check_value(check, on ? "on" : "off");
	if (on)
		pcow_check_warn(check, "echo %d | sudo tee /%s", strstr(path, "no_turbo") ? 1 : 0,
				path);
}

/* Kernels without the smt folder, and arm64's, still list a thread's siblings. */
static int smt_active(const struct pcow_root *root, bool *active)
{
	char siblings[256];
	uint64_t flag;
	int ret;

	ret = pcow_root_read_u64(root, CPU_DIR "/smt/active", &flag);
	*active = ret == 0 && flag;
	if (*active)
		return 0;
	if (pcow_root_read(root, CPU_DIR "/cpu0/topology/thread_siblings_list", siblings,
			   sizeof(siblings)) < 0)
		return ret;
	*active = strpbrk(siblings, ",-") != NULL;
	return 0;
}

void pcow_check_smt(const struct pcow_root *root, struct pcow_check *check)
{
	char control[32] = "";
	bool active;

	if (smt_active(root, &active)) {
		pcow_check_unknown(check, "cannot read /" CPU_DIR "/smt/active");
		return;
	}
	pcow_root_read(root, CPU_DIR "/smt/control", control, sizeof(control));
	pcow_check_value(check, "%s%s%s", active ? "on" : "off", *control ? ", control " : "",
			 control);
	if (!active)
		return;
	/* Other words of smt/control do not take "off" at run time. */
	if (strcmp(control, "on") == 0)
		pcow_check_warn(check, "echo off | sudo tee /" CPU_DIR "/smt/control");
	else
		pcow_check_warn(check, "%s", "");
}

struct mitigation_count {
	const struct pcow_root *root;
	unsigned int not_affected;
	unsigned int vulnerable;
	unsigned int mitigated;
};

static int visit_vulnerability(const char *name, void *arg)
{
	struct mitigation_count *count = arg;
	char path[320], text[512];

	snprintf(path, sizeof(path), CPU_DIR "/vulnerabilities/%s", name);
	if (pcow_root_read(count->root, path, text, sizeof(text)) < 0)
		return 0;
	/* itlb_multihit speaks of KVM alone. */
	if (strncmp(text, "Mitigation", 10) == 0 || strncmp(text, "KVM: Mitigation", 15) == 0)
		count->mitigated++;
	else if (strncmp(text, "Not affected", 12) == 0)
		count->not_affected++;
	else
		count->vulnerable++;
	return 0;
}

void pcow_check_mitigations(const struct pcow_root *root, struct pcow_check *check)
{
	struct mitigation_count count = { .root = root };

	if (pcow_root_each(root, CPU_DIR "/vulnerabilities", "", visit_vulnerability, &count)) {
		pcow_check_unknown(check, "cannot read /" CPU_DIR "/vulnerabilities");
		return;
	}
	pcow_check_value(check, "%u mitigated, %u not affected, %u vulnerable or unknown",
			 count.mitigated, count.not_affected, count.vulnerable);
}

static bool vdso_reads(const char *clocksource)
{
	static const char *const readable[] = { "tsc", "arch_sys_counter", "kvm-clock",
						"hyperv_clocksource_tsc_page" };

	for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]); i++) {
		if (strcmp(clocksource, readable[i]) == 0)
			return true;
	}
	return false;
}

void pcow_check_clocksource(const struct pcow_root *root, struct pcow_check *check)
{
	static const char dir[] = "sys/devices/system/clocksource/clocksource0";
	char path[96], current[64], available[256] = "";

	snprintf(path, sizeof(path), "%s/current_clocksource", dir);
	if (pcow_root_read(root, path, current, sizeof(current)) <= 0) {
		pcow_check_unknown(check, "cannot read /%s", path);
		return;
	}
	pcow_check_value(check, "%s", current);
	if (vdso_reads(current))
		return;
	snprintf(path, sizeof(path), "%s/available_clocksource", dir);
	pcow_root_read(root, path, available, sizeof(available));
	/* The kernel drops an unstable TSC from the list: then nothing mends it. */
	if (pcow_text_has_word(available, "tsc", ' '))
		pcow_check_warn(check, "echo tsc | sudo tee /%s/current_clocksource", dir);
	else
		pcow_check_warn(check, "%s", "");
}
