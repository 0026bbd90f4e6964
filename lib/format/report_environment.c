/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where each group ran, from the headers of its files: a column a group, first
 * the rows that differ, since a difference there may be what was measured.
 */
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Different values within a group that are shown: boots on a fleet have many. */
#define VALUES_SHOWN 3

enum source {
	FROM_VERSION, /* of pincow */
	FROM_HOST,
	FROM_MODEL,
	FROM_CONFIG,
};

enum form {
	AS_IT_IS,
	AS_BYTES,
	AS_COUNT, /* of what the array holds */
};

/**
 * struct fact - a row of the table
 * @title:	for people
 * @source:	of the header
 * @group:	object within @source, or NULL
 * @key:	within that
 * @member:	within that, or NULL
 * @form:	how it is written
 */
struct fact {
	const char *title;
	enum source source;
	const char *group, *key, *member;
	enum form form;
};

static const struct fact facts[] = {
	{ "COW model", FROM_MODEL, NULL, "name", NULL, AS_IT_IS },
	{ "COW model rests on", FROM_MODEL, NULL, "evidence", NULL, AS_IT_IS },
	{ "Kernel release", FROM_HOST, "kernel", "release", NULL, AS_IT_IS },
	{ "Kernel version", FROM_HOST, "kernel", "version", NULL, AS_IT_IS },
	{ "Kernel build id", FROM_HOST, "kernel", "build_id", NULL, AS_IT_IS },
	{ "Kernel command line", FROM_HOST, "kernel", "cmdline", NULL, AS_IT_IS },
	{ "Kernel config SHA-256", FROM_HOST, "kernel", "config_sha256", NULL, AS_IT_IS },
	{ "Lab", FROM_HOST, NULL, "lab", NULL, AS_IT_IS },
	{ "Host", FROM_HOST, NULL, "hostname", NULL, AS_IT_IS },
	{ "Architecture", FROM_HOST, NULL, "machine", NULL, AS_IT_IS },
	{ "Hypervisor", FROM_HOST, NULL, "hypervisor", NULL, AS_IT_IS },
	{ "CPU", FROM_HOST, "cpu", "model", NULL, AS_IT_IS },
	{ "Microcode", FROM_HOST, "cpu", "microcode", NULL, AS_IT_IS },
	{ "CPUs online", FROM_HOST, "cpu", "online", NULL, AS_IT_IS },
	{ "Packages", FROM_HOST, "topology", "packages", NULL, AS_IT_IS },
	{ "Cores", FROM_HOST, "topology", "cores", NULL, AS_IT_IS },
	{ "NUMA nodes", FROM_HOST, "topology", "numa_nodes", NULL, AS_COUNT },
	{ "SMT", FROM_HOST, "cpu", "smt", NULL, AS_IT_IS },
	{ "Frequency driver", FROM_HOST, "cpu", "driver", NULL, AS_IT_IS },
	{ "Governor", FROM_HOST, "cpu", "governor", NULL, AS_IT_IS },
	{ "Boost", FROM_HOST, "cpu", "boost", NULL, AS_IT_IS },
	{ "Clock source", FROM_HOST, NULL, "clocksource", NULL, AS_IT_IS },
	{ "Memory", FROM_HOST, "memory", "total_bytes", NULL, AS_BYTES },
	{ "Page size", FROM_HOST, "memory", "page_bytes", NULL, AS_BYTES },
	{ "Swap", FROM_HOST, "memory", "swap_total_bytes", NULL, AS_BYTES },
	{ "THP", FROM_HOST, "memory", "thp_enabled", NULL, AS_IT_IS },
	{ "THP defrag", FROM_HOST, "memory", "thp_defrag", NULL, AS_IT_IS },
	{ "mTHP", FROM_HOST, "memory", "mthp", NULL, AS_IT_IS },
	{ "Huge pages", FROM_HOST, "memory", "hugepages", NULL, AS_IT_IS },
	{ "KSM", FROM_HOST, "memory", "ksm_run", NULL, AS_IT_IS },
	{ "NUMA balancing", FROM_HOST, "memory", "numa_balancing", NULL, AS_IT_IS },
	{ "Locked memory limit", FROM_HOST, "limits", "memlock_bytes", NULL, AS_BYTES },
	{ "pincow", FROM_VERSION, NULL, NULL, NULL, AS_IT_IS },
	{ "Profile", FROM_CONFIG, NULL, "profile", NULL, AS_IT_IS },
	{ "Scenarios asked for", FROM_CONFIG, NULL, "scenarios", NULL, AS_IT_IS },
	{ "Parameters set", FROM_CONFIG, NULL, "sets", NULL, AS_IT_IS },
	{ "Workers a case", FROM_CONFIG, NULL, "replicates", NULL, AS_IT_IS },
	{ "Precision asked for", FROM_CONFIG, NULL, "precision", NULL, AS_IT_IS },
	{ "Seed of the order", FROM_CONFIG, NULL, "seed", NULL, AS_IT_IS },
	{ "CPU asked for", FROM_CONFIG, NULL, "cpu", NULL, AS_IT_IS },
	{ "Host prepared", FROM_CONFIG, NULL, "prepare", NULL, AS_IT_IS },
};

