/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What boots differ in, or should and do not.  It may be what a figure differs
 * by: it is told, and what weighs most stops the gate.
 */
#include "environment.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runnable tasks before a run that are too many: one may be a run that has just
 * ended, and on a large host a tenth of the CPUs leaves the measured one alone. */
#define LOAD_MOST     2.0
#define LOAD_MOST_CPU 0.1

/* A note shows so much of a text, and leaves out a beginning that all have. */
#define TEXT_SHOWN    120
#define PREFIX_HIDDEN 24

/* -------------------------------------------------------------- differences */

/* The part of a text that is compared: @length bytes from what is returned. */
static const char *essence(const char *text, enum pcow_fact_form form, size_t *length)
{
	static const char image[] = "BOOT_IMAGE=";

	if (form == AS_CMDLINE && strncmp(text, image, strlen(image)) == 0) {
		text += strcspn(text, " ");
		text += strspn(text, " ");
	}
	*length = form == AS_STATE ? strcspn(text, ",;") : strlen(text);
	return text;
}

static bool same_text(const char *a, const char *b, enum pcow_fact_form form)
{
	size_t length_a, length_b;

	a = essence(a, form, &length_a);
	b = essence(b, form, &length_b);
	return length_a == length_b && memcmp(a, b, length_a) == 0;
}

/* Have two boots different texts, of one group if @within, else of any? */
static bool differs(const json_t *cells, enum pcow_fact_form form, bool within)
{
	const char *first = NULL, *text;
	json_t *unused;

	for (size_t i = 0; i < json_array_size(cells); i++) {
		json_t *cell = json_array_get(cells, i);

		if (within)
			first = NULL;
		json_object_foreach (cell, text, unused) {
			if (strcmp(text, PCOW_NOT_KNOWN) == 0)
				continue;
			if (first && !same_text(first, text, form))
				return true;
			first = text;
		}
	}
	return false;
}

/* Have all groups the same texts? */
static bool are_alike(const json_t *cells)
{
	for (size_t i = 1; i < json_array_size(cells); i++) {
		if (!json_equal(json_array_get(cells, 0), json_array_get(cells, i)))
			return false;
	}
	return true;
}

/* How much of the beginning all texts share, up to a blank; 0 for little. */
static size_t shared_prefix(const json_t *cells)
{
	const char *first = NULL, *text;
	size_t shared = SIZE_MAX;
	json_t *unused;

	for (size_t i = 0; i < json_array_size(cells); i++) {
		json_t *cell = json_array_get(cells, i);

		json_object_foreach (cell, text, unused) {
			size_t same = 0;

			if (!first)
				first = text;
			while (text[same] && text[same] == first[same])
				same++;
			shared = same < shared ? same : shared;
		}
	}
	/* Of a single text, or of none, nothing is hidden. */
	if (!first || shared == strlen(first))
		shared = 0;
	while (shared && first[shared - 1] != ' ')
		shared--;
	return shared < PREFIX_HIDDEN ? 0 : shared;
}

/* "always or never" */
static void texts_format(FILE *out, json_t *cell, size_t hidden)
{
	const char *before = "", *text;
	json_t *unused;

	json_object_foreach (cell, text, unused) {
		size_t skipped = hidden < strlen(text) ? hidden : 0;

		fprintf(out, "%s%s%.*s%s", before, skipped ? "..." : "", TEXT_SHOWN, text + skipped,
			strlen(text + skipped) > TEXT_SHOWN ? "..." : "");
		before = " or ";
	}
}

/* "madvise in base, always or never in new and newer": groups that are alike once;
 * if @mixed, only those whose boots differ. */
