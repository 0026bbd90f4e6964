/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files may be compared at all, and in which groups.
 */
#include "analysis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

/* ----------------------------------------------------------------- sorting */

static const struct pcow_file *first_file(const struct pcow_group *group)
{
	return group->boots[0].files[0];
}

static bool may_mix(const struct pcow_file *a, const struct pcow_file *b, unsigned int keys)
{
	if (strcmp(a->header.clock_domain, b->header.clock_domain) != 0)
		return false;
	if (!(keys & PCOW_KEY_ARCH) && strcmp(pcow_file_machine(a), pcow_file_machine(b)) != 0)
		return false;
	/* A machine's page size is a part of what it is. */
	return (keys & (PCOW_KEY_PAGE | PCOW_KEY_ARCH)) ||
	       pcow_file_page_bytes(a) == pcow_file_page_bytes(b);
}

/* "x86_64, wall clock, pages of 4K" */
static void stratum_format(char *buf, size_t size, const struct pcow_file *file)
{
	char page[24];

	pcow_bytes_format(page, sizeof(page), pcow_file_page_bytes(file));
	snprintf(buf, size, "%s, %s, pages of %s", pcow_file_machine(file),
		 pcow_header_is_counted(&file->header) ? "counted instructions" : "wall clock",
		 page);
}

static struct pcow_stratum *stratum_of(struct pcow_analysis *analysis, const struct pcow_file *file,
				       unsigned int keys)
{
	struct pcow_comparison *comparisons = analysis->comparisons;

	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		if (may_mix(first_file(&comparisons[i].stratum.groups[0]), file, keys))
			return &comparisons[i].stratum;
	}
	comparisons = realloc(comparisons, (analysis->nr_comparisons + 1) * sizeof(*comparisons));
	if (!comparisons)
		return NULL;
	analysis->comparisons = comparisons;
	comparisons[analysis->nr_comparisons] = (struct pcow_comparison){ 0 };
	return &comparisons[analysis->nr_comparisons++].stratum;
}

/* Takes @name. */
static struct pcow_group *group_of(struct pcow_stratum *stratum, char *name)
{
	struct pcow_group *groups = stratum->groups;

	for (size_t i = 0; i < stratum->nr_groups; i++) {
		if (strcmp(groups[i].name, name) == 0) {
			free(name);
			return &groups[i];
		}
	}
	groups = realloc(groups, (stratum->nr_groups + 1) * sizeof(*groups));
	if (!groups) {
		free(name);
		return NULL;
	}
	stratum->groups = groups;
	groups[stratum->nr_groups] = (struct pcow_group){ .name = name };
	return &groups[stratum->nr_groups++];
}

/* What no run writes: a worker is measured again only after an error. */
static int block_tampered(struct pcow_analysis *analysis, const struct pcow_file *file)
{
	const struct {
		size_t n;
		const char *what;
	} signs[] = {
		{ file->nr_twice, "stand twice" },
		{ file->nr_unplanned, "are more than the header plans" },
		{ file->nr_contradict, "contradict the reasons of their broken samples" },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (signs[i].n &&
		    pcow_analysis_block(analysis,
					"%s: figures of %zu worker%s %s: this is no file as a run "
					"left it; measure this boot again",
					file->path, signs[i].n, signs[i].n == 1 ? "" : "s",
					signs[i].what))
			return -ENOMEM;
	}
	return 0;
}

static int add_file(struct pcow_analysis *analysis, const struct pcow_file *file, unsigned int keys)
{
	struct pcow_stratum *stratum = stratum_of(analysis, file, keys);
	char *name = stratum ? pcow_group_name(analysis->dataset, file, keys) : NULL;
	struct pcow_group *group = name ? group_of(stratum, name) : NULL;

	if (!group)
		return -ENOMEM;
	if (file->truncated &&
	    pcow_analysis_note(analysis, "%s: the last line was cut short and is left out",
			       file->path))
		return -ENOMEM;
	if (block_tampered(analysis, file))
		return -ENOMEM;
	return pcow_group_add(analysis, group, file);
}

/* ---------------------------------------------------------------- ordering */

static int compare_models(const struct pcow_file *a, const struct pcow_file *b)
{
	size_t rank_a = pcow_model_rank(pcow_file_model(a));
	size_t rank_b = pcow_model_rank(pcow_file_model(b));

	return (rank_a > rank_b) - (rank_a < rank_b);
}

