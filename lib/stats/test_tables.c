/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every function against tables that R computed: tests/fixtures/stats/tables.R
 * has the line for each.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/stats.h>

#define MAX_FIELDS 8
#define MAX_VALUES 64

/* Rounding, of R's and of our own. */
#define CLOSE 1e-9

/* As far as uniroot() is asked to go. */
#define CLOSE_ROOT 1e-8

struct field {
	double x[MAX_VALUES];
	size_t n;
};

struct table {
	const char *name;
	FILE *file;
	size_t rows;
	struct field field[MAX_FIELDS];
};

static void table_open(struct table *table, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/stats/%s.tsv", PINCOW_FIXTURES, name);
	*table = (struct table){ .name = name, .file = fopen(path, "r") };
	if (!table->file)
		fail_msg("%s: cannot be read", path);
}

static void field_read(struct field *field, char *text)
{
	char *end;

	for (field->n = 0; *text; text = end) {
		assert_true(field->n < MAX_VALUES);
		field->x[field->n++] = strtod(text, &end);
		assert_true(end > text);
	}
}

/* The next row into table->field; at the end, no table may have been empty. */
static bool table_next(struct table *table)
{
	char *line = NULL, *rest, *text;
	size_t size = 0, i = 0;
	ssize_t length;

	do
		length = getline(&line, &size, table->file);
	while (length > 0 && line[0] == '#');
	if (length > 0) {
		line[length - 1] = '\0';
		for (rest = line; (text = strsep(&rest, "\t")); i++) {
			assert_true(i < MAX_FIELDS);
			field_read(&table->field[i], text);
		}
		table->rows++;
	} else {
		fclose(table->file);
		assert_true(table->rows > 10);
	}
	free(line);
	return length > 0;
}

static void expect(const struct table *table, double value, double wanted, double tolerance)
{
	bool close = value == wanted || (isnan(value) && isnan(wanted)) ||
		     fabs(value - wanted) <= tolerance * fabs(wanted);

	if (!close)
		fail_msg("%s, row %zu: %.17g instead of %.17g", table->name, table->rows, value,
			 wanted);
}

static void moments_are_those_of_r(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "moments");
	while (table_next(&t)) {
		const struct field *x = &t.field[0];

		expect(&t, pcow_mean(x->x, x->n), t.field[1].x[0], 1e-14);
		expect(&t, pcow_sd(x->x, x->n), t.field[2].x[0], CLOSE);
	}
}

/* Rows of estimate, low, high and p. */
static void expect_t(const struct table *table, const struct pcow_shift *shift,
		     const struct field *wanted)
{
	expect(table, shift->estimate, wanted[0].x[0], CLOSE);
	expect(table, shift->low, wanted[1].x[0], CLOSE);
	expect(table, shift->high, wanted[2].x[0], CLOSE);
	expect(table, shift->p, wanted[3].x[0], CLOSE);
	expect(table, shift->confidence, table->field[0].x[0], 0.0);
}

static void t_is_that_of_r(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "t_one");
	while (table_next(&t)) {
		struct pcow_shift shift = pcow_t_one(t.field[1].x, t.field[1].n, t.field[0].x[0]);

		expect_t(&t, &shift, &t.field[2]);
	}
}

static void welch_is_that_of_r(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "t_welch");
	while (table_next(&t)) {
		struct pcow_shift shift = pcow_t_welch(t.field[1].x, t.field[1].n, t.field[2].x,
						       t.field[2].n, t.field[0].x[0]);

		expect_t(&t, &shift, &t.field[3]);
	}
}

static void noise_floor_is_that_of_r(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "noise");
	while (table_next(&t))
		expect(&t, pcow_noise_floor(t.field[1].x, t.field[1].n, t.field[0].x[0]),
		       t.field[2].x[0], CLOSE);
}

/* Rows of estimate, low, high, the confidence reached, and p. */
static void expect_rank(const struct table *table, const struct pcow_shift *shift,
			const struct field *wanted)
{
	double asked = table->field[0].x[0];

	expect(table, shift->estimate, wanted[0].x[0], CLOSE);
	expect(table, shift->low, wanted[1].x[0], CLOSE);
	expect(table, shift->high, wanted[2].x[0], CLOSE);
	expect(table, shift->confidence, wanted[3].x[0], CLOSE);
	expect(table, shift->p, wanted[4].x[0], CLOSE);
	if (isinf(shift->low))
		assert_true(shift->confidence == 0.0 && shift->p > 1.0 - asked);
	else
		assert_true(shift->confidence >= asked);
	/* The interval and p speak of 0 with one voice. */
	assert_int_equal(shift->p<1.0 - asked, shift->low> 0.0 || shift->high < 0.0);
}

