/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles by function are given among the result files, and told from them by
 * how they begin.
 */
#include <errno.h>
#include <stdlib.h>

#include "cli.h"

int cli_profiles_take(struct cli_profiles *profiles, struct cli_question *question,
		      struct pcow_error *err)
{
	size_t n = question->nr_arguments, nr_results = 0;
	int ret = 0;

	*profiles = (struct cli_profiles){
		.at = calloc(n + 1, sizeof(*profiles->at)),
		.results = calloc(n + 1, sizeof(*profiles->results)),
	};
	if (!profiles->at || !profiles->results)
		return pcow_error_set(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < n && !ret; i++) {
		char *path = question->arguments[i];

		if (pcow_function_profile_is(path))
			ret = pcow_function_profile_read(&profiles->at[profiles->n++], path, err);
		else
			profiles->results[nr_results++] = path;
	}
	question->arguments = profiles->results;
	question->nr_arguments = nr_results;
	return ret;
}

void cli_profiles_clear(struct cli_profiles *profiles)
{
	for (size_t i = 0; i < profiles->n; i++)
		pcow_function_profile_clear(&profiles->at[i]);
	free(profiles->at);
	free(profiles->results);
}
