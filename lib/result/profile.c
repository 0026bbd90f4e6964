/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profile files: one JSON object.  They come from anyone, so every type, size
 * and range is checked here, and nowhere behind.
 */
#include <pincow/profile.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "record.h"

/* What of a path is shown: the line that names it has to tell the cause too. */
#define PATH_SHOWN 200

/* ------------------------------------------------------------- the object */

static int get_function(struct pcow_profiled_function *out, const json_t *object,
			struct pcow_error *err)
{
	char name[PCOW_PROFILE_FUNCTION_SIZE];
	int ret = pcow_field_text(object, "function", name, sizeof(name), err);

	if (!ret && !*name)
		ret = pcow_error_set(err, -EBADMSG, "\"function\" is empty");
	if (!ret)
		ret = pcow_field_bool(object, "others", &out->others, err);
	if (!ret)
		ret = pcow_field_count(object, "instructions", &out->instructions, err);
	if (!ret)
		ret = pcow_field_count(object, "calls", &out->calls, err);
	if (ret)
		return ret;
	out->name = strdup(name);
	return out->name ? 0 : pcow_error_set(err, -ENOMEM, "no memory for a function's name");
}

/* An array of @most objects at most. */
static int get_array(const json_t *object, const char *key, size_t most, const json_t **array,
		     struct pcow_error *err)
{
	*array = json_object_get(object, key);
	if (!json_is_array(*array))
		return pcow_error_set(err, -EBADMSG, "\"%s\" is not an array", key);
	if (json_array_size(*array) > most)
		return pcow_error_set(err, -EBADMSG, "\"%s\" has more than %zu entries", key, most);
	for (size_t i = 0; i < json_array_size(*array); i++) {
		if (!json_is_object(json_array_get(*array, i)))
			return pcow_error_set(err, -EBADMSG, "\"%s\"[%zu] is not an object", key,
					      i);
	}
	return 0;
}

static int get_functions(struct pcow_profiled_case *out, const json_t *object,
			 struct pcow_error *err)
{
	const json_t *array;
	int ret = get_array(object, "functions", PCOW_PROFILE_FUNCTIONS_MAX, &array, err);

	if (ret)
		return ret;
	out->functions = calloc(json_array_size(array) + 1, sizeof(*out->functions));
	if (!out->functions)
		return pcow_error_set(err, -ENOMEM, "no memory for its functions");
	for (size_t i = 0; !ret && i < json_array_size(array); i++)
		ret = get_function(&out->functions[out->nr_functions++], json_array_get(array, i),
				   err);
	return ret;
}

/* What broke its claim is none of the scenario's; the sum of all windows holds it. */
static int check_valid(const json_t *object, struct pcow_error *err)
{
	uint64_t windows, valid;
	int ret = pcow_field_count(object, "windows", &windows, err);

	if (!ret)
		ret = pcow_field_count(object, "valid", &valid, err);
	if (!ret && valid != windows)
		ret = pcow_error_set(err, -EBADMSG,
				     "of %" PRIu64 " samples %" PRIu64 " kept their claim", windows,
				     valid);
	return ret;
}

static int get_counts(struct pcow_profiled_case *out, const json_t *object, struct pcow_error *err)
{
	const struct {
		const char *key;
		uint64_t *out;
	} counts[] = {
		{ "op_bytes", &out->op_bytes },
		{ "operations", &out->operations },
		{ "kernel", &out->kernel },
		{ "user", &out->user },
		{ "others_kernel", &out->others_kernel },
		{ "others_user", &out->others_user },
	};
	int ret = 0;

	for (size_t i = 0; !ret && i < sizeof(counts) / sizeof(counts[0]); i++)
		ret = pcow_field_count(object, counts[i].key, counts[i].out, err);
	if (!ret && !out->operations)
		ret = pcow_error_set(err, -EBADMSG, "\"operations\" is 0");
	return ret;
}

/* Functions are all that the kernel executed, or something was lost or made up. */
static int check_sums(const struct pcow_profiled_case *of, struct pcow_error *err)
{
	uint64_t sums[2] = { 0, 0 };

	for (size_t i = 0; i < of->nr_functions; i++) {
		uint64_t *sum = &sums[of->functions[i].others];

		if (__builtin_add_overflow(*sum, of->functions[i].instructions, sum))
			return pcow_error_set(err, -EBADMSG, "its functions add up to too much");
	}
	if (sums[false] != of->kernel || sums[true] != of->others_kernel)
		return pcow_error_set(err, -EBADMSG,
				      "its functions add up to %" PRIu64 " and %" PRIu64
				      ", not to \"kernel\" and \"others_kernel\"",
				      sums[false], sums[true]);
	return 0;
}

