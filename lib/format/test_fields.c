/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results/README.md says of JSON and CSV what the tables of fields say.
 */
#include "compare/fake_analysis.h"
#include "gate/gate.h"

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(file);
	assert_true(getdelim(&text, &size, '\0', file) > 0);
	fclose(file);
	return text;
}

/* Rows of a table in markdown: key, type, meaning. */
static void document(FILE *out, const struct pcow_field *fields)
{
	static const char *const types[] = {
		[PCOW_FIELD_COUNT] = "integer",
		[PCOW_FIELD_COUNT_OR_NONE] = "integer or null",
		[PCOW_FIELD_REAL] = "number or null",
		[PCOW_FIELD_BOOL] = "bool",
		[PCOW_FIELD_TEXT] = "text",
		[PCOW_FIELD_VERDICT] = "text",
	};

	for (; fields->name; fields++) {
		fprintf(out, "| `%s` | %s | %s", fields->name, types[fields->type],
			fields->meaning);
		for (int i = 0; fields->type == PCOW_FIELD_VERDICT && i < PCOW_NR_VERDICTS; i++)
			fprintf(out, "%s`%s`", i ? ", " : "", pcow_verdict_name(i));
		fputs(" |\n", out);
	}
}

static void assert_documented(const char *documentation, const struct pcow_field *fields)
{
	char *rows;
	size_t size;
	FILE *out = open_memstream(&rows, &size);

	document(out, fields);
	fclose(out);
	if (!strstr(documentation, rows))
		fail_msg("results/README.md should have:\n%s", rows);
	free(rows);
}

static void fields_are_documented(void **state)
{
	char *documentation = read_text(PINCOW_FIXTURES "/../../results/README.md");

	(void)state;
	assert_documented(documentation, pcow_arm_fields);
	assert_documented(documentation, pcow_change_fields);
	assert_documented(documentation, pcow_trial_fields);
	free(documentation);
}

static void csv_is_what_json_is(void **state)
{
	static const struct pcow_arm arm = { .n = 3, .median = 0.1, .low = NAN, .present = true };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *json = json_object();

	(void)state;
	assert_int_equal(pcow_fields_json(json, pcow_arm_fields, &arm), 0);
	assert_int_equal(json_integer_value(json_object_get(json, "n")), 3);
	assert_true(json_real_value(json_object_get(json, "median")) == 0.1);
	assert_true(json_is_null(json_object_get(json, "low")));
	assert_true(json_is_true(json_object_get(json, "present")));
	pcow_fields_csv_head(out, pcow_arm_fields, "x_");
	fputc('\n', out);
	pcow_fields_csv(out, pcow_arm_fields, &arm);
	fclose(out);
	assert_string_equal(text, ",x_n,x_median,x_low,x_high,x_present,x_lost,x_invalid_fraction\n"
				  ",3,0.1,,0,1,0,0");
	free(text);
	json_decref(json);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_documented),
		cmocka_unit_test(csv_is_what_json_is),
	};

	return cmocka_run_group_tests_name("format/fields", tests, NULL, NULL);
}
