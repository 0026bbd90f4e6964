/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader trusts nothing: each refusal, with its code, place and cause.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "record.h"

#define HEADER                                                                                     \
	"{\"record\":\"header\",\"schema\":1,\"version\":\"0.1.0\",\"created_ns\":1,"              \
	"\"boot_id\":\"b\",\"clock_domain\":\"wall\",\"config\":{},\"host\":{}}\n"

#define WORKER                                                                                     \
	"{\"record\":\"worker\",\"scenario\":\"fault/cow-copy\",\"operation\":\"page\","           \
	"\"scale_by\":\"\",\"params\":{\"size\":4096,\"page\":\"base\"},\"replicate\":0,"          \
	"\"sequence\":1,\"status\":\"ok\",\"reason\":\"\",\"remedy\":\"\",\"cpu\":1,"              \
	"\"op_bytes\":4096,\"started_ns\":1,\"elapsed_ns\":1,\"truncated\":false,"                 \
	"\"clock\":{\"source\":\"tsc\",\"hz\":1000,\"overhead_start_ticks\":1,"                    \
	"\"overhead_end_ticks\":1,\"resolution_ticks\":1},"                                        \
	"\"batch\":{\"ticks\":[10,20],\"ops\":[1,0],\"valid\":[1,0]},\"op\":{\"ticks\":[5]},"      \
	"\"op_refused\":\"\",\"broken\":{\"why\":1},\"memory\":{\"a_bytes\":{\"value\":-1,"        \
	"\"method\":\"host\",\"resolution\":4096,\"closed\":true}},\"guards\":null}\n"

/* Reads @length bytes to the end; the first code that is no success. */
static int read_bytes(const char *bytes, size_t length, struct pcow_error *err, size_t *workers,
		      bool *truncated)
{
	struct pcow_header header;
	struct pcow_record worker;
	struct pcow_reader *reader;
	int ret;

	err->text[0] = '\0';
	*workers = 0;
	*truncated = false;
	ret = pcow_reader_open_stream(&reader, fmemopen((void *)bytes, length, "r"), "FILE",
				      &header, err);
	if (ret)
		return ret;
	while ((ret = pcow_reader_next(reader, &worker, err)) > 0) {
		++*workers;
		pcow_record_clear(&worker);
	}
	*truncated = pcow_reader_truncated(reader);
	pcow_reader_close(reader);
	pcow_header_clear(&header);
	return ret;
}

static void assert_refused(const char *text, int code, const char *cause)
{
	struct pcow_error err;
	size_t workers;
	bool truncated;
	int ret = read_bytes(text, strlen(text), &err, &workers, &truncated);

	if (ret != code || !strstr(err.text, cause))
		fail_msg("%d \"%s\" instead of %d \"%s\" from:\n%s", ret, err.text, code, cause,
			 text);
	for (const char *c = err.text; *c; c++)
		assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
}

static size_t count_accepted(const char *text)
{
	struct pcow_error err;
	size_t workers;
	bool truncated;

	if (read_bytes(text, strlen(text), &err, &workers, &truncated))
		fail_msg("%s", err.text);
	return workers;
}

