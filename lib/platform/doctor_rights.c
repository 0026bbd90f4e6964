/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: what this user may pin, count, look at and change. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pincow/need.h>

#include "doctor.h"
#include "fixtures.h"

#ifndef CAP_PERFMON
#define CAP_PERFMON 38 /* v5.8 */
#endif

/* Pins are planned by the GiB, so that much should be pinnable. */
#define MEMLOCK_WANTED_BYTES (UINT64_C(1) << 30)

void pcow_check_perf_event_paranoid(const struct pcow_root *root, struct pcow_check *check)
{
	char text[16];

	if (pcow_root_read(root, "proc/sys/kernel/perf_event_paranoid", text, sizeof(text)) <= 0) {
		pcow_check_unknown(check, "cannot read /proc/sys/kernel/perf_event_paranoid");
		return;
	}
	pcow_check_value(check, "%s", text);
	if (strtol(text, NULL, 10) <= 1)
		return;
	if (pcow_capable(root, CAP_PERFMON) || pcow_capable(root, CAP_SYS_ADMIN))
		pcow_check_value(check, "%s, but this process is privileged", text);
	else
		pcow_check_warn(check, "sudo sysctl kernel.perf_event_paranoid=1");
}

void pcow_check_memlock(const struct pcow_root *root, struct pcow_check *check)
{
	struct rlimit limit;

	if (!root->live || getrlimit(RLIMIT_MEMLOCK, &limit)) {
		pcow_check_unknown(check, "a limit of this process: not part of a recorded host");
		return;
	}
	if (limit.rlim_cur == RLIM_INFINITY) {
		pcow_check_value(check, "unlimited");
		return;
	}
	pcow_check_value(check, "%ju KiB", (uintmax_t)limit.rlim_cur >> 10);
	if (pcow_capable(root, CAP_IPC_LOCK))
		pcow_check_value(check, "%ju KiB, but CAP_IPC_LOCK lifts it",
				 (uintmax_t)limit.rlim_cur >> 10);
	else if (limit.rlim_cur < MEMLOCK_WANTED_BYTES)
		pcow_check_warn(check, "sudo prlimit --memlock=unlimited:unlimited --pid $$");
}

void pcow_check_pagemap(const struct pcow_root *root, struct pcow_check *check)
{
	if (!root->live) {
		pcow_check_unknown(check, "a right of this process: not part of a recorded host");
		return;
	}
	if (access("/proc/self/pagemap", R_OK) != 0) {
		pcow_check_unknown(check, "cannot read /proc/self/pagemap");
		return;
	}
	if (pcow_capable(root, CAP_SYS_ADMIN)) {
		pcow_check_value(check, "frame numbers visible");
		return;
	}
	pcow_check_value(check, "frame numbers hidden: no CAP_SYS_ADMIN");
	pcow_check_warn(check, "sudo pincow run");
}

/* Whether the run that wrote it is gone: it locks its journal as long as it lives. */
static bool is_left_over(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size > 0 && flock(fd, LOCK_SH | LOCK_NB) == 0;
}

static void check_journal(const char *path, struct pcow_check *check)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT) {
		pcow_check_unknown(check, "cannot read %s", path);
		return;
	}
	if (fd >= 0 && is_left_over(fd)) {
		pcow_check_value(check, "a killed run left the host changed: %s", path);
		pcow_check_warn(check, "sudo pincow doctor --restore");
	} else {
		pcow_check_value(check, "nothing to put back");
	}
	if (fd >= 0)
		close(fd);
}

void pcow_check_journal(const struct pcow_root *root, struct pcow_check *check)
{
	if (!root->live) {
		pcow_check_unknown(check, "of this machine: not part of a recorded host");
	} else if (pcow_fixtures_allowed(root, NULL)) {
		pcow_check_value(check,
				 "run --prepare is refused: a container, and its own journal");
		pcow_check_warn(check, "PINCOW_JOURNAL=FILE, on a disk of the host");
	} else {
		check_journal(pcow_fixtures_journal(), check);
	}
}
