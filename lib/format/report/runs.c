/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How each group was measured: the commands, made again from the headers of
 * its files, and the files themselves.
 */
#include "report/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A word that a shell takes as it is; the text is from a file that anyone may
 * have written, and a reader pastes it. */
static void word_write(FILE *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._/:=,+@%";

	if (*text && !text[strspn(text, plain)]) {
		fputs(text, out);
		return;
	}
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

static void option_write(FILE *out, const char *name, const char *value)
{
	fprintf(out, " --%s ", name);
	word_write(out, value);
}

static void number_write(FILE *out, const char *name, const json_t *config, const char *key,
			 json_int_t least)
{
	const json_t *value = json_object_get(config, key);

	if (json_is_integer(value) && json_integer_value(value) >= least)
		fprintf(out, " --%s %" JSON_INTEGER_FORMAT, name, json_integer_value(value));
}

static void words_write(FILE *out, const char *before, const json_t *array)
{
	const json_t *word;
	size_t i;

	json_array_foreach (array, i, word) {
		if (!json_is_string(word))
			continue;
		fputs(before, out);
		word_write(out, json_string_value(word));
	}
}

static void command_write(FILE *out, const struct pcow_header *header)
{
	const json_t *config = header->config;
	const char *profile = json_string_value(json_object_get(config, "profile"));
	const json_t *scenarios = json_object_get(config, "scenarios");

	fputs("pincow run", out);
	if (profile)
		option_write(out, "profile", profile);
	words_write(out, " --set ", json_object_get(config, "sets"));
	number_write(out, "replicates", config, "replicates", 1);
	if (pcow_header_precision(header) > 0)
		fprintf(out, " --precision %g%%", 100 * pcow_header_precision(header));
	number_write(out, "cpu", config, "cpu", 0);
	if (json_is_true(json_object_get(config, "prepare")))
		fputs(" --prepare", out);
	if (json_is_true(json_object_get(config, "counted")))
		fputs(" --counted", out);
	number_write(out, "seed", config, "seed", 0);
	if (*header->label)
		option_write(out, "label", header->label);
	if (header->block)
		fprintf(out, " --block %" PRIu64, header->block);
	if (json_array_size(scenarios))
		fputs(" --", out);
	words_write(out, " ", scenarios);
}

/* Freed by the caller; NULL without memory. */
static char *command_text(const struct pcow_header *header)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	command_write(out, header);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* The commands of a group, each once, with the guest that they ran in. */
static json_t *commands_of(const struct pcow_group *group)
{
	json_t *commands = json_object();

	for (size_t i = 0; commands && i < group->nr_boots; i++) {
		for (size_t k = 0; commands && k < group->boots[i].nr_files; k++) {
			const struct pcow_header *header = &group->boots[i].files[k]->header;
			json_t *lab = json_object_get(header->host, "lab");
			char *text = command_text(header);

			if (!text || json_object_set_new(commands, text,
							 lab ? json_incref(lab) : json_null())) {
				json_decref(commands);
				commands = NULL;
			}
			free(text);
		}
	}
	return commands;
}

static int commands_print(FILE *out, const struct pcow_group *group)
{
	json_t *commands = commands_of(group), *lab;
	const char *text, *last_lab = "";

	if (!commands)
		return -ENOMEM;
	pcow_markup_print(out, "<h4>%s</h4>\n<pre tabindex=\"0\"><code>", group->name);
	json_object_foreach (commands, text, lab) {
		const char *guest = json_is_string(lab) ? json_string_value(lab) : "";

		if (strcmp(guest, last_lab) != 0) {
			pcow_markup_print(out, "# in a guest of scripts/lab/lab: %s\n", guest);
			last_lab = guest;
		}
		pcow_markup_print(out, "%s\n", text);
	}
	fputs("</code></pre>\n", out);
	json_decref(commands);
	return 0;
}

static void file_row(FILE *out, const struct pcow_group *group, const struct pcow_boot *boot,
		     const struct pcow_file *file)
{
	time_t seconds = (time_t)(file->header.created_ns / 1000000000);
	char when[32] = "not known";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(when, sizeof(when), "%F %T UTC", &tm);
	pcow_markup_print(out, "<tr><td class=\"group\">%s</td><td>", group->name);
	if (boot->block)
		fprintf(out, "%" PRIu64, boot->block);
	pcow_markup_print(out, "</td><td>%s%s</td><td>%s</td><td>%s</td></tr>\n", file->path,
			  file->truncated ? " (last line cut short)" : "", file->header.boot_id,
			  when);
}

static void files_print(FILE *out, const struct pcow_stratum *stratum)
{
	fputs("<details><summary>Result files</summary>\n", out);
	pcow_html_table_begin(out, "Result files");
	fputs("<thead><tr><th scope=\"col\" class=\"group\">group</th><th scope=\"col\">block</th>"
	      "<th scope=\"col\">file</th><th scope=\"col\">boot</th>"
	      "<th scope=\"col\">begun</th></tr></thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		const struct pcow_group *group = &stratum->groups[i];

		for (size_t k = 0; k < group->nr_boots; k++) {
			const struct pcow_boot *boot = &group->boots[k];

			for (size_t j = 0; j < boot->nr_files; j++)
				file_row(out, group, boot, boot->files[j]);
		}
	}
	fputs("</tbody>\n", out);
	pcow_html_table_end(out);
	fputs("</details>\n", out);
}

int pcow_report_runs(FILE *out, const struct pcow_analysis *analysis,
		     const struct pcow_comparison *comparison)
{
	int ret = 0;

	(void)analysis;
	for (size_t i = 0; !ret && i < comparison->stratum.nr_groups; i++)
		ret = commands_print(out, &comparison->stratum.groups[i]);
	files_print(out, &comparison->stratum);
	return ret;
}
