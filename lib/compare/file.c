/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a result file's header says of where it was measured.
 */
#include <pincow/compare.h>

#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "unknown";
}

const char *pcow_file_machine(const struct pcow_file *file)
{
	return text_of(file->header.host, "machine");
}

const char *pcow_file_release(const struct pcow_file *file)
{
	return text_of(json_object_get(file->header.host, "kernel"), "release");
}

const char *pcow_file_compiler(const struct pcow_file *file)
{
	return text_of(json_object_get(file->header.host, "kernel"), "compiler");
}

const char *pcow_file_model(const struct pcow_file *file)
{
	return text_of(file->header.model, "name");
}

const char *pcow_file_hostname(const struct pcow_file *file)
{
	return text_of(file->header.host, "hostname");
}

const char *pcow_file_cpu(const struct pcow_file *file)
{
	return text_of(json_object_get(file->header.host, "cpu"), "model");
}

uint64_t pcow_file_page_bytes(const struct pcow_file *file)
{
	const json_t *memory = json_object_get(file->header.host, "memory");
	json_int_t bytes = json_integer_value(json_object_get(memory, "page_bytes"));

	return bytes > 0 ? (uint64_t)bytes : 0;
}

size_t pcow_model_rank(const char *model)
{
	static const char *const models[] = { "old", "simplified", "exclusive",
					      "exclusive or later", "owner-tracked" };
	size_t rank = 0;

	while (rank < sizeof(models) / sizeof(models[0]) && strcmp(models[rank], model) != 0)
		rank++;
	return rank;
}
