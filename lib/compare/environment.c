/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where boots ran, from the headers of their files.
 */
#include "environment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/units.h>

/* Groups of other sizes may be the same mixture less what so many boots lost. */
#define LOST_ONE_IN 4

static const struct pcow_fact facts[] = {
	{ "COW model", FROM_MODEL, NULL, "name", .weight = STOPS_WITHIN, .stop = PCOW_STOP_MIXED },
	{ "COW model rests on", FROM_MODEL, NULL, "evidence", .weight = TOLD },
	{ "Kernel release", FROM_HOST, "kernel", "release", .weight = STOPS_WITHIN,
	  .stop = PCOW_STOP_MIXED },
	{ "Kernel version", FROM_HOST, "kernel", "version", .form = AS_PREEMPTION,
	  .weight = NOTED },
	{ "Kernel build id", FROM_HOST, "kernel", "build_id", .weight = STOPS_WITHIN,
	  .stop = PCOW_STOP_MIXED },
	{ "Kernel command line", FROM_HOST, "kernel", "cmdline", .form = AS_CMDLINE,
	  .weight = NOTED },
	{ "Kernel config SHA-256", FROM_HOST, "kernel", "config_sha256", .weight = NOTED },
	{ "Compiler", FROM_HOST, "kernel", "compiler", .weight = NOTED },
	{ "Lab", FROM_HOST, NULL, "lab", .weight = TOLD },
	{ "Host", FROM_HOST, NULL, "hostname", .weight = STOPS, .keys = BY_HOST,
	  .stop = PCOW_STOP_HOST },
	{ "Architecture", FROM_HOST, NULL, "machine", .weight = TOLD },
	{ "Hypervisor", FROM_HOST, NULL, "hypervisor", .weight = NOTED, .keys = BY_HOST },
	{ "CPU", FROM_HOST, "cpu", "model", .weight = STOPS, .keys = BY_HOST,
	  .stop = PCOW_STOP_CPU },
	{ "Microcode", FROM_HOST, "cpu", "microcode", .weight = NOTED, .keys = BY_HOST },
	{ "CPUs online", FROM_HOST, "cpu", "online", .weight = NOTED, .keys = BY_HOST },
	{ "Packages", FROM_HOST, "topology", "packages", .weight = NOTED, .keys = BY_HOST },
	{ "Cores", FROM_HOST, "topology", "cores", .weight = NOTED, .keys = BY_HOST },
	{ "NUMA nodes", FROM_HOST, "topology", "numa_nodes", .form = AS_COUNT, .weight = NOTED,
	  .keys = BY_HOST },
	{ "SMT", FROM_HOST, "cpu", "smt", .weight = NOTED, .keys = BY_HOST },
	{ "Frequency driver", FROM_HOST, "cpu", "driver", .weight = NOTED, .keys = BY_HOST },
	{ "Governor", FROM_HOST, "cpu", "governor", .weight = NOTED },
	{ "Boost", FROM_HOST, "cpu", "boost", .weight = NOTED },
	{ "Clock source", FROM_HOST, NULL, "clocksource", .weight = STOPS, .keys = PCOW_KEY_ARCH,
	  .stop = PCOW_STOP_CLOCKSOURCE },
	{ "CPU of workers", FROM_WORKERS, NULL, "cpu", .weight = NOTED, .keys = BY_HOST },
	{ "Clock of workers", FROM_WORKERS, NULL, "source", .weight = STOPS, .keys = PCOW_KEY_ARCH,
	  .stop = PCOW_STOP_CLOCKSOURCE },
	{ "Memory", FROM_HOST, "memory", "total_bytes", .form = AS_SIZE, .weight = NOTED },
	{ "Page size", FROM_HOST, "memory", "page_bytes", .form = AS_BYTES, .weight = TOLD },
	{ "Swap", FROM_HOST, "memory", "swap_total_bytes", .form = AS_BYTES, .weight = NOTED,
	  .keys = BY_HOST },
	{ "THP", FROM_HOST, "memory", "thp_enabled", .weight = STOPS, .stop = PCOW_STOP_THP },
	{ "THP defrag", FROM_HOST, "memory", "thp_defrag", .weight = STOPS, .stop = PCOW_STOP_THP },
	{ "mTHP ", FROM_HOST, "memory", "mthp", .members = true, .weight = STOPS,
	  .stop = PCOW_STOP_THP },
	{ "Huge pages", FROM_HOST, "memory", "hugepages", .weight = TOLD },
	{ "KSM", FROM_HOST, "memory", "ksm_run", .weight = NOTED },
	{ "NUMA balancing", FROM_HOST, "memory", "numa_balancing", .weight = NOTED },
	{ "DAMON", FROM_HOST, "memory", "damon", .weight = NOTED },
	/* What it keeps from running says so. */
	{ "Locked memory limit", FROM_HOST, "limits", "memlock_bytes", .form = AS_BYTES,
	  .weight = TOLD },
	{ "pincow", FROM_VERSION, NULL, NULL, .weight = STOPS, .stop = PCOW_STOP_PINCOW },
	{ "Profile", FROM_CONFIG, NULL, "profile", .weight = NOTED },
	/* Cases that one side lacks are told one by one. */
	{ "Scenarios asked for", FROM_CONFIG, NULL, "scenarios", .weight = TOLD },
	{ "Parameters set", FROM_CONFIG, NULL, "sets", .weight = TOLD },
	{ "Workers a case", FROM_CONFIG, NULL, "replicates", .weight = NOTED },
	{ "Precision asked for", FROM_CONFIG, NULL, "precision", .weight = NOTED },
	{ "Seed of the order", FROM_CONFIG, NULL, "seed", .weight = TOLD },
	{ "CPU asked for", FROM_CONFIG, NULL, "cpu", .weight = NOTED },
	{ "Host prepared", FROM_CONFIG, NULL, "prepare", .weight = NOTED },
	{ "Feature ", FROM_MODEL, NULL, "features", .members = true, .weight = TOLD },
	{ "Mitigation ", FROM_HOST, NULL, "mitigations", .members = true, .form = AS_STATE,
	  .weight = STOPS, .keys = BY_HOST, .stop = PCOW_STOP_MITIGATIONS },
};

