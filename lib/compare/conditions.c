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

/* A clock's frequency is measured anew at every boot, to far less than this. */
#define HZ_APART 1.01

/* An empty timer pair that costs twice as much, and more than it varies. */
#define COST_APART    2.0
#define COST_LEAST_NS 5.0

/* Memory of one size, less what kernels keep. */
#define SIZE_APART 1.25

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
	if (form == AS_PREEMPTION) {
		const char *word = strstr(text, "PREEMPT");

		text = word ? word : "";
		*length = strcspn(text, " ");
		return text;
	}
	*length = form == AS_STATE ? strcspn(text, ",;") : strlen(text);
	return text;
}

/* "23.5 GiB" and "24 GiB" */
static bool same_size(const char *a, const char *b)
{
	static const char units[] = " KMGTP";
	const char *const texts[] = { a, b };
	double sizes[2];

	for (size_t i = 0; i < 2; i++) {
		char *end;
		const char *unit;

		sizes[i] = strtod(texts[i], &end);
		unit = *end ? strchr(units, end[1]) : NULL;
		sizes[i] *= pow(1024.0, unit ? (double)(unit - units) : 0.0);
	}
	return fmax(sizes[0], sizes[1]) <= SIZE_APART * fmin(sizes[0], sizes[1]);
}