static int compare_groups(const struct pcow_group *a, const struct pcow_group *b, unsigned int keys)
{
	int order = 0;

	if (keys & PCOW_KEY_MODEL)
		order = compare_models(first_file(a), first_file(b));
	if (order == 0 && (keys & PCOW_KEY_KERNEL))
		order = strverscmp(pcow_file_release(first_file(a)),
				   pcow_file_release(first_file(b)));
	return order;
}

/* Stable, so that what the keys do not order stays as it came. */
static void sort_groups(struct pcow_stratum *stratum, unsigned int keys)
{
	for (size_t i = 1; i < stratum->nr_groups; i++) {
		struct pcow_group moved = stratum->groups[i];
		size_t to = i;

		for (; to && compare_groups(&stratum->groups[to - 1], &moved, keys) > 0; to--)
			stratum->groups[to] = stratum->groups[to - 1];
		stratum->groups[to] = moved;
	}
}

/* Index of the group of that name; nr_groups for none. */
static size_t find_group(const struct pcow_stratum *stratum, const char *name)
{
	size_t i = 0;

	while (i < stratum->nr_groups && strcmp(stratum->groups[i].name, name) != 0)
		i++;
	return i;
}

/* The base becomes the first; false when it is not here. */
static bool move_base(struct pcow_stratum *stratum, const char *base)
{
	size_t at = find_group(stratum, base);
	struct pcow_group group;

	if (at == stratum->nr_groups)
		return false;
	group = stratum->groups[at];
	memmove(&stratum->groups[1], &stratum->groups[0], at * sizeof(group));
	stratum->groups[0] = group;
	return true;
}

/* --------------------------------------------------------------- selection */

/* "A (3), B (3)" */
static void groups_format(char *buf, size_t size, const struct pcow_stratum *stratum)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < stratum->nr_groups && used + 1 < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? ", " : "",
					 stratum->groups[i].name);
}

/* Why a stratum cannot be compared; NULL when it can. */
static const char *unfit(struct pcow_stratum *stratum, const struct pcow_question *question)
{
	if (stratum->nr_groups < 2)
		return "there is no second group to compare with";
	if (question->base && !move_base(stratum, question->base))
		return "the base is not among them";
	if (question->twin) {
		stratum->twin = find_group(stratum, question->twin);
		if (stratum->twin == stratum->nr_groups)
			stratum->twin = 0;
	}
	return NULL;
}

static int note_unfit(struct pcow_analysis *analysis, struct pcow_stratum *stratum,
		      const struct pcow_question *question)
{
	char kind[160], names[256];

	stratum_format(kind, sizeof(kind), first_file(&stratum->groups[0]));
	groups_format(names, sizeof(names), stratum);
	return pcow_analysis_note(analysis, "%s (%s): %s", names, kind, unfit(stratum, question));
}

/* Does @stratum have only one of two groups that are compared in another? */
static int judge_alone(struct pcow_analysis *analysis, const struct pcow_stratum *stratum,
		       const char *base, const char *other)
{
	bool has_base = find_group(stratum, base) < stratum->nr_groups;
	char kind[160];

	if (has_base == (find_group(stratum, other) < stratum->nr_groups))
		return 0;
	stratum_format(kind, sizeof(kind), first_file(&stratum->groups[0]));
	return pcow_analysis_stop(analysis, PCOW_STOP_ALONE,
				  "%s has boots (%s) that %s has none of", has_base ? base : other,
				  kind, has_base ? other : base);
}

/* Of what is compared, nothing is to be left out in silence. */
static int judge_left_out(struct pcow_analysis *analysis, size_t kept)
{
	for (size_t i = 0; i < kept; i++) {
		const struct pcow_stratum *stratum = &analysis->comparisons[i].stratum;

		for (size_t g = 1; g < stratum->nr_groups; g++) {
			for (size_t j = 0; j < analysis->nr_comparisons; j++) {
				if (judge_alone(analysis, &analysis->comparisons[j].stratum,
						stratum->groups[0].name, stratum->groups[g].name))
					return -ENOMEM;
			}
		}
	}
	return 0;
}

/* Those that can be compared stand first, in their order, then for a while the others. */
static size_t part(struct pcow_analysis *analysis, const struct pcow_question *question)
{
	size_t kept = 0;

	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		struct pcow_comparison comparison = analysis->comparisons[i];

		sort_groups(&comparison.stratum, question->keys);
		if (unfit(&comparison.stratum, question)) {
			analysis->comparisons[i] = comparison;
			continue;
		}
		memmove(&analysis->comparisons[kept + 1], &analysis->comparisons[kept],
			(i - kept) * sizeof(comparison));
		analysis->comparisons[kept++] = comparison;
	}
	return kept;
}

