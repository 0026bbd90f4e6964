/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An analysis as JSON: `compare --json` and `gate --json`, which
 * results/README.md defines.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"

json_t *pcow_real_json(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Any text; NULL only when out of memory. */
static json_t *text_json(const char *text)
{
	size_t size = strlen(text) + 1;
	char *plain = malloc(size);
	json_t *json = NULL;

	if (plain) {
		pcow_text_plain(plain, size, text);
		json = json_string(plain);
	}
	free(plain);
	return json;
}

/* Appends to an array, or gives up on it: for loops that build one. */
static json_t *append(json_t *array, json_t *item)
{
	if (array && json_array_append_new(array, item) == 0)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *texts_json(char *const *texts, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++)
		array = append(array, text_json(texts[i]));
	return array;
}

static json_t *policy_json(const struct pcow_policy *policy)
{
	json_t *effects = json_object(), *allowed = json_array();

	for (int stop = 0; allowed && stop < PCOW_NR_STOPS; stop++)
		if (policy->allowed & (1U << stop))
			json_array_append_new(allowed, json_string(pcow_stop_name(stop)));
	for (size_t i = 0; effects && i < policy->nr_effects; i++)
		json_object_set_new(effects, policy->effects[i].metric,
				    pcow_real_json(policy->effects[i].fraction));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "cases",
			 texts_json(policy->cases, policy->nr_cases), "metrics",
			 texts_json(policy->metrics, policy->nr_metrics), "ignored",
			 texts_json(policy->ignored, policy->nr_ignored), "effects", effects,
			 "alarms", pcow_real_json(policy->alarms), "confidence",
			 pcow_real_json(policy->confidence), "power", pcow_real_json(policy->power),
			 "boots", (json_int_t)policy->boots, "invalid",
			 pcow_real_json(policy->invalid), "workers",
			 pcow_real_json(policy->workers), "lost", pcow_real_json(policy->lost),
			 "allowed", allowed);
}

/* ------------------------------------------------------------------ groups */

static json_t *boot_json(const struct pcow_boot *boot)
{
	json_t *files = json_array();

	for (size_t i = 0; files && i < boot->nr_files; i++)
		files = append(files, text_json(boot->files[i]->path));
	return json_pack("{s:o, s:o}", "block",
			 boot->block ? json_integer((json_int_t)boot->block) : json_null(), "files",
			 files);
}

/* What all files of a group say, or null. */
static json_t *common_json(const struct pcow_group *group, pcow_file_text *of)
{
	const char *text = pcow_group_text(group, of);

	return text ? text_json(text) : json_null();
}

static json_t *group_json(const struct pcow_stratum *stratum, size_t index)
{
	const struct pcow_group *group = &stratum->groups[index];
	uint64_t page_bytes = pcow_file_page_bytes(group->boots[0].files[0]);
	json_t *boots = json_array();

	for (size_t i = 0; boots && i < group->nr_boots; i++)
		boots = append(boots, boot_json(&group->boots[i]));
	return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "name",
			 text_json(group->name), "twin", index && index == stratum->twin, "machine",
			 common_json(group, pcow_file_machine), "hostname",
			 common_json(group, pcow_file_hostname), "cpu",
			 common_json(group, pcow_file_cpu), "kernel",
			 common_json(group, pcow_file_release), "model",
			 common_json(group, pcow_file_model), "page_bytes", (json_int_t)page_bytes,
			 "boots", boots);
}

/* ------------------------------------------------------------------- lines */

static json_t *arm_json(const struct pcow_arm *arm, const struct pcow_group *group)
{
	json_t *values = json_array();

	for (size_t i = 0; values && i < group->nr_boots; i++)
		values = append(values, pcow_real_json(arm->values[i]));
	return json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:o}", "group",
			 text_json(group->name), "n", (json_int_t)arm->n, "median",
			 pcow_real_json(arm->median), "low", pcow_real_json(arm->low), "high",
			 pcow_real_json(arm->high), "values", values, "present", arm->present,
			 "status", pcow_status_name(arm->status), "reason", text_json(arm->reason),
			 "remedy", text_json(arm->remedy), "invalid_fraction",
			 pcow_real_json(arm->invalid_fraction));
}

static json_t *rank_json(const struct pcow_shift *rank)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "change", pcow_real_json(rank->estimate),
			 "low", pcow_real_json(rank->low), "high", pcow_real_json(rank->high), "p",
			 pcow_real_json(rank->p), "confidence", pcow_real_json(rank->confidence));
}