static bool same_text(const char *a, const char *b, enum pcow_fact_form form)
{
	size_t length_a, length_b;

	if (form == AS_SIZE)
		return same_size(a, b);

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

/* Are all groups the same mixture? */
static bool are_alike(const json_t *cells)
{
	for (size_t i = 1; i < json_array_size(cells); i++) {
		if (!pcow_environment_alike(json_array_get(cells, 0), json_array_get(cells, i)))
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

/* "always (7) or never (1)": how many boots have it, where they differ. */
static void texts_format(FILE *out, json_t *cell, size_t hidden)
{
	const char *before = "", *text;
	json_t *count;

	json_object_foreach (cell, text, count) {
		size_t skipped = hidden < strlen(text) ? hidden : 0;

		fprintf(out, "%s%s%.*s%s", before, skipped ? "..." : "", TEXT_SHOWN, text + skipped,
			strlen(text + skipped) > TEXT_SHOWN ? "..." : "");
		if (json_object_size(cell) > 1)
			fprintf(out, " (%" JSON_INTEGER_FORMAT ")", json_integer_value(count));
		before = " or ";
	}
}

/* Does one writing do for both?  Of a single text the boots are not counted. */
static bool read_alike(json_t *a, json_t *b)
{
	return json_equal(a, b) || (json_object_size(a) == 1 && json_object_size(b) == 1 &&
				    pcow_environment_alike(a, b));
}

/* "madvise in base, always (1) or never (2) in new and newer": groups that read alike
 * once; if @mixed, only those whose boots differ. */
static void cells_format(FILE *out, const struct pcow_stratum *stratum, const json_t *cells,
			 bool mixed)
{
	size_t hidden = shared_prefix(cells), n = json_array_size(cells);
	const char *comma = "";

	for (size_t i = 0; i < n; i++) {
		json_t *cell = json_array_get(cells, i);
		size_t first = 0;

		while (!read_alike(cell, json_array_get(cells, first)))
			first++;
		if (first < i || (mixed && json_object_size(cell) < 2))
			continue;
		fputs(comma, out);
		comma = ", ";
		texts_format(out, cell, hidden);
		fprintf(out, " in %s", stratum->groups[i].name);
		for (size_t same = i + 1; same < n; same++) {
			if (read_alike(cell, json_array_get(cells, same)))
				fprintf(out, " and %s", stratum->groups[same].name);
		}
	}
}

/* struct judging - of one stratum's rows; @untold: a text a group */
struct judging {
	struct pcow_analysis *analysis;
	const struct pcow_stratum *stratum;
	unsigned int keys;
	bool one_release;
	json_t *untold;
};

/* What a row's difference counts for. */
static enum pcow_fact_weight weigh(const struct judging *judging, const struct pcow_fact *fact,
				   const json_t *cells)
{
	bool within = differs(cells, fact->form, true);

	if (fact->weight == TOLD || (fact->weight == STOPS_WITHIN && !within) ||
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

static int judge_row(const struct judging *judging, const struct pcow_fact *fact, const char *title,
		     const json_t *cells)
{
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
	cells_format(out, judging->stratum, cells,
		     weight == NOTED_WITHIN || weight == STOPS_WITHIN);
	if (fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	if (weight == STOPS)
		ret = pcow_analysis_stop(judging->analysis, fact->stop, "%s differs (%s)", title,
					 text);
	else if (weight == STOPS_WITHIN)
		ret = pcow_analysis_stop(
			judging->analysis, fact->stop,
			"%s differs within a group (%s), so that it is no one thing", title, text);
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

/* ------------------------------------------------------------------- untold */

/* What stops the gate where it differs, tells one kernel from the other, or how many
 * workers are missing. */
static bool must_be_told(const struct pcow_fact *fact, const char *title)
{
	/* Kernels know other mitigations, all of them this one, and other sizes of mTHP; only
	 * root reads a build id. */
	static const char *const others[] = { "Kernel version", "Mitigation meltdown",
					      "Workers a case" };
	size_t i = 0;

	if (fact->weight == STOPS && fact->source == FROM_HOST && !fact->members)
		return true;
	while (i < sizeof(others) / sizeof(others[0]) && strcmp(others[i], title) != 0)
		i++;
	return i < sizeof(others) / sizeof(others[0]);
}

/* Adds the title to the texts of groups that do not tell what another does. */
static int take_untold(json_t *texts, const struct pcow_fact *fact, const char *title,
		       const json_t *cells)
{
	bool told = false;

	for (size_t g = 0; g < json_array_size(cells); g++)
		told |= !json_object_get(json_array_get(cells, g), PCOW_NOT_KNOWN);
	for (size_t g = 0; told && g < json_array_size(cells); g++) {
		const char *text = json_string_value(json_array_get(texts, g));

		if (json_object_get(json_array_get(cells, g), PCOW_NOT_KNOWN) &&
		    must_be_told(fact, title) &&
		    json_array_set_new(texts, g,
				       json_sprintf("%s%s%s", text, *text ? ", " : "", title)))
			return -ENOMEM;
	}
	return 0;
}

static int row_visit(const struct pcow_fact *fact, const char *title, const json_t *cells,
		     void *arg)
{
	const struct judging *judging = arg;

	if (take_untold(judging->untold, fact, title, cells))
		return -ENOMEM;
	return judge_row(judging, fact, title, cells);
}

/* Each thing known of the boots.  What one group does not tell is no difference, but it
 * may be one. */
static int judge_facts(struct judging *judging)
{
	const struct pcow_stratum *stratum = judging->stratum;
	int ret = 0;

	judging->untold = json_array();
	for (size_t g = 0; !ret && g < stratum->nr_groups; g++)
		ret = json_array_append_new(judging->untold, json_string(""));
	if (!ret)
		ret = pcow_facts_each(stratum, row_visit, judging);
	for (size_t g = 0; !ret && g < stratum->nr_groups; g++) {
		const char *text = json_string_value(json_array_get(judging->untold, g));

		if (*text)
			ret = pcow_analysis_note(judging->analysis,
						 "%s does not tell what others do: %s; it may "
						 "differ there",
						 stratum->groups[g].name, text);
	}
	json_decref(judging->untold);
	return ret ? -ENOMEM : 0;
}

/* ---------------------------------------------------------------- same thing */

static const char *kernel_text(const struct pcow_file *file, const char *key)
{
	const char *text = json_string_value(
		json_object_get(json_object_get(file->header.host, "kernel"), key));

	return text ? text : "";
}

/* One image with two models is a switch, if both were seen. */
static bool is_switched(const struct pcow_file *a, const struct pcow_file *b)
{
	const char *model_a = pcow_file_model(a), *model_b = pcow_file_model(b);

	return strcmp(model_a, "unknown") != 0 && strcmp(model_b, "unknown") != 0 &&
	       strcmp(model_a, model_b) != 0;
}

/* May it be one image, as far as the headers tell?  Only root may read the build id of
 * some kernels; where it is told, it counts, whatever else is said. */
static bool same_build(const struct pcow_file *a, const struct pcow_file *b)
{
	static const char *const keys[] = { "build_id", "version", "release" };
	bool known = false;

	for (size_t i = 0; !known && i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *text_a = kernel_text(a, keys[i]), *text_b = kernel_text(b, keys[i]);

		if (*text_a && *text_b && strcmp(text_a, text_b) != 0)
			return false;
		known = *text_a && *text_b && !i;
	}
	return !is_switched(a, b);
}

/* Does it tell more than a release, which is no image? */
static bool tells_build(const struct pcow_file *a, const struct pcow_file *b)
{
	return same_build(a, b) && ((*kernel_text(a, "build_id") && *kernel_text(b, "build_id")) ||
				    (*kernel_text(a, "version") && *kernel_text(b, "version")));
}

static bool same_boot(const struct pcow_file *a, const struct pcow_file *b)
{
	return *a->header.boot_id && strcmp(a->header.boot_id, b->header.boot_id) == 0;
}

typedef bool file_relation(const struct pcow_file *a, const struct pcow_file *b);

static bool any_same(const struct pcow_group *a, const struct pcow_group *b, file_relation *same)
{
	pcow_group_foreach (a, at) {
		pcow_group_foreach (b, other) {
			if (same(*at, *other))
				return true;
		}
	}
	return false;
}

static int judge_sameness(const struct judging *judging)
{
	const struct pcow_stratum *stratum = judging->stratum;
	const struct pcow_group *base = &stratum->groups[0];

	for (size_t g = 1; g < stratum->nr_groups; g++) {
		const struct pcow_group *other = &stratum->groups[g];

		/* Of two hosts the kernel is not compared. */
		if (g != stratum->twin && !(judging->keys & PCOW_KEY_HOST) &&
		    any_same(base, other, same_build) &&
		    pcow_analysis_stop(judging->analysis, PCOW_STOP_SAME_BUILD,
				       "%s and %s %s (%s), so the new one may never have booted",
				       base->name, other->name,
				       any_same(base, other, tells_build)
					       ? "ran the same kernel image"
					       : "do not tell of two kernel images",
				       pcow_file_release(*other->boots->files)))
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

/* Runs of one boot would count as so many. */
static int judge_unknown(const struct judging *judging, const struct pcow_group *group)
{
	size_t n = 0;

	for (size_t i = 0; i < group->nr_boots; i++)
		n += !*group->boots[i].files[0]->header.boot_id;
	if (!n || pcow_stratum_is_counted(judging->stratum))
		return 0;
	return pcow_analysis_stop(judging->analysis, PCOW_STOP_SAME_BOOT,
				  "%zu of %zu boots of %s do not tell their boot id, and may be "
				  "runs of one",
				  n, group->nr_boots, group->name);
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

/* The worst of a boot's runs. */
static double boot_load(const struct pcow_boot *boot)
{
	double most = 0.0;

	for (size_t i = 0; i < boot->nr_files; i++)
		most = fmax(most, load_above(&boot->files[i]->header));
	return most;
}

static int judge_load(const struct judging *judging, const struct pcow_group *group)
{
	double most = 0.0;
	size_t n = 0;

	for (size_t i = 0; i < group->nr_boots; i++) {
		double load = boot_load(&group->boots[i]);

		n += load > 0.0;
		most = fmax(most, load);
	}
	if (!n || pcow_stratum_is_counted(judging->stratum))
		return 0;
	return pcow_analysis_stop(judging->analysis, PCOW_STOP_LOAD,
				  "%zu of %zu boots of %s began under load (up to %.3g)", n,
				  group->nr_boots, group->name, most);
}

/* ------------------------------------------------------------------- clocks */

/* Do the clocks of one host tick at different rates, or those of one file? */
static bool ticks_apart(const struct pcow_file *a, const struct pcow_file *b)
{
	return *a->clock.source && *b->clock.source &&
	       strcmp(pcow_file_hostname(a), pcow_file_hostname(b)) == 0 &&
	       fmax(a->clock.hz_most, b->clock.hz_most) >
		       HZ_APART * fmin(a->clock.hz_least, b->clock.hz_least);
}

/* Median of the boots, each by its first file; NAN without memory. */
static double clock_cost_ns(const struct pcow_group *group)
{
	double *costs = calloc(group->nr_boots, sizeof(*costs));
	double median = NAN;

	for (size_t i = 0; costs && i < group->nr_boots; i++)
		costs[i] = group->boots[i].files[0]->clock.overhead_ns;
	if (costs)
		median = pcow_median(costs, group->nr_boots);
	free(costs);
	return median;
}

/* A clock that is taken for another scales all figures.  What it costs by itself is taken
 * off them: one that seems dear makes all else cheap. */
static int judge_clocks(const struct judging *judging, const struct pcow_group *other)
{
	const struct pcow_group *base = &judging->stratum->groups[0];
	double cost[] = { clock_cost_ns(base), clock_cost_ns(other) };

	if (isnan(cost[0] + cost[1]))
		return -ENOMEM;
	if (any_same(base, other, ticks_apart) &&
	    pcow_analysis_stop(judging->analysis, PCOW_STOP_CLOCKSOURCE,
			       "the workers' clocks of one host tick at different rates in %s and "
			       "%s",
			       base->name, other->name))
		return -ENOMEM;
	if ((judging->keys & BY_HOST) || pcow_stratum_is_counted(judging->stratum) ||
	    fmax(cost[0], cost[1]) < COST_APART * fmin(cost[0], cost[1]) ||
	    fabs(cost[0] - cost[1]) < COST_LEAST_NS)
		return 0;
	return pcow_analysis_stop(judging->analysis, PCOW_STOP_CLOCKSOURCE,
				  "the clock's own cost differs (%.1f ns in %s, %.1f ns in %s)",
				  cost[0], base->name, cost[1], other->name);
}

/* Kernels of two models differ in more than that, but for one that has a switch. */
static int note_kernels(struct pcow_analysis *analysis, const struct pcow_stratum *stratum)
{
	const char *first = pcow_file_release(stratum->groups[0].boots[0].files[0]);

	for (size_t i = 1; i < stratum->nr_groups; i++) {
		const char *other = pcow_file_release(stratum->groups[i].boots[0].files[0]);

		if (strcmp(first, other) != 0)
			return pcow_analysis_note(analysis,
						  "models come with kernels (%s, %s): what differs "
						  "is all that changed between these, not the COW "
						  "model alone",
						  first, other);
	}
	return 0;
}

int pcow_stratum_note_environment(struct pcow_analysis *analysis,
				  const struct pcow_stratum *stratum, unsigned int keys)
{
	struct judging judging = { analysis, stratum, keys, true, NULL };
	const char *release = pcow_file_release(stratum->groups[0].boots[0].files[0]);
	int ret = keys == PCOW_KEY_MODEL ? note_kernels(analysis, stratum) : 0;

	if (!ret)
		ret = judge_sameness(&judging);
	for (size_t g = 0; !ret && g < stratum->nr_groups; g++) {
		const struct pcow_group *group = &stratum->groups[g];

		judging.one_release &= !strcmp(release, pcow_file_release(*group->boots->files));
		ret = judge_unknown(&judging, group);
		if (!ret)
			ret = judge_load(&judging, group);
		if (!ret && g)
			ret = judge_clocks(&judging, group);
	}
	return ret ? ret : judge_facts(&judging);
}