/* @text with the first @from replaced by @to; freed by the caller. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *place = strstr(text, from);
	char *result = malloc(strlen(text) + strlen(to) + 1);

	assert_non_null(place);
	assert_non_null(result);
	sprintf(result, "%.*s%s%s", (int)(place - text), text, to, place + strlen(from));
	return result;
}

struct mutation {
	const char *from;
	const char *to;
	const char *cause;
};

static void assert_mutations_refused(const char *text, const struct mutation *mutations, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *mutated = replaced(text, mutations[i].from, mutations[i].to);

		assert_refused(mutated, -EBADMSG, mutations[i].cause);
		free(mutated);
	}
}

static void whole_files_are_read(void **state)
{
	(void)state;
	assert_int_equal(count_accepted(HEADER), 0);
	assert_int_equal(count_accepted(HEADER WORKER WORKER), 2);
}

static void params_come_sorted(void **state)
{
	static const char text[] = HEADER WORKER;
	struct pcow_header header;
	struct pcow_record worker;
	struct pcow_reader *reader;

	(void)state;
	assert_int_equal(pcow_reader_open_stream(&reader, fmemopen((void *)text, strlen(text), "r"),
						 "FILE", &header, NULL),
			 0);
	assert_int_equal(pcow_reader_next(reader, &worker, NULL), 1);
	assert_int_equal(worker.nr_params, 2);
	assert_string_equal(worker.params[0].name, "page");
	assert_string_equal(worker.params[0].text, "base");
	assert_string_equal(worker.params[1].name, "size");
	assert_true(worker.params[1].is_number);
	pcow_record_clear(&worker);
	pcow_header_clear(&header);
	pcow_reader_close(reader);
}

/* Samples are taken out of the line before it is parsed: these, and nothing like them. */
static void samples_are_those_of_their_column(void **state)
{
	char *spaced = replaced(HEADER WORKER, "[10,20]", "[ 0 , 9223372036854775807\t]");
	char *text = replaced(spaced, "\"reason\":\"\"", "\"x\":[7],\"reason\":\"\\\"[8] [9,1]\"");
	struct pcow_header header;
	struct pcow_record worker;
	struct pcow_reader *reader;
	const int64_t *column;

	(void)state;
	assert_int_equal(pcow_reader_open_stream(&reader, fmemopen(text, strlen(text), "r"), "FILE",
						 &header, NULL),
			 0);
	assert_int_equal(pcow_reader_next(reader, &worker, NULL), 1);
	assert_string_equal(worker.reason, "\"[8] [9,1]");
	column = pcow_view_column(&worker.batch, "ticks");
	assert_true(column[0] == 0 && column[1] == INT64_MAX);
	column = pcow_view_column(&worker.batch, "ops");
	assert_true(column[0] == 1 && column[1] == 0);
	assert_int_equal(*pcow_view_column(&worker.op, "ticks"), 5);
	pcow_record_clear(&worker);
	pcow_reader_close(reader);
	pcow_header_clear(&header);
	free(spaced);
	free(text);
}

static void additions_to_the_schema_are_passed_over(void **state)
{
	char *more = replaced(HEADER WORKER, "\"cpu\":1", "\"cpu\":1,\"new\":[{}]");

	(void)state;
	assert_int_equal(count_accepted(more), 1);
	free(more);
	assert_int_equal(count_accepted(HEADER "{\"record\":\"counters\",\"x\":1}\n" WORKER), 1);
}

static void newer_schema_is_refused_with_both_versions(void **state)
{
	char *newer = replaced(HEADER, "\"schema\":1", "\"schema\":7");

	(void)state;
	assert_refused(
		newer, -EPROTO,
		"FILE:1: schema 7 is newer than schema 1, the newest that this pincow reads; "
		"read it with a newer pincow");
	free(newer);
}

static void headless_files_are_refused(void **state)
{
	(void)state;
	assert_refused("{\"record\":\"hea", -ENODATA, "FILE:1: the header is cut short; ");
	assert_refused("hello", -EBADMSG, "FILE:1: not a result file; ");
	assert_refused("hello\n", -EBADMSG, "FILE:1: ");
	assert_refused("[1]\n", -EBADMSG, "the first line is not a header; ");
	assert_refused(WORKER, -EBADMSG, "the first line is not a header; ");
	assert_refused("\n" HEADER, -EBADMSG, "FILE:1: ");
}

#define MODEL(model)	 "\"host\":{},\"model\":" model
#define FEATURE(feature) MODEL("{\"name\":\"old\",\"features\":{" feature "}}")

