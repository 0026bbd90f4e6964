/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the unit tests of the writers: analyses made by hand, so that each says
 * exactly what its test is about.
 */
#ifndef PINCOW_FORMAT_FAKE_ANALYSIS_H
#define PINCOW_FORMAT_FAKE_ANALYSIS_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare/analysis.h"

#define FAKE_GROUPS 6
#define FAKE_BOOTS  5
#define FAKE_LINES  8

/**
 * struct fake - one comparison and all that it points to
 * @analysis:	to be written
 * @comparison, @groups, @boots, @files, @series, @params, @lines, @arms, @changes: its parts
 * @notes:	for tests that have one
 */
struct fake {
	struct pcow_analysis analysis;
	struct pcow_policy policy;
	struct pcow_comparison comparison;
	struct pcow_group groups[FAKE_GROUPS];
	struct pcow_boot boots[FAKE_GROUPS][FAKE_BOOTS];
	struct pcow_file files[FAKE_GROUPS];
	const struct pcow_file *file_pointers[FAKE_GROUPS];
	struct pcow_series series[FAKE_LINES];
	struct pcow_value params[FAKE_LINES][3];
	struct pcow_line lines[FAKE_LINES];
	struct pcow_arm arms[FAKE_LINES][FAKE_GROUPS];
	struct pcow_change changes[FAKE_LINES][FAKE_GROUPS];
	double values[FAKE_LINES][FAKE_GROUPS][FAKE_BOOTS];
	char *notes[1];
};

static inline void fake_file_make(struct pcow_file *file, const char *path, const char *release,
				  const char *model)
{
	*file = (struct pcow_file){ .path = (char *)(uintptr_t)path };
	strcpy(file->header.clock_domain, "wall");
	file->header.created_ns = 1767225600000000000;
	file->header.config = json_pack("{s:s, s:i}", "profile", "standard", "replicates", 3);
	file->header.host = json_pack(
		"{s:s, s:s, s:{s:s}, s:{s:s, s:n}, s:{s:I, s:i, s:s}, s:{s:[{}, {}]}, s:s}",
		"hostname", "example", "machine", "x86_64", "kernel", "release", release, "cpu",
		"model", "Example CPU @ 2.00GHz", "governor", "memory", "total_bytes",
		(json_int_t)16 << 30, "page_bytes", 4096, "thp_enabled", "always", "topology",
		"numa_nodes", "hypervisor", "kvm");
	file->header.model = json_pack("{s:s}", "name", model);
}

/* A comparison of @nr_groups groups, each of @nr_boots boots, without lines. */
static inline void fake_make(struct fake *fake, size_t nr_groups, size_t nr_boots)
{
	static char names[FAKE_GROUPS][8] = { "6.1.0",	"6.12.0", "6.13.0",
					      "6.14.0", "6.15.0", "6.16.0" };

	*fake = (struct fake){
		.policy = { .alarms = 0.005, .confidence = 0.95, .power = 0.8, .boots = 3 }
	};
	for (size_t i = 0; i < nr_groups; i++) {
		fake_file_make(&fake->files[i], "boot.jsonl", names[i],
			       i ? "owner-tracked" : "exclusive");
		fake->file_pointers[i] = &fake->files[i];
		for (size_t j = 0; j < nr_boots; j++)
			fake->boots[i][j] = (struct pcow_boot){ &fake->file_pointers[i], 1, 0 };
		fake->groups[i] = (struct pcow_group){ names[i], fake->boots[i], nr_boots };
	}
	fake->comparison = (struct pcow_comparison){
		.stratum = { .groups = fake->groups, .nr_groups = nr_groups },
		.lines = fake->lines,
	};
	fake->analysis = (struct pcow_analysis){
		.policy = &fake->policy,
		.comparisons = &fake->comparison,
		.nr_comparisons = 1,
		.notes = fake->notes,
	};
}

static inline void fake_clear(struct fake *fake)
{
	for (size_t i = 0; i < fake->comparison.stratum.nr_groups; i++)
		pcow_header_clear(&fake->files[i].header);
}

/* A line in which every group is missing; @size 0 for no such parameter. */
static inline struct pcow_line *fake_line(struct fake *fake, const char *scenario, uint64_t size,
					  const char *metric, const char *unit,
					  enum pcow_metric_kind kind)
{
	size_t n = fake->comparison.nr_lines++;
	struct pcow_line *line = &fake->lines[n];
	struct pcow_series *series = &fake->series[n];

