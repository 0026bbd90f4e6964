/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fixture files against figures worked out by hand.  Their clock ticks twice a
 * nanosecond and the timer pair costs 40 ticks.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/summary.h>

#define FIXTURE(name) PINCOW_FIXTURES "/results/" name

static void read_fixture(struct pcow_summary *summary, const char *path)
{
	struct pcow_error err = { "" };

	if (pcow_summary_read(summary, path, &err))
		fail_msg("%s", err.text);
}

/* The row of a metric; @text and @number pick the case by any of its parameters. */
static const struct pcow_metric_row *find(const struct pcow_summary *summary, const char *scenario,
					  const char *text, uint64_t number, const char *metric)
{
	for (size_t i = 0; i < summary->nr_rows; i++) {
		const struct pcow_metric_row *row = &summary->rows[i];
		bool has_text = !text, has_number = !number;

		for (size_t j = 0; j < row->nr_params; j++) {
			const struct pcow_value *value = &row->params[j];

			has_text |= text && strcmp(value->text, text) == 0;
			has_number |= number && value->number == number;
		}
		if (has_text && has_number && strcmp(row->scenario, scenario) == 0 &&
		    strcmp(row->metric, metric) == 0)
			return row;
	}
	return NULL;
}

static void assert_row(const struct pcow_metric_row *row, const char *unit, size_t n, double median,
		       double low, double high)
{
	assert_non_null(row);
	assert_string_equal(row->unit, unit);
	assert_int_equal(row->n, n);
	assert_float_equal(row->median, median, 1e-9 * fabs(median) + 1e-9);
	assert_float_equal(row->low, low, 1e-9 * fabs(low) + 1e-9);
	assert_float_equal(row->high, high, 1e-9 * fabs(high) + 1e-9);
}

/*
 * Replicate 0: (8040, 8840, 9640 - 40) / 4 operations, the fourth sample is
 * invalid: 1000, 1100, 1200 ns.  Replicate 1, whose first two lines a third
 * replaces: (16040 - 40) / 4: 2000 ns.  Replicate 2: 1500 ns.
 */
static void metrics_are_those_worked_out_by_hand(void **state)
{
	struct pcow_summary s;
	const char *cow = "fault/cow-copy";

	(void)state;
	read_fixture(&s, FIXTURE("metrics.jsonl"));
	assert_row(find(&s, cow, "base", 16777216, "latency"), "ns/page", 3, 1500, 1100, 2000);
	assert_row(find(&s, cow, NULL, 0, "per_gib"), "ns/GiB", 3, 1500.0 * 262144.0,
		   1100.0 * 262144.0, 2000.0 * 262144.0);
	assert_row(find(&s, cow, NULL, 0, "net"), "ns/page", 3, 1400, 1000, 2000);
	assert_row(find(&s, cow, NULL, 0, "faults"), "faults/page", 3, 1, 1, 2);
	assert_row(find(&s, cow, NULL, 0, "copied"), "copied/page", 3, 1, 0.75, 1);
	assert_row(find(&s, cow, NULL, 0, "ops"), "page/sample", 3, 4, 4, 4);
	assert_row(find(&s, cow, NULL, 0, "disturbed"), "ratio", 3, 0, 0, 0.25);
	assert_row(find(&s, cow, NULL, 0, "timer_overhead"), "ns", 3, 20, 20, 20);
	/* mean(2200, 2400) / (26400 / 12), 4000 / 4000, 3000 / 3000 */
	assert_row(find(&s, cow, NULL, 0, "agreement"), "ratio", 3, 1, 1, 2300.0 / 2200.0);
	assert_row(find(&s, cow, NULL, 0, "overhead_frac"), "ratio", 3, 40.0 / 3000.0,
		   40.0 / 4000.0, 40.0 / 2300.0);
	assert_row(find(&s, cow, NULL, 0, "page_tables_bytes"), "bytes", 3, 8192, 4096, 12288);
	assert_row(find(&s, cow, NULL, 0, "rss_pages"), "pages", 3, 0, -2, 2);
	assert_null(find(&s, cow, NULL, 0, "p50"));
	assert_null(find(&s, cow, NULL, 0, "slope"));
	assert_row(find(&s, cow, NULL, 0, "pinned_pages"), "pages", 3, 0, 0, 0);
	assert_int_equal(s.nr_rows, 13);
	pcow_summary_clear(&s);
}

