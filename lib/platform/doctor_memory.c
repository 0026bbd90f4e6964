/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: huge pages, and what moves or merges pages behind a scenario's back. */
#include <errno.h>
#include <string.h>

#include "doctor.h"

#define THP_DIR	      "sys/kernel/mm/transparent_hugepage"
#define HUGEPAGES_DIR "sys/kernel/mm/hugepages"

/*
 * The setting that counts for a folio size: its own since v6.8, unless that
 * says "inherit".  Before, and for sizes that only shmem has, there is none.
 */
static int size_choice(const struct pcow_root *root, const char *size_dir, char *buf, size_t size)
{
	char path[320];

	snprintf(path, sizeof(path), THP_DIR "/%s/enabled", size_dir);
	if (pcow_root_read_choice(root, path, buf, size) <= 0)
		return -ENOENT;
	if (strcmp(buf, "inherit") != 0)
		return 0;
	return pcow_root_read_choice(root, THP_DIR "/enabled", buf, size) > 0 ? 0 : -ENOENT;
}

static void pmd_size_dir(const struct pcow_root *root, char *buf, size_t size)
{
	uint64_t bytes = 0;

	pcow_root_read_u64(root, THP_DIR "/hpage_pmd_size", &bytes);
	snprintf(buf, size, "hugepages-%jukB", (uintmax_t)bytes / 1024);
}

void pcow_check_thp(const struct pcow_root *root, struct pcow_check *check)
{
	char size_dir[64], enabled[32], defrag[32];

	pmd_size_dir(root, size_dir, sizeof(size_dir));
	if ((size_choice(root, size_dir, enabled, sizeof(enabled)) &&
	     pcow_root_read_choice(root, THP_DIR "/enabled", enabled, sizeof(enabled)) <= 0) ||
	    pcow_root_read_choice(root, THP_DIR "/defrag", defrag, sizeof(defrag)) <= 0) {
		pcow_check_unknown(check, "cannot read enabled and defrag in /" THP_DIR);
		return;
	}
	pcow_check_value(check, "enabled %s, defrag %s", enabled, defrag);
	if (strcmp(enabled, "never") == 0)
		pcow_check_warn(check, "echo madvise | sudo tee /" THP_DIR "/enabled");
	/* Neither compacts at the fault: fragmented memory then gives base pages instead. */
	else if (strcmp(defrag, "never") == 0 || strcmp(defrag, "defer") == 0)
		pcow_check_warn(check, "echo madvise | sudo tee /" THP_DIR "/defrag");
}

struct mthp_walk {
	const struct pcow_root *root;
	char pmd_dir[64];
	char first[64]; /* what the remedy enables: 64 kB, else the smallest */
	char enabled[160];
	bool any;
};

static int visit_mthp(const char *name, void *arg)
{
	struct mthp_walk *walk = arg;
	size_t length = strlen(walk->enabled);
	char choice[32];

	if (strcmp(name, walk->pmd_dir) == 0 ||
	    size_choice(walk->root, name, choice, sizeof(choice)))
		return 0;
	if (!walk->any || strcmp(name, "hugepages-64kB") == 0)
		snprintf(walk->first, sizeof(walk->first), "%s", name);
	walk->any = true;
	if (strcmp(choice, "never") == 0)
		return 0;
	snprintf(walk->enabled + length, sizeof(walk->enabled) - length, "%s%s %s",
		 length ? ", " : "", name + strlen("hugepages-"), choice);
	return 0;
}

void pcow_check_mthp(const struct pcow_root *root, struct pcow_check *check)
{
	struct mthp_walk walk = { .root = root };

	pmd_size_dir(root, walk.pmd_dir, sizeof(walk.pmd_dir));
	pcow_root_each(root, THP_DIR, "hugepages-", visit_mthp, &walk);
	if (!walk.any) {
		pcow_check_unknown(check, "no /" THP_DIR "/hugepages-*kB (kernels before 6.8 have "
					  "none)");
		return;
	}
	pcow_check_value(check, "%s", walk.enabled[0] ? walk.enabled : "no size enabled");
	if (!walk.enabled[0])
		pcow_check_warn(check, "echo madvise | sudo tee /" THP_DIR "/%s/enabled",
				walk.first);
}

void pcow_check_ksm(const struct pcow_root *root, struct pcow_check *check)
{
	uint64_t run;

	if (pcow_root_read_u64(root, "sys/kernel/mm/ksm/run", &run)) {
		pcow_check_unknown(check, "cannot read /sys/kernel/mm/ksm/run");
		return;
	}
	pcow_check_value(check, "run %ju", (uintmax_t)run);
	/* 2 is "stopped and everything unmerged"; 0 stops it without a need for more memory. */
	if (run == 1)
		pcow_check_warn(check, "echo 0 | sudo tee /sys/kernel/mm/ksm/run");
}

