/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was not compared, gathered by reason: one kernel without hugetlb would
 * otherwise give a line a case.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare/analysis.h"

static const struct pcow_change *change_of(const struct pcow_refusal *refusal)
{
	return &refusal->line->changes[refusal->group];
}

static int compare_reasons(const struct pcow_refusal *a, const struct pcow_refusal *b)
{
	int order = (a->group > b->group) - (a->group < b->group);

	if (order == 0)
		order = (int)change_of(a)->verdict - (int)change_of(b)->verdict;
	return order ? order : strcmp(change_of(a)->why, change_of(b)->why);
}

static int compare_refusals(const void *pa, const void *pb)
{
	const struct pcow_refusal *a = pa, *b = pb;
	int order = compare_reasons(a, b);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* By group, and then by case. */
static int compare_places(const void *pa, const void *pb)
{
	const struct pcow_refusal *a = pa, *b = pb;
	int order = (a->group > b->group) - (a->group < b->group);

	/* Both point into one array, which is in order. */
	return order ? order
		     : (a->line->series > b->line->series) - (a->line->series < b->line->series);
}

static bool is_same_case(const struct pcow_refusal *a, const struct pcow_refusal *b)
{
	return a->group == b->group && pcow_series_same_case(a->line->series, b->line->series);
}

/* What a reader needs no word about goes: what the filter leaves out, and of a case
 * whose headline is refused all else. */
static void drop_implied(struct pcow_refusals *refusals, pcow_change_filter *filter)
{
	struct pcow_refusal *at = refusals->at;
	size_t kept = 0;

	for (size_t first = 0, n; first < refusals->n; first += n) {
		bool headline = false;

		for (n = 0; first + n < refusals->n && is_same_case(&at[first], &at[first + n]);
		     n++)
			headline |= at[first + n].line->series->is_headline;
		for (size_t i = first; i < first + n; i++)
			if (filter(at[i].line, change_of(&at[i])) &&
			    (!headline || at[i].line->series->is_headline))
				at[kept++] = at[i];
	}
	refusals->n = kept;
}

int pcow_refusals_make(struct pcow_refusals *refusals, const struct pcow_comparison *comparison,
		       pcow_change_filter *filter)
{
	size_t nr_groups = comparison->stratum.nr_groups;

	refusals->n = 0;
	refusals->at = calloc(comparison->nr_lines * nr_groups + 1, sizeof(*refusals->at));
	if (!refusals->at)
		return -ENOMEM;
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];

		for (size_t group = 1; group < nr_groups; group++)
			if (pcow_change_is_refused(&line->changes[group]))
				refusals->at[refusals->n++] = (struct pcow_refusal){ line, group };
	}
	qsort(refusals->at, refusals->n, sizeof(*refusals->at), compare_places);
	drop_implied(refusals, filter);
	qsort(refusals->at, refusals->n, sizeof(*refusals->at), compare_refusals);
	return 0;
}

void pcow_refusals_clear(struct pcow_refusals *refusals)
{
	free(refusals->at);
	*refusals = (struct pcow_refusals){ .n = 0 };
}

size_t pcow_refusals_same(const struct pcow_refusals *refusals, size_t first)
{
	size_t n = 1;

	while (first + n < refusals->n &&
	       compare_reasons(&refusals->at[first], &refusals->at[first + n]) == 0)
		n++;
	return n;
}

void pcow_refusal_format(char *buf, size_t size, const struct pcow_comparison *comparison,
			 const struct pcow_refusal *refusal)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	const struct pcow_change *change = change_of(refusal);
	char text[PCOW_NAME_SIZE];
	bool many = stratum->nr_groups > 2;

	snprintf(text, sizeof(text), "%.256s%s%s%s%s",
		 many ? stratum->groups[refusal->group].name : "", many ? ": " : "",
		 pcow_verdict_name(change->verdict), *change->why ? ": " : "", change->why);
	pcow_text_plain(buf, size, text);
}

/* "cases: fork/anon thp 16M, fork/anon thp 64M", wrapped. */
static int print_cases(FILE *out, const struct pcow_refusal *refusals, size_t n)
{
	char name[PCOW_NAME_SIZE];
	size_t size;
	char *text;
	FILE *list = open_memstream(&text, &size);

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		pcow_line_name_format(name, sizeof(name), refusals[i].line);
		fprintf(list, "%s%s", i ? ", " : "", name);
	}
	if (fclose(list))
		return -ENOMEM;
	fprintf(out, "    cases: ");
	pcow_text_wrap(out, text, strlen("    cases: "), pcow_text_width());
	free(text);
	return 0;
}

int pcow_refusals_print(FILE *out, const struct pcow_comparison *comparison,
			pcow_change_filter *filter, const char *title, bool color)
{
	struct pcow_refusals refusals;
	int ret = pcow_refusals_make(&refusals, comparison, filter);

	if (!ret && refusals.n)
		pcow_head_print(out, title, color);
	for (size_t i = 0, same; !ret && i < refusals.n; i += same) {
		char reason[PCOW_NAME_SIZE];

		same = pcow_refusals_same(&refusals, i);
		pcow_refusal_format(reason, sizeof(reason), comparison, &refusals.at[i]);
		fputs("  ", out);
		pcow_text_wrap(out, reason, 2, pcow_text_width());
		ret = print_cases(out, &refusals.at[i], same);
	}
	pcow_refusals_clear(&refusals);
	return ret;
}