static int drop_unfit(struct pcow_analysis *analysis, const struct pcow_question *question)
{
	size_t kept = part(analysis, question);
	int ret = judge_left_out(analysis, kept);

	for (size_t i = kept; i < analysis->nr_comparisons; i++) {
		struct pcow_stratum *stratum = &analysis->comparisons[i].stratum;

		if (!ret)
			ret = note_unfit(analysis, stratum, question);
		pcow_stratum_clear(stratum);
	}
	analysis->nr_comparisons = kept;
	return ret;
}

/* What there is, in one line, when nothing can be compared. */
static int refuse(const struct pcow_analysis *analysis, const struct pcow_question *question,
		  size_t nr_strata, struct pcow_error *err)
{
	const char *remedy = "give a second file or folder, or group by --by kernel, model, label";
	const char *const *last = (const char *const *)analysis->notes + analysis->nr_notes;

	if (nr_strata > 1)
		remedy = "clocks are never compared with each other; architectures and page sizes "
			 "only with --by arch, --by page";
	if (question->base)
		remedy = "--base and --aa take the name of a group as it stands here";
	return pcow_error_set(err, -EINVAL, "nothing to compare: %.180s%s%.120s; %s",
			      analysis->nr_notes ? last[-1] : "no file", nr_strata > 1 ? "; " : "",
			      nr_strata > 1 ? last[-2] : "", remedy);
}

static int refuse_copy(const struct pcow_group *a, const struct pcow_group *b,
		       struct pcow_error *err)
{
	pcow_group_foreach (a, at) {
		const struct pcow_file *copy = pcow_group_find_run(b, *at);

		if (copy)
			return pcow_error_set(err, -EINVAL,
					      "%.150s and %.150s are the same run, in two groups: "
					      "take it out of one",
					      (*at)->path, copy->path);
	}
	return 0;
}

/* A run compared with its own copy would pass.  Counted guests start alike, so
 * that of two of their boots nobody can tell. */
static int refuse_copies(const struct pcow_stratum *stratum, struct pcow_error *err)
{
	int ret = 0;

	for (size_t a = 0; !pcow_stratum_is_counted(stratum) && a < stratum->nr_groups; a++) {
		for (size_t b = a + 1; !ret && b < stratum->nr_groups; b++)
			ret = refuse_copy(&stratum->groups[a], &stratum->groups[b], err);
	}
	return ret;
}

int pcow_strata_make(struct pcow_analysis *analysis, const struct pcow_question *question,
		     struct pcow_error *err)
{
	const struct pcow_dataset *set = analysis->dataset;
	bool has_twin = !question->twin;
	size_t nr_strata;

	/* A link to a file of the base is no run of the other. */
	if (set->nr_again && (question->keys & PCOW_KEY_ARGUMENT))
		return pcow_error_set(
			err, -EINVAL,
			"%zu of the files belong%s to two arguments, and each argument "
			"is a group: take %s out of one",
			set->nr_again, set->nr_again == 1 ? "s" : "",
			set->nr_again == 1 ? "it" : "them");
	for (size_t i = 0; i < set->nr_files; i++) {
		if (add_file(analysis, &set->files[i], question->keys))
			return pcow_error_set(err, -ENOMEM, "out of memory");
	}
	nr_strata = analysis->nr_comparisons;
	if (drop_unfit(analysis, question))
		return pcow_error_set(err, -ENOMEM, "out of memory");
	if (!analysis->nr_comparisons)
		return refuse(analysis, question, nr_strata, err);
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		int ret = refuse_copies(&analysis->comparisons[i].stratum, err);

		if (ret)
			return ret;
		has_twin |= analysis->comparisons[i].stratum.twin > 0;
	}
	if (!has_twin)
		return pcow_error_set(err, -EINVAL,
				      "--aa: no group but the base is called '%.200s': it takes "
				      "the name of a group as the tables have it",
				      question->twin);
	return 0;
}

bool pcow_stratum_is_counted(const struct pcow_stratum *stratum)
{
	return pcow_header_is_counted(&first_file(&stratum->groups[0])->header);
}

void pcow_stratum_clear(struct pcow_stratum *stratum)
{
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		struct pcow_group *group = &stratum->groups[i];

		for (size_t boot = 0; boot < group->nr_boots; boot++)
			free(group->boots[boot].files);
		free(group->boots);
		free(group->name);
	}
	free(stratum->groups);
	*stratum = (struct pcow_stratum){ 0 };
}
