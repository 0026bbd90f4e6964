/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gated lines: which they are, their names, and their verdicts in words.
 */
#include "gate/gate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

static size_t comparison_list(struct pcow_gated *list, const struct pcow_comparison *comparison)
{
	size_t n = 0;

	for (size_t group = 1; group < comparison->stratum.nr_groups; group++) {
		for (size_t i = 0; i < comparison->nr_lines; i++) {
			const struct pcow_line *line = &comparison->lines[i];
			const struct pcow_change *change = &line->changes[group];

			if (change->gated)
				list[n++] = (struct pcow_gated){
					comparison,
					line,
					group,
					change,
					pcow_verdict_gate(change->verdict),
				};
		}
	}
	return n;
}

int pcow_gated_list(struct pcow_gated **list, size_t *n, const struct pcow_analysis *analysis)
{
	size_t room = 1;

	*n = 0;
	for (size_t i = 0; i < analysis->nr_comparisons; i++)
		room += analysis->comparisons[i].nr_lines *
			(analysis->comparisons[i].stratum.nr_groups - 1);
	*list = calloc(room, sizeof(**list));
	if (!*list)
		return -ENOMEM;
	for (size_t i = 0; i < analysis->nr_comparisons; i++)
		*n += comparison_list(*list + *n, &analysis->comparisons[i]);
	/* Else what reads single tests shows a blocked gate as green. */
	for (size_t i = 0; analysis->nr_blocked && i < *n; i++)
		(*list)[i].gate = PCOW_INCONCLUSIVE;
	return 0;
}

/* Appends ", LABEL NUMBER". */
static void percent_add(char *buf, size_t size, const char *label, double fraction)
{
	size_t used = strlen(buf);
	char number[PCOW_CELL_SIZE];

	pcow_percent_format(number, sizeof(number), fraction, false, " %");
	if (*number)
		snprintf(buf + used, size - used, ", %s %s", label, number);
}

void pcow_q_format(char *buf, size_t size, double q)
{
	buf[0] = '\0';
	if (isfinite(q))
		snprintf(buf, size, q < 0.0001 ? "<0.0001" : "%.2g", q);
}

void pcow_gated_sentence_format(char *buf, size_t size, const struct pcow_gated *gated)
{
	const struct pcow_change *change = gated->change;
	struct pcow_style style =
		pcow_line_style(gated->line, gated->comparison->stratum.nr_groups);
	char shift[PCOW_CELL_SIZE], interval[PCOW_CELL_SIZE], q[PCOW_CELL_SIZE];
	char text[PCOW_SENTENCE_SIZE];
	size_t used;

	snprintf(text, sizeof(text), "%s", pcow_verdict_name(change->verdict));
	if (!pcow_change_is_refused(change)) {
		pcow_change_format(shift, sizeof(shift), &style, change, " %");
		pcow_interval_format(interval, sizeof(interval), &style, change);
		pcow_q_format(q, sizeof(q), change->q);
		used = strlen(text);
		snprintf(text + used, sizeof(text) - used, ": %s%s%s", shift, *interval ? " " : "",
			 interval);
		if (change->is_relative)
			percent_add(text, sizeof(text), "minimum effect", change->effect);
		used = strlen(text);
		snprintf(text + used, sizeof(text) - used, "%s%s, %zu %s", *q ? ", q " : "", q,
			 change->n,
			 change->paired	  ? "pairs of boots"
			 : change->n == 1 ? "boot"
					  : "boots");
		if (change->is_relative)
			percent_add(text, sizeof(text), "detectable", change->detectable);
	}
	used = strlen(text);
	if (*change->why)
		snprintf(text + used, sizeof(text) - used, ": %s", change->why);
	pcow_text_plain(buf, size, text);
}

void pcow_gated_name_format(char *buf, size_t size, const struct pcow_analysis *analysis,
			    const struct pcow_gated *gated)
{
	const struct pcow_stratum *stratum = &gated->comparison->stratum;
	const struct pcow_file *file = stratum->groups[0].boots[0].files[0];
	char name[PCOW_NAME_SIZE], text[2 * PCOW_NAME_SIZE], page[24];
	size_t used = 0;

	text[0] = '\0';
	pcow_bytes_format(page, sizeof(page), pcow_file_page_bytes(file));
	if (analysis->nr_comparisons > 1)
		used = (size_t)snprintf(text, sizeof(text),
					"%.60s %s %s: ", pcow_file_machine(file),
					pcow_file_clock(file), page);
	if (stratum->nr_groups > 2)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%.256s: ", stratum->groups[gated->group].name);
	pcow_line_name_format(name, sizeof(name), gated->line);
	snprintf(text + used, sizeof(text) - used, "%s", name);
	pcow_text_plain(buf, size, text);
}

void pcow_gate_summary_format(char *buf, size_t size, const struct pcow_analysis *analysis)
{
	const size_t *n = analysis->nr_gated;
	size_t total = n[PCOW_PASS] + n[PCOW_FAIL] + n[PCOW_INCONCLUSIVE];
	const char *would = analysis->nr_blocked ? "would " : "";
	size_t used;

	used = (size_t)snprintf(buf, size, "%s: ", pcow_gate_name(analysis->gate));
	if (!total) {
		snprintf(buf + used, size - used, PCOW_GATE_EMPTY);
		return;
	}
	used += (size_t)snprintf(buf + used, size - used,
				 "%zu gated line%s: %zu %sfail, %zu inconclusive, %zu %spass",
				 total, total == 1 ? "" : "s", n[PCOW_FAIL], would,
				 n[PCOW_INCONCLUSIVE], n[PCOW_PASS], would);
	if (analysis->no_turns)
		used += (size_t)snprintf(buf + used, size - used, "; boots took no turns");
	if (analysis->nr_odd)
		used += (size_t)snprintf(buf + used, size - used, "; %zu boot%s set aside",
					 analysis->nr_odd, analysis->nr_odd == 1 ? "" : "s");
	if (analysis->nr_blocked)
		snprintf(buf + used, size - used, "; the first note%s why there is no verdict",
			 analysis->nr_blocked == 1 ? " tells" : "s tell");
	else if (!n[PCOW_INCONCLUSIVE] || !analysis->boots_needed)
		return;
	/* Of fewer boots than are judged nobody knows how they vary. */
	else if (analysis->boots_needed <= analysis->policy->boots)
		snprintf(buf + used, size - used, "; judged from %zu boots a group on",
			 analysis->policy->boots);
	else
		snprintf(buf + used, size - used, "; %zu%s boots a group would tell",
			 analysis->boots_needed,
			 analysis->boots_needed == PCOW_BOOTS_MAX ? " or more" : "");
}
