/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How to read the page: what its words mean under the policy that judged it.
 */
#include "report/report.h"

static const struct {
	enum pcow_verdict verdict;
	const char *meaning;
} words[] = {
	{ PCOW_WORSE, "shown to be more than the minimum effect" },
	{ PCOW_BETTER, "the same, the other way" },
	{ PCOW_LIKELY_WORSE, "shown to be worse; by the minimum effect, not for sure enough" },
	{ PCOW_LIKELY_BETTER, "the same, the other way" },
	{ PCOW_WORSE_SMALL, "shown to be worse, and by less than the minimum effect" },
	{ PCOW_BETTER_SMALL, "the same, the other way" },
	{ PCOW_SAME, "the whole interval lies within the minimum effect" },
	{ PCOW_NO_WORSE, "the interval ends below the minimum effect; it may be better" },
	{ PCOW_UNCLEAR, "none of these: more boots would tell" },
	{ PCOW_TOO_FEW, "fewer boots than the policy judges; a look, no evidence" },
	{ PCOW_OTHER_WORK, "the kernels did not do the same, so that costs do not compare: "
			   "one copied a page where the other kept it, say" },
	{ PCOW_WORK_CHANGED, "the count of work that differs there" },
	{ PCOW_WORK_SAME, "the count of work is the base's" },
	{ PCOW_BROKEN, "the base did what the case says, this group did not" },
	{ PCOW_MISSING, "one of the two has no figure" },
};

static void clock_print(FILE *out, const struct pcow_analysis *analysis)
{
	fputs("<dt>clock</dt><dd>", out);
	if (pcow_analysis_has_clock(analysis, true))
		fputs("<strong>Counted instructions are not latency.</strong> They show what the "
		      "kernel executes, to the digit and on any machine; no cache miss, TLB miss, "
		      "IPI or lock contention is in them. Boots of one kernel give the same count "
		      "and are one observation.</dd>\n",
		      out);
	if (pcow_analysis_has_clock(analysis, false))
		fputs("Wall time, less the cost of the timer. It holds for the host that measured "
		      "it.</dd>\n",
		      out);
}

static void effect_print(FILE *out, const struct pcow_analysis *analysis)
{
	bool counted = pcow_analysis_has_clock(analysis, true);
	const struct pcow_policy *policy = analysis->policy;

	fprintf(out,
		"<dt>minimum effect</dt><dd>What is smaller does not matter: %.3g&nbsp;%% for a "
		"cost, %.3g&nbsp;%% for its p99, unless the policy says otherwise for a metric; "
		"of counted instructions no less than what unrelated changes of a guest move a "
		"case by.</dd>\n",
		100.0 * pcow_policy_effect(policy, "latency", PCOW_METRIC_COST, counted),
		100.0 * pcow_policy_effect(policy, "p99", PCOW_METRIC_COST, counted));
}

static void words_print(FILE *out)
{
	fputs("<dt>verdict</dt><dd><ul>\n", out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		fprintf(out, "<li><strong>%s</strong>: %s</li>\n",
			pcow_verdict_name(words[i].verdict), words[i].meaning);
	fputs("</ul></dd>\n", out);
}

void pcow_report_guide(FILE *out, const struct pcow_analysis *analysis)
{
	const struct pcow_policy *policy = analysis->policy;

	fputs("<dl>\n"
	      "<dt>figure</dt><dd>The median over a group's boots, of one value a boot. "
	      "Operations are never pooled over boots: two boots of one kernel differ by more "
	      "than the samples of one. The ± beside it is the boots' own interval.</dd>\n",
	      out);
	fprintf(out,
		"<dt>change</dt><dd>Against the base; below 0 is less. In brackets its "
		"interval by t, each end of it with %.3g&nbsp;%% confidence, of differences "
		"within blocks where n says pairs, else Welch's; the family's lines lend each "
		"other degrees of freedom.</dd>\n"
		"<dt>noise</dt><dd>What two groups like the base would differ by if nothing had "
		"changed (A/A).</dd>\n",
		100.0 * policy->confidence);
	effect_print(out, analysis);
	fprintf(out,
		"<dt>n</dt><dd>Boots of the smaller group, or pairs. Below %zu nothing is "
		"judged.</dd>\n",
		policy->boots);
	words_print(out);
	fprintf(out,
		"<dt>gate</dt><dd>Counts the policy's family only: FAIL when a figure is worse, "
		"with a chance of %.3g&nbsp;%% that none is, or its claim broken; PASS when all "
		"are "
		"shown not to be; else INCONCLUSIVE.</dd>\n",
		100.0 * policy->alarms);
	clock_print(out, analysis);
	fputs("</dl>\n", out);
}