/* ------------------------------------------------------------------- values */

static const json_t *value_of(const struct pcow_header *header, const struct pcow_fact *fact,
			      const char *member)
{
	const json_t *tree = fact->source == FROM_HOST	  ? header->host
			     : fact->source == FROM_MODEL ? header->model
							  : header->config;
	const json_t *value;

	if (fact->group)
		tree = json_object_get(tree, fact->group);
	value = json_object_get(tree, fact->key);
	if (!member)
		return value;
	value = json_object_get(value, member);
	/* What was seen of a feature; how, probe tells. */
	return fact->source == FROM_MODEL ? json_object_get(value, "seen") : value;
}

static void integer_write(FILE *out, json_int_t value, enum pcow_fact_form form)
{
	const char *unit;
	double scaled;

	if (form != AS_BYTES && form != AS_SIZE) {
		fprintf(out, "%" JSON_INTEGER_FORMAT, value);
	} else if (value < 0) {
		fputs("no limit", out);
	} else {
		scaled = pcow_bytes_scale((double)value, &unit);
		fprintf(out, "%.4g %s", scaled, unit);
	}
}

static void value_write(FILE *out, const json_t *value, enum pcow_fact_form form);

static void members_write(FILE *out, const json_t *value)
{
	const char *key, *comma = "";
	json_t *member;
	size_t i;

	json_object_foreach ((json_t *)value, key, member) {
		fprintf(out, "%s%s ", comma, key);
		value_write(out, member, AS_IT_IS);
		comma = ", ";
	}
	json_array_foreach (value, i, member) {
		fputs(comma, out);
		value_write(out, member, AS_IT_IS);
		comma = ", ";
	}
	if (!*comma)
		fputs("none", out);
}

