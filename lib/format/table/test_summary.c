/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table for people: what it must say, how wide it may be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/format.h>

#define FIXTURE(name) PINCOW_FIXTURES "/results/" name

/* The table of a fixture; freed by the caller. */
static char *table(const char *path, bool color)
{
	struct pcow_error err = { "" };
	struct pcow_summary summary;
	size_t length;
	char *text;
	FILE *out;

	if (pcow_summary_read(&summary, path, &err))
		fail_msg("%s", err.text);
	out = open_memstream(&text, &length);
	assert_non_null(out);
	pcow_summary_print(out, &summary, color);
	fclose(out);
	pcow_summary_clear(&summary);
	return text;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is missing from:\n%s", part, text);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

static void the_head_names_the_source(void **state)
{
	char *text = table(FIXTURE("metrics.jsonl"), false);

	(void)state;
	assert_says(text, "host    example, x86_64, hypervisor kvm\n");
	assert_says(text, "kernel  6.1.0-13-amd64\n");
	assert_says(text, "Example CPU @ 2.00GHz, CPUs 0-1 online, governor unknown\n");
	assert_says(text, "the timer pair costs 20.0 ns");
	assert_says(text, "pincow 0.1.0, profile quick, seed 42, 3 workers a case, "
			  "2026-01-01 00:00:00 UTC\n");
	assert_says(text, "within ONE boot: a range, not a confidence interval\n");
	free(text);
}

static void the_head_names_the_model_if_the_file_does(void **state)
{
	char *text = table(FIXTURE("instructions.jsonl"), false);

	(void)state;
	assert_says(text, ", COW model exclusive\n");
	free(text);
}

static void a_case_is_one_row(void **state)
{
	char *text = table(FIXTURE("metrics.jsonl"), false);

	(void)state;
	assert_says(text, "fault/cow-copy  base 16M  3     1.50  us/page  1.10..2.00  1.40    1.00"
			  "      11%        25%  time cap\n");
	/* That row, and two of memory: nothing was pinned. */
	assert_int_equal(count(text, "\nfault/cow-copy"), 3);
	assert_says(text, "page_tables_bytes  8.00 KiB  4.00 KiB .. 12.0 KiB  process\n");
	assert_says(text, "rss_pages           0 pages   -2 pages .. 2 pages  process\n");
	free(text);
}

static void memory_that_did_not_close_is_no_figure(void **state)
{
	char *text = table(FIXTURE("memory.jsonl"), false);

	(void)state;
	assert_says(text,
		    "slab_unreclaimable_bytes   144 KiB  128 KiB .. 160 KiB  host   1 more did "
		    "not close\n");
	assert_says(text, "\nMemory not weighed: it was not the same before and after\n"
			  "  vmalloc_bytes, by host\n    cases: fault/cow-copy base 16M\n");
	assert_int_equal(count(text, "vmalloc_bytes"), 1);
	free(text);
}

static void columns_without_figures_are_left_out(void **state)
{
	char *text = table(FIXTURE("cut-short.jsonl"), false);

	(void)state;
	assert_says(text, "scenario    n  latency\nnull/batch  1      100  ns/op\n");
	assert_says(text, "left out: none\n");
	assert_int_equal(count(text, "net "), 0);
	assert_says(text, "last line is cut short");
	assert_says(text, "--resume");
	free(text);
}

static void lines_are_shown_with_their_fit(void **state)
{
	char *text = table(FIXTURE("slope.jsonl"), false);

	(void)state;
	assert_says(
		text,
		"fork/anon  base             3   1.05  ms/GiB   0.52..1.57   20.0  us   1.00000\n");
	assert_says(text, "2 points\n");
	assert_says(text, "50.0  ns/page");
	free(text);
}

static void a_reason_is_told_once_for_all_its_cases(void **state)
{
	char *text = table(FIXTURE("not-run.jsonl"), false);

	(void)state;
	assert_int_equal(count(text, "no free huge pages"), 1);
	assert_says(text, "    remedy: sysctl vm.nr_hugepages=8\n"
			  "    cases: fork/anon hugetlb-2048K 16M, fork/exit hugetlb-2048K 16M\n");
	assert_says(text, "\nFailed\n  futex: Function not implemented\n    cases: gup/get "
			  "pages=64 pinner=futex\n");
	assert_says(text, "faults: 0 an operation, 1 claimed\n");
	assert_says(text, "1 of 2 workers gave no figure: skip\n");
	free(text);
}

/* A page, or a fault, of the one is 512 of the other. */
static void a_row_tells_the_size_of_its_page(void **state)
{
	struct pcow_metric_row row = { .unit = "ns/fault",
				       .op_bytes = 2 << 20,
				       .median = 100.0,
				       .metric = "latency",
				       .n = 1,
				       .nr_workers = 1 };
	struct pcow_summary summary = { .rows = &row, .nr_rows = 1 };
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	summary.header.host = json_pack("{s:{s:i}}", "memory", "page_bytes", 4096);
	pcow_summary_print(out, &summary, false);
	row.op_bytes = 4096;
	pcow_summary_print(out, &summary, false);
	fclose(out);
	assert_int_equal(count(text, " ns/fault of 2M"), 1);
	assert_int_equal(count(text, " ns/fault"), 2);
	free(text);
	json_decref(summary.header.host);
}

static void what_is_less_precise_than_asked_is_told(void **state)
{
	char *text = table(FIXTURE("precision.jsonl"), false);

	(void)state;
	assert_says(text, ", 5 to 7 workers a case until within 1%, ");
	assert_says(text, "\nNot within 1% as asked: half the 95% interval over n workers\n"
			  "scenario    case      n   within\n"
			  "fork/anon   base 64M  7     9.1%\n"
			  "null/batch  base 16M  3  unknown\n\n");
	free(text);
	text = table(FIXTURE("metrics.jsonl"), false);
	assert_int_equal(count(text, "Not within"), 0);
	free(text);
}

static void instructions_are_no_time(void **state)
{
	char *text = table(FIXTURE("instructions.jsonl"), false);

	(void)state;
	assert_says(text, "every figure is a count, not a time");
	assert_says(text, "500000  instructions/fork");
	assert_int_equal(count(text, " ns"), 0);
	assert_int_equal(count(text, " us/"), 0);
	free(text);
}

static void an_empty_run_says_so(void **state)
{
	char *text = table(FIXTURE("header-only.jsonl"), false);

	(void)state;
	assert_says(text, "No worker has finished yet.\n");
	free(text);
}

static void lines_fit_and_color_is_asked_for(void **state)
{
	static const char *const files[] = { FIXTURE("metrics.jsonl"), FIXTURE("slope.jsonl"),
					     FIXTURE("not-run.jsonl"),
					     FIXTURE("instructions.jsonl") };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *plain = table(files[i], false);
		char *colored = table(files[i], true);

		assert_int_equal(count(plain, "\033"), 0);
		assert_true(count(colored, "\033[1m") > 0);
		assert_int_equal(count(colored, "\033[1m"), count(colored, "\033[0m"));
		for (char *line = strtok(plain, "\n"); line; line = strtok(NULL, "\n"))
			assert_true(strlen(line) <= 120);
		free(plain);
		free(colored);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_names_the_source),
		cmocka_unit_test(the_head_names_the_model_if_the_file_does),
		cmocka_unit_test(a_case_is_one_row),
		cmocka_unit_test(memory_that_did_not_close_is_no_figure),
		cmocka_unit_test(columns_without_figures_are_left_out),
		cmocka_unit_test(lines_are_shown_with_their_fit),
		cmocka_unit_test(a_reason_is_told_once_for_all_its_cases),
		cmocka_unit_test(a_row_tells_the_size_of_its_page),
		cmocka_unit_test(what_is_less_precise_than_asked_is_told),
		cmocka_unit_test(instructions_are_no_time),
		cmocka_unit_test(an_empty_run_says_so),
		cmocka_unit_test(lines_fit_and_color_is_asked_for),
	};

	return cmocka_run_group_tests_name("format/table", tests, NULL, NULL);
}
