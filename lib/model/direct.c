/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * O_DIRECT write(2) from shared pages, to an unnamed file.  A file system may
 * take O_DIRECT and still copy by CPU, which takes no reference at all: tmpfs does
 * (v6.6), btrfs does where GUP fails.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pincow/root.h>

/* The kernel's own page with the time of day, in every address space; or NULL. */
static const void *vvar_page(void)
{
	FILE *maps = pcow_root_stream(&pcow_root_live, "proc/self/maps");
	const void *page = NULL;
	char line[512];
	uintptr_t start;

	while (maps && !page && fgets(line, sizeof(line), maps))
		if (strstr(line, "[vvar]") && sscanf(line, "%" SCNxPTR "-", &start) == 1)
			page = (const void *)start;
	if (maps)
		fclose(maps);
	return page;
}

/* GUP refuses that page (VM_PFNMAP), reading it is allowed: who fails uses GUP. */
static bool uses_gup(int fd)
{
	const void *page = vvar_page();

	return page && pwrite(fd, page, pcow_page_bytes(), 0) < 0 && errno == EFAULT;
}

/* A file whose O_DIRECT is known to use GUP if there is one, else any that
 * takes O_DIRECT; -1 when there is none. */
static int open_direct(bool *is_gup)
{
	const char *const dirs[] = { getenv("TMPDIR"), "/var/tmp", "/tmp", "." };
	int found = -1;

	*is_gup = false;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && !*is_gup; i++) {
		int flags = O_TMPFILE | O_DIRECT | O_WRONLY | O_CLOEXEC;
		int fd = dirs[i] ? open(dirs[i], flags, 0600) : -1;

		if (fd < 0)
			continue;
		*is_gup = uses_gup(fd);
		if (found >= 0)
			close(*is_gup ? found : fd);
		if (found < 0 || *is_gup)
			found = fd;
	}
	return found;
}

static int take_by_write(struct pcow_run *run, const struct pcow_region *mem, void *arg)
{
	const int *fd = arg;
	ssize_t written = pwrite(*fd, mem->addr, mem->bytes, 0);

	if (written == (ssize_t)mem->bytes)
		return 0;
	return pcow_error(run, written < 0 ? errno : EIO, "write() to an O_DIRECT file");
}

int pcow_probe_odirect_unshares(struct pcow_run *run, struct pcow_feature *feature)
{
	static const char remedy[] = "TMPDIR=DIR of a file system on a disk, as ext4 or xfs";
	size_t exclusive;
	bool is_gup;
	int fd = open_direct(&is_gup);
	int ret;

	if (fd < 0)
		return pcow_skip(run, remedy, "no file system here takes O_DIRECT");
	ret = pcow_probe_take_of_shared(run, take_by_write, &fd, &exclusive);
	close(fd);
	if (ret)
		return ret;
	if (!exclusive && !is_gup)
		return pcow_skip(run, remedy, "the file systems here take O_DIRECT and copy");
	pcow_feature_from_count(feature, exclusive, PROBE_PAGES,
				"shared with a child are no longer so after an O_DIRECT write()");
	return 0;
}