/* What a line counts for is said where a gate was asked: of @gate. */
static json_t *change_json(const struct pcow_change *change, const struct pcow_group *group,
			   const struct pcow_analysis *gate)
{
	bool stopped = gate && gate->nr_blocked;
	const char *name =
		pcow_gate_name(stopped ? PCOW_INCONCLUSIVE : pcow_verdict_gate(change->verdict));
	json_t *needed = change->boots_needed ? json_integer((json_int_t)change->boots_needed)
					      : json_null();

	return json_pack(
		"{s:o, s:I, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
		"s:o, s:s, s:o, s:b, s:s*}",
		"group", text_json(group->name), "n", (json_int_t)change->n, "paired",
		change->paired, "relative", change->is_relative, "deterministic",
		change->deterministic, "change", pcow_real_json(change->shift), "low",
		pcow_real_json(change->low), "high", pcow_real_json(change->high), "rank",
		rank_json(&change->rank), "p", pcow_real_json(change->p), "q",
		pcow_real_json(change->q), "q_any", pcow_real_json(change->q_any), "noise",
		pcow_real_json(change->noise), "effect", pcow_real_json(change->effect),
		"detectable", pcow_real_json(change->detectable), "boots_needed", needed, "verdict",
		pcow_verdict_name(change->verdict), "why", text_json(change->why), "gated",
		change->gated, "gate", gate ? name : NULL);
}

static bool takes(const struct pcow_line *line, const struct pcow_change *change, bool gate)
{
	return gate ? change->gated : line->shown;
}

static json_t *line_json(const struct pcow_comparison *comparison, const struct pcow_line *line,
			 const struct pcow_analysis *gate)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	const struct pcow_series *series = line->series;
	json_t *arms = json_array(), *changes = json_array();

	for (size_t i = 0; arms && i < stratum->nr_groups; i++)
		arms = append(arms, arm_json(&line->arms[i], &stratum->groups[i]));
	for (size_t i = 1; changes && i < stratum->nr_groups; i++)
		if (takes(line, &line->changes[i], gate))
			changes = append(changes,
					 change_json(&line->changes[i], &stratum->groups[i], gate));
	return json_pack("{s:s, s:o, s:s, s:s, s:b, s:o, s:o}", "scenario", series->scenario,
			 "params", pcow_params_json(series->params, series->nr_params), "metric",
			 series->metric, "unit", series->unit, "headline",
			 line->series->is_headline, "arms", arms, "changes", changes);
}

static bool has_change(const struct pcow_line *line, size_t nr_groups, bool gate)
{
	for (size_t i = 1; i < nr_groups; i++)
		if (takes(line, &line->changes[i], gate))
			return true;
	return false;
}

static json_t *comparison_json(const struct pcow_comparison *comparison,
			       const struct pcow_analysis *gate)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	json_t *groups = json_array(), *lines = json_array();

	for (size_t i = 0; groups && i < stratum->nr_groups; i++)
		groups = append(groups, group_json(stratum, i));
	for (size_t i = 0; lines && i < comparison->nr_lines; i++)
		if (has_change(&comparison->lines[i], stratum->nr_groups, gate))
			lines = append(lines, line_json(comparison, &comparison->lines[i], gate));
	return json_pack("{s:s, s:o, s:o}", "clock_domain",
			 pcow_file_clock(stratum->groups[0].boots[0].files[0]), "groups", groups,
			 "lines", lines);
}

static json_t *analysis_json(const struct pcow_analysis *analysis,
			     const struct pcow_rendering *rendering, bool gate)
{
	json_t *comparisons = json_array();

	for (size_t i = 0; comparisons && i < analysis->nr_comparisons; i++)
		comparisons = append(comparisons, comparison_json(&analysis->comparisons[i],
								  gate ? analysis : NULL));
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "version", rendering->version, "command",
			 text_json(rendering->command), "policy", policy_json(analysis->policy),
			 "notes", texts_json(analysis->notes, analysis->nr_notes), "comparisons",
			 comparisons);
}

/* ----------------------------------------------------------------- writers */

int pcow_json_write(FILE *out, json_t *json)
{
	if (!json)
		return -ENOMEM;
	/* What @out does not take its user sees by ferror(). */
	json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(PCOW_JSON_DIGITS));
	fputc('\n', out);
	json_decref(json);
	return 0;
}

int pcow_compare_json_write(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering)
{
	return pcow_json_write(out, analysis_json(analysis, rendering, false));
}

static json_t *verdict_json(const struct pcow_analysis *analysis)
{
	const size_t *n = analysis->nr_gated;
	const size_t stopped[] = { [PCOW_INCONCLUSIVE] =
					   n[PCOW_PASS] + n[PCOW_FAIL] + n[PCOW_INCONCLUSIVE] };

	n = analysis->nr_blocked ? stopped : n;
	return json_pack("{s:s, s:I, s:{s:I, s:I, s:I}, s:o}", "gate",
			 pcow_gate_name(analysis->gate), "blocked",
			 (json_int_t)analysis->nr_blocked, "gated", "pass",
			 (json_int_t)n[PCOW_PASS], "fail", (json_int_t)n[PCOW_FAIL], "inconclusive",
			 (json_int_t)n[PCOW_INCONCLUSIVE], "boots_needed",
			 analysis->boots_needed ? json_integer((json_int_t)analysis->boots_needed)
						: json_null());
}

int pcow_gate_json_write(FILE *out, const struct pcow_analysis *analysis,
			 const struct pcow_rendering *rendering)
{
	json_t *json = verdict_json(analysis);

	if (json && json_object_update_new(json, analysis_json(analysis, rendering, true))) {
		json_decref(json);
		json = NULL;
	}
	return pcow_json_write(out, json);
}
