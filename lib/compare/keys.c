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

/* A part of a path. */
struct slice {
	const char *start;
	size_t length;
};

/* The last part of a path, without .jsonl. */
static struct slice last_part(const char *path)
{
	static const char suffix[] = ".jsonl";
	const char *end = path + strlen(path), *start;
	size_t length;

	while (end > path + 1 && end[-1] == '/')
		end--;
	for (start = end; start > path && start[-1] != '/';)
		start--;
	length = (size_t)(end - start);
	if (length > strlen(suffix) && strncmp(end - strlen(suffix), suffix, strlen(suffix)) == 0)
		length -= strlen(suffix);
	return (struct slice){ start, length };
}

/* The last part where it tells the argument from all others, else the whole. */
static void argument_write(FILE *out, const struct pcow_dataset *set, const char *argument)
{
	struct slice name = last_part(argument);

	for (size_t i = 0; i < set->nr_arguments; i++) {
		struct slice other = last_part(set->arguments[i]);

		if (strcmp(set->arguments[i], argument) != 0 && other.length == name.length &&
		    strncmp(other.start, name.start, name.length) == 0) {
			fputs(argument, out);
			return;
		}
	}
	fwrite(name.start, 1, name.length, out);
}

static void value_write(FILE *out, const struct pcow_dataset *set, const struct pcow_file *file,
			enum pcow_key key)
{
	char page[24];

	switch (key) {
	case PCOW_KEY_ARGUMENT:
		argument_write(out, set, file->argument);
		break;
	case PCOW_KEY_KERNEL:
		fputs(pcow_file_release(file), out);
		break;
	case PCOW_KEY_MODEL:
		fputs(pcow_file_model(file), out);
		break;
	case PCOW_KEY_ARCH:
		fputs(pcow_file_machine(file), out);
		break;
	case PCOW_KEY_HOST:
		fputs(pcow_file_hostname(file), out);
		break;
	case PCOW_KEY_LABEL:
		fputs(*file->header.label ? file->header.label : "no label", out);
		break;
	case PCOW_KEY_PAGE:
		pcow_bytes_format(page, sizeof(page), pcow_file_page_bytes(file));
		fputs(page, out);
		break;
	}
}

char *pcow_group_name(const struct pcow_dataset *set, const struct pcow_file *file,
		      unsigned int keys)
{
	const char *between = "";
	char *name = NULL;
	size_t size;
	FILE *out = open_memstream(&name, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < NR_WORDS; i++) {
		if (!(keys & words[i].key))
			continue;
		fputs(between, out);
		value_write(out, set, file, words[i].key);
		between = ", ";
	}
	if (fclose(out)) {
		free(name);
		return NULL;
	}
	return name;
}
