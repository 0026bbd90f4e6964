/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of one parameter: what a profile or --set says, read. */
#include "engine.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/page.h>
#include <pincow/units.h>

#define MTHP_MAX 16

/*
 * A scenario whose cost is fitted along its size takes several in every profile; for
 * any other one size is enough to see what an operation costs.
 */
static const char *sizes_for(bool scaled, enum pcow_profile profile)
{
	static const char *const sizes[2][PCOW_PROFILES] = {
		{ "16M", "16M 256M", "16M..1G", "4M" },
		{ "4M 16M 64M", "4M..256M", "1M..1G", "4M 16M" },
	};

	return sizes[scaled][profile];
}

/* The next word before @end, which has less than PCOW_RESULT_NAME_MAX characters. */
static bool next_word(const char **at, const char *end, char *word)
{
	size_t n;

	*at += strspn(*at, " |");
	n = strcspn(*at, " |");
	if (*at >= end || !n)
		return false;
	snprintf(word, PCOW_RESULT_NAME_MAX, "%.*s", (int)n, *at);
	*at += n;
	return true;
}

/* The words before @end, or NULL without memory. */
static char *join_words(const char *at, const char *end, const char *separator)
{
	char word[PCOW_RESULT_NAME_MAX];
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	for (bool first = true; next_word(&at, end, word); first = false)
		fprintf(stream, "%s%s", first ? "" : separator, word);
	if (fclose(stream)) {
		free(text);
		return NULL;
	}
	return text;
}

char *pcow_param_words(const struct pcow_scenario *scenario, const struct pcow_param *param,
		       enum pcow_profile profile)
{
	const char *end = param->values;
	int parts = (int)profile;

	if (param->kind == PCOW_PARAM_SIZE)
		return strdup(sizes_for(scenario->scale_by &&
						strcmp(scenario->scale_by, param->name) == 0,
					profile));
	if (profile == PCOW_LAB)
		parts = param->kind == PCOW_PARAM_CHOICE ? PCOW_FULL : PCOW_QUICK;
	end += strcspn(end, "|");
	for (; parts && *end; parts--)
		end += 1 + strcspn(end + 1, "|");
	return join_words(param->values, end, " ");
}

/* "get-*", "once-*", "pin-*" and "held-*" stand for each pinner of such references. */
static bool stands_for(const char *pattern, const struct pcow_pinner *pinner)
{
	if (strcmp(pattern, "get-*") == 0)
		return pinner->reference == PCOW_FOLL_GET;
	if (strcmp(pattern, "once-*") == 0)
		return !pinner->lasting;
	if (strcmp(pattern, "pin-*") == 0)
		return pinner->reference == PCOW_FOLL_PIN && pinner->lasting;
	return strcmp(pattern, "held-*") == 0 && pinner->lasting;
}

/* Of a pinner its name is not enough: there must be one. */
static bool is_meant(const struct pcow_param *param, const char *pattern, const char *word)
{
	const struct pcow_pinner *pinner;

	if (param->kind != PCOW_PARAM_PINNER)
		return fnmatch(pattern, word, 0) == 0;
	pinner = pcow_pinner_find(word);
	return strcmp(pattern, word) == 0 || (pinner && stands_for(pattern, pinner));
}

/* Is it one of the parameter's words, or does one of them stand for it? */
static bool takes(const struct pcow_param *param, const char *word)
{
	const char *at = param->values;
	const char *end = at + strlen(at);
	char pattern[PCOW_RESULT_NAME_MAX];

	while (next_word(&at, end, pattern))
		if (is_meant(param, pattern, word))
			return true;
	return false;
}

bool pcow_scenario_takes(const struct pcow_scenario *scenario, const struct pcow_pinner *pinner)
{
	for (const struct pcow_param *p = scenario->params; p && p->name; p++)
		if (strcmp(p->name, "pinner") == 0)
			return takes(p, pinner->name);
	return false;
}

/* Values of one parameter, on their way from a text. */
struct reading {
	struct pcow_values *values;
	const struct pcow_scenario *scenario;
	const struct pcow_param *param;
	struct pcow_error *err;
};

/* "futex vmsplice" rather than "get-*", as nobody can guess pinners; or NULL. */
static char *join_pinners(const struct pcow_param *param)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	if (takes(param, "none"))
		fputs("none ", stream);
	for (size_t i = 0; i < pcow_pinner_count(); i++)
		if (takes(param, pcow_pinner_at(i)->name))
			fprintf(stream, "%s ", pcow_pinner_at(i)->name);
	if (fclose(stream)) {
		free(text);
		return NULL;
	}
	return text;
}

static int say_not_taken(const struct reading *r, const char *word)
{
	char *pinners = r->param->kind == PCOW_PARAM_PINNER ? join_pinners(r->param) : NULL;
	const char *values = pinners ? pinners : r->param->values;
	char *words = join_words(values, values + strlen(values), ", ");
	int ret = words ? pcow_error_set(r->err, -EINVAL, "%s=%s: %s takes %s", r->param->name,
					 word, r->scenario->name, words)
			: -ENOMEM;

	free(words);
	free(pinners);
	return ret;
}

static bool same_value(const struct pcow_value *a, const struct pcow_value *b)
{
	return a->is_number ? a->number == b->number : strcmp(a->text, b->text) == 0;
}

/* Once, however often it is asked for. */
static int add(const struct reading *r, struct pcow_value value)
{
	struct pcow_values *values = r->values;

	for (size_t i = 0; i < values->n; i++)
		if (same_value(&values->list[i], &value))
			return 0;
	if (values->n == PCOW_VALUES_MAX)
		return pcow_error_set(r->err, -EINVAL, "%s: more than %d values", r->param->name,
				      PCOW_VALUES_MAX);
	snprintf(value.name, sizeof(value.name), "%s", r->param->name);
	values->list[values->n++] = value;
	return 0;
}

