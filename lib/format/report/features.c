/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a probe saw the kernels do differently: the behaviour behind the figures.
 */
#include "report/report.h"

#include <stdlib.h>

static const json_t *features_of(const struct pcow_group *group)
{
	return json_object_get(group->boots[0].files[0]->header.model, "features");
}

/* 1 for what the kernel does, 0 for what it does not, -1 for what nobody saw. */
static int seen(const json_t *features, const char *name)
{
	const json_t *value = json_object_get(json_object_get(features, name), "seen");

	return json_is_boolean(value) ? json_is_true(value) : -1;
}

/* " a, b": the features that @group has, or lacks, otherwise than the base; how many. */
static size_t features_print(FILE *out, const json_t *base, const json_t *group, int wanted,
			     const char *before)
{
	const char *name;
	json_t *feature;
	size_t n = 0;

	json_object_foreach ((json_t *)group, name, feature) {
		if (seen(group, name) != wanted || seen(base, name) != !wanted)
			continue;
		pcow_markup_print(out, "%s%s", n++ ? ", " : before, name);
	}
	return n;
}

size_t pcow_report_features(FILE *out, const struct pcow_stratum *stratum)
{
	const json_t *base = features_of(&stratum->groups[0]);
	size_t groups = 0;

	for (size_t g = 1; g < stratum->nr_groups; g++) {
		const json_t *group = features_of(&stratum->groups[g]);
		char *text = NULL;
		size_t size, n;
		FILE *list = open_memstream(&text, &size);

		if (!list)
			continue;
		n = features_print(list, base, group, 1, "does ");
		n += features_print(list, base, group, 0, n ? "; no longer " : "no longer ");
		fclose(list);
		if (n) {
			fputs(groups++ ? ""
				       : "<li><strong>Copy-on-write behaves otherwise</strong>"
					 " (what the features are, <code>pincow probe</code> "
					 "and docs/kernels.md tell):\n<ul>\n",
			      out);
			pcow_markup_print(out, "<li><b>%s</b>", stratum->groups[g].name);
			fprintf(out, " %s</li>\n", text);
		}
		free(text);
	}
	if (groups)
		fputs("</ul></li>\n", out);
	return groups;
}
