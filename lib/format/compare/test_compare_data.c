/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The outputs of `pincow compare` for programs: CSV and JSON.
 */
#include "compare/fake_analysis.h"

static struct pcow_line *latency(struct fake *fake)
{
	return fake_line(fake, "fork/anon", 4096, "latency", "ns/fork", PCOW_METRIC_COST);
}

/* The fields of one record of RFC 4180; @text moves behind it. */
static size_t parse_record(char **text, char fields[][256], size_t max)
{
	char *c = *text;
	size_t n = 0, used = 0;
	bool quoted = false;

	for (; n < max; c++) {
		if (*c == '"' && quoted && c[1] == '"') {
			fields[n][used++] = *++c;
		} else if (*c == '"') {
			quoted = !quoted;
		} else if (!quoted && (*c == ',' || *c == '\r')) {
			fields[n++][used] = '\0';
			used = 0;
			if (*c == '\r')
				break;
		} else {
			assert_true(*c && used < 255);
			fields[n][used++] = *c;
		}
	}
	assert_true(c[0] == '\r' && c[1] == '\n');
	*text = c + 2;
	return n;
}

static const char *field(char fields[][256], char heads[][256], size_t n, const char *head)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(heads[i], head) == 0)
			return fields[i];
	fail_msg("no column %s", head);
	return NULL;
}

static void csv_has_a_row_a_change(void **state)
{
	static char heads[64][256], row[64][256];
	struct fake fake;
	struct pcow_line *line;
	char *text, *next;
	size_t n;

	(void)state;
	fake_make(&fake, 3, 3);
	fake.groups[2].name = (char[]){ "a \"b\", c" };
	line = latency(&fake);
	fake_change(&fake, line, 1, 50000.0, 0.25, PCOW_WORSE)->boots_needed = 7;
	fake_change(&fake, line, 2, 50000.0, 0.0, PCOW_SAME)->paired = true;
	line->changes[2].high = INFINITY;
	strcpy(line->changes[2].why, "x\r\ny, \"z\"");
	next = text = fake_write(&fake, pcow_compare_csv_write, false);
	n = parse_record(&next, heads, 64);
	assert_int_equal(parse_record(&next, row, 64), n);
	assert_string_equal(field(row, heads, n, "case"), "fork/anon base 4K");
	assert_string_equal(field(row, heads, n, "clock"), "wall");
	assert_string_equal(field(row, heads, n, "page_bytes"), "4096");
	assert_string_equal(field(row, heads, n, "base_median"), "50000");
	assert_string_equal(field(row, heads, n, "new_median"), "62500");
	assert_string_equal(field(row, heads, n, "change"), "0.25");
	assert_string_equal(field(row, heads, n, "low"), "0.247");
	assert_string_equal(field(row, heads, n, "boots_needed"), "7");
	assert_string_equal(field(row, heads, n, "rank_p"), "");
	assert_string_equal(field(row, heads, n, "verdict"), "worse");
	assert_string_equal(field(row, heads, n, "why"), "");
	assert_int_equal(parse_record(&next, row, 64), n);
	assert_string_equal(field(row, heads, n, "group"), "a \"b\", c");
	assert_string_equal(field(row, heads, n, "paired"), "1");
	assert_string_equal(field(row, heads, n, "high"), "");
	assert_string_equal(field(row, heads, n, "boots_needed"), "");
	assert_string_equal(field(row, heads, n, "why"), "x??y, \"z\"");
	assert_string_equal(next, "");
	free(text);
	fake_clear(&fake);
}

static json_t *member(const json_t *object, const char *key, size_t index)
{
	return json_array_get(json_object_get(object, key), index);
}

static void without_a_base_there_are_no_fractions(void **state)
{
	static const char *const fractions[] = { "noise", "effect", "detectable" };
	static char heads[64][256], row[64][256];
	json_t *json, *change;
	struct fake fake;
	char *text, *next;
	size_t n;

	(void)state;
	fake_make(&fake, 2, 3);
	fake_difference(&fake, PCOW_UNCLEAR);
	next = text = fake_write(&fake, pcow_compare_csv_write, false);
	n = parse_record(&next, heads, 64);
	assert_int_equal(parse_record(&next, row, 64), n);
	assert_string_equal(field(row, heads, n, "relative"), "0");
	assert_string_equal(field(row, heads, n, "change"), "512");
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(field(row, heads, n, fractions[i]), "");
	free(text);
	text = fake_write(&fake, pcow_compare_json_write, false);
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	change = member(member(member(json, "comparisons", 0), "lines", 0), "changes", 0);
	assert_true(json_is_false(json_object_get(change, "relative")));
	assert_int_equal((int)json_real_value(json_object_get(change, "change")), 512);
	for (size_t i = 0; i < 3; i++)
		assert_true(json_is_null(json_object_get(change, fractions[i])));
	json_decref(json);
	free(text);
	fake_clear(&fake);
}