/* One of three is left out; of another kind all are; what does not show is 0. */
static void memory_counts_where_it_closed(void **state)
{
	const char *cow = "fault/cow-copy";
	const struct pcow_metric_row *row;
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("memory.jsonl"));
	row = find(&s, cow, NULL, 0, "slab_unreclaimable_bytes");
	assert_row(row, "bytes", 2, 147456, 131072, 163840);
	assert_string_equal(row->method, "host");
	assert_int_equal(row->unclosed, 1);
	assert_float_equal(row->resolution, 32768, 0);
	row = find(&s, cow, NULL, 0, "vmalloc_bytes");
	assert_non_null(row);
	assert_int_equal(row->n, 0);
	assert_int_equal(row->unclosed, 3);
	assert_true(isnan(row->median));
	assert_row(find(&s, cow, NULL, 0, "foll_pins"), "count", 3, 0, 0, 0);
	row = find(&s, cow, NULL, 0, "anon_bytes");
	assert_row(row, "bytes", 3, 16777216, 16777216, 16777216);
	assert_string_equal(row->method, "mixed");
	assert_int_equal(find(&s, cow, NULL, 0, "latency")->unclosed, 0);
	pcow_summary_clear(&s);
}

static void replaced_lines_leave_no_trace(void **state)
{
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("metrics.jsonl"));
	for (size_t i = 0; i < s.nr_rows; i++) {
		/* Replicate 1 was an error first. */
		assert_int_equal(s.rows[i].status, PCOW_STATUS_OK);
		assert_string_equal(s.rows[i].reason, "");
		/* One of 4 + 2 + 3 samples. */
		assert_float_equal(s.rows[i].invalid_fraction, 1.0 / 9.0, 1e-12);
		/* Replicate 2 met its time cap. */
		assert_true(s.rows[i].nr_truncated > 0);
	}
	pcow_summary_clear(&s);
}

/* Replicate r of page kind base: 20 us + (1 + r) 2^19 ns a GiB, at 16, 32 and 64 MiB. */
static void a_known_line_is_found(void **state)
{
	const struct pcow_metric_row *row;
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("slope.jsonl"));
	row = find(&s, "fork/anon", "base", 0, "slope");
	assert_row(row, "ns/GiB", 3, 1048576, 524288, 1572864);
	assert_int_equal(row->nr_params, 1);
	assert_string_equal(row->params[0].name, "page");
	assert_row(find(&s, "fork/anon", "base", 0, "intercept"), "ns", 3, 20000, 20000, 20000);
	assert_row(find(&s, "fork/anon", "base", 0, "r2"), "ratio", 3, 1, 1, 1);
	/* Two sizes make a line, but nothing that could speak against it. */
	assert_row(find(&s, "fork/anon", "thp", 0, "slope"), "ns/GiB", 3, 1048576, 524288, 1572864);
	assert_row(find(&s, "fork/anon", "thp", 0, "intercept"), "ns", 3, 10000, 10000, 10000);
	assert_null(find(&s, "fork/anon", "thp", 0, "r2"));
	/* The sample's total, 300 + 50 pages, and not the cost a page. */
	assert_row(find(&s, "gup/get", NULL, 0, "slope"), "ns/page", 1, 50, 50, 50);
	assert_row(find(&s, "gup/get", NULL, 0, "intercept"), "ns", 1, 300, 300, 300);
	pcow_summary_clear(&s);
}

/* Replicates 2 and 3 have a part of the sizes, as where a precision stopped some. */
static void a_line_goes_through_every_size(void **state)
{
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("lines.jsonl"));
	assert_row(find(&s, "fork/anon", "base", 0, "slope"), "ns/GiB", 2, 1048576, 1048576,
		   1048576);
	pcow_summary_clear(&s);
}

/* By scipy, as in unit/core/precision. */
static void half_widths_take_five_workers(void **state)
{
	const struct pcow_metric_row *row;
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("precision.jsonl"));
	assert_float_equal(pcow_header_precision(&s.header), 0.01, 1e-12);
	row = find(&s, "fork/anon", NULL, 16777216, "latency");
	assert_float_equal(row->half_width, 0.007580211527510779, 1e-12);
	/* What does not vary, what is no cost, what too few have, what was skipped. */
	row = find(&s, "gup/get", NULL, 0, "net");
	assert_true(row->half_width == 0.0);
	assert_true(isnan(find(&s, "gup/get", NULL, 0, "ops")->half_width));
	assert_true(isnan(find(&s, "null/batch", NULL, 0, "latency")->half_width));
	assert_true(isnan(find(&s, "pin/register", NULL, 0, "latency")->half_width));
	pcow_summary_clear(&s);
	read_fixture(&s, FIXTURE("metrics.jsonl"));
	assert_true(pcow_header_precision(&s.header) == 0.0);
	pcow_summary_clear(&s);
}

