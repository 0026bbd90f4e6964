/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The array of `show --json`, key by key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pincow/format.h>

#define FIXTURE(name) PINCOW_FIXTURES "/results/" name

static void json_has_exactly_its_keys(void **state)
{
	static const char *const keys[] = { "scenario",
					    "params",
					    "metric",
					    "unit",
					    "n",
					    "median",
					    "low",
					    "high",
					    "half_width",
					    "status",
					    "reason",
					    "remedy",
					    "invalid_fraction",
					    "truncated" };
	struct pcow_summary s;
	json_t *json, *row;
	size_t i, nulls = 0;

	(void)state;
	assert_int_equal(pcow_summary_read(&s, FIXTURE("not-run.jsonl"), NULL), 0);
	json = pcow_summary_json(&s);
	assert_int_equal(json_array_size(json), s.nr_rows);
	json_array_foreach (json, i, row) {
		assert_int_equal(json_object_size(row), sizeof(keys) / sizeof(keys[0]));
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			assert_non_null(json_object_get(row, keys[k]));
		nulls += json_is_null(json_object_get(row, "median"));
	}
	/* Two skips, an error and a case without a valid sample. */
	assert_int_equal(nulls, 4);
	row = json_array_get(json, 0);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(row, "params"), "size")),
		16777216);
	json_decref(json);
	pcow_summary_clear(&s);
}

static void an_unfinished_file_has_no_rows(void **state)
{
	struct pcow_summary s;
	json_t *json;

	(void)state;
	assert_int_equal(pcow_summary_read(&s, FIXTURE("header-only.jsonl"), NULL), 0);
	json = pcow_summary_json(&s);
	assert_int_equal(json_array_size(json), 0);
	json_decref(json);
	pcow_summary_clear(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_exactly_its_keys),
		cmocka_unit_test(an_unfinished_file_has_no_rows),
	};

	return cmocka_run_group_tests_name("format/summary_json", tests, NULL, NULL);
}
