/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `pincow export` writes, of a dataset made by hand: two boots, of which
 * the second has a case skipped, and texts that each format must escape.  The
 * fixtures are what each must be.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/export.h"

#define FIXTURE(name) PINCOW_FIXTURES "/export/" name

#define NONE                                                                                       \
	{                                                                                          \
		.value = NAN, .low = NAN, .high = NAN, .reason = "", .remedy = ""                  \
	}
#define FIGURE(v)                                                                                  \
	{                                                                                          \
		.present = true, .n = 3, .value = (v), .low = (v)-1.0, .high = (v) + 1.0,          \
		.reason = "", .remedy = ""                                                         \
	}
#define SKIPPED                                                                                    \
	{                                                                                          \
		.present = true, .value = NAN, .low = NAN, .high = NAN,                            \
		.status = PCOW_STATUS_SKIP, .reason = "no \"thp\", none", .remedy = ""             \
	}

/* ----------------------------------------------------------------- dataset */

static struct pcow_value params[] = {
	{ .name = "page", .text = "thp" },
	{ .name = "size", .is_number = true, .number = 16777216 },
};

static struct pcow_cell cells[][2] = {
	{ FIGURE(1500.0), SKIPPED }, { FIGURE(1.0), SKIPPED },	  { FIGURE(64.0), SKIPPED },
	{ FIGURE(2000.0), SKIPPED }, { FIGURE(8192.0), SKIPPED }, { FIGURE(0.25), SKIPPED },
	{ FIGURE(2.5e6), NONE },
};

static const struct pcow_series all_series[] = {
	{ .metric = "latency", .unit = "ns/page", .kind = PCOW_METRIC_COST },
	{ .metric = "copied", .unit = "copied/page", .kind = PCOW_METRIC_WORK },
	{ .metric = "ops", .unit = "page/sample", .kind = PCOW_METRIC_WORK },
	{ .metric = "p99.9", .unit = "ns/page", .kind = PCOW_METRIC_COST },
	{ .metric = "page_tables_bytes", .unit = "bytes", .kind = PCOW_METRIC_MEMORY },
	{ .metric = "sleeps", .unit = "ratio", .kind = PCOW_METRIC_QUALITY },
	{ .metric = "slope", .unit = "ns/GiB", .kind = PCOW_METRIC_COST },
};

#define NR_SERIES (sizeof(all_series) / sizeof(all_series[0]))

struct fixture {
	struct pcow_dataset set;
	struct pcow_file files[2];
	struct pcow_series series[NR_SERIES];
	char path[16];
};

static json_t *host(void)
{
	return json_pack("{s:s, s:s, s:{s:s, s:s}, s:{s:s}}", "hostname", "h", "machine", "x86_64",
			 "kernel", "release", "6.1\\\"x\"", "build_id", "b1d", "cpu", "model",
			 "CPU, fast");
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->path, "c\n\xff.jsonl");
	f->files[0].path = (char *)"a,\"b\".jsonl";
	f->files[1].path = f->path;
	for (size_t i = 0; i < 2; i++) {
		struct pcow_header *header = &f->files[i].header;

		strcpy(header->version, "0.1.0");
		strcpy(header->boot_id, i ? "boot2" : "boot1");
		strcpy(header->clock_domain, "wall");
		strcpy(header->label, i ? "" : "base");
		header->block = i ? 0 : 7;
		header->created_ns = 1767225602619416962;
		header->host = host();
	}
	for (size_t i = 0; i < NR_SERIES; i++) {
		f->series[i] = all_series[i];
		strcpy(f->series[i].scenario, i == NR_SERIES - 1 ? "pin/x" : "fault/cow-copy");
		f->series[i].params = params;
		f->series[i].nr_params = i == NR_SERIES - 1 ? 1 : 2;
		f->series[i].cells = cells[i];
	}
	f->set = (struct pcow_dataset){
		.files = f->files, .nr_files = 2, .series = f->series, .nr_series = NR_SERIES
	};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++)
		json_decref(f->files[i].header.host);
	free(f);
	return 0;
}

/* What the format writes; freed by the caller. */
static char *written(const struct fixture *f, pcow_export_write *format, int expected,
		     struct pcow_error *err)
{
	struct pcow_rendering rendering = { .version = "9.9", .command = "pincow export" };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(format(out, &f->set, &rendering, err), expected);
	fclose(out);
	return text;
}

/* The whole of a file; freed by the caller. */
static char *contents(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	assert_true(getdelim(&text, &size, '\0', in) > 0);
	fclose(in);
	return text;
}

static void assert_written(const struct fixture *f, pcow_export_write *format, const char *path)
{
	struct pcow_error err = { "" };
	char *text = written(f, format, 0, &err);
	char *expected = contents(path);

	assert_string_equal(text, expected);
	free(expected);
	free(text);
}

