/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The changes of a comparison that matter, put together by what they mean.
 */
#include "compare/findings.h"

#include <math.h>
#include <string.h>

#define ONE(verdict) (1U << (verdict))

static const struct pcow_finding findings[] = {
	{ "case breaks its claim", "cases break their claim", PCOW_OF_CASE, ONE(PCOW_BROKEN) },
	{ "case costs more", "cases cost more", PCOW_OF_CASE, ONE(PCOW_WORSE) },
	{ "count of work changed", "counts of work changed", PCOW_OF_WORK, ONE(PCOW_WORK_CHANGED) },
	{ "case costs less", "cases cost less", PCOW_OF_CASE, ONE(PCOW_BETTER) },
	{ "memory figure changed", "memory figures changed", PCOW_OF_MEMORY,
	  ONE(PCOW_WORSE) | ONE(PCOW_BETTER) },
	{ "case lacks a figure on one side", "cases lack a figure on one side", PCOW_OF_CASE,
	  ONE(PCOW_MISSING) },
	{ "case is not settled", "cases are not settled", PCOW_OF_CASE,
	  ONE(PCOW_UNCLEAR) | ONE(PCOW_LIKELY_WORSE) | ONE(PCOW_LIKELY_BETTER) |
		  ONE(PCOW_TOO_FEW) },
};

static bool is_about(const struct pcow_finding *finding, const struct pcow_line *line)
{
	switch (finding->subject) {
	case PCOW_OF_WORK:
		return line->series->kind == PCOW_METRIC_WORK;
	case PCOW_OF_MEMORY:
		return line->series->kind == PCOW_METRIC_MEMORY;
	default:
		return line->series->is_headline;
	}
}

/* What came from nothing is the largest change of all, but a few pages of memory
 * beside nothing are what other tasks took, and the least. */
static double change_size(const struct pcow_line *line, const struct pcow_change *change)
{
	if (!isfinite(change->shift) || change->shift == 0.0)
		return 0.0;
	if (change->is_relative)
		return pcow_change_size(change);
	return line->series->kind == PCOW_METRIC_MEMORY ? 0.0 : INFINITY;
}

/* Puts an example into its place among the largest. */
static void examples_add(struct pcow_example *examples, struct pcow_example example)
{
	for (size_t i = 0; i < PCOW_EXAMPLES; i++) {
		if (!examples[i].line || example.size > examples[i].size) {
			struct pcow_example next = examples[i];

			examples[i] = example;
			example = next;
		}
		if (!example.line)
			return;
	}
}

/* The group in which a line belongs most to the finding; none: no line. */
static struct pcow_example line_example(const struct pcow_comparison *comparison,
					const struct pcow_line *line,
					const struct pcow_finding *finding,
					pcow_change_filter *filter)
{
	struct pcow_example example = { .line = NULL };

	for (size_t g = 1; g < comparison->stratum.nr_groups; g++) {
		const struct pcow_change *change = &line->changes[g];

		if (!(finding->verdicts & ONE(change->verdict)) ||
		    (filter && !filter(line, change)))
			continue;
		if (!example.line || change_size(line, change) > example.size)
			example = (struct pcow_example){ line, g, change_size(line, change) };
	}
	return example;
}

size_t pcow_finding_examples(struct pcow_example *examples,
			     const struct pcow_comparison *comparison,
			     const struct pcow_finding *finding, pcow_change_filter *filter)
{
	size_t n = 0;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];
		struct pcow_example example = line_example(comparison, line, finding, filter);

		if (!example.line || !is_about(finding, line))
			continue;
		examples_add(examples, example);
		n++;
	}
	return n;
}

const struct pcow_finding *pcow_finding_at(size_t index)
{
	return index < sizeof(findings) / sizeof(findings[0]) ? &findings[index] : NULL;
}

bool pcow_arm_copied(const struct pcow_arm *arm)
{
	return arm->median >= 0.5;
}

bool pcow_example_is_outcome(const struct pcow_example *example)
{
	const struct pcow_arm *arms = example->line->arms;

	return strcmp(example->line->series->metric, "copied") == 0 &&
	       pcow_arm_copied(&arms[0]) != pcow_arm_copied(&arms[example->group]);
}
