/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences by function, and which profile is of which group.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/why.h>

static struct pcow_profiled_function base_functions[] = {
	{ (char[]){ "copy" }, false, 1000, 10 },
	{ (char[]){ "same" }, false, 50, 10 },
	{ (char[]){ "old_name" }, false, 300, 10 },
	{ (char[]){ "copy" }, true, 40, 1 },
};

static struct pcow_profiled_function other_functions[] = {
	{ (char[]){ "new_name" }, false, 640, 10 },
	{ (char[]){ "same" }, false, 100, 10 },
	{ (char[]){ "copy" }, false, 2200, 10 },
	{ (char[]){ "never" }, false, 0, 10 },
};

static const struct pcow_profiled_case base = {
	.operations = 10,
	.user = 20,
	.functions = base_functions,
	.nr_functions = 4,
};

static const struct pcow_profiled_case other = {
	.operations = 20,
	.user = 40,
	.others_user = 20,
	.functions = other_functions,
	.nr_functions = 4,
};

static void assert_row(const struct pcow_why_row *row, const char *name, bool others, double b,
		       double o)
{
	if (name)
		assert_string_equal(row->name, name);
	else
		assert_null(row->name);
	assert_int_equal(row->others, others);
	assert_true(row->base == b && row->other == o);
}

static void largest_difference_first(void **state)
{
	struct pcow_why why;

	(void)state;
	assert_int_equal(pcow_why_make(&why, &base, &other), 0);
	assert_int_equal(why.n, 7);
	assert_int_equal(why.differ, 5);
	/* A renamed function stays two; those of other tasks are apart. */
	assert_row(&why.rows[0], "new_name", false, 0.0, 32.0);
	assert_row(&why.rows[1], "old_name", false, 30.0, 0.0);
	assert_row(&why.rows[2], "copy", false, 100.0, 110.0);
	assert_row(&why.rows[3], "copy", true, 4.0, 0.0);
	assert_row(&why.rows[4], NULL, true, 0.0, 1.0);
	assert_row(&why.rows[5], "same", false, 5.0, 5.0);
	assert_row(&why.rows[6], NULL, false, 2.0, 2.0);
	assert_true(why.base == 141.0 && why.other == 150.0);
	pcow_why_clear(&why);
}

static void rest_is_what_is_not_shown(void **state)
{
	struct pcow_why_row rest;
	struct pcow_why why;

	(void)state;
	assert_int_equal(pcow_why_make(&why, &base, &other), 0);
	rest = pcow_why_rest(&why, 3);
	assert_true(rest.base == 11.0 && rest.other == 8.0);
	rest = pcow_why_rest(&why, why.n);
	assert_true(rest.base == 0.0 && rest.other == 0.0);
	pcow_why_clear(&why);
}

static void a_function_that_stands_twice_is_one(void **state)
{
	struct pcow_profiled_function twice[] = {
		{ (char[]){ "f" }, false, 0, 0 },
		{ (char[]){ "f" }, false, 3, 0 },
		{ (char[]){ "f" }, false, 4, 0 },
	};
	struct pcow_profiled_case of = { .operations = 1, .functions = twice, .nr_functions = 3 };
	struct pcow_profiled_case none = { .operations = 1 };
	struct pcow_why why;

	(void)state;
	assert_int_equal(pcow_why_make(&why, &of, &none), 0);
	assert_int_equal(why.n, 1);
	assert_row(&why.rows[0], "f", false, 7.0, 0.0);
	pcow_why_clear(&why);
	assert_int_equal(pcow_why_make(&why, &none, &none), 0);
	assert_int_equal(why.n, 0);
	pcow_why_clear(&why);
}

/* ------------------------------------------------------------------ groups */

/* struct boots - a group of two boots */
struct boots {
	struct pcow_file files[2];
	const struct pcow_file *runs[2];
	struct pcow_boot boots[2];
	struct pcow_group group;
};

static void boots_make(struct boots *b, const char *release, const char *build_id,
		       const char *other_build_id)
{
	const char *ids[] = { build_id, other_build_id };

	*b = (struct boots){ .group = { (char[]){ "g" }, b->boots, 2 } };
	for (size_t i = 0; i < 2; i++) {
		b->files[i].header.host = json_pack("{s:s, s:{s:s, s:s?}}", "machine", "x86_64",
						    "kernel", "release", release, "build_id",
						    ids[i]);
		b->runs[i] = &b->files[i];
		b->boots[i] = (struct pcow_boot){ &b->runs[i], 1, 0 };
	}
}

static void boots_clear(struct boots *b)
{
	for (size_t i = 0; i < 2; i++)
		pcow_header_clear(&b->files[i].header);
}

static void is_of_the_group_whose_kernel_it_is(void **state)
{
	struct pcow_function_profile profiles[] = {
		{ .release = "6.1", .build_id = "b", .machine = "aarch64" },
		{ .release = "6.1", .build_id = "a", .machine = "x86_64" },
		{ .release = "6.2", .build_id = "b", .machine = "x86_64" },
		{ .release = "6.1", .machine = "x86_64" },
	};
	struct boots b;

	(void)state;
	/* The build ID counts for more than the release, which builds share. */
	boots_make(&b, "6.1", "b", "b");
	assert_ptr_equal(pcow_function_profile_of_group(profiles, 4, &b.group), &profiles[2]);
	assert_null(pcow_function_profile_of_group(profiles, 2, &b.group));
	/* Without one on either side the release does. */
	assert_true(pcow_function_profile_is_of_group(&profiles[3], &b.group));
	boots_clear(&b);
	boots_make(&b, "6.1", NULL, NULL);
	assert_ptr_equal(pcow_function_profile_of_group(profiles, 4, &b.group), &profiles[1]);
	assert_false(pcow_function_profile_is_of_group(&profiles[2], &b.group));
	boots_clear(&b);
	/* Boots of two builds are of neither. */
	boots_make(&b, "6.1", "b", "a");
	assert_false(pcow_function_profile_is_of_group(&profiles[1], &b.group));
	assert_false(pcow_function_profile_is_of_group(&profiles[2], &b.group));
	boots_clear(&b);
}

static void a_profile_of_no_group_is_not_used(void **state)
{
	struct pcow_function_profile mine = { .release = "6.1", .machine = "x86_64" };
	struct pcow_function_profile none = { .release = "6.9", .machine = "x86_64" };
	struct pcow_comparison comparison = { .nr_lines = 0 };
	struct pcow_analysis analysis = { .comparisons = &comparison, .nr_comparisons = 1 };
	struct boots b;

	(void)state;
	boots_make(&b, "6.1", NULL, NULL);
	comparison.stratum = (struct pcow_stratum){ &b.group, 1, 0 };
	assert_true(pcow_function_profile_is_used(&mine, &analysis));
	assert_false(pcow_function_profile_is_used(&none, &analysis));
	boots_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(largest_difference_first),
		cmocka_unit_test(rest_is_what_is_not_shown),
		cmocka_unit_test(a_function_that_stands_twice_is_one),
		cmocka_unit_test(is_of_the_group_whose_kernel_it_is),
		cmocka_unit_test(a_profile_of_no_group_is_not_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
