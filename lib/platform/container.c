/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would what puts the host back outlive this process's surroundings?  A
 * container's end kills all that runs in it, and as a rule its files go too.
 */
#include <errno.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fixtures.h"

/* The number that the first PID namespace has had since v3.8. */
#define INIT_PID_NAMESPACE "pid:[4026531836]"

static bool has_own_pids(const struct pcow_root *root)
{
	char link[64];
	ssize_t length = readlinkat(root->fd, "proc/self/ns/pid", link, sizeof(link) - 1);

	if (length < 0)
		return false;
	link[length] = '\0';
	return strcmp(link, INIT_PID_NAMESPACE) != 0;
}

/* With the host's PIDs: an image's layers below, and the engine's mark on top.
 * A machine booted from an image has the mark alone. */
static bool has_image_root(const struct pcow_root *root)
{
	struct statfs fs;

	return fstatfs(root->fd, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC &&
	       (faccessat(root->fd, ".dockerenv", F_OK, 0) == 0 ||
		faccessat(root->fd, "run/.containerenv", F_OK, 0) == 0);
}

/* The folder, which may be still to be made, is on a disk that is no image's layer. */
static bool is_on_disk(const char *path)
{
	char *copy = strdup(path);
	struct statfs fs;
	char *folder;
	bool found;

	if (!copy)
		return false;
	folder = dirname(copy);
	found = statfs(folder, &fs) == 0 || (errno == ENOENT && statfs(dirname(folder), &fs) == 0);
	free(copy);
	return found && fs.f_type != OVERLAYFS_SUPER_MAGIC && fs.f_type != TMPFS_MAGIC &&
	       fs.f_type != RAMFS_MAGIC;
}

int pcow_fixtures_survive(const struct pcow_root *root, const char *journal, bool chosen,
			  struct pcow_error *err)
{
	if (!has_own_pids(root) && !has_image_root(root))
		return 0;
	if (chosen && is_on_disk(journal))
		return 0;
	return pcow_error_set(err, -ENOTSUP,
			      "no host settings are changed in this container: when it is killed, "
			      "so is the process that puts them back, and %s is lost; prepare on "
			      "the host, or set PINCOW_JOURNAL to a file on a disk of the host",
			      journal);
}