static void cells_format(FILE *out, const struct pcow_stratum *stratum, const json_t *cells,
			 bool mixed)
{
	size_t hidden = shared_prefix(cells), n = json_array_size(cells);
	const char *comma = "";

	for (size_t i = 0; i < n; i++) {
		json_t *cell = json_array_get(cells, i);
		size_t first = 0;

		while (!json_equal(cell, json_array_get(cells, first)))
			first++;
		if (first < i || (mixed && json_object_size(cell) < 2))
			continue;
		fputs(comma, out);
		comma = ", ";
		texts_format(out, cell, hidden);
		fprintf(out, " in %s", stratum->groups[i].name);
		for (size_t same = i + 1; same < n; same++) {
			if (json_equal(cell, json_array_get(cells, same)))
				fprintf(out, " and %s", stratum->groups[same].name);
		}
	}
}

/* struct judging - of one stratum's rows */
struct judging {
	struct pcow_analysis *analysis;
	const struct pcow_stratum *stratum;
	unsigned int keys;
	bool one_release;
};

/* What a row's difference counts for. */
static enum pcow_fact_weight weigh(const struct judging *judging, const struct pcow_fact *fact,
				   const json_t *cells)
{
	bool within = differs(cells, fact->form, true);

	if (fact->weight == TOLD || (fact->weight == NOTED_WITHIN && !within) ||
	    ((fact->keys & judging->keys) && !within))
		return TOLD;
	/* Another kernel has another configuration, if only in new options. */
	if (strcmp(fact->key ? fact->key : "", "config_sha256") == 0 && !within &&
	    !judging->one_release)
		return TOLD;
	/* A mixture that all groups are, as of a fleet's hosts, favours none. */
	if (within && are_alike(cells))
		return NOTED_WITHIN;
	if (differs(cells, fact->form, false))
		return fact->weight;
	return fact->form == AS_STATE && differs(cells, AS_IT_IS, false) ? NOTED : TOLD;
}

static int judge_row(const struct pcow_fact *fact, const char *title, const json_t *cells,
		     void *arg)
{
	const struct judging *judging = arg;
	enum pcow_fact_weight weight = weigh(judging, fact, cells);
	char *text = NULL;
	size_t length;
	FILE *out;
	int ret;

	if (weight == TOLD)
		return 0;
	out = open_memstream(&text, &length);
	if (!out)
		return -ENOMEM;
	cells_format(out, judging->stratum, cells, weight == NOTED_WITHIN);
	if (fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	if (weight == STOPS)
		ret = pcow_analysis_stop(judging->analysis, fact->stop, "%s differs (%s)", title,
					 text);
	else if (weight == NOTED_WITHIN)
		ret = pcow_analysis_note(judging->analysis,
					 "%s differs within a group (%s): what its boots differ by "
					 "counts as noise; --by tells them apart",
					 title, text);
	else
		ret = pcow_analysis_note(judging->analysis,
					 "%s differs (%s): a figure may differ by that", title,
					 text);
	free(text);
	return ret;
}

/* ---------------------------------------------------------------- same thing */

static const struct pcow_header *header_of(const struct pcow_group *group, size_t boot)
{
	return &group->boots[boot].files[0]->header;
}

static const char *kernel_text(const struct pcow_header *header, const char *key)
{
	return json_string_value(json_object_get(json_object_get(header->host, "kernel"), key));
}

/* Is it one image, as far as the headers tell?  Only root may read the build id of
 * some kernels. */
static bool same_build(const struct pcow_header *a, const struct pcow_header *b)
{
	static const char *const keys[] = { "build_id", "version", "release" };
	bool known = false;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *text_a = kernel_text(a, keys[i]), *text_b = kernel_text(b, keys[i]);

		if (text_a && text_b && strcmp(text_a, text_b) != 0)
			return false;
		/* A release alone is no image. */
		known |= text_a && text_b && i < 2;
	}
	return known;
}

static bool same_boot(const struct pcow_header *a, const struct pcow_header *b)
{
	return *a->boot_id && strcmp(a->boot_id, b->boot_id) == 0;
}

