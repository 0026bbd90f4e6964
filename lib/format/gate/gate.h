/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the writers of the gate's verdict share: the gated lines, one by one.
 */
#ifndef PINCOW_FORMAT_GATE_H
#define PINCOW_FORMAT_GATE_H

#include "compare/analysis.h"

/* Why a gate without lines says nothing. */
#define PCOW_GATE_EMPTY "no line is gated"

/**
 * struct pcow_gated - a gated line of one group
 * @comparison, @line, @group: which
 * @change:	of that group
 * @gate:	what its verdict counts for
 */
struct pcow_gated {
	const struct pcow_comparison *comparison;
	const struct pcow_line *line;
	size_t group;
	const struct pcow_change *change;
	enum pcow_gate gate;
};

/* All of them, by comparison and group; @list is freed by the caller. 0 or -ENOMEM. */
int pcow_gated_list(struct pcow_gated **list, size_t *n, const struct pcow_analysis *analysis);

/* "fork/anon base 16M", with group and stratum before it where there are several. */
void pcow_gated_name_format(char *buf, size_t size, const struct pcow_analysis *analysis,
			    const struct pcow_gated *gated);

/* "worse: +23.1 % [+22.8, +23.4], minimum effect 2.0 %, q 0.0003, 3 boots: WHY" */
void pcow_gated_sentence_format(char *buf, size_t size, const struct pcow_gated *gated);

/* "0.0003"; "" for none. */
void pcow_q_format(char *buf, size_t size, double q);

/* "FAIL: 20 gated lines: 2 fail, 1 inconclusive, 17 pass" */
void pcow_gate_summary_format(char *buf, size_t size, const struct pcow_analysis *analysis);

/* Of struct pcow_trial. */
extern const struct pcow_field pcow_trial_fields[];

/* ----------------------------------------------------------------- writers */

pcow_analysis_write pcow_gate_text_write, pcow_gate_json_write, pcow_gate_junit_write,
	pcow_gate_ktap_write, pcow_gate_github_write;

#endif