/* Objects whose every member is a row. */
static const struct fact families[] = {
	{ "Feature ", FROM_MODEL, NULL, "features", NULL, AS_IT_IS },
	{ "Mitigation ", FROM_HOST, NULL, "mitigations", NULL, AS_IT_IS },
};

static const json_t *fact_of(const struct pcow_header *header, const struct fact *fact)
{
	const json_t *tree = fact->source == FROM_HOST	  ? header->host
			     : fact->source == FROM_MODEL ? header->model
							  : header->config;
	const json_t *value;

	if (fact->group)
		tree = json_object_get(tree, fact->group);
	value = json_object_get(tree, fact->key);
	if (!fact->member)
		return value;
	value = json_object_get(value, fact->member);
	/* What was seen of a feature; how, probe tells. */
	return fact->source == FROM_MODEL ? json_object_get(value, "seen") : value;
}

static void integer_write(FILE *out, json_int_t value, enum form form)
{
	char bytes[PCOW_CELL_SIZE];

	if (form != AS_BYTES) {
		fprintf(out, "%" JSON_INTEGER_FORMAT, value);
		return;
	}
	pcow_memory_format(bytes, sizeof(bytes), (double)value);
	fputs(value < 0 ? "no limit" : bytes, out);
}

static void value_write(FILE *out, const json_t *value, enum form form);

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

static void value_write(FILE *out, const json_t *value, enum form form)
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
		fputs("not known", out);
}