static size_t nr_fields(const struct pcow_field *fields)
{
	size_t n = 0;

	while (fields && fields[n].name)
		n++;
	return n;
}

/* @keys, up to NULL, those of @fields, and no more. */
static void assert_keys(const json_t *object, const char *const *keys,
			const struct pcow_field *fields)
{
	size_t n = 0;

	for (; keys[n]; n++)
		if (!json_object_get(object, keys[n]))
			fail_msg("no key %s", keys[n]);
	assert_int_equal(json_object_size(object), n + nr_fields(fields));
}

static void json_has_exactly_its_keys(void **state)
{
	static const char *const top[] = { "version", "command",     "policy",
					   "notes",   "comparisons", NULL };
	static const char *const policy[] = { "cases",	 "metrics",    "ignored", "effects",
					      "alarms",	 "confidence", "power",	  "boots",
					      "invalid", "workers",    "lost",	  "allowed",
					      NULL };
	static const char *const group[] = { "name",   "twin",	"machine",    "hostname", "cpu",
					     "kernel", "model", "page_bytes", "boots",	  NULL };
	static const char *const line[] = { "scenario", "params", "metric",  "unit",
					    "headline", "arms",	  "changes", NULL };
	static const char *const arm[] = { "group", "values", "status", "reason", "remedy", NULL };
	static const char *const change[] = { "group", NULL };
	struct pcow_effect effect = { "p99", 0.05 };
	struct fake fake;
	json_t *json, *comparison, *it;
	char *text;

	(void)state;
	fake_make(&fake, 2, 1);
	fake.policy.effects = &effect;
	fake.policy.nr_effects = 1;
	fake.groups[1].name = (char[]){ "bad \xff name" };
	fake_change(&fake, latency(&fake), 1, 50000.0, 0.25, PCOW_TOO_FEW);
	text = fake_write(&fake, pcow_compare_json_write, false);
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	assert_keys(json, top, NULL);
	assert_keys(json_object_get(json, "policy"), policy, NULL);
	comparison = member(json, "comparisons", 0);
	it = member(comparison, "groups", 1);
	assert_keys(it, group, NULL);
	assert_string_equal(json_string_value(json_object_get(it, "name")), "bad ? name");
	it = member(comparison, "lines", 0);
	assert_keys(it, line, NULL);
	assert_keys(member(it, "arms", 1), arm, pcow_arm_fields);
	assert_true(json_is_null(json_object_get(member(it, "arms", 1), "low")));
	assert_keys(member(it, "changes", 0), change, pcow_change_fields);
	assert_true(json_is_null(json_object_get(member(it, "changes", 0), "high")));
	assert_true(json_is_false(json_object_get(member(it, "changes", 0), "gated")));
	assert_int_equal(json_array_size(json_object_get(it, "changes")), 1);
	json_decref(json);
	free(text);
	fake_clear(&fake);
}

static void json_without_lines_is_json(void **state)
{
	struct fake fake;
	json_t *json;
	char *text;

	(void)state;
	fake_make(&fake, 4, 5);
	text = fake_write(&fake, pcow_compare_json_write, false);
	json = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(member(json, "comparisons", 0), "lines")),
			 0);
	assert_int_equal(json_array_size(json_object_get(member(json, "comparisons", 0), "groups")),
			 4);
	json_decref(json);
	free(text);
	fake_clear(&fake);
}

static void formats_have_names(void **state)
{
	static const char *const names[] = { "text", "brief", "markdown", "csv",
					     "json", "lkml",  "lkp" };
	static const char *const gates[] = { "text", "json", "junit", "ktap", "github" };
	size_t n = sizeof(names) / sizeof(names[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_string_equal(pcow_compare_format_at(i)->name, names[i]);
	assert_null(pcow_compare_format_at(n));
	n = sizeof(gates) / sizeof(gates[0]);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(pcow_gate_format_at(i)->name, gates[i]);
	assert_null(pcow_gate_format_at(n));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_has_a_row_a_change),
		cmocka_unit_test(without_a_base_there_are_no_fractions),
		cmocka_unit_test(json_has_exactly_its_keys),
		cmocka_unit_test(json_without_lines_is_json),
		cmocka_unit_test(formats_have_names),
	};

	return cmocka_run_group_tests_name("format/compare_data", tests, NULL, NULL);
}