static void rows_are_sorted(void **state)
{
	struct pcow_summary s;
	uint64_t last = 0;

	(void)state;
	read_fixture(&s, FIXTURE("slope.jsonl"));
	for (size_t i = 1; i < s.nr_rows; i++)
		assert_true(strcmp(s.rows[i - 1].scenario, s.rows[i].scenario) <= 0);
	for (size_t i = 0; i < s.nr_rows; i++) {
		const struct pcow_metric_row *row = &s.rows[i];

		if (row->nr_params != 2 || strcmp(row->params[0].text, "base") != 0)
			continue;
		assert_true(last <= row->params[1].number);
		last = row->params[1].number;
	}
	assert_int_equal(last, 64 << 20);
	pcow_summary_clear(&s);
}

static void what_did_not_run_has_a_row_that_says_why(void **state)
{
	const struct pcow_metric_row *row;
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("not-run.jsonl"));
	row = find(&s, "fork/anon", "hugetlb-2048K", 0, "latency");
	assert_non_null(row);
	assert_int_equal(row->n, 0);
	assert_true(isnan(row->median) && isnan(row->low) && isnan(row->high));
	assert_string_equal(row->unit, "ns/fork");
	assert_int_equal(row->status, PCOW_STATUS_SKIP);
	assert_string_equal(row->reason, "no free huge pages of 2048 kB: 0 of 8 needed");
	assert_string_equal(row->remedy, "sysctl vm.nr_hugepages=8");
	assert_float_equal(row->invalid_fraction, 0.0, 0.0);

	row = find(&s, "gup/get", NULL, 0, "latency");
	assert_int_equal(row->status, PCOW_STATUS_ERROR);
	row = find(&s, "fault/cow-reuse", NULL, 0, "latency");
	assert_int_equal(row->status, PCOW_STATUS_INVALID);
	assert_int_equal(row->n, 0);
	assert_float_equal(row->invalid_fraction, 1.0, 0.0);
	/* One replicate ran, the other could not: its figures stay, marked. */
	row = find(&s, "fault/first-touch", NULL, 0, "latency");
	assert_row(row, "ns/page", 1, 100, 100, 100);
	assert_int_equal(row->status, PCOW_STATUS_SKIP);
	assert_string_equal(row->remedy, "free some memory");
	pcow_summary_clear(&s);
}

static void a_cut_last_line_is_told(void **state)
{
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("cut-short.jsonl"));
	assert_true(s.truncated);
	assert_row(find(&s, "null/batch", NULL, 0, "latency"), "ns/op", 1, 100, 100, 100);
	assert_null(find(&s, "null/batch", NULL, 0, "per_gib"));
	pcow_summary_clear(&s);
}

static void an_unfinished_file_has_no_rows(void **state)
{
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("header-only.jsonl"));
	assert_int_equal(s.nr_rows, 0);
	pcow_summary_clear(&s);
}

static void counted_instructions_are_never_ns(void **state)
{
	struct pcow_summary s;

	(void)state;
	read_fixture(&s, FIXTURE("instructions.jsonl"));
	assert_row(find(&s, "fork/anon", NULL, 0, "latency"), "instructions/fork", 1, 500000,
		   500000, 500000);
	for (size_t i = 0; i < s.nr_rows; i++)
		assert_int_not_equal(strncmp(s.rows[i].unit, "ns", 2), 0);
	pcow_summary_clear(&s);
}

static void files_that_cannot_be_read_are_refused(void **state)
{
	struct pcow_error err = { "" };
	struct pcow_summary s;

	(void)state;
	assert_int_equal(pcow_summary_read(&s, FIXTURE("newer-schema.jsonl"), &err), -EPROTO);
	assert_non_null(strstr(err.text, "newer-schema.jsonl:1: schema 2 is newer than schema 1"));
	assert_int_equal(pcow_summary_read(&s, FIXTURE("not-there.jsonl"), &err), -ENOENT);
	assert_non_null(strstr(err.text, "not-there.jsonl"));
	assert_int_equal(s.nr_rows, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_are_those_worked_out_by_hand),
		cmocka_unit_test(memory_counts_where_it_closed),
		cmocka_unit_test(replaced_lines_leave_no_trace),
		cmocka_unit_test(a_known_line_is_found),
		cmocka_unit_test(a_line_goes_through_every_size),
		cmocka_unit_test(half_widths_take_five_workers),
		cmocka_unit_test(rows_are_sorted),
		cmocka_unit_test(what_did_not_run_has_a_row_that_says_why),
		cmocka_unit_test(a_cut_last_line_is_told),
		cmocka_unit_test(an_unfinished_file_has_no_rows),
		cmocka_unit_test(counted_instructions_are_never_ns),
		cmocka_unit_test(files_that_cannot_be_read_are_refused),
	};

	return cmocka_run_group_tests_name("summary/summary", tests, NULL, NULL);
}