static int parse_number(const struct pcow_param *param, const char *word, uint64_t *number)
{
	char *end;

	if (param->kind == PCOW_PARAM_SIZE) {
		if (pcow_bytes_parse(word, number) || *number % pcow_page_bytes())
			return -EINVAL;
	} else {
		if (word[0] < '0' || word[0] > '9')
			return -EINVAL;
		errno = 0;
		*number = strtoull(word, &end, 10);
		if (errno || *end)
			return -EINVAL;
	}
	return *number < param->min || *number > param->max ? -EINVAL : 0;
}

static int say_number(const struct reading *r, const char *word)
{
	const struct pcow_param *param = r->param;
	char most[32];

	if (param->kind != PCOW_PARAM_SIZE)
		return pcow_error_set(r->err, -EINVAL,
				      "%s=%s: not a count from %" PRIu64 " to %" PRIu64
				      ", such as 64 or 16..256",
				      param->name, word, param->min, param->max);
	pcow_bytes_format(most, sizeof(most), param->max);
	return pcow_error_set(r->err, -EINVAL,
			      "%s=%s: not a size in whole pages, at most %s, such as 64M or "
			      "16M..1G",
			      param->name, word, most);
}

/* "64M", or "16M..1G" in doublings. */
static int add_numbers(const struct reading *r, const char *word)
{
	struct pcow_value value = { .is_number = true };
	char first[PCOW_RESULT_NAME_MAX];
	const char *dots = strstr(word, "..");
	uint64_t last;

	snprintf(first, sizeof(first), "%.*s", dots ? (int)(dots - word) : (int)strlen(word), word);
	if (parse_number(r->param, first, &value.number) ||
	    parse_number(r->param, dots ? dots + 2 : first, &last) || last < value.number)
		return say_number(r, word);
	for (; value.number <= last; value.number *= 2) {
		int ret = add(r, value);

		if (ret)
			return ret;
	}
	return 0;
}

static int add_word(const struct reading *r, const char *word)
{
	struct pcow_value value = { .is_number = false };

	snprintf(value.text, sizeof(value.text), "%s", word);
	return add(r, value);
}

/* "mthp-*" and "hugetlb-*": each size that this kernel knows. */
static int add_page_kinds(const struct reading *r, const char *word)
{
	struct pcow_page_kind kind = { .cls = word[0] == 'm' ? PCOW_MTHP : PCOW_HUGETLB };
	size_t bytes[MTHP_MAX];
	size_t n;
	int ret = 0;

	if (strcmp(word, "mthp-*") && strcmp(word, "hugetlb-*")) {
		if (pcow_page_kind_parse(word, &kind))
			return pcow_error_set(r->err, -EINVAL,
					      "%s=%s: not a page kind: base, thp, thp-pte, "
					      "mthp-SIZE or hugetlb-SIZE",
					      r->param->name, word);
		return add_word(r, word);
	}
	n = pcow_page_kind_list(kind.cls, bytes, MTHP_MAX);
	for (size_t i = 0; i < n && !ret; i++) {
		char text[PCOW_RESULT_NAME_MAX];

		kind.folio_bytes = bytes[i];
		pcow_page_kind_format(text, sizeof(text), &kind);
		ret = add_word(r, text);
	}
	return ret;
}

static int add_pinners(const struct reading *r, const char *word)
{
	int ret = 0;

	if (!strchr(word, '*'))
		return add_word(r, word);
	for (size_t i = 0; i < pcow_pinner_count() && !ret; i++)
		if (stands_for(word, pcow_pinner_at(i)))
			ret = add_word(r, pcow_pinner_at(i)->name);
	return ret;
}

static int parse_value(const struct reading *r, const char *word)
{
	if (r->param->kind == PCOW_PARAM_SIZE || r->param->kind == PCOW_PARAM_COUNT)
		return add_numbers(r, word);
	if (!takes(r->param, word))
		return say_not_taken(r, word);
	if (r->param->kind == PCOW_PARAM_PINNER)
		return add_pinners(r, word);
	return r->param->kind == PCOW_PARAM_PAGE_KIND ? add_page_kinds(r, word) : add_word(r, word);
}

/* @text is words separated by @separator. */
static int parse_values(const struct reading *r, const char *text, const char *separator)
{
	char *copy = strdup(text);
	char *rest = copy;
	char *word;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (word = strsep(&rest, separator))) {
		if (strlen(word) >= PCOW_RESULT_NAME_MAX || !*word)
			ret = pcow_error_set(r->err, -EINVAL, "%s=%s: an empty or overlong value",
					     r->param->name, text);
		else
			ret = parse_value(r, word);
	}
	free(copy);
	return ret;
}

static int compare_number(const void *a, const void *b)
{
	uint64_t x = ((const struct pcow_value *)a)->number;
	uint64_t y = ((const struct pcow_value *)b)->number;

	return (x > y) - (x < y);
}

/* Numbers ascend; words stay in the order in which they are asked for. */
int pcow_values_read(struct pcow_values *values, const struct pcow_scenario *scenario,
		     const struct pcow_param *param, enum pcow_profile profile, const char *set,
		     struct pcow_error *err)
{
	const struct reading r = { values, scenario, param, err };
	char *words = set ? NULL : pcow_param_words(scenario, param, profile);
	int ret = -ENOMEM;

	values->n = 0;
	if (set)
		ret = parse_values(&r, set, ",");
	else if (words)
		ret = parse_values(&r, words, " ");
	free(words);
	if (!ret && values->n && values->list[0].is_number)
		qsort(values->list, values->n, sizeof(values->list[0]), compare_number);
	return ret;
}
