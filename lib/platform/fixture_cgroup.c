/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cgroup with limits, for workers that are to run short of something. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pincow/cgroup.h>

#include "fixtures.h"

#define CGROUPS "/sys/fs/cgroup/"
#define PREFIX	"pincow-"

/* Of a folder and a file in it. */
#define FILE_BYTES (PATH_MAX + NAME_MAX)

static bool is_valid(const json_t *record)
{
	const char *path = json_string_value(json_object_get(record, "path"));
	const char *name = strrchr(path, '/');

	return strncmp(path, CGROUPS, strlen(CGROUPS)) == 0 && strlen(path) < PATH_MAX &&
	       !strstr(path, "/../") && strncmp(name + 1, PREFIX, strlen(PREFIX)) == 0;
}

/*
 * To the nearest group above that takes it: one whose children have controllers
 * takes no process, but the topmost does.
 */
static void move_up(const struct pcow_root *root, const char *folder, const char *pid)
{
	char path[FILE_BYTES];
	char *slash;
	int ret;

	snprintf(path, sizeof(path), "%s", folder);
	do {
		slash = strrchr(path, '/');
		strcpy(slash, "/cgroup.procs");
		ret = pcow_fixture_write(root, path, pid);
		*slash = '\0';
	} while (ret && ret != -ESRCH && strlen(path) > strlen(CGROUPS));
}

static void empty_group(const struct pcow_root *root, const char *folder)
{
	char path[FILE_BYTES], pid[16];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/cgroup.procs", folder);
	stream = pcow_root_stream(root, path + 1);
	if (!stream)
		return;
	/* 0 is a process of another PID namespace; to write it would move this one. */
	while (fscanf(stream, "%15s", pid) == 1)
		if (strcmp(pid, "0") != 0)
			move_up(root, folder, pid);
	fclose(stream);
}

static int remove_group(const struct pcow_root *root, const json_t *record)
{
	const char *folder = json_string_value(json_object_get(record, "path"));

	if (unlinkat(root->fd, folder + 1, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY)
		return -errno;
	/* Who is dying there leaves by itself. */
	empty_group(root, folder);
	return -EBUSY;
}

const struct pcow_undo pcow_undo_rmdir = {
	.name = "rmdir",
	.what = "remove the cgroup",
	.valid = is_valid,
	.run = remove_group,
};

struct search {
	const struct pcow_root *root;
	const struct pcow_fixture_limit *limits;
	size_t n;
	char *folder; /* PATH_MAX */
};

/* Whether the groups in a folder can have all the limits. */
static bool gives_limits(const struct search *search)
{
	char path[FILE_BYTES], given[256], controller[32];

	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", search->folder);
	if (pcow_root_read(search->root, path, given, sizeof(given)) < 0)
		return false;
	for (size_t i = 0; i < search->n; i++) {
		snprintf(controller, sizeof(controller), "%.*s",
			 (int)strcspn(search->limits[i].file, "."), search->limits[i].file);
		if (!pcow_text_has_word(given, controller, ' '))
			return false;
	}
	return true;
}

/* The own group or the nearest above it, whose limits then hold here too. */
static int find_parent(const struct pcow_cgroup_mount *mount, void *arg)
{
	const struct search *search = arg;
	size_t point = strlen(mount->point);

	if (!mount->v2 || pcow_cgroup_folder(search->root, mount, NULL, search->folder, PATH_MAX))
		return 0;
	while (!gives_limits(search)) {
		if (!search->folder[point])
			return 0;
		*strrchr(search->folder, '/') = '\0';
	}
	return 1;
}

static int no_parent(const struct search *search, struct pcow_error *err)
{
	if (!search->n)
		return pcow_error_set(err, -ENOTSUP,
				      "no cgroup of version 2 shows this process; mount the "
				      "hierarchy (mount -t cgroup2 none /sys/fs/cgroup)");
	return pcow_error_set(
		err, -ENOTSUP,
		"no cgroup of version 2 above this process limits %s; let the topmost "
		"do so (echo +%.*s | sudo tee /sys/fs/cgroup/cgroup.subtree_control), "
		"where version 1 has not taken it",
		search->limits[0].file, (int)strcspn(search->limits[0].file, "."),
		search->limits[0].file);
}

static int make_group(struct pcow_fixtures *fixtures, const char *parent, char *folder, size_t size,
		      struct pcow_error *err)
{
	const struct pcow_root *root = &fixtures->journal.root;
	unsigned int number = 0;
	int length, ret;

	do {
		length = snprintf(folder, size, "/%s/" PREFIX "%d-%u", parent, getpid(), number++);
		if ((size_t)length >= size)
			return pcow_error_set(err, -ENAMETOOLONG, "/%s: too long a path", parent);
	} while (faccessat(root->fd, folder + 1, F_OK, 0) == 0);
	ret = pcow_journal_append(&fixtures->journal, &pcow_undo_rmdir, folder, json_object(), err);
	if (!ret && mkdirat(root->fd, folder + 1, 0755))
		ret = pcow_error_set(err, -errno, "%s: cannot make the cgroup: %s%s", folder,
				     strerror(errno), errno == EACCES ? "; run as root" : "");
	return ret;
}

int pcow_fixture_cgroup(struct pcow_fixtures *fixtures, const struct pcow_fixture_limit *limits,
			size_t n, char *folder, size_t size, struct pcow_error *err)
{
	char parent[PATH_MAX], path[FILE_BYTES];
	struct search search = { &fixtures->journal.root, limits, n, parent };
	int ret;

	ret = pcow_cgroup_each(search.root, find_parent, &search);
	if (ret <= 0)
		return no_parent(&search, err);
	ret = make_group(fixtures, parent, folder, size, err);
	for (size_t i = 0; i < n && !ret; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, limits[i].file);
		ret = pcow_fixture_write(search.root, path, limits[i].value);
		if (ret)
			pcow_error_set(err, ret, "%s: cannot write %s: %s", path, limits[i].value,
				       strerror(-ret));
	}
	return ret;
}
