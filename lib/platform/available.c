/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much memory a case may still take: the host's, and what is left below the
 * limits of this process's cgroup and of every cgroup above it.  Beyond such a
 * limit is the OOM killer, or SIGBUS for hugetlb pages.
 */
#include <limits.h>
#include <string.h>

#include <pincow/cgroup.h>

#include "host.h"

/* One limit of a cgroup, and the files that tell what is left below it. */
struct limit {
	const char *max;
	const char *used;
	const char *cache; /* key of memory.stat: used, but given back when room is short */
};

/* memory.high kills nobody, but who is above it is made to reclaim at each fault. */
static const struct limit memory_v2[] = {
	{ "memory.max", "memory.current", "inactive_file" },
	{ "memory.high", "memory.current", "inactive_file" },
	{ 0 },
};

static const struct limit memory_v1[] = {
	{ "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file" },
	{ 0 },
};

struct search {
	const struct pcow_root *root;
	const char *controller; /* v1's name of what is limited */
	const struct limit *limits[2]; /* of v1 and v2 */
	const char *option; /* only hierarchies mounted with it; NULL for any */
	uint64_t *bytes;
	char *who;
	size_t size;
};

/* Whether the file of that name in the folder @group is a number: "max" is none. */
static bool read_number(const struct pcow_root *root, const char *group, const char *name,
			uint64_t *value)
{
	char path[PATH_MAX + NAME_MAX];

	snprintf(path, sizeof(path), "%s/%s", group, name);
	return pcow_root_read_u64(root, path, value) == 0;
}

static uint64_t cache_of(const struct pcow_root *root, const char *group, const char *key)
{
	char path[PATH_MAX + NAME_MAX];
	uint64_t cache = 0;

	snprintf(path, sizeof(path), "%s/memory.stat", group);
	pcow_root_read_field(root, path, key, &cache);
	return cache;
}

/* @group is the folder; it is told without the first @point characters. */
static void keep_least(struct search *search, const struct limit *limit, const char *group,
		       size_t point)
{
	uint64_t left, used, cache;

	if (!read_number(search->root, group, limit->max, &left) ||
	    !read_number(search->root, group, limit->used, &used))
		return;
	cache = limit->cache ? cache_of(search->root, group, limit->cache) : 0;
	used -= cache < used ? cache : used;
	left -= used < left ? used : left;
	if (left >= *search->bytes)
		return;
	*search->bytes = left;
	snprintf(search->who, search->size, "cgroup %s (%s)", group[point] ? group + point : "/",
		 limit->max);
}

/* Before v5.11 a group of v1 may be told not to count what its children use. */
static bool counts_children(const struct pcow_root *root, const char *group)
{
	uint64_t hierarchical;

	return !read_number(root, group, "memory.use_hierarchy", &hierarchical) || hierarchical;
}

static int visit_mount(const struct pcow_cgroup_mount *mount, void *arg)
{
	struct search *search = arg;
	size_t point = strlen(mount->point);
	char group[PATH_MAX];

	if (search->option && !pcow_text_has_word(mount->options, search->option, ','))
		return 0;
	if (!mount->v2 && !pcow_text_has_word(mount->options, search->controller, ','))
		return 0;
	if (pcow_cgroup_folder(search->root, mount, search->controller, group, sizeof(group)))
		return 0;
	for (;;) {
		for (const struct limit *l = search->limits[mount->v2]; l->max; l++)
			keep_least(search, l, group, point);
		if (!group[point])
			return 0;
		*strrchr(group, '/') = '\0';
		if (!mount->v2 && !counts_children(search->root, group))
			return 0;
	}
}

int pcow_available_bytes(const struct pcow_root *root, uint64_t *bytes, char *who, size_t size)
{
	struct search search = {
		.root = root,
		.controller = "memory",
		.limits = { memory_v1, memory_v2 },
		.bytes = bytes,
		.who = who,
		.size = size,
	};
	int ret = pcow_root_read_field(root, "proc/meminfo", "MemAvailable", bytes);

	if (ret)
		return ret;
	snprintf(who, size, "the host");
	pcow_cgroup_each(root, visit_mount, &search);
	return 0;
}

void pcow_available_hugetlb_bytes(const struct pcow_root *root, size_t folio_bytes, uint64_t *bytes,
				  char *who, size_t size)
{
	char name[16], max[2][48], used[2][48];
	const struct limit v1[] = { { max[0], used[0], NULL }, { 0 } };
	const struct limit v2[] = { { max[1], used[1], NULL }, { 0 } };
	struct search search = {
		.root = root,
		.controller = "hugetlb",
		.limits = { v1, v2 },
		.bytes = bytes,
		.who = who,
		.size = size,
	};

	pcow_cgroup_hugetlb_name(folio_bytes, name, sizeof(name));
	snprintf(max[0], sizeof(max[0]), "hugetlb.%s.limit_in_bytes", name);
	snprintf(used[0], sizeof(used[0]), "hugetlb.%s.usage_in_bytes", name);
	snprintf(max[1], sizeof(max[1]), "hugetlb.%s.max", name);
	snprintf(used[1], sizeof(used[1]), "hugetlb.%s.current", name);
	*bytes = UINT64_MAX;
	snprintf(who, size, "no cgroup");
	pcow_cgroup_each(root, visit_mount, &search);
	/* v6.7 can count them as memory too, when mounted so. */
	search.limits[1] = memory_v2;
	search.option = "memory_hugetlb_accounting";
	pcow_cgroup_each(root, visit_mount, &search);
}
