/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU model, frequency policy and accounted time, as /proc and cpufreq tell them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

/* x86 flags take about 2 KiB today. */
#define CPUINFO_LINE_BYTES 8192

/* "key\t: value\n" -> "value", or NULL when the line has another key. */
static char *cpuinfo_value(char *line, const char *key)
{
	char *colon = strchr(line, ':');
	char *end = colon;

	if (!colon)
		return NULL;
	while (end > line && (end[-1] == '\t' || end[-1] == ' '))
		end--;
	*end = '\0';
	if (strcmp(line, key) != 0)
		return NULL;
	colon[1 + strcspn(colon + 1, "\n")] = '\0';
	return colon + 1 + strspn(colon + 1, " \t");
}

int pcow_host_cpuinfo(const struct pcow_root *root, const char *key, char *buf, size_t size)
{
	char *line, *value = NULL;
	int ret = -ENODATA;
	FILE *stream;

	stream = pcow_root_stream(root, "proc/cpuinfo");
	if (!stream)
		return -errno;
	line = malloc(CPUINFO_LINE_BYTES);
	if (!line) {
		ret = -ENOMEM;
		goto out_close;
	}
	while (!value && fgets(line, CPUINFO_LINE_BYTES, stream))
		value = cpuinfo_value(line, key);
	if (value) {
		snprintf(buf, size, "%s", value);
		ret = 0;
	}
	free(line);
out_close:
	fclose(stream);
	return ret;
}

struct cpufreq_walk {
	const struct pcow_root *root;
	const char *attribute;
	char *buf;
	size_t size;
};

static int visit_policy(const char *name, void *arg)
{
	struct cpufreq_walk *walk = arg;
	size_t length = strlen(walk->buf);
	char path[320], value[64];

	snprintf(path, sizeof(path), "sys/devices/system/cpu/cpufreq/%s/%s", name, walk->attribute);
	if (pcow_root_read(walk->root, path, value, sizeof(value)) <= 0)
		return 0;
	if (!pcow_text_has_word(walk->buf, value, ','))
		snprintf(walk->buf + length, walk->size - length, "%s%s", length ? "," : "", value);
	return 0;
}

int pcow_host_cpufreq(const struct pcow_root *root, const char *attribute, char *buf, size_t size)
{
	struct cpufreq_walk walk = { root, attribute, buf, size };

	buf[0] = '\0';
	pcow_root_each(root, "sys/devices/system/cpu/cpufreq", "policy", visit_policy, &walk);
	return buf[0] ? 0 : -ENODATA;
}

int pcow_host_boost(const struct pcow_root *root, bool *on, const char **path)
{
	static const struct {
		const char *path;
		bool inverted;
	} switches[] = {
		{ "sys/devices/system/cpu/intel_pstate/no_turbo", true },
		{ "sys/devices/system/cpu/cpufreq/boost", false },
	};
	uint64_t value;

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (pcow_root_read_u64(root, switches[i].path, &value))
			continue;
		*on = (value != 0) != switches[i].inverted;
		if (path)
			*path = switches[i].path;
		return 0;
	}
	return -ENODATA;
}

int pcow_host_ticks(const struct pcow_root *root, uint64_t ticks[PCOW_TICKS])
{
	char text[512];
	int length;

	length = pcow_root_read(root, "proc/stat", text, sizeof(text));
	if (length < 0)
		return length;
	if (sscanf(text,
		   "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64 " %" SCNu64,
		   &ticks[PCOW_TICK_USER], &ticks[PCOW_TICK_NICE], &ticks[PCOW_TICK_SYSTEM],
		   &ticks[PCOW_TICK_IDLE], &ticks[PCOW_TICK_IOWAIT], &ticks[PCOW_TICK_IRQ],
		   &ticks[PCOW_TICK_SOFTIRQ], &ticks[PCOW_TICK_STEAL]) != PCOW_TICKS)
		return -EINVAL;
	return 0;
}

int pcow_host_loadavg(const struct pcow_root *root, double load[3])
{
	char text[128];
	int length;

	length = pcow_root_read(root, "proc/loadavg", text, sizeof(text));
	if (length < 0)
		return length;
	return sscanf(text, "%lf %lf %lf", &load[0], &load[1], &load[2]) == 3 ? 0 : -EINVAL;
}
