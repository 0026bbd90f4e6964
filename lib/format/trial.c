/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `pincow gate --self-test` prints: how often the gate cries wolf, and
 * how often it sees one.
 */
#include <math.h>

#include "analysis.h"

/* How sure the bound below is. */
#define BOUND_CONFIDENCE 0.95

static double share(size_t n, size_t of)
{
	return of ? (double)n / (double)of : NAN;
}

/* ", 95 % sure: below 1.0 %": exact where nothing was seen, which is what the gate promises. */
static void print_bound(FILE *out, size_t n, size_t of)
{
	char bound[PCOW_CELL_SIZE];

	if (n || !of)
		return;
	pcow_percent_format(bound, sizeof(bound),
			    1.0 - pow(1.0 - BOUND_CONFIDENCE, 1.0 / (double)of), false, " %");
	fprintf(out, " (%.0f %% sure: below %s)", 100.0 * BOUND_CONFIDENCE, bound);
}

/* @most: what stands before a number of lines and boots that not every group has */
static void print_trial(FILE *out, const char *title, const struct pcow_trial *trial,
			const char *most, bool color)
{
	char effect[PCOW_CELL_SIZE], power[PCOW_CELL_SIZE], alarms[PCOW_CELL_SIZE];
	char passes[PCOW_CELL_SIZE];

	pcow_percent_format(effect, sizeof(effect), trial->effect, true, " %");
	pcow_percent_format(power, sizeof(power), share(trial->found, trial->injected), false,
			    " %");
	pcow_percent_format(alarms, sizeof(alarms), share(trial->false_fails, trial->gates), false,
			    " %");
	fprintf(out, "%s%s%s: %zu gate%s of %s%zu line%s, %s%zu boots a group\n",
		color ? "\033[1m" : "", title, color ? "\033[0m" : "", trial->gates,
		trial->gates == 1 ? "" : "s", most, trial->metrics, trial->metrics == 1 ? "" : "s",
		most, trial->boots);
	fprintf(out, "  no difference: %zu said FAIL, %s of the gates", trial->false_fails,
		*alarms ? alarms : "none");
	print_bound(out, trial->false_fails, trial->gates);
	pcow_percent_format(passes, sizeof(passes), share(trial->passes, trial->gates), false,
			    " %");
	fprintf(out, "\n                 %zu said PASS, %s", trial->passes,
		*passes ? passes : "none");
	fprintf(out, "\n  one line %s worse: found in %zu of %zu gates, power %s; %zu said PASS\n",
		effect, trial->found, trial->injected, *power ? power : "unknown",
		trial->false_passes);
}

void pcow_trials_print(FILE *out, const struct pcow_trial *simulated,
		       const struct pcow_trial *resampled, bool color)
{
	print_trial(out, "Simulated boots", simulated, "", color);
	if (resampled)
		print_trial(out, "Own boots, dealt out anew", resampled, "up to ", color);
}

static json_t *trial_json(const struct pcow_trial *trial)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:I, s:o, s:I, s:o, s:I, s:I, s:o}", "gates",
			 (json_int_t)trial->gates, "lines", (json_int_t)trial->metrics, "boots",
			 (json_int_t)trial->boots, "passes", (json_int_t)trial->passes, "pass_rate",
			 pcow_real_json(share(trial->passes, trial->gates)), "false_fails",
			 (json_int_t)trial->false_fails, "false_fail_rate",
			 pcow_real_json(share(trial->false_fails, trial->gates)), "false_passes",
			 (json_int_t)trial->false_passes, "effect", pcow_real_json(trial->effect),
			 "injected", (json_int_t)trial->injected, "found", (json_int_t)trial->found,
			 "power", pcow_real_json(share(trial->found, trial->injected)));
}

json_t *pcow_trials_json(const struct pcow_trial *simulated, const struct pcow_trial *resampled)
{
	return json_pack("{s:o, s:o}", "simulated", trial_json(simulated), "resampled",
			 resampled ? trial_json(resampled) : json_null());
}
