/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `pincow gate --self-test` prints: how often the gate cries wolf, and
 * how often it sees one.
 */
#include <math.h>
#include <stddef.h>

#include "gate/gate.h"

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

#define TRIAL(member) offsetof(struct pcow_trial, member)

const struct pcow_field pcow_trial_fields[] = {
	{ "gates", PCOW_FIELD_COUNT, TRIAL(gates),
	  "made; `resampled` makes gates of each group against its base: this is their sum" },
	{ "lines", PCOW_FIELD_COUNT, TRIAL(metrics), "a gate, the most that any had" },
	{ "boots", PCOW_FIELD_COUNT, TRIAL(boots), "a group, the most that any had" },
	{ "passes", PCOW_FIELD_COUNT, TRIAL(passes),
	  "gates without a difference that said `PASS`" },
	{ "false_fails", PCOW_FIELD_COUNT, TRIAL(false_fails),
	  "gates without a difference that said `FAIL`" },
	{ "effect", PCOW_FIELD_REAL, TRIAL(effect), "injected regression, as a fraction" },
	{ "false_passes", PCOW_FIELD_COUNT, TRIAL(false_passes),
	  "gates with one line that much worse that said `PASS`" },
	{ "injected", PCOW_FIELD_COUNT, TRIAL(injected), "lines that had it" },
	{ "found", PCOW_FIELD_COUNT, TRIAL(found), "of these, lines that failed" },
	{ .name = NULL },
};

static json_t *trial_json(const struct pcow_trial *trial)
{
	json_t *json = json_object();

	if (json && pcow_fields_json(json, pcow_trial_fields, trial)) {
		json_decref(json);
		json = NULL;
	}
	return json;
}

json_t *pcow_trials_json(const struct pcow_trial *simulated, const struct pcow_trial *resampled)
{
	return json_pack("{s:o, s:o}", "simulated", trial_json(simulated), "resampled",
			 resampled ? trial_json(resampled) : json_null());
}