static void signed_ranks_are_those_of_r(void **state)
{
	double scratch[MAX_VALUES * (MAX_VALUES + 1) / 2];
	struct table t;

	(void)state;
	table_open(&t, "hl_one");
	while (table_next(&t)) {
		struct pcow_shift shift =
			pcow_hl_one(t.field[1].x, t.field[1].n, t.field[0].x[0], scratch);

		expect_rank(&t, &shift, &t.field[2]);
	}
}

static void rank_sums_are_those_of_r(void **state)
{
	double scratch[MAX_VALUES * MAX_VALUES];
	struct table t;

	(void)state;
	table_open(&t, "hl_two");
	while (table_next(&t)) {
		struct pcow_shift shift = pcow_hl_two(t.field[1].x, t.field[1].n, t.field[2].x,
						      t.field[2].n, t.field[0].x[0], scratch);

		expect_rank(&t, &shift, &t.field[3]);
	}
}

static void discovery_rates_are_those_of_r(void **state)
{
	size_t scratch[MAX_VALUES];
	double q[MAX_VALUES];
	struct table t;

	(void)state;
	table_open(&t, "bh");
	while (table_next(&t)) {
		struct field *p = &t.field[0];

		pcow_bh_adjust(p->x, q, p->n, scratch);
		pcow_bh_adjust(p->x, p->x, p->n, scratch);
		for (size_t i = 0; i < p->n; i++) {
			expect(&t, q[i], t.field[1].x[i], CLOSE);
			expect(&t, p->x[i], q[i], 0.0);
		}
	}
}

/* Rows that begin with n, paired, sd and alpha. */
static struct pcow_design design_of(const struct table *table)
{
	return (struct pcow_design){
		.n = (size_t)table->field[0].x[0],
		.paired = table->field[1].x[0] != 0.0,
		.sd = table->field[2].x[0],
		.alpha = table->field[3].x[0],
	};
}

/* R's tables are of two-sided tests, which are one-sided ones both ways at half the
 * level. */
static double power_both_ways(struct pcow_design design, double effect)
{
	design.alpha /= 2.0;
	return pcow_t_power(&design, effect) + pcow_t_power(&design, -effect);
}

static void power_is_that_of_r(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "power");
	while (table_next(&t))
		expect(&t, power_both_ways(design_of(&t), t.field[4].x[0]), t.field[5].x[0], CLOSE);
}

static void detectable_effect_is_that_of_r(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "effect");
	while (table_next(&t)) {
		struct pcow_design design = design_of(&t);

		expect(&t, power_both_ways(design, t.field[5].x[0]), t.field[4].x[0], CLOSE_ROOT);
		/* Where the other side has no share in the power worth the name. */
		design.alpha /= 2.0;
		if (pcow_t_power(&design, -t.field[5].x[0]) < 1e-14)
			expect(&t, pcow_detectable_effect(&design, t.field[4].x[0]),
			       t.field[5].x[0], CLOSE_ROOT);
	}
}

static void boots_needed_are_those_of_r(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "boots");
	while (table_next(&t)) {
		struct pcow_design design = {
			.paired = t.field[0].x[0] != 0.0,
			.sd = t.field[1].x[0],
			.alpha = t.field[2].x[0] / 2.0,
		};
		size_t needed = pcow_boots_needed(&design, t.field[3].x[0], t.field[4].x[0]);

		expect(&t, (double)needed, fmin(t.field[5].x[0], (double)PCOW_BOOTS_MAX), 0.0);
	}
}

/* Edges among the values: each belongs to the bucket above. */
static void buckets_are_those_of_r(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "histogram");
	while (table_next(&t)) {
		struct pcow_histogram *histogram = calloc(1, sizeof(*histogram));
		const struct field *x = &t.field[0], *weight = &t.field[1];
		const struct field *bucket = &t.field[2], *sum = &t.field[3];
		double total = 0.0;

		assert_non_null(histogram);
		for (size_t i = 0; i < x->n; i++)
			pcow_histogram_add(histogram, x->x[i], weight->x[i]);
		for (size_t i = 0; i < bucket->n; i++) {
			expect(&t, histogram->weight[(size_t)bucket->x[i]], sum->x[i], 0.0);
			total += sum->x[i];
		}
		expect(&t, pcow_histogram_total(histogram), total, 0.0);
		free(histogram);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_those_of_r),
		cmocka_unit_test(t_is_that_of_r),
		cmocka_unit_test(welch_is_that_of_r),
		cmocka_unit_test(noise_floor_is_that_of_r),
		cmocka_unit_test(signed_ranks_are_those_of_r),
		cmocka_unit_test(rank_sums_are_those_of_r),
		cmocka_unit_test(discovery_rates_are_those_of_r),
		cmocka_unit_test(power_is_that_of_r),
		cmocka_unit_test(detectable_effect_is_that_of_r),
		cmocka_unit_test(boots_needed_are_those_of_r),
		cmocka_unit_test(buckets_are_those_of_r),
	};

	return cmocka_run_group_tests_name("stats/tables", tests, NULL, NULL);
}