static int get_case(struct pcow_profiled_case *out, const json_t *object, struct pcow_error *err)
{
	int ret = pcow_field_word(object, "scenario", out->scenario, sizeof(out->scenario), err);

	if (!ret &&
	    pcow_params_parse(json_object_get(object, "params"), out->params, &out->nr_params))
		ret = pcow_error_set(err, -EBADMSG, "\"params\" are not those of a case");
	if (!ret)
		ret = pcow_field_word(object, "operation", out->operation, sizeof(out->operation),
				      err);
	if (!ret)
		ret = pcow_field_bool(object, "waited", &out->waited, err);
	if (!ret)
		ret = check_valid(object, err);
	if (!ret)
		ret = get_counts(out, object, err);
	if (!ret)
		ret = get_functions(out, object, err);
	return ret ? ret : check_sums(out, err);
}

/* The cause names the case. */
static int get_cases(struct pcow_function_profile *profile, const json_t *object,
		     struct pcow_error *err)
{
	const json_t *array;
	int ret = get_array(object, "cases", PCOW_PROFILE_CASES_MAX, &array, err);

	if (ret)
		return ret;
	profile->cases = calloc(json_array_size(array) + 1, sizeof(*profile->cases));
	if (!profile->cases)
		return pcow_error_set(err, -ENOMEM, "no memory for its cases");
	for (size_t i = 0; !ret && i < json_array_size(array); i++) {
		struct pcow_error cause = { "" };

		ret = get_case(&profile->cases[profile->nr_cases++], json_array_get(array, i),
			       &cause);
		if (ret)
			pcow_error_set(err, ret, "case %zu: %.200s", i + 1, cause.text);
	}
	return ret;
}

static int get_schema(const json_t *object, struct pcow_error *err)
{
	const char *record = json_string_value(json_object_get(object, "record"));
	uint64_t schema;
	int ret;

	if (!record || strcmp(record, "profile"))
		return pcow_error_set(err, -EBADMSG, "\"record\" is not \"profile\"");
	if (json_object_get(object, "event"))
		return pcow_error_set(err, -EBADMSG,
				      "it is sampled; scripts/profile compares such by itself");
	ret = pcow_field_count(object, "schema", &schema, err);
	if (!ret && schema > PCOW_PROFILE_SCHEMA)
		ret = pcow_error_set(err, -EPROTO, "schema %" PRIu64 " is newer than %d", schema,
				     PCOW_PROFILE_SCHEMA);
	return ret;
}

static int get_profile(struct pcow_function_profile *profile, const json_t *object,
		       struct pcow_error *err)
{
	int ret = get_schema(object, err);

	if (!ret)
		ret = pcow_field_word(object, "kernel", profile->kernel, sizeof(profile->kernel),
				      err);
	if (!ret)
		ret = pcow_field_word(object, "release", profile->release, sizeof(profile->release),
				      err);
	/* A kernel without one has null. */
	if (!ret && !json_is_null(json_object_get(object, "build_id")))
		ret = pcow_field_name(object, "build_id", profile->build_id,
				      sizeof(profile->build_id), err);
	if (!ret)
		ret = pcow_field_word(object, "machine", profile->machine, sizeof(profile->machine),
				      err);
	if (!ret)
		ret = pcow_field_count(object, "page_bytes", &profile->page_bytes, err);
	if (!ret && !profile->page_bytes)
		ret = pcow_error_set(err, -EBADMSG, "\"page_bytes\" is 0");
	return ret ? ret : get_cases(profile, object, err);
}

/* --------------------------------------------------------------- the file */

/* The cause with its place and remedy.  The cause may quote the file, which must not
 * reach a terminal raw. */
