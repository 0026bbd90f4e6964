/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An analysis' numbers and names as people read them.
 */
#include "compare/analysis.h"

#include <math.h>
#include <string.h>

/* Longer numbers are written with an exponent. */
#define DIGITS_MAX 9

/* ----------------------------------------------------------------- numbers */

void pcow_percent_format(char *buf, size_t size, double fraction, bool sign, const char *unit)
{
	double percent = 100.0 * fraction;
	const char *format = sign ? "%+.1f%s" : "%.1f%s";

	buf[0] = '\0';
	if (!isfinite(percent))
		return;
	if (fabs(percent) < 0.05) {
		percent = 0.0;
		format = "%.1f%s";
	} else if (fabs(percent) >= 99999.5) {
		format = sign ? "%+.2g%s" : "%.2g%s";
	} else if (fabs(percent) >= 999.95) {
		format = sign ? "%+.0f%s" : "%.0f%s";
	}
	snprintf(buf, size, format, percent, unit);
}

static struct pcow_style bytes_style(double bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	struct pcow_style style = { .divisor = 1.0 };
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && fabs(bytes) >= 1024.0 * style.divisor) {
		style.divisor *= 1024.0;
		i++;
	}
	snprintf(style.unit, sizeof(style.unit), "%s", units[i]);
	return style;
}

struct pcow_style pcow_line_style(const struct pcow_line *line, size_t nr_groups)
{
	const struct pcow_series *series = line->series;
	struct pcow_style style = { .divisor = 1.0 };
	struct pcow_scale scale;
	size_t i = 0;

	/* Nothing has no unit: that of what is more. */
	while (i + 1 < nr_groups && (!line->arms[i].n || line->arms[i].median == 0.0))
		i++;
	if (strcmp(series->unit, "bytes") == 0)
		return bytes_style(line->arms[i].median);
	if (series->kind == PCOW_METRIC_COST) {
		scale = pcow_scale_for(line->arms[i].median, series->unit);
		style.divisor = scale.divisor;
		snprintf(style.unit, sizeof(style.unit), "%s%.10s", scale.unit,
			 strchrnul(series->unit, '/'));
	} else if (strcmp(series->unit, "count") != 0) {
		snprintf(style.unit, sizeof(style.unit), "%.23s", series->unit);
	}
	return style;
}

void pcow_style_format(char *buf, size_t size, const struct pcow_style *style, double value)
{
	char number[400];

	buf[0] = '\0';
	if (!isfinite(value))
		return;
	value /= style->divisor;
	pcow_number_format(number, sizeof(number), value);
	if (strlen(number) > DIGITS_MAX)
		snprintf(number, sizeof(number), "%.4g", value);
	snprintf(buf, size, "%s", number);
}

void pcow_arm_format(char *buf, size_t size, const struct pcow_style *style,
		     const struct pcow_arm *arm)
{
	double half = (arm->high - arm->low) / 2.0;
	char value[PCOW_CELL_SIZE], width[PCOW_CELL_SIZE];

	pcow_style_format(value, sizeof(value), style, arm->median);
	/* Counted boots do not differ, and are one. */
	if (half == 0.0)
		width[0] = '\0';
	else if (arm->median != 0.0)
		pcow_percent_format(width, sizeof(width), half / fabs(arm->median), false, "%");
	else
		pcow_style_format(width, sizeof(width), style, half);
	snprintf(buf, size, "%.30s%s%.30s", value, *width ? " +-" : "", width);
}

/* A difference in the style's unit, with its sign. */
static void difference_format(char *buf, size_t size, const struct pcow_style *style, double value)
{
	char number[PCOW_CELL_SIZE];

	pcow_style_format(number, sizeof(number), style, value);
	snprintf(buf, size, "%s%s", value > 0.0 && strcmp(number, "0") != 0 ? "+" : "", number);
}

void pcow_change_format(char *buf, size_t size, const struct pcow_style *style,
			const struct pcow_change *change, const char *unit)
{
	char number[PCOW_CELL_SIZE];

	if (change->is_relative) {
		pcow_percent_format(buf, size, change->shift, true, unit);
		return;
	}
	difference_format(number, sizeof(number), style, change->shift);
	snprintf(buf, size, "%s%s%s", number, *number && *style->unit ? " " : "",
		 *number ? style->unit : "");
}

void pcow_interval_format(char *buf, size_t size, const struct pcow_style *style,
			  const struct pcow_change *change)
{
	char low[PCOW_CELL_SIZE], high[PCOW_CELL_SIZE];

	buf[0] = '\0';
	if (!isfinite(change->low) || !isfinite(change->high))
		return;
	if (change->deterministic && change->low == change->high) {
		snprintf(buf, size, "deterministic");
		return;
	}
	if (change->is_relative) {
		pcow_percent_format(low, sizeof(low), change->low, true, "");
		pcow_percent_format(high, sizeof(high), change->high, true, "");
	} else {
		difference_format(low, sizeof(low), style, change->low);
		difference_format(high, sizeof(high), style, change->high);
	}
	snprintf(buf, size, "[%.28s, %.28s]", low, high);
}

