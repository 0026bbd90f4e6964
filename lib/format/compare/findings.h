/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The changes of a comparison that matter, put together by what they mean.
 */
#ifndef PINCOW_FORMAT_FINDINGS_H
#define PINCOW_FORMAT_FINDINGS_H

#include "compare/analysis.h"

/* Examples that a finding names. */
#define PCOW_EXAMPLES 3

/* Findings that are told: those that come first. */
#define PCOW_FINDINGS_MAX 5

enum pcow_subject {
	PCOW_OF_CASE, /* its headline */
	PCOW_OF_WORK,
	PCOW_OF_MEMORY,
};

/**
 * struct pcow_finding - changes that belong together
 * @one, @many:	how a sentence tells of one and of several
 * @subject:	what changed
 * @verdicts:	that it came to: bits by enum pcow_verdict
 */
struct pcow_finding {
	const char *one, *many;
	enum pcow_subject subject;
	unsigned int verdicts;
};

/**
 * struct pcow_example - a line, in the group where it changed most
 * @line, @group: which
 * @size:	of the change
 */
struct pcow_example {
	const struct pcow_line *line;
	size_t group;
	double size;
};

/* What is looked for, the gravest first; up to NULL. */
const struct pcow_finding *pcow_finding_at(size_t index);

/* Counts the lines of a finding that have a change which @filter takes, any for
 * NULL, and keeps the PCOW_EXAMPLES largest in @examples, which starts zeroed. */
size_t pcow_finding_examples(struct pcow_example *examples,
			     const struct pcow_comparison *comparison,
			     const struct pcow_finding *finding, pcow_change_filter *filter);

/* Was the page copied in at least half of the operations? */
bool pcow_arm_copied(const struct pcow_arm *arm);

/* Whether a page is copied or kept is what COW models differ in: does the
 * example tell that? */
bool pcow_example_is_outcome(const struct pcow_example *example);

#endif