	*series = (struct pcow_series){ .params = fake->params[n], .kind = kind };
	snprintf(series->scenario, sizeof(series->scenario), "%s", scenario);
	snprintf(series->metric, sizeof(series->metric), "%s", metric);
	snprintf(series->unit, sizeof(series->unit), "%s", unit);
	series->params[0] = (struct pcow_value){ .name = "page", .text = "base" };
	series->params[1] =
		(struct pcow_value){ .name = "size", .is_number = true, .number = size };
	series->nr_params = size ? 2 : 1;
	series->is_headline = strcmp(metric, "net") == 0 || strcmp(metric, "latency") == 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(metric, "net") == 0 && pcow_series_same_case(&fake->series[i], series))
			fake->series[i].is_headline = false;
	*line = (struct pcow_line){ series, fake->arms[n], fake->changes[n], true };
	for (size_t i = 0; i < FAKE_GROUPS; i++) {
		line->arms[i] = (struct pcow_arm){ .values = fake->values[n][i],
						   .median = NAN,
						   .low = NAN,
						   .high = NAN,
						   .reason = "",
						   .remedy = "" };
		for (size_t j = 0; j < FAKE_BOOTS; j++)
			line->arms[i].values[j] = NAN;
		line->changes[i] = (struct pcow_change){
			.shift = NAN,
			.low = NAN,
			.high = NAN,
			.rank = { NAN, NAN, NAN, NAN, 0.0 },
			.p = NAN,
			.q = NAN,
			.noise = NAN,
			.effect = NAN,
			.detectable = NAN,
			.verdict = PCOW_MISSING,
		};
	}
	return line;
}

/* A group's figures: @median, and 1 % to both sides; the boots lie on it. */
static inline void fake_arm(struct fake *fake, struct pcow_line *line, size_t group, double median)
{
	struct pcow_arm *arm = &line->arms[group];

	arm->present = true;
	arm->n = fake->groups[group].nr_boots;
	arm->median = median;
	arm->low = arm->n > 1 ? median * 0.99 : -INFINITY;
	arm->high = arm->n > 1 ? median * 1.01 : INFINITY;
	for (size_t i = 0; i < arm->n; i++)
		arm->values[i] = median;
}

/* A change of @shift with an interval of 0.3 % to both sides. */
static inline struct pcow_change *fake_change(struct fake *fake, struct pcow_line *line,
					      size_t group, double base, double shift,
					      enum pcow_verdict verdict)
{
	struct pcow_change *change = &line->changes[group];

	fake_arm(fake, line, 0, base);
	fake_arm(fake, line, group, base * (1.0 + shift));
	change->n = line->arms[0].n;
	change->is_relative = true;
	change->shift = shift;
	change->low = change->n > 1 ? shift - 0.003 : -INFINITY;
	change->high = change->n > 1 ? shift + 0.003 : INFINITY;
	change->p = change->n > 1 ? 0.001 : NAN;
	change->q = change->n > 1 ? 0.002 : NAN;
	change->noise = change->n > 1 ? 0.004 : INFINITY;
	change->effect = 0.02;
	change->detectable = change->n > 1 ? 0.01 : INFINITY;
	change->verdict = verdict;
	return change;
}

/* 512 bytes where the base holds none: there is nothing to be a fraction of. */
static inline struct pcow_change *fake_difference(struct fake *fake, enum pcow_verdict verdict)
{
	struct pcow_line *line =
		fake_line(fake, "pin/futex", 4096, "held_bytes", "bytes", PCOW_METRIC_MEMORY);
	struct pcow_change *change = fake_change(fake, line, 1, 0.0, 0.0, verdict);

	fake_arm(fake, line, 1, 512.0);
	change->is_relative = false;
	change->shift = 512.0;
	change->low = -100.0;
	change->high = 1020.0;
	change->noise = NAN;
	change->effect = NAN;
	change->detectable = NAN;
	return change;
}

/* Counts the gated lines as the analysis would. */
static inline void fake_gate(struct fake *fake)
{
	struct pcow_analysis *analysis = &fake->analysis;

	memset(analysis->nr_gated, 0, sizeof(analysis->nr_gated));
	for (size_t i = 0; i < fake->comparison.nr_lines; i++)
		for (size_t j = 1; j < fake->comparison.stratum.nr_groups; j++)
			if (fake->changes[i][j].gated)
				analysis->nr_gated[pcow_verdict_gate(
					fake->changes[i][j].verdict)]++;
	analysis->gate = PCOW_INCONCLUSIVE;
	if (analysis->nr_gated[PCOW_FAIL])
		analysis->gate = PCOW_FAIL;
	else if (analysis->nr_gated[PCOW_PASS] && !analysis->nr_gated[PCOW_INCONCLUSIVE])
		analysis->gate = PCOW_PASS;
}

/* What a writer makes of it; freed by the caller. */
static inline char *fake_write(const struct fake *fake, pcow_analysis_write *write, bool color)
{
	const struct pcow_rendering rendering = { "0.2.0", "pincow compare old new", color };
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(write(out, &fake->analysis, &rendering), 0);
	fclose(out);
	return text;
}

static inline void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is missing from:\n%s", part, text);
}

static inline void assert_silent(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

static inline size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

/* No line is longer; none holds a control character. */
static inline void assert_lines(const char *text, size_t width)
{
	size_t length = 0;

	for (; *text; text++) {
		if (*text == '\n') {
			length = 0;
			continue;
		}
		assert_true((unsigned char)*text >= ' ' && *text != 0x7f);
		if (++length > width)
			fail_msg("a line is longer than %zu: %.*s", width, (int)width,
				 text - width);
	}
}

#endif
