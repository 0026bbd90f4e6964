/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files are runs of the same boot.
 *
 * A boot is known by its boot_id.  Counted guests start from the same state and
 * so draw the same boot_id at every boot: of these the block tells them apart.
 */
#include "analysis.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool same_boot(const struct pcow_header *a, const struct pcow_header *b)
{
	if (!*a->boot_id || strcmp(a->boot_id, b->boot_id) != 0)
		return false;
	return !pcow_header_is_counted(a) || a->block == b->block;
}

static bool same_run(const struct pcow_header *a, const struct pcow_header *b)
{
	return a->created_ns == b->created_ns && strcmp(a->boot_id, b->boot_id) == 0 &&
	       (!pcow_header_is_counted(a) || a->block == b->block);
}

const struct pcow_file *pcow_group_find_run(const struct pcow_group *group,
					    const struct pcow_file *file)
{
	pcow_group_foreach (group, at) {
		if (same_run(&(*at)->header, &file->header))
			return *at;
	}
	return NULL;
}

static struct pcow_boot *find_boot(struct pcow_group *group, const struct pcow_header *header)
{
	for (size_t i = 0; i < group->nr_boots; i++) {
		if (same_boot(&group->boots[i].files[0]->header, header))
			return &group->boots[i];
	}
	return NULL;
}

static int add_file(struct pcow_boot *boot, const struct pcow_file *file)
{
	const struct pcow_file **files =
		realloc(boot->files, (boot->nr_files + 1) * sizeof(const struct pcow_file *));

	if (!files)
		return -ENOMEM;
	boot->files = files;
	files[boot->nr_files++] = file;
	return 0;
}

static int add_boot(struct pcow_group *group, const struct pcow_file *file)
{
	struct pcow_boot *boots =
		realloc(group->boots, (group->nr_boots + 1) * sizeof(*group->boots));

	if (!boots)
		return -ENOMEM;
	group->boots = boots;
	boots[group->nr_boots] = (struct pcow_boot){ .block = file->header.block };
	return add_file(&boots[group->nr_boots++], file);
}

/* A copy tells nothing new; in a counted guest it may be a boot of its own. */
static int note_copy(struct pcow_analysis *analysis, const struct pcow_group *group,
		     const struct pcow_file *file, const struct pcow_file *first)
{
	const char *remedy = "";

	if (pcow_header_is_counted(&file->header))
		remedy = "; boots of counted guests are told apart by run --block";
	return pcow_analysis_note(analysis, "%s: %s is the same run as %s and is left out%s",
				  group->name, file->path, first->path, remedy);
}

/* What the file itself says against its block. */
static int note_block(struct pcow_analysis *analysis, const struct pcow_group *group,
		      const struct pcow_file *file, const struct pcow_boot *boot)
{
	if (boot && boot->block != file->header.block)
		return pcow_analysis_note(analysis,
					  "%s: %s has another block than %s, and the same boot: "
					  "they count as one",
					  group->name, file->path, boot->files[0]->path);
	return 0;
}

int pcow_group_add(struct pcow_analysis *analysis, struct pcow_group *group,
		   const struct pcow_file *file)
{
	const struct pcow_file *copy = pcow_group_find_run(group, file);
	struct pcow_boot *boot = find_boot(group, &file->header);

	if (copy)
		return note_copy(analysis, group, file, copy);
	if (note_block(analysis, group, file, boot))
		return -ENOMEM;
	return boot ? add_file(boot, file) : add_boot(group, file);
}
