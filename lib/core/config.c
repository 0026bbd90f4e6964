/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration in a result file's header, from which a run is resumed. */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static json_t *words_json(const char *const *words, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(words[i]));
	return array;
}

json_t *pcow_config_json(const struct pcow_config *config)
{
	return json_pack("{s:s, s:o, s:o, s:I, s:i, s:f, s:i, s:b, s:b}", "profile",
			 pcow_profile_name(config->profile), "scenarios",
			 words_json(config->scenarios, config->nr_scenarios), "sets",
			 words_json(config->sets, config->nr_sets), "seed",
			 (json_int_t)config->seed, "replicates", (int)config->replicates,
			 "precision", config->precision, "cpu", config->cpu, "prepare",
			 config->prepare, "counted", config->counted);
}

/* The strings stay with @json. */
static const char *const *words_parse(const json_t *array, size_t *n)
{
	const char **words;

	*n = json_array_size(array);
	words = calloc(*n + 1, sizeof(*words));
	for (size_t i = 0; words && i < *n; i++) {
		words[i] = json_string_value(json_array_get(array, i));
		if (!words[i]) {
			free(words);
			return NULL;
		}
	}
	return words;
}

int pcow_config_parse(struct pcow_config *config, const json_t *json)
{
	const char *profile;
	json_t *scenarios, *sets;
	json_int_t seed;
	int replicates, prepare, counted = 0;

	*config = (struct pcow_config){ .cpu = -1 };
	if (json_unpack((json_t *)json, "{s:s, s:o, s:o, s:I, s:i, s:F, s:i, s:b, s?b}", "profile",
			&profile, "scenarios", &scenarios, "sets", &sets, "seed", &seed,
			"replicates", &replicates, "precision", &config->precision, "cpu",
			&config->cpu, "prepare", &prepare, "counted", &counted) ||
	    pcow_profile_parse(profile, &config->profile) || replicates < 1 ||
	    replicates > PCOW_REPLICATES_MAX || config->precision < 0 ||
	    config->precision > PCOW_PRECISION_MAX)
		return -EINVAL;
	config->scenarios = words_parse(scenarios, &config->nr_scenarios);
	config->sets = words_parse(sets, &config->nr_sets);
	config->seed = (uint64_t)seed;
	config->replicates = (unsigned int)replicates;
	config->prepare = prepare;
	config->counted = counted;
	if (config->scenarios && config->sets)
		return 0;
	pcow_config_release(config);
	return -EINVAL;
}

void pcow_config_release(struct pcow_config *config)
{
	free((void *)config->scenarios);
	free((void *)config->sets);
	*config = (struct pcow_config){ .cpu = -1 };
}