/* A fact in words, freed by the caller; NULL without memory. */
static char *fact_text(const struct pcow_header *header, const struct fact *fact)
{
	char *text = NULL;
	size_t length;
	FILE *out;

	if (fact->source == FROM_VERSION)
		return strdup(header->version);
	out = open_memstream(&text, &length);
	if (!out)
		return NULL;
	value_write(out, fact_of(header, fact), fact->form);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* The different texts of a group: an object's keys are a set that keeps its order. */
static json_t *cell_make(const struct pcow_group *group, const struct fact *fact)
{
	json_t *cell = json_object();

	for (size_t i = 0; cell && i < group->nr_boots; i++) {
		for (size_t k = 0; cell && k < group->boots[i].nr_files; k++) {
			char *text = fact_text(&group->boots[i].files[k]->header, fact);

			if (!text || json_object_set_new(cell, text, json_true())) {
				json_decref(cell);
				cell = NULL;
			}
			free(text);
		}
	}
	return cell;
}

/* A cell a group, or NULL without memory. */
static json_t *row_make(const struct pcow_stratum *stratum, const struct fact *fact)
{
	json_t *row = json_array();

	for (size_t i = 0; i < stratum->nr_groups; i++) {
		if (json_array_append_new(row, cell_make(&stratum->groups[i], fact))) {
			json_decref(row);
			return NULL;
		}
	}
	return row;
}

static bool row_differs(const json_t *row)
{
	const json_t *first = json_array_get(row, 0);

	for (size_t i = 1; i < json_array_size(row); i++) {
		if (!json_equal(first, json_array_get(row, i)))
			return true;
	}
	return false;
}

static void cell_print(FILE *out, const json_t *cell, size_t columns)
{
	size_t n = json_object_size(cell), i = 0;
	const char *text;
	json_t *unused;

	if (columns > 1)
		fprintf(out, "<td colspan=\"%zu\">", columns);
	else
		fputs("<td>", out);
	json_object_foreach ((json_t *)cell, text, unused) {
		if (i++ == VALUES_SHOWN)
			break;
		fputs(i > 1 ? "<br>" : "", out);
		pcow_html_text(out, text);
	}
	if (n > VALUES_SHOWN)
		fprintf(out, "<br>and %zu more", n - VALUES_SHOWN);
	fputs("</td>", out);
}

static void row_print(FILE *out, const struct fact *fact, const json_t *row, bool differs)
{
	size_t n = json_array_size(row);

	fprintf(out, "<tr%s><th scope=\"row\">", differs ? " class=\"differs\"" : "");
	pcow_html_text(out, fact->title);
	if (fact->member)
		pcow_html_text(out, fact->member);
	fputs("</th>", out);
	for (size_t i = 0; i < (differs ? n : 1); i++)
		cell_print(out, json_array_get(row, i), differs ? 1 : n);
	fputs("</tr>\n", out);
}

static int fact_print(FILE *out, const struct pcow_stratum *stratum, const struct fact *fact,
		      bool differing)
{
	json_t *row = row_make(stratum, fact);

	if (!row)
		return -ENOMEM;
	if (row_differs(row) == differing)
		row_print(out, fact, row, differing);
	json_decref(row);
	return 0;
}

/* The members that any file of the groups has, as keys of an object; or NULL. */
static json_t *family_members(const struct pcow_stratum *stratum, const struct fact *family)
{
	json_t *members = json_object();

	for (size_t i = 0; i < stratum->nr_groups; i++) {
		const struct pcow_group *group = &stratum->groups[i];

		for (size_t k = 0; k < group->nr_boots; k++) {
			for (size_t j = 0; j < group->boots[k].nr_files; j++) {
				const struct pcow_file *file = group->boots[k].files[j];
				json_t *object = (json_t *)fact_of(&file->header, family);

				if (json_is_object(object) &&
				    json_object_update_missing(members, object)) {
					json_decref(members);
					return NULL;
				}
			}
		}
	}
	return members;
}

static int family_print(FILE *out, const struct pcow_stratum *stratum, const struct fact *family,
			bool differing)
{
	json_t *members = family_members(stratum, family);
	struct fact fact = *family;
	json_t *unused;
	int ret = members ? 0 : -ENOMEM;

	json_object_foreach (members, fact.member, unused) {
		ret = fact_print(out, stratum, &fact, differing);
		if (ret)
			break;
	}
	json_decref(members);
	return ret;
}

static int rows_print(FILE *out, const struct pcow_stratum *stratum, bool differing)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < sizeof(facts) / sizeof(facts[0]); i++)
		ret = fact_print(out, stratum, &facts[i], differing);
	for (size_t i = 0; !ret && i < sizeof(families) / sizeof(families[0]); i++)
		ret = family_print(out, stratum, &families[i], differing);
	return ret;
}

int pcow_report_environment(FILE *out, const struct pcow_comparison *comparison)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	int ret;

	fputs("<p>What differs between the groups stands first, marked with ≠. A difference of "
	      "the figures may come from any of these rows.</p>\n",
	      out);
	pcow_html_table_begin(out, "Environment of each group");
	fputs("<thead><tr><td></td>", out);
	for (size_t i = 0; i < stratum->nr_groups; i++) {
		fputs("<th scope=\"col\">", out);
		pcow_html_text(out, stratum->groups[i].name);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	ret = rows_print(out, stratum, true);
	fputs("</tbody>\n<tbody>\n", out);
	if (!ret)
		ret = rows_print(out, stratum, false);
	fputs("</tbody>\n", out);
	pcow_html_table_end(out);
	return ret;
}
