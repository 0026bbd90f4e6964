/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/units.h>

static void parses_sizes(void **state)
{
	uint64_t bytes;

	(void)state;
	assert_int_equal(pcow_bytes_parse("4096", &bytes), 0);
	assert_int_equal(bytes, 4096);
	assert_int_equal(pcow_bytes_parse("16M", &bytes), 0);
	assert_int_equal(bytes, 16777216);
	assert_int_equal(pcow_bytes_parse("1g", &bytes), 0);
	assert_int_equal(bytes, 1073741824);
	assert_int_equal(pcow_bytes_parse("16777215T", &bytes), 0);
	assert_int_equal(bytes, UINT64_MAX - ((UINT64_C(1) << 40) - 1));
}

static void refuses_what_is_no_size(void **state)
{
	static const char *const bad[] = {
		"", "M", "-1", "+1", " 1", "1 M", "1MB", "1.5G", "0x10"
	};
	uint64_t bytes = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(pcow_bytes_parse(bad[i], &bytes), -EINVAL);
	assert_int_equal(pcow_bytes_parse("16777216T", &bytes), -ERANGE);
	assert_int_equal(pcow_bytes_parse("99999999999999999999", &bytes), -ERANGE);
	assert_int_equal(bytes, 7);
}

static void formats_what_it_parses(void **state)
{
	static const char *const texts[] = { "0", "1", "1023", "4K", "1025K", "2M", "1G", "3T" };
	char buf[24];
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(pcow_bytes_parse(texts[i], &bytes), 0);
		pcow_bytes_format(buf, sizeof(buf), bytes);
		assert_string_equal(buf, texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_sizes),
		cmocka_unit_test(refuses_what_is_no_size),
		cmocka_unit_test(formats_what_it_parses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
