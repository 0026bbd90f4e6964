/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate as KTAP version 1, which the kernel's Documentation/dev-tools/
 * ktap.rst defines.  An inconclusive line is a SKIP with its reason.  Where no
 * line is gated, the plan itself is one, as kselftest.h's ksft_exit_skip() has
 * it: KUnit's parser calls that "no tests run", and TAP's NOTESTS.
 */
#include <errno.h>
#include <stdlib.h>

#include "gate/gate.h"

/* Neither a name nor a reason may hold what begins a directive. */
static void hide_hash(char *text)
{
	for (; *text; text++)
		if (*text == '#')
			*text = '?';
}

static void put_diagnostic(FILE *out, const char *text)
{
	char plain[2 * PCOW_NAME_SIZE];

	pcow_text_plain(plain, sizeof(plain), text);
	fprintf(out, "# %s\n", plain);
}

static void put_heads(FILE *out, const struct pcow_analysis *analysis)
{
	char text[PCOW_NAME_SIZE], line[2 * PCOW_NAME_SIZE];

	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		const struct pcow_stratum *stratum = &analysis->comparisons[i].stratum;

		pcow_stratum_format(text, sizeof(text), stratum);
		put_diagnostic(out, text);
		for (size_t j = 0; j < stratum->nr_groups; j++) {
			pcow_group_format(text, sizeof(text), stratum, j);
			snprintf(line, sizeof(line), "%s %.700s: %s", j ? "new" : "base",
				 stratum->groups[j].name, text);
			put_diagnostic(out, line);
		}
	}
	for (size_t i = 0; i < analysis->nr_notes; i++)
		put_diagnostic(out, analysis->notes[i]);
}

static void put_result(FILE *out, const struct pcow_analysis *analysis,
		       const struct pcow_gated *gated, size_t number)
{
	char name[PCOW_NAME_SIZE], sentence[PCOW_SENTENCE_SIZE];

	pcow_gated_name_format(name, sizeof(name), analysis, gated);
	pcow_gated_sentence_format(sentence, sizeof(sentence), gated);
	hide_hash(name);
	hide_hash(sentence);
	if (gated->gate == PCOW_INCONCLUSIVE) {
		fprintf(out, "ok %zu %s # SKIP %s\n", number, name, sentence);
		return;
	}
	fprintf(out, "# %s: %s\n", name, sentence);
	fprintf(out, "%s %zu %s\n", gated->gate == PCOW_FAIL ? "not ok" : "ok", number, name);
}

int pcow_gate_ktap_write(FILE *out, const struct pcow_analysis *analysis,
			 const struct pcow_rendering *rendering)
{
	char summary[PCOW_SENTENCE_SIZE];
	struct pcow_gated *list;
	size_t n;

	(void)rendering;
	if (pcow_gated_list(&list, &n, analysis))
		return -ENOMEM;
	fprintf(out, "KTAP version 1\n1..%zu%s\n", n, n ? "" : " # SKIP " PCOW_GATE_EMPTY);
	put_heads(out, analysis);
	for (size_t i = 0; i < n; i++)
		put_result(out, analysis, &list[i], i + 1);
	pcow_gate_summary_format(summary, sizeof(summary), analysis);
	put_diagnostic(out, summary);
	free(list);
	return 0;
}