static void assert_refused(const struct fixture *f, pcow_export_write *format, const char *why)
{
	struct pcow_error err = { "" };
	char *text = written(f, format, -EINVAL, &err);

	assert_string_equal(text, "");
	assert_non_null(strstr(err.text, why));
	assert_non_null(strstr(err.text, "use --format"));
	free(text);
}

static json_t *written_json(const struct fixture *f, pcow_export_write *format)
{
	struct pcow_error err = { "" };
	char *text = written(f, format, 0, &err);
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	free(text);
	return json;
}

/* ------------------------------------------------------------------- texts */

static void csv_is_quoted(void **state)
{
	assert_written(*state, pcow_export_csv_write, FIXTURE("export.csv"));
}

static void boots_are_lines_and_their_ids_comments(void **state)
{
	assert_written(*state, pcow_export_benchstat_write, FIXTURE("export.benchstat"));
}

static void metrics_have_base_units_and_escaped_labels(void **state)
{
	assert_written(*state, pcow_export_openmetrics_write, FIXTURE("export.openmetrics"));
}

static void names_that_are_no_labels_are_refused(void **state)
{
	struct fixture *f = *state;
	struct pcow_value odd[] = { params[0], params[1] };

	f->series[3].params = odd;
	strcpy(odd[1].name, "si-ze");
	assert_refused(f, pcow_export_openmetrics_write, "'si-ze'");
	strcpy(odd[1].name, "run");
	assert_refused(f, pcow_export_openmetrics_write, "'run'");
	strcpy(odd[1].name, "_size");
	assert_refused(f, pcow_export_openmetrics_write, "'_size'");
	f->series[3].params = params;
	strcpy(f->series[1].metric, "copied.pages");
	assert_refused(f, pcow_export_openmetrics_write, "'copied.pages'");
}

/* -------------------------------------------------------------------- JSON */

static void assert_text(const json_t *object, const char *key, const char *expected)
{
	assert_string_equal(json_string_value(json_object_get(object, key)), expected);
}

static void a_boot_is_a_repetition(void **state)
{
	struct fixture *f = *state;
	struct pcow_cell both[] = { FIGURE(1500.0), FIGURE(1600.0) };
	json_t *json, *array, *entry;

	f->series[0].cells = both;
	json = written_json(f, pcow_export_gbench_write);
	array = json_object_get(json, "benchmarks");
	assert_int_equal(json_array_size(array), 2);
	entry = json_array_get(array, 1);
	assert_text(entry, "name", "fault/cow-copy/page:thp/size:16M");
	assert_text(entry, "run_name", "fault/cow-copy/page:thp/size:16M");
	assert_text(entry, "run_type", "iteration");
	assert_text(entry, "time_unit", "ns");
	assert_int_equal(json_integer_value(json_object_get(entry, "repetitions")), 2);
	assert_int_equal(json_integer_value(json_object_get(entry, "repetition_index")), 1);
	/* The second boot has no count of its operations. */
	assert_int_equal(json_integer_value(json_object_get(entry, "iterations")), 1);
	assert_float_equal(json_real_value(json_object_get(entry, "real_time")), 1600.0, 0.0);
	assert_float_equal(json_real_value(json_object_get(entry, "cpu_time")), 1600.0, 0.0);
	entry = json_array_get(array, 0);
	assert_int_equal(json_integer_value(json_object_get(entry, "iterations")), 64);
	assert_text(json_object_get(json, "context"), "date", "2026-01-01T00:00:02.619416962Z");
	assert_text(json_object_get(json, "context"), "machine", "x86_64");
	json_decref(json);
}

static void what_has_no_time_is_left_out_by_name(void **state)
{
	json_t *json = written_json(*state, pcow_export_gbench_write);
	const json_t *left_out = json_object_get(json_object_get(json, "context"), "left_out");

	assert_int_equal(json_array_size(json_object_get(json, "benchmarks")), 1);
	assert_int_equal(json_array_size(left_out), 1);
	assert_string_equal(json_string_value(json_array_get(left_out, 0)),
			    "c??.jsonl: fault/cow-copy/page:thp/size:16M: skip: no \"thp\", none");
	json_decref(json);
}

static void instructions_are_no_times(void **state)
{
	struct fixture *f = *state;

	strcpy(f->files[1].header.clock_domain, "instructions");
	assert_refused(f, pcow_export_gbench_write, "counts instructions");
}

