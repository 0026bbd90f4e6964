/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By what files are grouped, and what the groups are called.
 */
#include "analysis.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

static const struct {
	const char *word;
	enum pcow_key key;
} words[] = {
	{ "argument", PCOW_KEY_ARGUMENT }, { "kernel", PCOW_KEY_KERNEL },
	{ "model", PCOW_KEY_MODEL },	   { "arch", PCOW_KEY_ARCH },
	{ "host", PCOW_KEY_HOST },	   { "label", PCOW_KEY_LABEL },
	{ "page", PCOW_KEY_PAGE },
};

#define NR_WORDS (sizeof(words) / sizeof(words[0]))

static unsigned int key_of(const char *word, size_t length)
{
	for (size_t i = 0; i < NR_WORDS; i++) {
		if (strlen(words[i].word) == length && strncmp(words[i].word, word, length) == 0)
			return words[i].key;
	}
	return 0;
}

int pcow_keys_parse(unsigned int *keys, const char *text, struct pcow_error *err)
{
	const char *word = text;

	*keys = 0;
	for (;;) {
		size_t length = strcspn(word, ",");
		unsigned int key = key_of(word, length);

		if (!key)
			return pcow_error_set(err, -EINVAL,
					      "'%.*s' is none of argument, kernel, model, arch, "
					      "host, label, page",
					      (int)(length < 64 ? length : 64), word);
		*keys |= key;
		if (!word[length])
			return 0;
		word += length + 1;
	}
}

/* The last part of a path, without .jsonl, as long as that is no other argument's too. */
static void argument_format(char *buf, size_t size, const struct pcow_dataset *set,
			    const char *argument)
{
	const char *end = argument + strlen(argument), *start;
	size_t same = 0;

	while (end > argument + 1 && end[-1] == '/')
		end--;
	for (start = end; start > argument && start[-1] != '/';)
		start--;
	for (size_t i = 0; i < set->nr_arguments; i++) {
		const char *found = strstr(set->arguments[i], start);

		same += found && (found == set->arguments[i] || found[-1] == '/');
	}
	if (same > 1)
		start = argument;
	if (end - start > 6 && strncmp(end - 6, ".jsonl", 6) == 0)
		end -= 6;
	snprintf(buf, size, "%.*s", (int)(end - start), start);
}

static void value_format(char *buf, size_t size, const struct pcow_dataset *set,
			 const struct pcow_file *file, enum pcow_key key)
{
	switch (key) {
	case PCOW_KEY_ARGUMENT:
		argument_format(buf, size, set, file->argument);
		break;
	case PCOW_KEY_KERNEL:
		snprintf(buf, size, "%s", pcow_file_release(file));
		break;
	case PCOW_KEY_MODEL:
		snprintf(buf, size, "%s", pcow_file_model(file));
		break;
	case PCOW_KEY_ARCH:
		snprintf(buf, size, "%s", pcow_file_machine(file));
		break;
	case PCOW_KEY_HOST:
		snprintf(buf, size, "%s", pcow_file_hostname(file));
		break;
	case PCOW_KEY_LABEL:
		snprintf(buf, size, "%s", *file->header.label ? file->header.label : "no label");
		break;
	case PCOW_KEY_PAGE:
		pcow_bytes_format(buf, size, pcow_file_page_bytes(file));
		break;
	}
}

char *pcow_group_name(const struct pcow_dataset *set, const struct pcow_file *file,
		      unsigned int keys)
{
	char name[1024];
	size_t used = 0;

	for (size_t i = 0; i < NR_WORDS && used + 3 < sizeof(name); i++) {
		if (!(keys & words[i].key))
			continue;
		if (used)
			used += (size_t)sprintf(name + used, ", ");
		value_format(name + used, sizeof(name) - used, set, file, words[i].key);
		used += strlen(name + used);
	}
	return strdup(name);
}