static bool any_same(const struct pcow_group *a, const struct pcow_group *b,
		     bool (*same)(const struct pcow_header *, const struct pcow_header *))
{
	for (size_t i = 0; i < a->nr_boots; i++) {
		for (size_t j = 0; j < b->nr_boots; j++) {
			if (same(header_of(a, i), header_of(b, j)))
				return true;
		}
	}
	return false;
}

/* One image with two models is a switch, if both were seen; of two hosts the kernel is
 * not compared. */
static bool may_share_build(const struct pcow_stratum *stratum, size_t group, unsigned int keys)
{
	const char *base = pcow_file_model(stratum->groups[0].boots[0].files[0]);
	const char *other = pcow_file_model(stratum->groups[group].boots[0].files[0]);
	bool seen = strcmp(base, "unknown") != 0 && strcmp(other, "unknown") != 0;

	return group == stratum->twin || (keys & PCOW_KEY_HOST) ||
	       (seen && strcmp(base, other) != 0);
}

static int judge_sameness(const struct judging *judging)
{
	const struct pcow_stratum *stratum = judging->stratum;
	const struct pcow_group *base = &stratum->groups[0];

	for (size_t g = 1; g < stratum->nr_groups; g++) {
		const struct pcow_group *other = &stratum->groups[g];

		if (!may_share_build(stratum, g, judging->keys) &&
		    any_same(base, other, same_build) &&
		    pcow_analysis_stop(
			    judging->analysis, PCOW_STOP_SAME_BUILD,
			    "%s and %s ran the same kernel image (%s), so the new one may "
			    "never have booted",
			    base->name, other->name, pcow_file_release(*other->boots->files)))
			return -ENOMEM;
		/* Counted guests draw the same boot id at every boot. */
		if (!pcow_stratum_is_counted(stratum) && any_same(base, other, same_boot) &&
		    pcow_analysis_stop(judging->analysis, PCOW_STOP_SAME_BOOT,
				       "%s and %s hold runs of the same boot", base->name,
				       other->name))
			return -ENOMEM;
	}
	return 0;
}

/* --------------------------------------------------------------------- load */

/* How far above what is quiet; 0 for quiet, or not known. */
static double load_above(const struct pcow_header *header)
{
	const json_t *cpus = json_object_get(json_object_get(header->host, "topology"), "pus");
	double load =
		json_number_value(json_array_get(json_object_get(header->host, "loadavg"), 0));

	return load > fmax(LOAD_MOST, LOAD_MOST_CPU * json_number_value(cpus)) ? load : 0.0;
}

/* In a counted guest others cost nothing. */
static int judge_load(const struct judging *judging)
{
	const struct pcow_stratum *stratum = judging->stratum;

	for (size_t g = 0; !pcow_stratum_is_counted(stratum) && g < stratum->nr_groups; g++) {
		const struct pcow_group *group = &stratum->groups[g];
		double most = 0.0;
		size_t n = 0;

		for (size_t i = 0; i < group->nr_boots; i++) {
			double load = load_above(header_of(group, i));

			n += load > 0.0;
			most = fmax(most, load);
		}
		if (n && pcow_analysis_stop(judging->analysis, PCOW_STOP_LOAD,
					    "%zu of %zu boots of %s began under load (up to %.3g)",
					    n, group->nr_boots, group->name, most))
			return -ENOMEM;
	}
	return 0;
}

int pcow_stratum_note_environment(struct pcow_analysis *analysis,
				  const struct pcow_stratum *stratum, unsigned int keys)
{
	struct judging judging = { analysis, stratum, keys, true };
	const char *release = pcow_file_release(stratum->groups[0].boots[0].files[0]);

	for (size_t g = 1; g < stratum->nr_groups; g++)
		judging.one_release &=
			!strcmp(release, pcow_file_release(*stratum->groups[g].boots->files));
	if (judge_sameness(&judging) || judge_load(&judging))
		return -ENOMEM;
	return pcow_facts_each(stratum, judge_row, &judging);
}
