/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profile files: what is read of them, and each refusal with its cause.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <pincow/profile.h>

#define FUNCTION "{\"function\":\"copy_pte [m]\",\"others\":false,\"instructions\":70,\"calls\":5}"

#define CASE                                                                                       \
	"{\"scenario\":\"fork/anon\",\"params\":{\"size\":4096,\"page\":\"base\"},"                \
	"\"operation\":\"fork\",\"op_bytes\":4096,\"windows\":2,\"valid\":2,\"operations\":10,"    \
	"\"waited\":true,\"clock\":99,\"kernel\":70,\"user\":3,\"others_kernel\":0,"               \
	"\"others_user\":1,\"functions\":[" FUNCTION "]}"

#define PROFILE                                                                                    \
	"{\n \"record\": \"profile\",\"schema\":1,\"kernel\":\"6.1-amd64\",\"release\":\"6.1.0\"," \
	"\"build_id\":\"abc\",\"machine\":\"x86_64\",\"page_bytes\":4096,\"lab\":\"id=x y\","      \
	"\"cases\":[" CASE "]}"

/* @text with @from replaced by @to, to be freed. */
static char *edit(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *edited;

	assert_non_null(at);
	assert_true(asprintf(&edited, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) >
		    0);
	return edited;
}

static void assert_refused(const char *text, int code, const char *cause)
{
	struct pcow_function_profile profile;
	struct pcow_error err = { "" };

	assert_int_equal(pcow_function_profile_parse(&profile, text, strlen(text), "FILE", &err),
			 code);
	pcow_function_profile_clear(&profile);
	if (!strstr(err.text, cause))
		fail_msg("\"%s\" is missing from: %s", cause, err.text);
	assert_ptr_equal(strstr(err.text, "FILE: no profile that can be read: "), err.text);
	assert_non_null(strstr(err.text, "; "));
}

static void assert_edit_refused(const char *from, const char *to, const char *cause)
{
	char *text = edit(PROFILE, from, to);

	assert_refused(text, -EBADMSG, cause);
	free(text);
}

static void reads_a_profile(void **state)
{
	struct pcow_function_profile profile;
	const struct pcow_profiled_case *c;

	(void)state;
	assert_int_equal(
		pcow_function_profile_parse(&profile, PROFILE, strlen(PROFILE), "FILE", NULL), 0);
	assert_string_equal(profile.path, "FILE");
	assert_string_equal(profile.kernel, "6.1-amd64");
	assert_string_equal(profile.release, "6.1.0");
	assert_string_equal(profile.build_id, "abc");
	assert_string_equal(profile.machine, "x86_64");
	assert_int_equal(profile.page_bytes, 4096);
	assert_int_equal(profile.nr_cases, 1);
	c = profile.cases;
	assert_string_equal(c->operation, "fork");
	assert_int_equal(c->op_bytes, 4096);
	assert_int_equal(c->operations, 10);
	assert_true(c->waited);
	assert_int_equal(c->kernel, 70);
	assert_int_equal(c->user, 3);
	assert_int_equal(c->others_kernel, 0);
	assert_int_equal(c->others_user, 1);
	assert_int_equal(c->nr_functions, 1);
	assert_string_equal(c->functions[0].name, "copy_pte [m]");
	assert_false(c->functions[0].others);
	assert_int_equal(c->functions[0].instructions, 70);
	assert_int_equal(c->functions[0].calls, 5);
	pcow_function_profile_clear(&profile);
}

static void finds_a_case_by_its_parameters(void **state)
{
	struct pcow_value params[] = { { .name = "page", .text = "base" },
				       { .name = "size", .is_number = true, .number = 4096 } };
	struct pcow_function_profile profile;

	(void)state;
	assert_int_equal(
		pcow_function_profile_parse(&profile, PROFILE, strlen(PROFILE), "FILE", NULL), 0);
	assert_ptr_equal(pcow_function_profile_case(&profile, "fork/anon", params, 2),
			 profile.cases);
	assert_null(pcow_function_profile_case(&profile, "fork/exit", params, 2));
	assert_null(pcow_function_profile_case(&profile, "fork/anon", params, 1));
	params[1].number = 8192;
	assert_null(pcow_function_profile_case(&profile, "fork/anon", params, 2));
	params[1].number = 4096;
	strcpy(params[0].text, "thp");
	assert_null(pcow_function_profile_case(&profile, "fork/anon", params, 2));
	pcow_function_profile_clear(&profile);
}

static void takes_a_kernel_without_build_id(void **state)
{
	struct pcow_function_profile profile;
	char *text = edit(PROFILE, "\"abc\"", "null");

	(void)state;
	assert_int_equal(pcow_function_profile_parse(&profile, text, strlen(text), "FILE", NULL),
			 0);
	assert_string_equal(profile.build_id, "");
	pcow_function_profile_clear(&profile);
	free(text);
}

static void refuses_what_is_cut_short(void **state)
{
	(void)state;
	for (size_t length = 0; length < strlen(PROFILE); length++) {
		struct pcow_function_profile profile;
		struct pcow_error err = { "" };

		assert_int_equal(
			pcow_function_profile_parse(&profile, PROFILE, length, "FILE", &err),
			-EBADMSG);
		assert_non_null(strstr(err.text, "`lab profile` writes it anew"));
		pcow_function_profile_clear(&profile);
	}
}

