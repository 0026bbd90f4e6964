/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate for GitHub Actions, as workflow commands: the verdict, a warning for
 * what stops the gate, an error for each line that fails, a warning for each that
 * is inconclusive, a notice for each note.  GitHub shows ten of a kind a step, so
 * that what decides comes first; the log holds them all.  And in markdown, for
 * the summary of the step.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gate/gate.h"

/* Escapes what ends a message, or a property where @special has its end, too. */
static void put_escaped(FILE *out, const char *text, const char *special)
{
	char plain[2 * PCOW_NAME_SIZE];

	pcow_text_plain(plain, sizeof(plain), text);
	for (const char *c = plain; *c; c++)
		fprintf(out, strchr(special, *c) ? "%%%02X" : "%c", (unsigned char)*c);
}

static void put_command(FILE *out, const char *command, const char *title, const char *message)
{
	fprintf(out, "::%s title=", command);
	put_escaped(out, title, "%:,");
	fputs("::", out);
	/* A carriage return or a newline cannot be there: they are no plain text. */
	put_escaped(out, message, "%");
	fputc('\n', out);
}

static void put_lines(FILE *out, const struct pcow_analysis *analysis,
		      const struct pcow_gated *list, size_t n, enum pcow_gate gate)
{
	char title[PCOW_NAME_SIZE], name[PCOW_NAME_SIZE - 16], sentence[PCOW_SENTENCE_SIZE];

	for (size_t i = 0; i < n; i++) {
		if (list[i].gate != gate)
			continue;
		pcow_gated_name_format(name, sizeof(name), analysis, &list[i]);
		snprintf(title, sizeof(title), "pincow: %s", name);
		pcow_gated_sentence_format(sentence, sizeof(sentence), &list[i]);
		put_command(out, gate == PCOW_FAIL ? "error" : "warning", title, sentence);
	}
}

/* Of a gate that is stopped its lines say nothing, and would hide why. */
int pcow_gate_github_write(FILE *out, const struct pcow_analysis *analysis,
			   const struct pcow_rendering *rendering)
{
	static const char *const levels[] = {
		[PCOW_PASS] = "notice",
		[PCOW_FAIL] = "error",
		[PCOW_INCONCLUSIVE] = "warning",
	};
	char summary[PCOW_SENTENCE_SIZE];
	struct pcow_gated *list;
	size_t n;

	(void)rendering;
	if (pcow_gated_list(&list, &n, analysis))
		return -ENOMEM;
	pcow_gate_summary_format(summary, sizeof(summary), analysis);
	put_command(out, levels[analysis->gate], "pincow gate", summary);
	for (size_t i = 0; i < analysis->nr_blocked; i++)
		put_command(out, "warning", "pincow note", analysis->notes[i]);
	if (!analysis->nr_blocked) {
		put_lines(out, analysis, list, n, PCOW_FAIL);
		put_lines(out, analysis, list, n, PCOW_INCONCLUSIVE);
	}
	for (size_t i = 0; i < analysis->nr_comparisons; i++)
		put_command(out, "notice", "pincow base",
			    analysis->comparisons[i].stratum.groups[0].name);
	for (size_t i = analysis->nr_blocked; i < analysis->nr_notes; i++)
		put_command(out, "notice", "pincow note", analysis->notes[i]);
	free(list);
	return 0;
}

static void put_markdown_rows(FILE *out, const struct pcow_analysis *analysis,
			      const struct pcow_gated *list, size_t n, enum pcow_gate gate)
{
	char name[PCOW_NAME_SIZE], sentence[PCOW_SENTENCE_SIZE];

	for (size_t i = 0; i < n; i++) {
		if (list[i].gate != gate)
			continue;
		pcow_gated_name_format(name, sizeof(name), analysis, &list[i]);
		pcow_gated_sentence_format(sentence, sizeof(sentence), &list[i]);
		fprintf(out, "| %s | ", pcow_gate_name(gate));
		pcow_markdown_write(out, name);
		fputs(" | ", out);
		pcow_markdown_write(out, sentence);
		fputs(" |\n", out);
	}
}

/* The lines that decide, failing ones first; what was compared is folded. */
int pcow_gate_summary_write(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering)
{
	char summary[PCOW_SENTENCE_SIZE];
	struct pcow_gated *list;
	size_t n;
	int ret;

	if (pcow_gated_list(&list, &n, analysis))
		return -ENOMEM;
	pcow_gate_summary_format(summary, sizeof(summary), analysis);
	fprintf(out, "## pincow gate: %s\n\n", summary);
	for (size_t i = 0; i < analysis->nr_blocked; i++) {
		fputs("- ", out);
		pcow_markdown_write(out, analysis->notes[i]);
		fputc('\n', out);
	}
	if (analysis->gate != PCOW_PASS && !analysis->nr_blocked && n) {
		fputs("| gate | line | verdict |\n|---|---|---|\n", out);
		put_markdown_rows(out, analysis, list, n, PCOW_FAIL);
		put_markdown_rows(out, analysis, list, n, PCOW_INCONCLUSIVE);
	}
	free(list);
	fputs("\n<details><summary>What was compared</summary>\n\n", out);
	ret = pcow_compare_markdown_write(out, analysis, rendering);
	fputs("\n</details>\n", out);
	return ret;
}
