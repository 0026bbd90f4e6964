/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which cgroup hierarchies are mounted, and where this process stands in them.
 */
#ifndef PINCOW_CGROUP_H
#define PINCOW_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pincow/root.h>

/**
 * struct pcow_cgroup_mount - a mounted hierarchy, from /proc/self/mountinfo
 * @v2:		the unified hierarchy
 * @point:	where, relative to the root of the machine
 * @top:	the cgroup that shows there: "/", or in containers another
 * @options:	of the hierarchy, with v1's controllers among them
 */
struct pcow_cgroup_mount {
	bool v2;
	char *point, *top, *options;
};

/* Calls @visit for each; its first non-zero return ends the walk and is
 * returned. 0, or -errno when the mounts cannot be read. */
int pcow_cgroup_each(const struct pcow_root *root,
		     int (*visit)(const struct pcow_cgroup_mount *mount, void *arg), void *arg);

/* The folder of this process's cgroup, relative to the root of the machine, as
 * far as @mount shows it: at least @mount->point. 0; -ENODATA when it is
 * elsewhere; or -errno.  @controller chooses v1's line and is unused for v2. */
int pcow_cgroup_folder(const struct pcow_root *root, const struct pcow_cgroup_mount *mount,
		       const char *controller, char *buf, size_t size);

/* "64KB", "2MB", "1GB": huge pages of @bytes in the names of the hugetlb
 * controller's files, as the kernel's mem_fmt() writes them. */
void pcow_cgroup_hugetlb_name(uint64_t bytes, char *buf, size_t size);

#endif
