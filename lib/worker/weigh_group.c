/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A memory cgroup of the worker's own, while it is weighed: what is charged
 * there is of the worker and its children alone.
 */
#include "weigh.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pincow/cgroup.h>
#include <pincow/page.h>

/* The pid follows: whose worker is gone, whoever ended it, is removed by the next. */
#define GROUP_PREFIX "pincow-"

/*
 * memory.stat is brought up to date only when more than 64 updates a CPU are
 * outstanding (MEMCG_CHARGE_BATCH, since v5.16); taking and giving back so many
 * pages makes it so.
 */
#define CHURN_PAGES 64

/* Fewer than half of what counters lag by, where they do. */
#define PROOF_PAGES 12

static const char *const stat_keys[PCOW_WEIGHTS] = {
	[PCOW_WEIGHT_ANON] = "anon",
	[PCOW_WEIGHT_KERNEL_STACK] = "kernel_stack",
	[PCOW_WEIGHT_CHARGED_SLAB] = "slab_unreclaimable",
	[PCOW_WEIGHT_CHARGED_PERCPU] = "percpu",
};

/* The worker's own cgroup, where a mount of v2 shows it. */
static int find_home(const struct pcow_cgroup_mount *mount, void *arg)
{
	struct pcow_group *group = arg;

	if (!mount->v2 || pcow_cgroup_folder(&group->sight->machine, mount, NULL, group->home,
					     sizeof(group->home) - 1))
		return 0;
	group->point = strlen(mount->point) + 1;
	strcat(group->home, "/");
	return 1;
}