/* ------------------------------------------------------------------- lines */

bool pcow_change_is_refused(const struct pcow_change *change)
{
	return change->verdict == PCOW_OTHER_WORK || change->verdict == PCOW_BROKEN ||
	       change->verdict == PCOW_MISSING;
}

const char *pcow_verdict_color(enum pcow_verdict verdict)
{
	switch (verdict) {
	case PCOW_WORSE:
	case PCOW_BROKEN:
		return "\033[31m";
	case PCOW_BETTER:
	case PCOW_LIKELY_BETTER:
		return "\033[32m";
	case PCOW_LIKELY_WORSE:
	case PCOW_UNCLEAR:
	case PCOW_TOO_FEW:
		return "\033[33m";
	default:
		return "";
	}
}

void pcow_line_name_format(char *buf, size_t size, const struct pcow_line *line)
{
	char name[PCOW_NAME_SIZE];
	size_t used;

	pcow_series_case_format(name, sizeof(name), line->series);
	used = strlen(name);
	if (!line->series->is_headline)
		snprintf(name + used, sizeof(name) - used, " %s", line->series->metric);
	pcow_text_plain(buf, size, name);
}

bool pcow_change_is_shown(const struct pcow_line *line, const struct pcow_change *change)
{
	(void)change;
	return line->shown;
}

bool pcow_change_is_not_gated(const struct pcow_line *line, const struct pcow_change *change)
{
	(void)line;
	return !change->gated;
}

/* ------------------------------------------------------------------- tally */

static bool is_larger(const struct pcow_tally *tally, const struct pcow_change *change)
{
	if (change->verdict != PCOW_WORSE && change->verdict != PCOW_BETTER)
		return false;
	/* What has no share is named where nothing has. */
	if (!isfinite(change->shift))
		return false;
	return !tally->largest ||
	       pcow_change_size(change) > pcow_change_size(&tally->largest->changes[tally->group]);
}

static void tally_line(struct pcow_tally *tally, const struct pcow_comparison *comparison,
		       const struct pcow_line *line, pcow_change_filter *filter)
{
	for (size_t i = 1; i < comparison->stratum.nr_groups; i++) {
		const struct pcow_change *change = &line->changes[i];

		if (!filter(line, change))
			continue;
		tally->n[change->verdict]++;
		tally->lines++;
		if (is_larger(tally, change)) {
			tally->largest = line;
			tally->comparison = comparison;
			tally->group = i;
		}
	}
}

void pcow_tally_make(struct pcow_tally *tally, const struct pcow_analysis *analysis,
		     pcow_change_filter *filter)
{
	*tally = (struct pcow_tally){ .lines = 0 };
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[i];

		for (size_t j = 0; j < comparison->nr_lines; j++)
			tally_line(tally, comparison, &comparison->lines[j], filter);
	}
}

static void largest_format(char *buf, size_t size, const struct pcow_tally *tally)
{
	const struct pcow_stratum *stratum = &tally->comparison->stratum;
	const struct pcow_change *change = &tally->largest->changes[tally->group];
	struct pcow_style style = pcow_line_style(tally->largest, stratum->nr_groups);
	char name[PCOW_NAME_SIZE], group[PCOW_NAME_SIZE] = "";
	char shift[PCOW_CELL_SIZE], interval[PCOW_CELL_SIZE];

	pcow_line_name_format(name, sizeof(name), tally->largest);
	if (stratum->nr_groups > 2)
		pcow_text_plain(group, sizeof(group), stratum->groups[tally->group].name);
	pcow_change_format(shift, sizeof(shift), &style, change, " %");
	pcow_interval_format(interval, sizeof(interval), &style, change);
	snprintf(buf, size, "; largest: %s%s%s %s %s", group, *group ? ": " : "", name, shift,
		 interval);
}

void pcow_tally_format(char *buf, size_t size, const struct pcow_tally *tally)
{
	/* What asks for attention comes first. */
	static const enum pcow_verdict order[] = {
		PCOW_WORSE,	   PCOW_BROKEN,	       PCOW_BETTER,	 PCOW_WORK_CHANGED,
		PCOW_LIKELY_WORSE, PCOW_LIKELY_BETTER, PCOW_WORSE_SMALL, PCOW_UNCLEAR,
		PCOW_SAME,	   PCOW_BETTER_SMALL,  PCOW_NO_WORSE,	 PCOW_WORK_SAME,
		PCOW_TOO_FEW,	   PCOW_OTHER_WORK,    PCOW_MISSING,
	};
	const char *separator = ": ";
	size_t used;

	used = (size_t)snprintf(buf, size, "%zu line%s", tally->lines,
				tally->lines == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && used < size; i++) {
		if (!tally->n[order[i]])
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%zu %s", separator,
					 tally->n[order[i]], pcow_verdict_name(order[i]));
		separator = ", ";
	}
	if (tally->largest && used < size)
		largest_format(buf + used, size - used, tally);
}
