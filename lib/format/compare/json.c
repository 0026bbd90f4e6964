/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An analysis as JSON: `compare --json` and `gate --json`, which
 * results/README.md defines.
 */
#include "compare/analysis.h"

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
		array = append(array, pcow_text_json(texts[i]));
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
		files = append(files, pcow_text_json(boot->files[i]->path));
	return json_pack("{s:o, s:o}", "block",
			 boot->block ? json_integer((json_int_t)boot->block) : json_null(), "files",
			 files);
}

/* What all files of a group say, or null. */
static json_t *common_json(const struct pcow_group *group, pcow_file_text *of)
{
	const char *text = pcow_group_text(group, of);

	return text ? pcow_text_json(text) : json_null();
}

static json_t *group_json(const struct pcow_stratum *stratum, size_t index)
{
	const struct pcow_group *group = &stratum->groups[index];
	uint64_t page_bytes = pcow_file_page_bytes(group->boots[0].files[0]);
	json_t *boots = json_array();

	for (size_t i = 0; boots && i < group->nr_boots; i++)
		boots = append(boots, boot_json(&group->boots[i]));
	return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "name",
			 pcow_text_json(group->name), "twin", index && index == stratum->twin,
			 "machine", common_json(group, pcow_file_machine), "hostname",
			 common_json(group, pcow_file_hostname), "cpu",
			 common_json(group, pcow_file_cpu), "kernel",
			 common_json(group, pcow_file_release), "model",
			 common_json(group, pcow_file_model), "page_bytes", (json_int_t)page_bytes,
			 "boots", boots);
}

/* ------------------------------------------------------------------- lines */

/* Takes @object, to which it adds the fields; NULL when out of memory. */
static json_t *with_fields(json_t *object, const struct pcow_field *fields, const void *of)
{
	if (!object || !pcow_fields_json(object, fields, of))
		return object;
	json_decref(object);
	return NULL;
}

static json_t *arm_json(const struct pcow_arm *arm, const struct pcow_group *group)
{
	json_t *values = json_array();

	for (size_t i = 0; values && i < group->nr_boots; i++)
		values = append(values, pcow_real_json(arm->values[i]));
	return with_fields(
		json_pack("{s:o, s:o, s:s, s:o, s:o}", "group", pcow_text_json(group->name),
			  "values", values, "status", pcow_status_name(arm->status), "reason",
			  pcow_text_json(arm->reason), "remedy", pcow_text_json(arm->remedy)),
		pcow_arm_fields, arm);
}

/* What a line counts for is said where a gate was asked: of @gate. */
static json_t *change_json(const struct pcow_change *change, const struct pcow_group *group,
			   const struct pcow_analysis *gate)
{
	bool stopped = gate && gate->nr_blocked;
	const char *name =
		pcow_gate_name(stopped ? PCOW_INCONCLUSIVE : pcow_verdict_gate(change->verdict));

	return with_fields(json_pack("{s:o, s:s*}", "group", pcow_text_json(group->name), "gate",
				     gate ? name : NULL),
			   pcow_change_fields, change);
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

json_t *pcow_analysis_json(const struct pcow_analysis *analysis,
			   const struct pcow_rendering *rendering, bool gate)
{
	json_t *comparisons = json_array();

	for (size_t i = 0; comparisons && i < analysis->nr_comparisons; i++)
		comparisons = append(comparisons, comparison_json(&analysis->comparisons[i],
								  gate ? analysis : NULL));
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "version", rendering->version, "command",
			 pcow_text_json(rendering->command), "policy",
			 policy_json(analysis->policy), "notes",
			 texts_json(analysis->notes, analysis->nr_notes), "comparisons",
			 comparisons);
}

int pcow_compare_json_write(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering)
{
	return pcow_json_write(out, pcow_analysis_json(analysis, rendering, false));
}