static void a_model_is_read_if_there_is_one(void **state)
{
	static const char *const models[] = {
		MODEL("{\"name\":\"old\",\"features\":{}}"),
		MODEL("{\"name\":\"exclusive or later\",\"features\":{}}"),
		FEATURE("\"forced_cow\":{\"seen\":null,\"evidence\":\"\",\"reason\":\"r\"}"),
		FEATURE("\"a\":{\"seen\":true,\"evidence\":\"e\",\"reason\":\"\",\"new\":1}"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		char *text = replaced(HEADER WORKER, "\"host\":{}", models[i]);

		assert_int_equal(count_accepted(text), 1);
		free(text);
	}
}

static void bad_models_are_refused(void **state)
{
	static const struct mutation mutations[] = {
		{ "\"host\":{}", MODEL("null"), "\"model\" is not an object" },
		{ "\"host\":{}", MODEL("\"old\""), "\"model\" is not an object" },
		{ "\"host\":{}", MODEL("{\"features\":{}}"), "\"name\" is not a string" },
		{ "\"host\":{}", MODEL("{\"name\":\"\",\"features\":{}}"), "name\" is empty" },
		{ "\"host\":{}", MODEL("{\"name\":\"a\\nb\",\"features\":{}}"),
		  "control character" },
		{ "\"host\":{}", MODEL("{\"name\":\"old\"}"), "\"model.features\" is not" },
		{ "\"host\":{}", MODEL("{\"name\":\"old\",\"features\":[]}"), "is not an object" },
		{ "\"host\":{}", FEATURE("\"a b\":{}"), "\"model.features\" has a name" },
		{ "\"host\":{}", FEATURE("\"a\":true"), "\"model.features.a.seen\" is not true" },
		{ "\"host\":{}", FEATURE("\"a\":{\"seen\":1}"), "is not true, false or null" },
		{ "\"host\":{}", FEATURE("\"a\":{\"seen\":true,\"reason\":\"\"}"), "has no text" },
		{ "\"host\":{}", FEATURE("\"a\":{\"seen\":true,\"evidence\":\"\"}"),
		  "has no text" },
		{ "\"host\":{}", FEATURE("\"a\":\"\\u001b[2J\""), "control character" },
	};

	(void)state;
	assert_mutations_refused(HEADER, mutations, sizeof(mutations) / sizeof(mutations[0]));
}

static void bad_headers_are_refused(void **state)
{
	static const struct mutation mutations[] = {
		{ "\"schema\":1", "\"schema\":\"1\"", "\"schema\" is not an integer" },
		{ "\"schema\":1", "\"schema\":0", "\"schema\" is 0" },
		{ "\"schema\":1", "\"schema\":-1", "below 0" },
		{ "\"schema\":1", "\"schema\":99999999999999999999", "FILE:1: " },
		{ "\"0.1.0\"", "\"0.1\\u001b[2J\"", "\"version\" holds a control character" },
		{ "\"wall\"", "\"moon\"", "\"clock_domain\" is neither" },
		{ "\"wall\"", "\"wall\",\"label\":\"\"", "\"label\" is empty" },
		{ "\"wall\"", "\"wall\",\"label\":\"a b\"", "\"label\" holds a space" },
		{ "\"wall\"", "\"wall\",\"block\":-1", "\"block\" is -1" },
		{ "\"config\":{}", "\"config\":[]", "\"config\" is not an object" },
		{ "\"config\":{}", "\"config\":{\"workers\":9223372036854775807}",
		  "\"workers\" is more than any run plans" },
		{ "\"host\":{}", "\"host\":null", "\"host\" is not an object" },
		{ "\"host\":{}", "\"host\":{\"a\":[{\"b\":\"\\u009b1m\"}]}", "control character" },
		{ "\"host\":{}", "\"host\":{\"a\\u007f\":1}", "control character" },
		{ "\"host\":{}", "\"host\":{},\"host\":{}", "duplicate" },
		{ "\"host\":{}", "\"host\":{\"a\":\"\033[2J\"}", "FILE:1: " },
	};
	char *deep = malloc(3 * 4096), *nested;

	(void)state;
	assert_mutations_refused(HEADER, mutations, sizeof(mutations) / sizeof(mutations[0]));
	memset(deep, '[', 4096);
	memset(deep + 4096, ']', 4096);
	deep[8192] = '\0';
	nested = replaced(HEADER, "\"host\":{}", deep);
	assert_refused(nested, -EBADMSG, "FILE:1: ");
	free(nested);
	free(deep);
}

static void bad_identities_are_refused(void **state)
{
	static const struct mutation mutations[] = {
		{ "\"fault/cow-copy\"", "7", "\"scenario\" is not a string" },
		{ "\"fault/cow-copy\"", "\"\"", "\"scenario\" is empty" },
		{ "\"fault/cow-copy\"", "\"a b\"", "\"scenario\" holds a space" },
		{ "\"fault/cow-copy\"", "\"\\u202egnp\"", "\"scenario\" holds a space" },
		{ "\"fault/cow-copy\"",
		  "\"0123456789012345678901234567890123456789012345678901234567890123\"",
		  "\"scenario\" is longer than 63 bytes" },
		{ "\"operation\"", "\"Operation\"", "\"operation\" is not a string" },
		{ "\"size\":4096", "\"size\":-1", "below 0" },
		{ "\"size\":4096", "\"size\":1.5", "\"size\" is not a string" },
		{ "\"size\":4096", "\"\":1", "\"params\" has a name" },
		{ "\"page\":\"base\"", "\"size\":1", "duplicate" },
		{ "\"page\":\"base\"", "\"page\":\"\"", "\"page\" is empty" },
		{ "{\"size\":4096,\"page\":\"base\"}", "[]", "\"params\" is not an object" },
		{ "{\"size\":4096,\"page\":\"base\"}",
		  "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,"
		  "\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1}",
		  "\"params\" has more than 16 entries" },
		{ "\"replicate\":0", "\"replicate\":-1", "below 0" },
		{ "\"status\":\"ok\"", "\"status\":\"fine\"", "\"status\" is not ok" },
		{ "\"status\":\"ok\"", "\"status\":0", "\"status\" is not ok" },
		{ "\"reason\":\"\"", "\"reason\":\"\\u0007\"", "\"reason\" holds a control" },
		{ "\"cpu\":1", "\"cpu\":-2", "below -1" },
		{ "\"truncated\":false", "\"truncated\":0", "\"truncated\" is neither" },
		{ "\"record\":\"worker\"", "\"record\":1", "\"record\" is not a string" },
	};

	(void)state;
	assert_mutations_refused(HEADER WORKER, mutations,
				 sizeof(mutations) / sizeof(mutations[0]));
}

static void bad_measurements_are_refused(void **state)
{
	static const struct mutation mutations[] = {
		{ "\"clock\":{", "\"clock\":1,\"c\":{", "\"clock\" is not an object" },
		{ "\"hz\":1000", "\"hz\":0", "\"hz\" is 0" },
		{ "\"hz\":1000", "\"hz\":-5", "below 0" },
		{ "[10,20]", "7", "\"batch.ticks\" is not an array" },
		{ "[10,20]", "[10]", "\"batch.ops\" has 2 samples, the one before has 1" },
		{ "[10,20]", "[10,-20]", "\"batch.ticks\"[1] is not an integer >= 0" },
		{ "[10,20]", "[10,2.0]", "\"batch.ticks\"[1] is not an integer >= 0" },
		{ "[10,20]", "[null,2]", "\"batch.ticks\"[0] is not an integer >= 0" },
		{ "[10,20]", "[[1],2]", "\"batch.ticks\"[0] is not an integer >= 0" },
		{ "[10,20]", "[1,\"[1]\"]", "\"batch.ticks\"[1] is not an integer >= 0" },
		{ "[10,20]", "[1,9223372036854775808]", "too big integer" },
		{ "[10,20]", "[1,02]", "invalid token near '0'" },
		{ "[10,20]", "[1,2,]", "unexpected token near ']'" },
		{ "\"op\":{\"ticks\":[5]}", "\"op\":{\"ticks\":[-9223372036854775808]}",
		  "\"op.ticks\"[0] is not an integer >= 0" },
		{ "\"ticks\":[10", "\"tocks\":[10", "\"batch\" has no column \"ticks\"" },
		{ "\"ops\":[1,0]", "\"pos\":[1,0]", "no column \"ops\"" },
		{ "\"valid\":[1,0]", "\"dilav\":[1,0]", "no column \"ops\" or \"valid\"" },
		{ "\"valid\":[1,0]", "\"valid\":[1,2]", "\"batch.valid\"[1] is neither 0 nor 1" },
		{ "\"valid\":[1,0]", "\"valid\":[1,1]", "\"batch.ops\"[1] is 0 in a valid sample" },
		{ "\"valid\":[1,0]", "\"valid\":[1,0],\"a b\":[1,1]", "\"batch\" has a name" },
		{ "\"op\":{\"ticks\":[5]}", "\"op\":null", "\"op\" is not an object" },
		{ "\"op\":{\"ticks\":[5]}", "\"op\":{\"x\":[5]}", "\"op\" has no column" },
		{ "{\"why\":1}", "{\"why\":\"1\"}", "\"broken\" holds a value" },
		{ "{\"why\":1}", "{\"\\u001b\":1}", "\"broken\" has a key" },
		{ "\"a_bytes\"", "\"a bytes\"", "\"memory\" has a name" },
		{ "\"memory\":{", "\"memory\":7,\"m\":{",
		  "\"memory\" is neither an object nor null" },
		{ "\"a_bytes\":{", "\"a_bytes\":7,\"b\":{",
		  "\"memory.a_bytes\": \"value\" is not an integer" },
		{ "\"value\":-1", "\"value\":1.5", "\"value\" is not an integer" },
		{ "\"method\":\"host\"", "\"method\":\"\"", "\"method\" is empty" },
		{ "\"method\":\"host\"", "\"method\":\"a b\"", "\"method\" holds a space" },
		{ "\"resolution\":4096", "\"resolution\":0", "\"resolution\" is 0, below 1" },
		{ "\"closed\":true", "\"closed\":1", "\"closed\" is neither true nor false" },
		{ ",\"guards\":null", "", "\"guards\" is neither an object nor null" },
	};

	(void)state;
	assert_mutations_refused(HEADER WORKER, mutations,
				 sizeof(mutations) / sizeof(mutations[0]));
}

static void refusals_name_line_and_remedy(void **state)
{
	(void)state;
	assert_refused(HEADER WORKER "{}\n", -EBADMSG,
		       "FILE:3: \"record\" is not a string; measure this boot again: without the "
		       "line, its worker is missing");
	assert_refused(HEADER HEADER, -EBADMSG, "FILE:2: a second header; ");
	assert_refused(HEADER WORKER "\033[31m\n", -EBADMSG, "FILE:3: ");
}

/* @unit repeated @n times between @head and @tail as line 2. */
static void assert_repeated_refused(const char *head, const char *unit, size_t n, const char *tail,
				    const char *cause)
{
	size_t unit_length = strlen(unit);
	char *text = malloc(strlen(HEADER) + strlen(head) + n * unit_length + strlen(tail) + 2);
	char *end = text;

	assert_non_null(text);
	end += sprintf(end, "%s%s", HEADER, head);
	for (size_t i = 0; i < n; i++, end += unit_length)
		memcpy(end, unit, unit_length);
	sprintf(end, "%s\n", tail);
	assert_refused(text, -EBADMSG, cause);
	free(text);
}

static void sizes_are_bounded(void **state)
{
	(void)state;
	assert_repeated_refused("", "x", PCOW_RESULT_LINE_MAX + 1, "", "longer than 64 MiB");
	assert_repeated_refused("[0", ",0", PCOW_RESULT_VALUES_MAX, "]", "4194304 values");
	assert_repeated_refused("[0", ",{}", PCOW_RESULT_VALUES_MAX / 8, "]", "4194304 values");
}

static void too_many_samples_are_refused(void **state)
{
	size_t n = PCOW_RESULT_SAMPLES_MAX + 1;
	char *list = malloc(2 * n + 2), *many;

	(void)state;
	for (size_t i = 0; i < n; i++)
		memcpy(list + 2 * i, i ? ",1" : "[1", 2);
	strcpy(list + 2 * n, "]");
	many = replaced(HEADER WORKER, "[10,20]", list);
	assert_refused(many, -EBADMSG, "\"batch.ticks\" has more than 1048576 samples");
	free(many);
	free(list);
}

static void a_cut_last_line_ends_the_file(void **state)
{
	static const char text[] = HEADER WORKER WORKER;
	size_t first = strlen(HEADER) + strlen(WORKER);

	(void)state;
	for (size_t length = strlen(HEADER); length <= strlen(text); length++) {
		struct pcow_error err;
		size_t workers, whole = 0;
		bool truncated;

		whole = length == strlen(text) ? 2 : length >= first;
		assert_int_equal(read_bytes(text, length, &err, &workers, &truncated), 0);
		assert_int_equal(workers, whole);
		assert_int_equal(truncated, length != strlen(HEADER) && length != first &&
						    length != strlen(text));
	}
}

static void the_offset_is_that_of_the_last_whole_line(void **state)
{
	static const char text[] = HEADER WORKER "{\"record\":\"wor";
	struct pcow_header header;
	struct pcow_record worker;
	struct pcow_reader *reader;

	(void)state;
	assert_int_equal(pcow_reader_open_stream(&reader, fmemopen((void *)text, strlen(text), "r"),
						 "FILE", &header, NULL),
			 0);
	assert_int_equal(pcow_reader_offset(reader), strlen(HEADER));
	assert_int_equal(pcow_reader_next(reader, &worker, NULL), 1);
	pcow_record_clear(&worker);
	assert_int_equal(pcow_reader_next(reader, &worker, NULL), 0);
	assert_int_equal(pcow_reader_offset(reader), strlen(HEADER) + strlen(WORKER));
	pcow_header_clear(&header);
	pcow_reader_close(reader);
}

static void files_that_cannot_be_opened_are_told(void **state)
{
	struct pcow_header header;
	struct pcow_reader *reader;
	struct pcow_error err;

	(void)state;
	assert_int_equal(pcow_reader_open(&reader, "/not/there", &header, &err), -ENOENT);
	assert_string_equal(err.text, "/not/there: cannot be opened: No such file or directory; "
				      "check the path; `pincow run` writes one");
	assert_int_equal(pcow_reader_open(&reader, "/", &header, &err), -EISDIR);
	assert_string_equal(err.text,
			    "/: a folder, no regular file; give a file that `pincow run` wrote");
	assert_int_equal(pcow_reader_open(&reader, "/dev/null", &header, &err), -EINVAL);
	assert_non_null(strstr(err.text, "/dev/null: a device or socket, no regular file; "));
}

/* "[10\0,20]": jansson would take it for two samples. */
static void zero_bytes_are_refused(void **state)
{
	char text[] = HEADER WORKER;
	struct pcow_error err;
	size_t workers;
	bool truncated;

	(void)state;
	*strstr(text, ":[10,20]") = '\0';
	memcpy(text + strlen(text), ":[1\0,2", 7);
	assert_int_equal(read_bytes(text, sizeof(text) - 1, &err, &workers, &truncated), -EBADMSG);
	assert_non_null(strstr(err.text, "FILE:2: the line holds a zero byte; "));
}

/* What a crash leaves behind the last newline. */
static void zero_bytes_at_the_end_cut_the_file_short(void **state)
{
	static const char text[] = HEADER WORKER "\0\0\0\0";
	struct pcow_error err;
	size_t workers;
	bool truncated;

	(void)state;
	assert_int_equal(read_bytes(text, sizeof(text), &err, &workers, &truncated), 0);
	assert_int_equal(workers, 1);
	assert_true(truncated);
}

/* Nor is it waited for. */
static void pipes_are_refused(void **state)
{
	char folder[] = "/tmp/pincow-reader-XXXXXX", path[64];
	struct pcow_header header;
	struct pcow_reader *reader;
	struct pcow_error err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pcow_reader_open(&reader, path, &header, &err), -EINVAL);
	assert_non_null(strstr(err.text, "/pipe: a pipe, no regular file; "));
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_files_are_read),
		cmocka_unit_test(params_come_sorted),
		cmocka_unit_test(samples_are_those_of_their_column),
		cmocka_unit_test(additions_to_the_schema_are_passed_over),
		cmocka_unit_test(newer_schema_is_refused_with_both_versions),
		cmocka_unit_test(headless_files_are_refused),
		cmocka_unit_test(bad_headers_are_refused),
		cmocka_unit_test(a_model_is_read_if_there_is_one),
		cmocka_unit_test(bad_models_are_refused),
		cmocka_unit_test(bad_identities_are_refused),
		cmocka_unit_test(bad_measurements_are_refused),
		cmocka_unit_test(refusals_name_line_and_remedy),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(too_many_samples_are_refused),
		cmocka_unit_test(a_cut_last_line_ends_the_file),
		cmocka_unit_test(the_offset_is_that_of_the_last_whole_line),
		cmocka_unit_test(files_that_cannot_be_opened_are_told),
		cmocka_unit_test(zero_bytes_are_refused),
		cmocka_unit_test(zero_bytes_at_the_end_cut_the_file_short),
		cmocka_unit_test(pipes_are_refused),
	};

	return cmocka_run_group_tests_name("result/reader", tests, NULL, NULL);
}
