/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From arguments to the names of result files.
 */
#include "dataset.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Is the file there already, by this argument or another? */
static bool is_there(struct pcow_dataset *set, const struct stat *st, const char *argument)
{
	for (size_t i = 0; i < set->nr_files; i++) {
		if (set->files[i].inode != st->st_ino || set->files[i].device != st->st_dev)
			continue;
		set->nr_again += set->files[i].argument != argument;
		return true;
	}
	return false;
}

static int add_file(struct pcow_dataset *set, const char *path, const char *argument)
{
	size_t n = set->nr_files;
	struct pcow_file *files = set->files;
	struct stat st = { .st_ino = 0 };

	/* One that is not there is added, for the reader to complain. */
	if (stat(path, &st) == 0 && is_there(set, &st, argument))
		return 0;
	/* Doubles at each power of two. */
	if ((n & (n - 1)) == 0) {
		files = realloc(files, (n ? 2 * n : 1) * sizeof(*files));
		if (!files)
			return -ENOMEM;
		set->files = files;
	}
	files[n] = (struct pcow_file){
		.path = strdup(path), .argument = argument, .device = st.st_dev, .inode = st.st_ino
	};
	if (!files[n].path)
		return -ENOMEM;
	set->nr_files++;
	return 0;
}

static bool has_suffix(const FTSENT *entry)
{
	const char *suffix = strrchr(entry->fts_name, '.');

	return suffix && strcmp(suffix, ".jsonl") == 0;
}

static bool is_result(const FTSENT *entry)
{
	return entry->fts_info == FTS_F && has_suffix(entry);
}

/* A boot may be missing there. */
static bool is_no_file(const FTSENT *entry)
{
	return entry->fts_info == FTS_SLNONE || entry->fts_info == FTS_DEFAULT;
}

/* boot2 before boot10. */
static int compare_entries(const FTSENT **a, const FTSENT **b)
{
	return strverscmp((*a)->fts_name, (*b)->fts_name);
}

static int add_folder(struct pcow_dataset *set, const char *argument, struct pcow_error *err)
{
	char *paths[] = { (char *)argument, NULL };
	FTS *folder = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, compare_entries);
	bool found = false;
	FTSENT *entry;
	int ret = 0;

	if (!folder)
		return pcow_error_set(err, -errno, "%.200s: %s", argument, strerror(errno));
	while (ret == 0 && (entry = fts_read(folder))) {
		if (is_no_file(entry) && has_suffix(entry))
			ret = pcow_error_set(err, -ENOENT,
					     "%.200s: a link to nothing, or no regular file; put "
					     "the boot's file there, or take it out of the folder",
					     entry->fts_path);
		else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
			ret = pcow_error_set(err, -entry->fts_errno, "%.200s: cannot be read: %s",
					     entry->fts_path, strerror(entry->fts_errno));
		else if (is_result(entry) && add_file(set, entry->fts_path, argument))
			ret = pcow_error_set(err, -ENOMEM, "%.200s: out of memory", argument);
		found |= is_result(entry);
	}
	fts_close(folder);
	if (ret == 0 && !found)
		ret = pcow_error_set(err, -ENOENT,
				     "%.200s: no result file in this folder: they are called "
				     "*.jsonl, and `pincow run -o` writes them",
				     argument);
	return ret;
}

int pcow_dataset_add_files(struct pcow_dataset *set, const char *argument, struct pcow_error *err)
{
	struct stat st;

	if (strcmp(argument, "-") == 0)
		return pcow_error_set(err, -EINVAL,
				      "-: groups come from files and folders; `pincow show` reads "
				      "standard input");
	if (stat(argument, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(set, argument, err);
	if (add_file(set, argument, argument))
		return pcow_error_set(err, -ENOMEM, "%.200s: out of memory", argument);
	return 0;
}