static void refuses_a_newer_schema(void **state)
{
	char *text = edit(PROFILE, "\"schema\":1", "\"schema\":2");

	(void)state;
	assert_refused(text, -EPROTO, "schema 2 is newer than 1; read it with a newer pincow");
	free(text);
}

static void refuses_wrong_types_and_ranges(void **state)
{
	(void)state;
	assert_refused("[]", -EBADMSG, "\"record\" is not \"profile\"");
	assert_edit_refused("\"profile\"", "\"header\"", "\"record\" is not \"profile\"");
	assert_edit_refused("\"schema\":1", "\"schema\":\"1\"", "\"schema\" is not an integer");
	assert_edit_refused("\"6.1-amd64\"", "7", "\"kernel\" is not a string");
	assert_edit_refused("\"6.1-amd64\"", "\"\\u001b[2J\"", "control character");
	assert_edit_refused("\"6.1.0\"", "\"\"", "\"release\" is empty");
	assert_edit_refused("\"abc\"", "1", "\"build_id\" is not a string");
	assert_edit_refused("\"page_bytes\":4096", "\"page_bytes\":0", "\"page_bytes\" is 0");
	assert_edit_refused("\"cases\":[" CASE "]", "\"cases\":{}", "\"cases\" is not an array");
	assert_edit_refused("\"cases\":[", "\"cases\":[1,", "\"cases\"[0] is not an object");
	assert_edit_refused("\"size\":4096", "\"size\":-1", "case 1: \"params\"");
	assert_edit_refused("\"operations\":10", "\"operations\":0", "\"operations\" is 0");
	assert_edit_refused("\"operations\":10", "\"operations\":1.5", "is not an integer");
	assert_edit_refused("\"valid\":2", "\"valid\":1", "of 2 samples 1 kept their claim");
	assert_edit_refused("\"waited\":true", "\"waited\":0", "neither true nor false");
	assert_edit_refused("\"kernel\":70", "\"kernel\":71", "add up to 70 and 0, not to");
	assert_edit_refused("\"schema\":1", "\"event\":\"cycles\",\"schema\":1", "it is sampled");
	assert_edit_refused("\"kernel\":70", "\"kernel\":-70", "\"kernel\" is -70, below 0");
	assert_edit_refused("\"user\":3", "\"user\":99999999999999999999", "line 2: ");
	assert_edit_refused("[" FUNCTION "]", "7", "\"functions\" is not an array");
	assert_edit_refused("[" FUNCTION "]", "[[]]", "\"functions\"[0] is not an object");
	assert_edit_refused("\"copy_pte [m]\"", "\"\"", "\"function\" is empty");
	assert_edit_refused("\"copy_pte [m]\"", "\"\\u009b\"", "control character");
	assert_edit_refused("\"others\":false", "\"others\":null", "neither true nor false");
	assert_edit_refused("\"instructions\":70", "\"instructions\":-1", "is -1, below 0");
	assert_edit_refused("\"calls\":5", "\"calls\":\"\"", "\"calls\" is not an integer");
	assert_edit_refused("\"calls\":5", "\"calls\":5,\"calls\":5", "line 2: ");
}

static void refuses_what_asks_for_memory(void **state)
{
	size_t size = PCOW_RESULT_VALUES_MAX + 2;
	struct pcow_function_profile profile;
	struct pcow_error err = { "" };
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	memset(text, ',', size);
	assert_int_equal(pcow_function_profile_parse(&profile, text, size, "FILE", &err), -EBADMSG);
	assert_non_null(strstr(err.text, "more than 4194304 values"));
	pcow_function_profile_clear(&profile);
	free(text);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void tells_a_profile_from_a_result(void **state)
{
	char path[] = "/tmp/pincow-test-profile-XXXXXX";
	struct pcow_function_profile profile;
	struct pcow_error err = { "" };
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_false(pcow_function_profile_is(path));
	write_file(path, "{\"record\":\"header\",\"schema\":1}\n");
	assert_false(pcow_function_profile_is(path));
	write_file(path, "{\"record\": \"prof");
	assert_false(pcow_function_profile_is(path));
	write_file(path, PROFILE);
	assert_true(pcow_function_profile_is(path));
	assert_int_equal(pcow_function_profile_read(&profile, path, &err), 0);
	pcow_function_profile_clear(&profile);
	unlink(path);
	assert_false(pcow_function_profile_is(path));
	assert_int_equal(pcow_function_profile_read(&profile, path, &err), -ENOENT);
	assert_non_null(strstr(err.text, path));
	pcow_function_profile_clear(&profile);
	assert_false(pcow_function_profile_is("/tmp"));
	assert_int_equal(pcow_function_profile_read(&profile, "/dev/null", &err), -EBADMSG);
	pcow_function_profile_clear(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_profile),
		cmocka_unit_test(finds_a_case_by_its_parameters),
		cmocka_unit_test(takes_a_kernel_without_build_id),
		cmocka_unit_test(refuses_what_is_cut_short),
		cmocka_unit_test(refuses_a_newer_schema),
		cmocka_unit_test(refuses_wrong_types_and_ranges),
		cmocka_unit_test(refuses_what_asks_for_memory),
		cmocka_unit_test(tells_a_profile_from_a_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
