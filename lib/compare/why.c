/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two profiles function by function, and whose profile is whose.
 */
#include <pincow/why.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------- differences */

/* By name and task, user space last. */
static int compare_names(const void *pa, const void *pb)
{
	const struct pcow_why_row *a = pa, *b = pb;
	int order = 0;

	if (a->name && b->name)
		order = strcmp(a->name, b->name);
	else if (a->name || b->name)
		order = a->name ? -1 : 1;
	return order ? order : (int)a->others - (int)b->others;
}

static int compare_differences(const void *pa, const void *pb)
{
	const struct pcow_why_row *a = pa, *b = pb;
	double size_a = fabs(a->other - a->base), size_b = fabs(b->other - b->base);

	if (size_a != size_b)
		return size_a < size_b ? 1 : -1;
	return compare_names(a, b);
}

static void add_row(struct pcow_why *why, const struct pcow_profiled_case *of, bool is_base,
		    const char *name, bool others, uint64_t instructions)
{
	double each = (double)instructions / (double)of->operations;

	why->rows[why->n++] = (struct pcow_why_row){
		.name = name,
		.others = others,
		.base = is_base ? each : 0.0,
		.other = is_base ? 0.0 : each,
	};
}

static void add_case(struct pcow_why *why, const struct pcow_profiled_case *of, bool is_base)
{
	for (size_t i = 0; i < of->nr_functions; i++)
		add_row(why, of, is_base, of->functions[i].name, of->functions[i].others,
			of->functions[i].instructions);
	add_row(why, of, is_base, NULL, false, of->user);
	add_row(why, of, is_base, NULL, true, of->others_user);
}

/* Rows of one function become one, those that nobody executed none. */
static void merge(struct pcow_why *why)
{
	size_t n = 0;

	qsort(why->rows, why->n, sizeof(*why->rows), compare_names);
	for (size_t i = 0; i < why->n; i++) {
		if (n && !compare_names(&why->rows[n - 1], &why->rows[i])) {
			why->rows[n - 1].base += why->rows[i].base;
			why->rows[n - 1].other += why->rows[i].other;
		} else {
			why->rows[n++] = why->rows[i];
		}
		if (why->rows[n - 1].base == 0.0 && why->rows[n - 1].other == 0.0 &&
		    (i + 1 == why->n || compare_names(&why->rows[n - 1], &why->rows[i + 1])))
			n--;
	}
	why->n = n;
}

int pcow_why_make(struct pcow_why *why, const struct pcow_profiled_case *base,
		  const struct pcow_profiled_case *other)
{
	struct pcow_why_row all;

	/* Both user spaces of both. */
	*why = (struct pcow_why){ .rows = calloc(base->nr_functions + other->nr_functions + 4,
						 sizeof(*why->rows)) };
	if (!why->rows)
		return -ENOMEM;
	add_case(why, base, true);
	add_case(why, other, false);
	merge(why);
	qsort(why->rows, why->n, sizeof(*why->rows), compare_differences);
	while (why->differ < why->n && why->rows[why->differ].base != why->rows[why->differ].other)
		why->differ++;
	all = pcow_why_rest(why, 0);
	why->base = all.base;
	why->other = all.other;
	return 0;
}

void pcow_why_clear(struct pcow_why *why)
{
	free(why->rows);
	*why = (struct pcow_why){ .rows = NULL };
}

struct pcow_why_row pcow_why_rest(const struct pcow_why *why, size_t first)
{
	struct pcow_why_row rest = { .name = NULL };

	for (size_t i = first; i < why->n; i++) {
		rest.base += why->rows[i].base;
		rest.other += why->rows[i].other;
	}
	return rest;
}

/* ------------------------------------------------------------------ groups */

static bool is_of_file(const struct pcow_function_profile *profile, const struct pcow_file *file)
{
	const json_t *kernel = json_object_get(file->header.host, "kernel");
	const char *build_id = json_string_value(json_object_get(kernel, "build_id"));

	if (strcmp(profile->machine, pcow_file_machine(file)))
		return false;
	if (*profile->build_id && build_id && *build_id)
		return !strcmp(profile->build_id, build_id);
	return !strcmp(profile->release, pcow_file_release(file));
}

bool pcow_function_profile_is_of_group(const struct pcow_function_profile *profile,
				       const struct pcow_group *group)
{
	for (size_t b = 0; b < group->nr_boots; b++) {
		for (size_t f = 0; f < group->boots[b].nr_files; f++) {
			if (!is_of_file(profile, group->boots[b].files[f]))
				return false;
		}
	}
	return true;
}

const struct pcow_function_profile *
pcow_function_profile_of_group(const struct pcow_function_profile *profiles, size_t n,
			       const struct pcow_group *group)
{
	for (size_t i = 0; i < n; i++) {
		if (pcow_function_profile_is_of_group(&profiles[i], group))
			return &profiles[i];
	}
	return NULL;
}

bool pcow_function_profile_is_used(const struct pcow_function_profile *profile,
				   const struct pcow_analysis *analysis)
{
	for (size_t c = 0; c < analysis->nr_comparisons; c++) {
		const struct pcow_stratum *stratum = &analysis->comparisons[c].stratum;

		for (size_t g = 0; g < stratum->nr_groups; g++) {
			if (pcow_function_profile_is_of_group(profile, &stratum->groups[g]))
				return true;
		}
	}
	return false;
}
