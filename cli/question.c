/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands that compare have in common: their options, and the way
 * from files to an analysis.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum {
	KEY_BY = 0x300,
	KEY_BASE,
	KEY_TWIN,
	KEY_POLICY,
};

static error_t files_parse(int key, char *arg, struct argp_state *state)
{
	struct cli_question *question = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_ARGS:
		question->arguments = state->argv + state->next;
		question->nr_arguments = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_SUCCESS:
		if (!question->nr_arguments && !question->may_lack_files)
			argp_error(state, "no result file named");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp cli_files_argp = { .parser = files_parse };

static const struct argp_option question_options[] = {
	{ "by", KEY_BY, "KEYS", 0,
	  "Group the files by kernel, model, arch, host, label, page or argument (default: each "
	  "ARGUMENT is a group); several with commas",
	  0 },
	{ "base", KEY_BASE, "GROUP", 0, "Compare with this group instead of the first", 0 },
	{ "aa", KEY_TWIN, "GROUP", 0,
	  "This group is the base once more, booted or built again: what it differs by is noise, "
	  "and stops the gate where it matters",
	  0 },
	{ "policy", KEY_POLICY, "FILE", 0,
	  "What is gated and how much of a change matters; see docs/gate.md", 0 },
	{ 0 },
};

static error_t question_parse(int key, char *arg, struct argp_state *state)
{
	struct cli_question *question = state->input;
	struct pcow_error err = { "" };

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = question;
		state->child_inputs[1] = &question->json;
		question->question.keys = PCOW_KEY_ARGUMENT;
		return 0;
	case KEY_BY:
		if (pcow_keys_parse(&question->question.keys, arg, &err))
			argp_error(state, "--by: %s", err.text);
		return 0;
	case KEY_BASE:
		question->question.base = arg;
		return 0;
	case KEY_TWIN:
		question->question.twin = arg;
		return 0;
	case KEY_POLICY:
		question->policy_path = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp question_argp = {
	.options = question_options,
	.parser = question_parse,
	.children = (const struct argp_child[]){ { &cli_files_argp, 0, NULL, 0 },
						 { &cli_common_argp, 0, NULL, 0 },
						 { 0 } },
};

const struct argp_child cli_question_children[] = {
	{ &question_argp, 0, NULL, 0 },
	{ 0 },
};

/* Words of the shell: quoted where they need it. */
static char *command_format(int argc, char **argv)
{
	char *command = NULL;
	size_t size;
	FILE *out = open_memstream(&command, &size);

	for (int i = 0; out && i < argc; i++) {
		const char *word = argv[i];

		if (i)
			fputc(' ', out);
		/* argv[0] is two words: pincow and the command. */
		if (!i || (*word && !word[strcspn(word, " \t\n'\"\\$`*?[]{}()<>|&;#~!")])) {
			fputs(word, out);
			continue;
		}
		fputc('\'', out);
		for (; *word; word++)
			fputs(*word == '\'' ? "'\\''" : (char[]){ *word, '\0' }, out);
		fputc('\'', out);
	}
	return out && fclose(out) == 0 ? command : NULL;
}

int cli_question_parse(struct cli_question *question, const struct argp *argp, int argc,
		       char **argv, void *input)
{
	question->command = command_format(argc, argv);
	if (!question->command)
		return cli_fail(&(struct pcow_error){ "" });
	return argp_parse(argp, argc, argv, 0, NULL, input) ? CLI_USAGE : CLI_OK;
}

int cli_question_read(struct cli_question *question, struct pcow_error *err)
{
	int ret = 0;

	pcow_policy_default(&question->policy);
	question->question.policy = &question->policy;
	if (question->policy_path)
		ret = pcow_policy_read(&question->policy, question->policy_path, err);
	if (!ret)
		ret = pcow_dataset_read(&question->dataset, question->arguments,
					question->nr_arguments, err);
	return ret;
}

int cli_question_answer(struct cli_question *question, struct pcow_error *err)
{
	int ret = cli_question_read(question, err);

	if (!ret)
		ret = pcow_analysis_make(&question->analysis, &question->dataset,
					 &question->question, err);
	return ret;
}

void cli_question_clear(struct cli_question *question)
{
	pcow_analysis_clear(&question->analysis);
	pcow_dataset_clear(&question->dataset);
	pcow_policy_clear(&question->policy);
	for (size_t i = 0; i < question->nr_profiles; i++)
		pcow_function_profile_clear(&question->profiles[i]);
	free(question->profiles);
	free(question->command);
}

int cli_question_take_profiles(struct cli_question *question, struct pcow_error *err)
{
	size_t nr_results = 0;
	int ret = 0;

	question->profiles = calloc(question->nr_arguments + 1, sizeof(*question->profiles));
	if (!question->profiles)
		return -ENOMEM;
	for (size_t i = 0; i < question->nr_arguments && !ret; i++) {
		char *path = question->arguments[i];

		/* They are told from results by how they begin. */
		if (pcow_function_profile_is(path))
			ret = pcow_function_profile_read(
				&question->profiles[question->nr_profiles++], path, err);
		else
			question->arguments[nr_results++] = path;
	}
	question->nr_arguments = nr_results;
	return ret;
}

const struct pcow_analysis_format *
cli_find_format(const struct argp_state *state,
		const struct pcow_analysis_format *(*format_at)(size_t index), const char *name)
{
	const struct pcow_analysis_format *format;
	char names[256];
	size_t used = 0;

	for (size_t i = 0; (format = format_at(i)); i++) {
		if (strcmp(format->name, name) == 0)
			return format;
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
					 format->name);
	}
	argp_error(state, "--format: '%s' is none of %s", name, names);
	return NULL;
}

const struct pcow_analysis_format *
cli_choose_format(const struct argp_state *state,
		  const struct pcow_analysis_format *(*format_at)(size_t index),
		  const struct pcow_analysis_format *format, bool json)
{
	if (json && format && strcmp(format->name, "json") != 0)
		argp_error(state, "--json and --format=%s are two formats", format->name);
	if (json)
		return cli_find_format(state, format_at, "json");
	return format ? format : format_at(0);
}

struct pcow_rendering cli_rendering(const struct cli_question *question, FILE *out)
{
	return (struct pcow_rendering){
		.version = PINCOW_VERSION,
		.command = question->command,
		.color = cli_color(out),
	};
}