void pcow_check_numa_balancing(const struct pcow_root *root, struct pcow_check *check)
{
	uint64_t mode;

	if (pcow_root_read_u64(root, "proc/sys/kernel/numa_balancing", &mode)) {
		pcow_check_unknown(check, "cannot read /proc/sys/kernel/numa_balancing (kernels "
					  "without NUMA balancing have none)");
		return;
	}
	pcow_check_value(check, "%ju", (uintmax_t)mode);
	if (mode)
		pcow_check_warn(check, "sudo sysctl kernel.numa_balancing=0");
}

void pcow_check_swap(const struct pcow_root *root, struct pcow_check *check)
{
	uint64_t total_bytes, free_bytes;

	if (pcow_root_read_field(root, "proc/meminfo", "SwapTotal", &total_bytes) ||
	    pcow_root_read_field(root, "proc/meminfo", "SwapFree", &free_bytes)) {
		pcow_check_unknown(check, "cannot read SwapTotal and SwapFree in /proc/meminfo");
		return;
	}
	if (total_bytes == 0) {
		pcow_check_value(check, "none");
		return;
	}
	pcow_check_value(check, "%ju MiB, %ju MiB used", (uintmax_t)total_bytes >> 20,
			 (uintmax_t)(total_bytes - free_bytes) >> 20);
	pcow_check_warn(check, "sudo swapoff -a");
}

void pcow_check_zswap(const struct pcow_root *root, struct pcow_check *check)
{
	char enabled[16];

	if (pcow_root_read(root, "sys/module/zswap/parameters/enabled", enabled, sizeof(enabled)) <=
	    0) {
		pcow_check_unknown(check, "cannot read /sys/module/zswap/parameters/enabled");
		return;
	}
	pcow_check_value(check, "%s", enabled[0] == 'Y' ? "on" : "off");
	if (enabled[0] == 'Y')
		pcow_check_warn(check, "echo N | sudo tee /sys/module/zswap/parameters/enabled");
}

void pcow_check_damon(const struct pcow_root *root, struct pcow_check *check)
{
	struct pcow_damon damon;

	if (pcow_host_damon(root, &damon)) {
		pcow_check_unknown(check, "cannot list /proc");
		return;
	}
	if (!damon.running) {
		pcow_check_value(check, "not running");
		return;
	}
	pcow_check_value(check, "running; %s",
			 damon.what[0] ? damon.what : "what it does only root can read");
	pcow_check_warn(check, "%s", damon.off[0] ? damon.off : "sudo pincow doctor");
}

void pcow_check_page_reporting(const struct pcow_root *root, struct pcow_check *check)
{
	int reporting = pcow_host_page_reporting(root);
	uint64_t order;

	if (reporting < 0) {
		pcow_check_unknown(check, "no virtio_balloon in /sys/bus/virtio/drivers");
		return;
	}
	if (!reporting) {
		pcow_check_value(check, "off");
		return;
	}
	if (pcow_root_read_u64(root, "sys/module/page_reporting/parameters/page_reporting_order",
			       &order))
		pcow_check_value(check, "on");
	else
		pcow_check_value(check, "on, from blocks of 2^%ju pages on", (uintmax_t)order);
	pcow_check_warn(check, "nothing inside this guest; start it without free page reporting "
			       "(QEMU: virtio-balloon-pci,free-page-reporting=off)");
}

struct hugepages_walk {
	const struct pcow_root *root;
	char text[160];
	uint64_t available;
};

static int visit_hugepages(const char *name, void *arg)
{
	struct hugepages_walk *walk = arg;
	size_t length = strlen(walk->text);
	uint64_t available, total;
	char path[320];

	snprintf(path, sizeof(path), HUGEPAGES_DIR "/%s/free_hugepages", name);
	if (pcow_root_read_u64(walk->root, path, &available))
		return 0;
	snprintf(path, sizeof(path), HUGEPAGES_DIR "/%s/nr_hugepages", name);
	if (pcow_root_read_u64(walk->root, path, &total))
		return 0;
	walk->available += available;
	snprintf(walk->text + length, sizeof(walk->text) - length, "%s%s: %ju of %ju free",
		 length ? "; " : "", name + strlen("hugepages-"), (uintmax_t)available,
		 (uintmax_t)total);
	return 0;
}

void pcow_check_hugepages(const struct pcow_root *root, struct pcow_check *check)
{
	struct hugepages_walk walk = { .root = root };

	pcow_root_each(root, HUGEPAGES_DIR, "hugepages-", visit_hugepages, &walk);
	if (!walk.text[0]) {
		pcow_check_unknown(check, "cannot read a pool in /" HUGEPAGES_DIR);
		return;
	}
	pcow_check_value(check, "%s", walk.text);
	/* vm.nr_hugepages is the pool of the default size: 128 MiB where that is 2 MiB. */
	if (!walk.available)
		pcow_check_warn(check, "sudo sysctl vm.nr_hugepages=64");
}