__attribute__((format(printf, 4, 5))) static int
group_write(const struct pcow_group *group, const char *dir, const char *file, const char *fmt, ...)
{
	char path[PATH_MAX], text[64];
	va_list ap;
	int fd, length, ret = 0;

	va_start(ap, fmt);
	length = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(path, sizeof(path), "%s%s", dir, file);
	fd = openat(group->sight->machine.fd, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, (size_t)length) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* A move into a group with a cpuset undoes the binding (before v6.2 at least). */
static int move_self(const struct pcow_group *group, const char *dir)
{
	cpu_set_t *set;
	size_t size = CPU_ALLOC_SIZE(CPU_SETSIZE);
	int ret;

	/* Masks longer than a cpu_set_t are refused with EINVAL until they fit. */
	while ((set = calloc(1, size)) && sched_getaffinity(0, size, set) && errno == EINVAL) {
		free(set);
		size *= 2;
	}
	if (!set)
		return -ENOMEM;
	ret = group_write(group, dir, "cgroup.procs", "%d", getpid());
	if (sched_setaffinity(0, size, set) && !ret)
		ret = -errno;
	free(set);
	return ret;
}

struct sweep {
	const struct pcow_group *group;
	const char *parent;
};

/* One that is populated cannot be removed, whatever its name. */
static int sweep_one(const char *name, void *arg)
{
	const struct sweep *sweep = arg;
	char path[PATH_MAX], *end;
	long pid = strtol(name + strlen(GROUP_PREFIX), &end, 10);

	snprintf(path, sizeof(path), "%s%s", sweep->parent, name);
	if (!*end && pid > 0 && kill((pid_t)pid, 0) && errno == ESRCH)
		unlinkat(sweep->group->sight->machine.fd, path, AT_REMOVEDIR);
	return 0;
}

/*
 * Controllers are handed to the children of a group without processes, or of
 * the root: the new group is the worker's sibling, or a child of the root.
 */
static int make_group(struct pcow_group *group)
{
	char parent[sizeof(group->home)], path[PATH_MAX], text[256];
	struct sweep sweep = { group, parent };
	int ret;

	snprintf(parent, sizeof(parent), "%s", group->home);
	if (parent[group->point]) {
		parent[strlen(parent) - 1] = '\0';
		strrchr(parent, '/')[1] = '\0';
	}
	snprintf(path, sizeof(path), "%scgroup.subtree_control", parent);
	ret = pcow_root_read(&group->sight->machine, path, text, sizeof(text));
	if (ret < 0)
		return ret;
	if (!pcow_text_has_word(text, "memory", ' '))
		return -ENOENT;
	pcow_root_each(&group->sight->machine, parent, GROUP_PREFIX, sweep_one, &sweep);
	snprintf(group->path, sizeof(group->path), "%s" GROUP_PREFIX "%d/", parent, getpid());
	if (mkdirat(group->sight->machine.fd, group->path, 0755)) {
		group->path[0] = '\0';
		return -errno;
	}
	/* The limit that the worker ran under holds here too. */
	snprintf(path, sizeof(path), "%smemory.max", group->home);
	if (pcow_root_read(&group->sight->machine, path, text, sizeof(text)) > 0)
		ret = group_write(group, group->path, "memory.max", "%s", text);
	return ret < 0 ? ret : 0;
}

/* Outstanding updates of every CPU are counted together, so ours suffice. */
static void flush(const struct pcow_group *group)
{
	size_t bytes = CHURN_PAGES * pcow_page_bytes();

	for (long i = 0; i <= group->cpus; i++) {
		for (size_t at = 0; at < bytes; at += pcow_page_bytes())
			*(volatile char *)(group->churn + at) = 1;
		madvise(group->churn, bytes, MADV_DONTNEED);
	}
}

/* hugetlb.2MB.current of every size; there is none without that controller. */
static int64_t hugetlb(const struct pcow_group *group)
{
	const struct pcow_sight *sight = group->sight;
	int64_t sum = 0;

	for (size_t i = 0; i < sight->nr_pools; i++) {
		char path[640], name[16];
		uint64_t bytes;

		pcow_cgroup_hugetlb_name(sight->pools[i].kib * 1024, name, sizeof(name));
		snprintf(path, sizeof(path), "%shugetlb.%s.current", group->path, name);
		if (pcow_root_read_u64(&sight->machine, path, &bytes))
			return PCOW_UNREAD;
		sum += (int64_t)bytes;
	}
	return sight->nr_pools ? sum : PCOW_UNREAD;
}

void pcow_group_read(const struct pcow_group *group, int64_t weights[PCOW_WEIGHTS])
{
	char path[640], *text = group->sight->text;

	for (size_t i = 0; i < PCOW_WEIGHTS; i++)
		weights[i] = PCOW_UNREAD;
	flush(group);
	snprintf(path, sizeof(path), "%smemory.stat", group->path);
	if (pcow_root_read(&group->sight->machine, path, text, PCOW_SCRATCH_BYTES) < 0)
		return;
	for (size_t i = 0; i < PCOW_WEIGHTS; i++) {
		uint64_t value;

		if (stat_keys[i] && !pcow_text_field(text, stat_keys[i], &value))
			weights[i] = (int64_t)value;
	}
	weights[PCOW_WEIGHT_HUGETLB] = hugetlb(group);
}

/*
 * Before v5.13 counters lag by up to 32 pages a CPU, and nothing flushes them: of
 * a few pages nothing is to be seen, or 32.  Some of our own stack and heap may
 * come on top, where a child shares it until we write there.
 */
static int prove_exact(const struct pcow_group *group)
{
	int64_t before[PCOW_WEIGHTS], after[PCOW_WEIGHTS];
	int64_t rise, page = (int64_t)pcow_page_bytes();
	size_t bytes = PROOF_PAGES * pcow_page_bytes();
	char *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return -errno;
	madvise(pages, bytes, MADV_NOHUGEPAGE);
	pcow_group_read(group, before);
	pcow_group_read(group, before);
	for (size_t at = 0; at < bytes; at += pcow_page_bytes())
		*(volatile char *)(pages + at) = 1;
	pcow_group_read(group, after);
	munmap(pages, bytes);
	if (before[PCOW_WEIGHT_ANON] == PCOW_UNREAD || after[PCOW_WEIGHT_ANON] == PCOW_UNREAD)
		return -ENODATA;
	rise = (after[PCOW_WEIGHT_ANON] - before[PCOW_WEIGHT_ANON]) / page;
	return rise < PROOF_PAGES || rise > 2 * PROOF_PAGES ? -ENOTSUP : 0;
}

int pcow_group_enter(struct pcow_group *group, const struct pcow_sight *sight)
{
	size_t bytes = CHURN_PAGES * pcow_page_bytes();
	int ret;

	*group = (struct pcow_group){ .sight = sight, .cpus = sysconf(_SC_NPROCESSORS_ONLN) };
	ret = pcow_cgroup_each(&sight->machine, find_home, group);
	if (ret == 0)
		return -ENOENT;
	if (ret < 0)
		return ret;
	ret = make_group(group);
	if (!ret)
		ret = move_self(group, group->path);
	if (ret)
		return ret;
	group->churn =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (group->churn == MAP_FAILED) {
		group->churn = NULL;
		return -ENOMEM;
	}
	madvise(group->churn, bytes, MADV_NOHUGEPAGE);
	madvise(group->churn, bytes, MADV_DONTFORK);
	return prove_exact(group);
}

/* Children that live on go home too: they keep the group busy. */
static void move_children(const struct pcow_group *group)
{
	char path[PATH_MAX], text[4096], *at = text, *end;

	snprintf(path, sizeof(path), "%scgroup.procs", group->path);
	if (pcow_root_read(&group->sight->machine, path, text, sizeof(text)) < 0)
		return;
	for (;; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			return;
		group_write(group, group->home, "cgroup.procs", "%ld", pid);
	}
}

void pcow_group_leave(struct pcow_group *group)
{
	if (*group->path) {
		move_self(group, group->home);
		move_children(group);
		unlinkat(group->sight->machine.fd, group->path, AT_REMOVEDIR);
	}
	if (group->churn)
		munmap(group->churn, CHURN_PAGES * pcow_page_bytes());
	group->path[0] = '\0';
	group->churn = NULL;
}