static void value_write(FILE *out, const json_t *value, enum pcow_fact_form form)
{
	if (form == AS_COUNT && json_is_array(value))
		fprintf(out, "%zu", json_array_size(value));
	else if (json_is_object(value) || json_is_array(value))
		members_write(out, value);
	else if (json_is_string(value))
		fputs(json_string_length(value) ? json_string_value(value) : "none", out);
	else if (json_is_integer(value))
		integer_write(out, json_integer_value(value), form);
	else if (json_is_real(value))
		fprintf(out, "%g", json_real_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", out);
	else
		fputs(PCOW_NOT_KNOWN, out);
}

static char *worker_text(const struct pcow_clock_summary *clock, const char *key)
{
	char text[24];

	if (!*clock->source)
		return strdup(PCOW_NOT_KNOWN);
	if (strcmp(key, "source") == 0)
		return strdup(clock->source);
	if (clock->cpu == PCOW_SEVERAL_CPUS)
		return strdup("several");
	snprintf(text, sizeof(text), "%" PRId64, clock->cpu);
	return strdup(clock->cpu < 0 ? PCOW_NOT_KNOWN : text);
}

/* In words, freed by the caller; NULL without memory. */
static char *value_text(const struct pcow_file *file, const struct pcow_fact *fact,
			const char *member)
{
	char *text = NULL;
	size_t length;
	FILE *out;

	if (fact->source == FROM_VERSION)
		return strdup(file->header.version);
	if (fact->source == FROM_WORKERS)
		return worker_text(&file->clock, fact->key);
	out = open_memstream(&text, &length);
	if (!out)
		return NULL;
	value_write(out, value_of(&file->header, fact, member), fact->form);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* -------------------------------------------------------------------- cells */

/* Counts a boot once for each text that its runs have; 0 or -ENOMEM. */
static int cell_count(json_t *cell, const struct pcow_boot *boot, const struct pcow_fact *fact,
		      const char *member)
{
	json_t *seen = json_object(), *unused;
	int ret = seen ? 0 : -ENOMEM;
	const char *key;

	for (size_t k = 0; !ret && k < boot->nr_files; k++) {
		char *text = value_text(boot->files[k], fact, member);

		if (!text || json_object_set_new(seen, text, json_true()))
			ret = -ENOMEM;
		free(text);
	}
	json_object_foreach (seen, key, unused) {
		json_int_t n = json_integer_value(json_object_get(cell, key));

		if (json_object_set_new(cell, key, json_integer(n + 1)))
			ret = -ENOMEM;
	}
	json_decref(seen);
	return ret;
}

static json_t *cell_make(const struct pcow_group *group, const struct pcow_fact *fact,
			 const char *member)
{
	json_t *cell = json_object();

	for (size_t i = 0; cell && i < group->nr_boots; i++) {
		if (cell_count(cell, &group->boots[i], fact, member)) {
			json_decref(cell);
			cell = NULL;
		}
	}
	return cell;
}

static json_int_t cell_sum(const json_t *cell)
{
	json_t *count;
	const char *text;
	json_int_t sum = 0;

	json_object_foreach ((json_t *)cell, text, count)
		sum += json_integer_value(count);
	return sum;
}

bool pcow_environment_alike(const json_t *a, const json_t *b)
{
	json_int_t n_a = cell_sum(a), n_b = cell_sum(b), slack = 0;
	const json_int_t less = n_a < n_b ? n_a : n_b, more = n_a < n_b ? n_b : n_a;
	json_t *all = json_object(), *unused;
	const char *text;
	bool alike = all && !json_object_update(all, (json_t *)a) &&
		     !json_object_update(all, (json_t *)b);

	/* Boots that were lost may have been of one kind. */
	if (LOST_ONE_IN * (more - less) <= more)
		slack = (more - less) * less;
	json_object_foreach (all, text, unused) {
		json_int_t off = json_integer_value(json_object_get(a, text)) * n_b -
				 json_integer_value(json_object_get(b, text)) * n_a;

		alike &= llabs(off) <= slack;
	}
	json_decref(all);
	return alike;
}

/* A cell a group, or NULL without memory. */
static json_t *cells_make(const struct pcow_stratum *stratum, const struct pcow_fact *fact,
			  const char *member)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < stratum->nr_groups; i++) {
		if (json_array_append_new(cells, cell_make(&stratum->groups[i], fact, member))) {
			json_decref(cells);
			return NULL;
		}
	}
	return cells;
}

/* The members that any file of the groups has, as keys of an object; or NULL. */
static json_t *members_make(const struct pcow_stratum *stratum, const struct pcow_fact *fact)
{
	json_t *members = json_object();

	for (size_t i = 0; i < stratum->nr_groups; i++) {
		pcow_group_foreach (&stratum->groups[i], at) {
			json_t *object = (json_t *)value_of(&(*at)->header, fact, NULL);

			if (json_is_object(object) && json_object_update_missing(members, object)) {
				json_decref(members);
				return NULL;
			}
		}
	}
	return members;
}

static int row_each(const struct pcow_stratum *stratum, const struct pcow_fact *fact,
		    const char *member, pcow_fact_visit *visit, void *arg)
{
	json_t *cells = cells_make(stratum, fact, member);
	char title[PCOW_RESULT_NAME_MAX * 2];
	int ret;

	if (!cells)
		return -ENOMEM;
	snprintf(title, sizeof(title), "%s%.64s", fact->title, member ? member : "");
	ret = visit(fact, title, cells, arg);
	json_decref(cells);
	return ret;
}

int pcow_facts_each(const struct pcow_stratum *stratum, pcow_fact_visit *visit, void *arg)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < sizeof(facts) / sizeof(facts[0]); i++) {
		json_t *members, *unused;
		const char *member;

		if (!facts[i].members) {
			ret = row_each(stratum, &facts[i], NULL, visit, arg);
			continue;
		}
		members = members_make(stratum, &facts[i]);
		ret = members ? 0 : -ENOMEM;
		json_object_foreach (members, member, unused) {
			ret = row_each(stratum, &facts[i], member, visit, arg);
			if (ret)
				break;
		}
		json_decref(members);
	}
	return ret;
}

/* The caller's visit and its argument. */
struct table_visit {
	pcow_environment_visit *visit;
	void *arg;
};

static int table_row(const struct pcow_fact *fact, const char *title, const json_t *cells,
		     void *arg)
{
	const struct table_visit *table = arg;

	(void)fact;
	return table->visit(title, cells, table->arg);
}

int pcow_environment_each(const struct pcow_stratum *stratum, pcow_environment_visit *visit,
			  void *arg)
{
	struct table_visit table = { visit, arg };

	return pcow_facts_each(stratum, table_row, &table);
}
