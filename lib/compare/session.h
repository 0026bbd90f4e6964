/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the unit tests of this room: from folders of fake boots to an analysis.
 */
#ifndef PINCOW_COMPARE_SESSION_H
#define PINCOW_COMPARE_SESSION_H

#include "testing.h"

/* Read, compare, and clear again with teardown(). */
struct session {
	struct pcow_policy policy;
	struct pcow_dataset set;
	struct pcow_analysis analysis;
	struct pcow_error err;
};

static inline int setup(void **state)
{
	struct session *session = calloc(1, sizeof(*session));

	pcow_policy_default(&session->policy);
	*state = session;
	return 0;
}

static inline int teardown(void **state)
{
	struct session *session = *state;

	pcow_analysis_clear(&session->analysis);
	pcow_dataset_clear(&session->set);
	pcow_policy_clear(&session->policy);
	free(session);
	fake_remove();
	return 0;
}

/* Compares folders; up to NULL. */
static inline int compare(struct session *session, unsigned int keys, const char *twin, ...)
{
	struct pcow_question question = { .keys = keys, .twin = twin, .policy = &session->policy };
	char paths[8][256], *arguments[8];
	size_t n = 0;
	va_list ap;
	int ret;

	va_start(ap, twin);
	for (const char *folder; (folder = va_arg(ap, const char *)); n++)
		arguments[n] = fake_path(paths[n], sizeof(paths[n]), folder);
	va_end(ap);
	ret = pcow_dataset_read(&session->set, arguments, n, &session->err);
	if (!ret)
		ret = pcow_analysis_make(&session->analysis, &session->set, &question,
					 &session->err);
	return ret;
}

/* @n boots of two cases, each a little off: @spread ns from boot to boot. */
static inline void write_boots(const char *folder, const struct fake_boot *like, size_t n,
			       int64_t ns, int64_t spread)
{
	for (size_t i = 0; i < n; i++) {
		char name[64];
		struct fake_boot boot = *like;
		int64_t off = spread * (int64_t)(i % 3) - spread;
		const struct fake_case cases[] = {
			{ .scenario = "fault/a", .size = 4096, .ns = ns + off, .copied = 2 },
			{ .scenario = "fault/b", .size = 4096, .ns = 5000 + 5 * off, .copied = 0 },
		};

		snprintf(name, sizeof(name), "%s-%zu", folder, i);
		boot.folder = folder;
		boot.name = name;
		if (like->block)
			boot.block = i + 1;
		fake_write(&boot, cases, 2);
	}
}

static inline const struct pcow_line *find_line(const struct session *session, const char *scenario,
						const char *metric)
{
	const struct pcow_comparison *comparison = &session->analysis.comparisons[0];

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];

		if (!strcmp(line->series->scenario, scenario) &&
		    !strcmp(line->series->metric, metric))
			return line;
	}
	fail_msg("no line %s %s", scenario, metric);
	return NULL;
}

static inline void assert_verdict(const struct session *session, const char *scenario,
				  const char *metric, enum pcow_verdict verdict)
{
	const struct pcow_line *line = find_line(session, scenario, metric);

	assert_string_equal(pcow_verdict_name(line->changes[1].verdict),
			    pcow_verdict_name(verdict));
}

static inline void assert_refused(struct session *session, int ret, int expected, const char *told)
{
	assert_int_equal(ret, expected);
	if (!strstr(session->err.text, told))
		fail_msg("'%s' does not tell '%s'", session->err.text, told);
}

static inline bool is_noted(const struct session *session, const char *text)
{
	for (size_t i = 0; i < session->analysis.nr_notes; i++) {
		if (strstr(session->analysis.notes[i], text))
			return true;
	}
	return false;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static inline int remove_root(void **state)
{
	(void)state;
	return rmdir(fake_root());
}

#endif
