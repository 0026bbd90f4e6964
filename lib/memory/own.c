/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a forked child has of its own, by its files in /proc. */
#include <pincow/bench.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The copies that a child takes of pages it writes until it is parked, and what it
 * maps of its program alone. */
#define OWN_PAGES_MAX 8

/* Sum of the fields of /proc/PID/NAME whose names begin with @key, in bytes, or -errno. */
static int64_t sum_of(pid_t pid, const char *name, const char *key)
{
	char path[64], line[256];
	int64_t sum = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		const char *value = strchr(line, ':');
		int64_t kib;

		if (value && strncmp(line, key, strlen(key)) == 0 &&
		    sscanf(value, ": %" SCNd64, &kib) == 1)
			sum += kib * 1024;
	}
	fclose(file);
	return sum;
}

int pcow_peer_claim_bare(struct pcow_run *run, const struct pcow_peer *peer)
{
	int64_t most = (int64_t)(OWN_PAGES_MAX * pcow_page_bytes());
	int64_t own, tables, workers;

	if (!peer->pid) {
		pcow_broken(run, "there is no child");
		return 0;
	}
	own = sum_of(peer->pid, "smaps_rollup", "Private_");
	tables = sum_of(peer->pid, "status", "VmPTE");
	workers = sum_of(getpid(), "status", "VmPTE");
	if (own < 0 || tables < 0 || workers < 0)
		return pcow_error(run, EACCES, "what the child maps, from /proc/%d", peer->pid);
	if (own > most)
		pcow_broken(run,
			    "the child has %" PRId64 " KiB of its own, claimed at most %" PRId64,
			    own >> 10, most >> 10);
	/* What a child maps without a page to it, it would have tables for. */
	if (tables > workers)
		pcow_broken(run, "the child has page tables of its own");
	return 0;
}