static int refuse(struct pcow_error *err, int code, const char *path, const char *cause)
{
	size_t length = strlen(path);
	const char *remedy = "`lab profile` writes it anew";

	if (code == -EPROTO)
		remedy = "read it with a newer pincow";
	else if (code == -ENOMEM)
		remedy = "free some memory";
	pcow_error_set(err, code, "%s: no profile that can be read: %.220s; %s",
		       length > PATH_SHOWN ? path + length - PATH_SHOWN : path, cause, remedy);
	if (err)
		pcow_text_clean(err->text);
	return code;
}

int pcow_function_profile_parse(struct pcow_function_profile *profile, const char *text,
				size_t size, const char *name, struct pcow_error *err)
{
	struct pcow_error cause = { "" };
	json_error_t why;
	json_t *object;
	int ret;

	*profile = (struct pcow_function_profile){ .path = strdup(name) };
	if (!profile->path)
		return refuse(err, -ENOMEM, name, "no memory");
	if (pcow_line_cost(text, size) > PCOW_RESULT_VALUES_MAX)
		return refuse(err, -EBADMSG, name, "it holds more than 4194304 values");
	object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
	if (!object) {
		pcow_error_set(&cause, -EBADMSG, "line %d: %.150s", why.line, why.text);
		return refuse(err, -EBADMSG, name, cause.text);
	}
	ret = get_profile(profile, object, &cause);
	json_decref(object);
	return ret ? refuse(err, ret, name, cause.text) : 0;
}

/* The whole file, of PCOW_RESULT_LINE_MAX at most; freed by the caller. */
static int read_whole(const char *path, char **text, size_t *size, struct pcow_error *err)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	int ret = 0;

	*text = NULL;
	if (!file || fstat(fileno(file), &st)) {
		ret = refuse(err, -errno, path, strerror(errno));
		goto out_close;
	}
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > PCOW_RESULT_LINE_MAX) {
		ret = refuse(err, -EBADMSG, path, "it is no file of 64 MiB or less");
		goto out_close;
	}
	*text = malloc((size_t)st.st_size + 1);
	if (!*text) {
		ret = refuse(err, -ENOMEM, path, "no memory for the file");
		goto out_close;
	}
	*size = fread(*text, 1, (size_t)st.st_size, file);
	if (ferror(file))
		ret = refuse(err, -EIO, path, strerror(EIO));
out_close:
	if (file)
		fclose(file);
	return ret;
}

int pcow_function_profile_read(struct pcow_function_profile *profile, const char *path,
			       struct pcow_error *err)
{
	size_t size = 0;
	char *text;
	int ret = read_whole(path, &text, &size, err);

	*profile = (struct pcow_function_profile){ .path = NULL };
	if (!ret)
		ret = pcow_function_profile_parse(profile, text, size, path, err);
	free(text);
	return ret;
}

bool pcow_function_profile_is(const char *path)
{
	static const char begin[] = "{\"record\":\"profile\"";
	size_t matched = 0;
	struct stat st;
	FILE *file;
	int c;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	file = fopen(path, "re");
	if (!file)
		return false;
	while (begin[matched] && (c = getc(file)) != EOF) {
		if (isspace(c))
			continue;
		if (c != begin[matched])
			break;
		matched++;
	}
	fclose(file);
	return !begin[matched];
}

void pcow_function_profile_clear(struct pcow_function_profile *profile)
{
	for (size_t i = 0; i < profile->nr_cases; i++) {
		struct pcow_profiled_case *c = &profile->cases[i];

		for (size_t f = 0; f < c->nr_functions; f++)
			free(c->functions[f].name);
		free(c->functions);
	}
	free(profile->cases);
	free(profile->path);
	*profile = (struct pcow_function_profile){ .path = NULL };
}

static bool same_value(const struct pcow_value *a, const struct pcow_value *b)
{
	return !strcmp(a->name, b->name) && a->is_number == b->is_number &&
	       (a->is_number ? a->number == b->number : !strcmp(a->text, b->text));
}

const struct pcow_profiled_case *
pcow_function_profile_case(const struct pcow_function_profile *profile, const char *scenario,
			   const struct pcow_value *params, size_t nr_params)
{
	for (size_t i = 0; i < profile->nr_cases; i++) {
		const struct pcow_profiled_case *c = &profile->cases[i];
		size_t same = 0;

		if (strcmp(c->scenario, scenario) || c->nr_params != nr_params)
			continue;
		while (same < nr_params && same_value(&c->params[same], &params[same]))
			same++;
		if (same == nr_params)
			return c;
	}
	return NULL;
}
