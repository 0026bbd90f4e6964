/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many things there are to compare.
 */
#include "analysis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int pcow_dataset_count_groups(const struct pcow_dataset *set, unsigned int keys, size_t *n)
{
	char **names = calloc(set->nr_files + 1, sizeof(*names));
	int ret = names ? 0 : -ENOMEM;

	*n = 0;
	for (size_t i = 0; !ret && i < set->nr_files; i++) {
		char *name = pcow_group_name(set, &set->files[i], keys);
		size_t at = 0;

		while (name && at < *n && strcmp(names[at], name))
			at++;
		if (!name)
			ret = -ENOMEM;
		else if (at < *n)
			free(name);
		else
			names[(*n)++] = name;
	}
	for (size_t i = 0; names && i < *n; i++)
		free(names[i]);
	free(names);
	return ret;
}
