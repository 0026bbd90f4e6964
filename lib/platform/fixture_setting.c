/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file below /proc/sys or /sys that gets another value. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fixtures.h"

#define NODES_DIR "sys/devices/system/node"

/* A sysfs or sysctl value fits a page. */
#define SETTING_BYTES 4096

static bool path_is_valid(const char *path)
{
	size_t length = strlen(path);

	if (strncmp(path, "/proc/sys/", 10) != 0 && strncmp(path, "/sys/", 5) != 0)
		return false;
	return !strstr(path, "/../") && !(length >= 3 && strcmp(path + length - 3, "/..") == 0);
}

static bool is_valid(const json_t *record)
{
	return path_is_valid(json_string_value(json_object_get(record, "path"))) &&
	       json_is_string(json_object_get(record, "old"));
}

static int write_back(const struct pcow_root *root, const json_t *record)
{
	const char *path = json_string_value(json_object_get(record, "path"));
	const char *old = json_string_value(json_object_get(record, "old"));
	char now[SETTING_BYTES];
	int ret;

	/* Read first: the run may have died before it wrote. */
	if (pcow_root_read_choice(root, path + 1, now, sizeof(now)) >= 0 && strcmp(now, old) == 0)
		return 0;
	ret = pcow_fixture_write(root, path, old);
	if (ret)
		return ret;
	if (pcow_root_read_choice(root, path + 1, now, sizeof(now)) < 0 || strcmp(now, old) == 0)
		return 0;
	/*
	 * hugetlb pages that a dying process gives back while the pool shrinks stay
	 * behind as surplus, which the same number does not take away; the number
	 * that there is makes them ordinary pages, and then they go.
	 */
	pcow_fixture_write(root, path, now);
	return -EBUSY;
}

const struct pcow_undo pcow_undo_write = {
	.name = "write",
	.what = "put back",
	.valid = is_valid,
	.run = write_back,
};

/* @value is "" where the kernel chooses it. */
static int record_value(const struct pcow_journal *journal, const char *path, const char *old,
			const char *value, struct pcow_error *err)
{
	return pcow_journal_append(journal, &pcow_undo_write, path,
				   json_pack("{s:s, s:s}", "old", old, "new", value), err);
}

struct pool {
	struct pcow_fixtures *fixtures;
	const char *size_dir; /* "hugepages-2048kB" */
	struct pcow_error *err;
};

static int record_node(const char *node, void *arg)
{
	const struct pool *pool = arg;
	const struct pcow_journal *journal = &pool->fixtures->journal;
	char path[NAME_MAX + 128], old[32];
	int length;

	snprintf(path, sizeof(path), "/" NODES_DIR "/%s/hugepages/%s/nr_hugepages", node,
		 pool->size_dir);
	length = pcow_root_read(&journal->root, path + 1, old, sizeof(old));
	/* No node, or one without memory. */
	if (length == -ENOENT || length == -ENOTDIR)
		return 0;
	if (length < 0)
		return pcow_error_set(pool->err, length, "%s: cannot read it: %s", path,
				      strerror(-length));
	return record_value(journal, path, old, "", pool->err);
}

/*
 * A pool's pages lie on nodes, and a new total is spread over all of them,
 * whether it grows or shrinks: which node had how many is lost.  So each node's
 * own number is recorded after the total, and goes back before it.
 */
static int record_nodes(struct pcow_fixtures *fixtures, const char *path, struct pcow_error *err)
{
	static const char dir[] = "/sys/kernel/mm/hugepages/";
	char size_dir[64];
	struct pool pool = { fixtures, size_dir, err };
	int ret;

	if (strncmp(path, dir, strlen(dir)) != 0 ||
	    sscanf(path + strlen(dir), "%63[^/]/nr_hugepages", size_dir) != 1)
		return 0;
	ret = pcow_root_each(&fixtures->journal.root, NODES_DIR, "node", record_node, &pool);
	/* A kernel without NUMA has no nodes. */
	return ret == -ENOENT ? 0 : ret;
}

/* The kernel takes any nr_hugepages and gives what it finds room for. */
static int check_hugepages(const struct pcow_root *root, const char *path, const char *value,
			   struct pcow_error *err)
{
	static const char name[] = "nr_hugepages";
	size_t length = strlen(path);
	uint64_t given, asked;
	int ret;

	if (length < strlen(name) || strcmp(path + length - strlen(name), name) != 0)
		return 0;
	ret = pcow_root_read_u64(root, path + 1, &given);
	if (ret)
		return pcow_error_set(err, ret, "%s: cannot read it back: %s", path,
				      strerror(-ret));
	asked = strtoull(value, NULL, 10);
	if (given >= asked)
		return 0;
	return pcow_error_set(
		err, -ENOMEM,
		"%s: %ju of %ju huge pages were given, free memory is short or "
		"fragmented; compact it (echo 1 | sudo tee "
		"/proc/sys/vm/compact_memory) or reserve them at boot (hugepages=%ju)",
		path, (uintmax_t)given, (uintmax_t)asked, (uintmax_t)asked);
}

static int read_old(const struct pcow_root *root, const char *path, char *old, size_t size,
		    struct pcow_error *err)
{
	int length;

	length = pcow_root_read_choice(root, path + 1, old, size);
	if (length < 0)
		return pcow_error_set(
			err, length, "%s: cannot read the value that would have to be put back: %s",
			path, strerror(-length));
	if ((size_t)length + 1 >= size)
		return pcow_error_set(err, -E2BIG, "%s: too long to be a setting", path);
	return 0;
}

int pcow_fixture_setting(struct pcow_fixtures *fixtures, const char *path, const char *value,
			 struct pcow_error *err)
{
	const struct pcow_root *root = &fixtures->journal.root;
	char old[SETTING_BYTES];
	int ret;

	if (!path_is_valid(path))
		return pcow_error_set(err, -EINVAL,
				      "%s: not a setting: only files below /proc/sys and /sys are",
				      path);
	ret = read_old(root, path, old, sizeof(old), err);
	if (ret || strcmp(old, value) == 0)
		return ret;
	ret = record_value(&fixtures->journal, path, old, value, err);
	if (!ret)
		ret = record_nodes(fixtures, path, err);
	if (ret)
		return ret;
	ret = pcow_fixture_write(root, path, value);
	if (ret)
		return pcow_error_set(err, ret, "%s: cannot write \"%s\": %s%s", path, value,
				      strerror(-ret),
				      ret == -EACCES || ret == -EPERM ? "; run as root" : "");
	return check_hugepages(root, path, value, err);
}