static void net_is_the_headline(void **state)
{
	struct fixture *f = *state;
	struct pcow_cell latency[] = { FIGURE(1500.0), FIGURE(1600.0) };
	const json_t *left_out;
	json_t *json;

	strcpy(f->series[3].metric, "net");
	f->series[0].cells = latency;
	json = written_json(f, pcow_export_gbench_write);
	left_out = json_object_get(json_object_get(json, "context"), "left_out");
	/* A latency would be compared with the net of others. */
	assert_string_equal(json_string_value(json_array_get(left_out, 0)),
			    "c??.jsonl: fault/cow-copy/page:thp/size:16M: has no figure of net");
	assert_float_equal(
		json_real_value(json_object_get(
			json_array_get(json_object_get(json, "benchmarks"), 0), "real_time")),
		2000.0, 0.0);
	json_decref(json);
}

static const json_t *kcidb_test(const json_t *json, size_t i)
{
	return json_array_get(json_object_get(json, "tests"), i);
}

static void tests_tell_what_was_measured(void **state)
{
	json_t *json = written_json(*state, pcow_export_kcidb_write);
	const json_t *test = kcidb_test(json, 0), *number = json_object_get(test, "number");
	const json_t *metrics;

	assert_int_equal(json_array_size(json_object_get(json, "tests")), 3);
	assert_text(test, "id", "pincow:boot1:a,\"b\".jsonl:fault/cow-copy/page=thp/size=16M");
	assert_text(test, "build_id", "pincow:b1d");
	assert_text(test, "path", "pincow.fault_cow-copy.page_thp.size_16M");
	assert_text(test, "status", "DONE");
	assert_text(number, "unit", "s/page");
	assert_text(number, "prefix", "metric");
	assert_float_equal(json_real_value(json_object_get(number, "value")), 1.5e-6, 0.0);
	metrics = json_object_get(json_object_get(test, "misc"), "metrics");
	assert_int_equal(json_object_size(metrics), 6);
	assert_text(json_object_get(metrics, "page_tables_bytes"), "unit", "bytes");
	/* A fitted case has no latency. */
	assert_text(json_object_get(kcidb_test(json, 1), "number"), "unit", "s/GiB");
	json_decref(json);
}

static void a_case_that_gave_nothing_tells_why(void **state)
{
	struct fixture *f = *state;
	struct pcow_cell broken[2] = { FIGURE(1500.0), SKIPPED };
	json_t *json = written_json(f, pcow_export_kcidb_write);

	assert_text(kcidb_test(json, 2), "status", "SKIP");
	assert_text(kcidb_test(json, 2), "comment", "no \"thp\", none");
	assert_null(json_object_get(kcidb_test(json, 2), "number"));
	assert_null(json_object_get(kcidb_test(json, 0), "comment"));
	json_decref(json);
	broken[1].status = PCOW_STATUS_INVALID;
	f->series[0].cells = broken;
	json = written_json(f, pcow_export_kcidb_write);
	assert_text(kcidb_test(json, 2), "status", "ERROR");
	json_decref(json);
}

/* ------------------------------------------------------------------- names */

static void every_format_has_its_name(void **state)
{
	static const char *const names[] = { "gbench", "benchstat", "openmetrics", "kcidb", "csv" };
	const size_t n = sizeof(names) / sizeof(names[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_string_equal(pcow_export_format_at(i)->name, names[i]);
	assert_null(pcow_export_format_at(n));
}

static void a_name_has_room_for_all_parameters(void **state)
{
	static struct pcow_value most[PCOW_RESULT_PARAMS_MAX];
	struct pcow_series series = { .params = most, .nr_params = PCOW_RESULT_PARAMS_MAX };
	char name[PCOW_EXPORT_NAME_SIZE];

	(void)state;
	memset(series.scenario, 's', sizeof(series.scenario) - 1);
	for (size_t i = 0; i < PCOW_RESULT_PARAMS_MAX; i++) {
		memset(most[i].name, 'n', sizeof(most[i].name) - 1);
		memset(most[i].text, 't', sizeof(most[i].text) - 1);
	}
	pcow_export_name_format(name, sizeof(name), &series, ':');
	assert_int_equal(strlen(name), 63 + 16 * (1 + 63 + 1 + 63));
}

#define FIXTURE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		FIXTURE_TEST(csv_is_quoted),
		FIXTURE_TEST(boots_are_lines_and_their_ids_comments),
		FIXTURE_TEST(metrics_have_base_units_and_escaped_labels),
		FIXTURE_TEST(names_that_are_no_labels_are_refused),
		FIXTURE_TEST(a_boot_is_a_repetition),
		FIXTURE_TEST(what_has_no_time_is_left_out_by_name),
		FIXTURE_TEST(instructions_are_no_times),
		FIXTURE_TEST(net_is_the_headline),
		FIXTURE_TEST(tests_tell_what_was_measured),
		FIXTURE_TEST(a_case_that_gave_nothing_tells_why),
		cmocka_unit_test(every_format_has_its_name),
		cmocka_unit_test(a_name_has_room_for_all_parameters),
	};

	return cmocka_run_group_tests_name("format/export", tests, NULL, NULL);
}
