/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and parameters as people read them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "table/text.h"

static void assert_number(double value, const char *expected)
{
	char text[PCOW_CELL_SIZE];

	pcow_number_format(text, sizeof(text), value);
	assert_string_equal(text, expected);
}

static void numbers_have_three_digits(void **state)
{
	(void)state;
	assert_number(0.0, "0");
	assert_number(-0.001, "0");
	assert_number(0.4, "0.40");
	assert_number(9.994, "9.99");
	assert_number(9.996, "10.0");
	assert_number(99.94, "99.9");
	assert_number(99.96, "100");
	assert_number(-863.4, "-863");
	assert_number(123456.0, "123456");
}

static void memory_is_scaled(void **state)
{
	char text[PCOW_CELL_SIZE];

	(void)state;
	pcow_memory_format(text, sizeof(text), 1023.0);
	assert_string_equal(text, "1023 B");
	pcow_memory_format(text, sizeof(text), 135168.0);
	assert_string_equal(text, "132 KiB");
	pcow_memory_format(text, sizeof(text), -3.0 * 1048576.0);
	assert_string_equal(text, "-3.00 MiB");
}

static void time_is_scaled_and_instructions_are_not(void **state)
{
	(void)state;
	assert_string_equal(pcow_scale_for(999.0, "ns/page").unit, "ns");
	assert_string_equal(pcow_scale_for(1000.0, "ns/page").unit, "us");
	assert_float_equal(pcow_scale_for(2e6, "ns/fork").divisor, 1e6, 0.0);
	assert_string_equal(pcow_scale_for(-5e9, "ns/GiB").unit, "s");
	assert_string_equal(pcow_scale_for(5e9, "instructions/GiB").unit, "instructions");
	assert_float_equal(pcow_scale_for(5e9, "instructions/GiB").divisor, 1.0, 0.0);
}

static void params_are_short(void **state)
{
	struct pcow_metric_row row = {
		.params = { { .name = "page", .text = "thp" },
			    { .name = "pages", .is_number = true, .number = 64 },
			    { .name = "size", .is_number = true, .number = 16777216 } },
		.nr_params = 3,
	};
	char text[PCOW_CELL_SIZE], tiny[8];

	(void)state;
	pcow_params_format(text, sizeof(text), row.params, row.nr_params);
	assert_string_equal(text, "thp pages=64 16M");
	pcow_params_format(tiny, sizeof(tiny), row.params, row.nr_params);
	assert_string_equal(tiny, "thp pag");
	row.nr_params = 0;
	pcow_params_format(text, sizeof(text), row.params, row.nr_params);
	assert_string_equal(text, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_three_digits),
		cmocka_unit_test(memory_is_scaled),
		cmocka_unit_test(time_is_scaled_and_instructions_are_not),
		cmocka_unit_test(params_are_short),
	};

	return cmocka_run_group_tests_name("format/text", tests, NULL, NULL);
}
