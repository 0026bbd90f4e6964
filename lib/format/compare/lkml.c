/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evidence for a commit message or a mailing list: plain ASCII, 75 columns and 40
 * lines; where it was measured, one table of what changed, what could not be
 * compared, and the notes.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/analysis.h"

#define WIDTH 75
#define LINES 40

/* The table has what head and tail leave: the tail leaves this much. */
#define TAIL_LINES 9

/* Where the texts of the head begin. */
#define HEAD_INDENT 11

/* So much of a command: files may be many. */
#define COMMAND_MAX 200

/* Cells of a row, with a space between each two.  Counted boots that are equal are
 * one, and have no interval: the case has their room. */
#define CASE_LENGTH	28
#define EXACT_LENGTH	(CASE_LENGTH + INTERVAL_LENGTH + BOOTS_LENGTH + 2)
#define NUMBER_LENGTH	8
#define CHANGE_LENGTH	7
#define INTERVAL_LENGTH 16
#define BOOTS_LENGTH	3

_Static_assert(CASE_LENGTH + 2 * NUMBER_LENGTH + CHANGE_LENGTH + INTERVAL_LENGTH + BOOTS_LENGTH +
			       5 <=
		       WIDTH,
	       "a row is too wide");

/* ------------------------------------------------------------------- texts */

/* Wrapped, in ASCII. */
static void put_text(FILE *out, const char *text, size_t indent)
{
	char plain[2 * PCOW_NAME_SIZE];

	pcow_text_plain(plain, sizeof(plain), text);
	for (char *c = plain; *c; c++)
		if ((unsigned char)*c > '~')
			*c = '?';
	pcow_text_wrap(out, plain, indent, WIDTH);
}

static void put_head(FILE *out, const char *label, const char *text)
{
	fprintf(out, "%-*s", HEAD_INDENT, label);
	put_text(out, text, HEAD_INDENT);
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

/* -------------------------------------------------------------------- head */

static const struct pcow_file *first_file(const struct pcow_group *group)
{
	return group->boots[0].files[0];
}

/* "CPU, x86_64, 15.6 GiB, 2 NUMA nodes, hypervisor kvm" */
static void platform_format(char *buf, size_t size, const struct pcow_group *group)
{
	const struct pcow_file *file = first_file(group);
	const json_t *host = file->header.host;
	const json_t *total = json_object_get(json_object_get(host, "memory"), "total_bytes");
	size_t nodes =
		json_array_size(json_object_get(json_object_get(host, "topology"), "numa_nodes"));
	const char *hypervisor = json_string_value(json_object_get(host, "hypervisor"));
	char memory[PCOW_CELL_SIZE] = "memory unknown", numa[PCOW_CELL_SIZE] = "";

	if (json_is_integer(total))
		pcow_memory_format(memory, sizeof(memory), (double)json_integer_value(total));
	if (nodes)
		snprintf(numa, sizeof(numa), ", %zu NUMA node%s", nodes, nodes == 1 ? "" : "s");
	snprintf(buf, size, "%.200s, %.60s, %s%s%s%.60s", pcow_file_cpu(file),
		 pcow_file_machine(file), memory, numa, hypervisor ? ", hypervisor " : "",
		 hypervisor ? hypervisor : "");
}

static void put_groups(FILE *out, const struct pcow_stratum *stratum, size_t other)
{
	const size_t groups[] = { 0, other };
	char text[2 * PCOW_NAME_SIZE], rest[PCOW_NAME_SIZE];
	char platforms[2][PCOW_NAME_SIZE];

	for (size_t i = 0; i < 2; i++)
		platform_format(platforms[i], sizeof(platforms[i]), &stratum->groups[groups[i]]);
	put_head(out, "Platform:", platforms[0]);
	if (strcmp(platforms[0], platforms[1]) != 0)
		put_head(out, "  of new:", platforms[1]);
	for (size_t i = 0; i < 2; i++) {
		const struct pcow_group *group = &stratum->groups[groups[i]];
		/* Not twice, where the groups are made by it. */
		bool named = strcmp(group->name, pcow_file_release(first_file(group))) != 0;

		pcow_group_format(rest, sizeof(rest), stratum, groups[i]);
		snprintf(text, sizeof(text), "%.700s%s%s", named ? group->name : "",
			 named ? ": " : "", rest);
		put_head(out, i ? "New:" : "Base:", text);
	}
}

/* Appends "WHAT VALUE" where the header's tree has a text or a number. */
static void fact_add(char *buf, size_t size, const char *what, const json_t *value)
{
	size_t used = strlen(buf);
	const char *comma = used ? ", " : "";

	if (json_is_string(value))
		snprintf(buf + used, size - used, "%s%s %.60s", comma, what,
			 json_string_value(value));
	else if (json_is_integer(value))
		snprintf(buf + used, size - used, "%s%s %" JSON_INTEGER_FORMAT, comma, what,
			 json_integer_value(value));
}

static void put_config(FILE *out, const struct pcow_group *base)
{
	const struct pcow_header *header = &first_file(base)->header;
	const json_t *memory = json_object_get(header->host, "memory");
	char text[PCOW_NAME_SIZE] = "";

	fact_add(text, sizeof(text), "profile", json_object_get(header->config, "profile"));
	fact_add(text, sizeof(text),
		 pcow_header_precision(header) > 0 ? "workers a case up to" : "workers a case",
		 json_object_get(header->config, "replicates"));
	fact_add(text, sizeof(text), "page bytes", json_object_get(memory, "page_bytes"));
	fact_add(text, sizeof(text), "THP", json_object_get(memory, "thp_enabled"));
	fact_add(text, sizeof(text), "governor",
		 json_object_get(json_object_get(header->host, "cpu"), "governor"));
	put_head(out, "Config:", *text ? text : "unknown");
}

/* What built the kernels; files of earlier versions do not tell. */
static void put_compilers(FILE *out, const struct pcow_stratum *stratum, size_t other)
{
	const char *base = pcow_group_text(&stratum->groups[0], pcow_file_compiler);
	const char *new = pcow_group_text(&stratum->groups[other], pcow_file_compiler);
	char text[PCOW_NAME_SIZE];

	if (base && new &&strcmp(base, new) == 0)
		snprintf(text, sizeof(text), "%s", base);
	else
		snprintf(text, sizeof(text), "%.300s; of new: %.300s", base ? base : "several",
			 new ? new : "several");
	put_head(out, "Compiler:", text);
}

/* Are counted boots the same to the digit, as they ought to be? */
static bool is_exact(const struct pcow_comparison *comparison)
{
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		for (size_t g = 1; g < comparison->stratum.nr_groups; g++) {
			const struct pcow_change *change = &comparison->lines[i].changes[g];

			if (change->low < change->high)
				return false;
		}
	}
	return pcow_stratum_is_counted(&comparison->stratum);
}

/* The command, as far as there is room for whole words of it. */
static void put_command(FILE *out, const struct pcow_rendering *rendering)
{
	const char *command = rendering->command, *more = "";
	size_t length = strlen(command);
	char text[PCOW_NAME_SIZE];

	if (length > COMMAND_MAX) {
		for (length = COMMAND_MAX; length && command[length] != ' '; length--)
			;
		more = " ...";
	}
	snprintf(text, sizeof(text), "%.*s%s (pincow %.60s)", (int)length, command, more,
		 rendering->version);
	put_head(out, "Command:", text);
}

static void put_heads(FILE *out, const struct pcow_analysis *analysis,
		      const struct pcow_comparison *comparison, size_t other,
		      const struct pcow_rendering *rendering)
{
	const struct pcow_stratum *stratum = &comparison->stratum;
	char text[PCOW_NAME_SIZE];

	put_groups(out, stratum, other);
	put_compilers(out, stratum, other);
	put_config(out, &stratum->groups[0]);
	put_head(out, "Clock:",
		 pcow_stratum_is_counted(stratum)
			 ? "counted instructions of an emulated CPU: no latencies"
			 : "wall time");
	if (is_exact(comparison))
		snprintf(text, sizeof(text),
			 "of an operation; boots are equal by construction, so changes are exact");
	else if (pcow_stratum_is_counted(stratum))
		snprintf(text, sizeof(text),
			 "of an operation; boots ought to be equal and are not: the interval is "
			 "their range");
	else
		snprintf(text, sizeof(text),
			 "of an operation (slope: of a GiB or an item), medians over n boots (p: "
			 "paired by block); change of geometric means, each end of its interval "
			 "with %.4g%% confidence",
			 100.0 * analysis->policy->confidence);
	put_head(out, "Figures:", text);
	put_command(out, rendering);
}

/* ------------------------------------------------------------------- table */

/* What is worse stands first, what nobody judged last. */
static int verdict_rank(enum pcow_verdict verdict)
{
	return verdict == PCOW_WORSE	      ? 0
	       : verdict == PCOW_BETTER	      ? 2
	       : verdict == PCOW_WORK_CHANGED ? 3
	       : verdict == PCOW_TOO_FEW      ? 4
					      : 1;
}

static int compare_rows(const void *pa, const void *pb)
{
	const struct pcow_refusal *a = pa, *b = pb;
	const struct pcow_change *ca = &a->line->changes[a->group];
	const struct pcow_change *cb = &b->line->changes[b->group];
	int order = verdict_rank(ca->verdict) - verdict_rank(cb->verdict);
	double size_a = pcow_change_size(ca), size_b = pcow_change_size(cb);

	if (order || size_a != size_b)
		return order ? order : size_a < size_b ? 1 : -1;
	return (a->line > b->line) - (a->line < b->line);
}

static bool is_row(const struct pcow_line *line, const struct pcow_change *change)
{
	switch (change->verdict) {
	case PCOW_SAME:
	case PCOW_NO_WORSE:
	case PCOW_WORSE_SMALL:
	case PCOW_BETTER_SMALL:
	case PCOW_UNCLEAR:
	case PCOW_WORK_SAME:
		return false;
	case PCOW_TOO_FEW:
		return line->shown && !(fabs(change->shift) <= fmax(change->effect, 0.0));
	default:
		return line->shown && !pcow_change_is_refused(change);
	}
}

/* "1.02us": what it is of, the head says; nothing where it has no room. */
static void number_cell(char *cell, const struct pcow_line *line, const struct pcow_style *style,
			size_t group)
{
	size_t unit = strcspn(style->unit, "/");
	char number[PCOW_CELL_SIZE];

	pcow_style_format(number, sizeof(number), style, line->arms[group].median);
	/* Counts of work, and instructions, have no unit but their name. */
	snprintf(cell, PCOW_CELL_SIZE, "%.30s%.*s", number, unit <= strlen("GiB") ? (int)unit : 0,
		 style->unit);
	if (strlen(cell) > NUMBER_LENGTH)
		snprintf(cell, PCOW_CELL_SIZE, "%.2g", line->arms[group].median / style->divisor);
}

static int case_length(const struct pcow_comparison *comparison)
{
	return is_exact(comparison) ? EXACT_LENGTH : CASE_LENGTH;
}

static void put_cells(FILE *out, const struct pcow_comparison *comparison, const char *name,
		      const char *base, const char *new, const char *change, const char *interval,
		      const char *n)
{
	int length = case_length(comparison);

	if (strlen(name) > (size_t)length) {
		put_text(out, name, 0);
		name = "";
	}
	fprintf(out, "%-*s %*s %*s %*.*s", length, name, NUMBER_LENGTH, base, NUMBER_LENGTH, new,
		CHANGE_LENGTH, CHANGE_LENGTH, change);
	if (length == CASE_LENGTH)
		fprintf(out, " %*s %*s", INTERVAL_LENGTH,
			strlen(interval) > INTERVAL_LENGTH ? "" : interval, BOOTS_LENGTH, n);
	fputc('\n', out);
}

static void put_row(FILE *out, const struct pcow_comparison *comparison,
		    const struct pcow_refusal *row)
{
	const struct pcow_line *line = row->line;
	const struct pcow_change *change = &line->changes[row->group];
	struct pcow_style style = pcow_line_style(line, comparison->stratum.nr_groups);
	const struct pcow_style bare = { .divisor = style.divisor };
	size_t n_base = line->arms[0].n, n_new = line->arms[row->group].n;
	char base[PCOW_CELL_SIZE], new[PCOW_CELL_SIZE], shift[PCOW_CELL_SIZE];
	char interval[PCOW_CELL_SIZE], n[PCOW_CELL_SIZE], name[PCOW_NAME_SIZE];

	number_cell(base, line, &style, 0);
	number_cell(new, line, &style, row->group);
	pcow_change_format(shift, sizeof(shift), &bare, change, "%");
	pcow_interval_format(interval, sizeof(interval), &bare, change);
	if (n_base == n_new)
		snprintf(n, sizeof(n), "%zu%s", change->n, change->paired ? "p" : "");
	else
		snprintf(n, sizeof(n), "%zu/%zu", n_base, n_new);
	pcow_line_name_format(name, sizeof(name), line);
	put_cells(out, comparison, name, base, new, shift, interval, n);
}

/* Rows below the verdict that they share, no more than @room lines of them. */
static void put_rows(FILE *out, const struct pcow_comparison *comparison,
		     const struct pcow_refusal *rows, size_t n, size_t room)
{
	size_t i, used = 0;

	for (i = 0; i < n; i++) {
		enum pcow_verdict verdict = rows[i].line->changes[rows[i].group].verdict;
		bool heads = !i || rows[i - 1].line->changes[rows[i].group].verdict != verdict;
		char name[PCOW_NAME_SIZE];

		pcow_line_name_format(name, sizeof(name), rows[i].line);
		used += 1 + heads +
			(strlen(name) + WIDTH - 1) / WIDTH *
				(strlen(name) > (size_t)case_length(comparison));
		if (used > room)
			break;
		if (heads)
			fprintf(out, "%s:\n", pcow_verdict_name(verdict));
		put_row(out, comparison, &rows[i]);
	}
	if (i < n)
		fprintf(out, "and %zu more: pincow compare has all\n", n - i);
}

static int put_table(FILE *out, const struct pcow_comparison *comparison, size_t group, size_t room)
{
	struct pcow_refusal *rows = calloc(comparison->nr_lines + 1, sizeof(*rows));
	size_t n = 0;

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];

		if (is_row(line, &line->changes[group]))
			rows[n++] = (struct pcow_refusal){ line, group };
	}
	qsort(rows, n, sizeof(*rows), compare_rows);
	fputc('\n', out);
	if (n) {
		put_cells(out, comparison, "", "base", "new", "change", "interval", "n");
		put_rows(out, comparison, rows, n, room);
	}
	free(rows);
	return 0;
}

/* -------------------------------------------------------------------- tail */

static int put_refusals(FILE *out, const struct pcow_comparison *comparison, size_t group)
{
	struct pcow_refusals refusals;
	int ret = pcow_refusals_make(&refusals, comparison, pcow_change_is_shown);

	for (size_t i = 0, same; !ret && i < refusals.n; i += same) {
		char reason[PCOW_NAME_SIZE], name[PCOW_NAME_SIZE], text[3 * PCOW_NAME_SIZE];

		same = pcow_refusals_same(&refusals, i);
		if (refusals.at[i].group != group)
			continue;
		pcow_refusal_format(reason, sizeof(reason), comparison, &refusals.at[i]);
		pcow_line_name_format(name, sizeof(name), refusals.at[i].line);
		snprintf(text, sizeof(text), "%s: %s", name, reason);
		if (same > 1)
			snprintf(text, sizeof(text), "%s and %zu more: %s", name, same - 1, reason);
		fputs("Not compared: ", out);
		put_text(out, text, strlen("Not compared: "));
	}
	pcow_refusals_clear(&refusals);
	return ret;
}

/* How many lines have which verdict: what is the same is told by its number alone. */
static void put_verdicts(FILE *out, const struct pcow_comparison *comparison, size_t group)
{
	struct pcow_tally tally = { .lines = 0 };
	char text[PCOW_NAME_SIZE];

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];

		tally.n[line->changes[group].verdict] += line->shown;
		tally.lines += line->shown;
	}
	pcow_tally_format(text, sizeof(text), &tally);
	put_text(out, text, 0);
}

static int put_tail(FILE *out, const struct pcow_analysis *analysis,
		    const struct pcow_comparison *comparison, size_t group)
{
	put_verdicts(out, comparison, group);
	for (size_t i = 0; i < analysis->nr_notes; i++) {
		fputs("Note: ", out);
		put_text(out, analysis->notes[i], strlen("Note: "));
	}
	return put_refusals(out, comparison, group);
}

/* As many lines of @text as there is room for. */
static void put_lines(FILE *out, const char *text, size_t room)
{
	size_t lines = count_lines(text);

	for (size_t i = 0; i < lines && (i + 1 < room || lines <= room); i++) {
		size_t length = strcspn(text, "\n") + 1;

		fwrite(text, 1, length, out);
		text += length;
	}
	if (lines > room)
		fprintf(out, "and %zu lines more: pincow compare has all\n", lines - room + 1);
}

/* ------------------------------------------------------------------- texts */

static int put_group(FILE *out, const struct pcow_analysis *analysis,
		     const struct pcow_comparison *comparison, size_t group,
		     const struct pcow_rendering *rendering)
{
	char *texts[2] = { NULL, NULL };
	size_t sizes[2], head, tail;
	int ret = 0;

	for (size_t i = 0; !ret && i < 2; i++) {
		FILE *text = open_memstream(&texts[i], &sizes[i]);

		if (!text)
			ret = -ENOMEM;
		else if (i)
			ret = put_tail(text, analysis, comparison, group);
		else
			put_heads(text, analysis, comparison, group, rendering);
		if (text && fclose(text))
			ret = -ENOMEM;
	}
	if (!ret) {
		head = count_lines(texts[0]);
		tail = count_lines(texts[1]);
		tail = tail < TAIL_LINES ? tail : TAIL_LINES;
		fputs(texts[0], out);
		/* Two blank lines, the table's head, and "more". */
		ret = put_table(out, comparison, group, LINES - head - tail - 4);
		fputc('\n', out);
		put_lines(out, texts[1], tail);
	}
	free(texts[0]);
	free(texts[1]);
	return ret;
}

int pcow_compare_lkml_write(FILE *out, const struct pcow_analysis *analysis,
			    const struct pcow_rendering *rendering)
{
	for (size_t i = 0; i < analysis->nr_comparisons; i++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[i];

		for (size_t group = 1; group < comparison->stratum.nr_groups; group++) {
			fputs(i || group > 1 ? "\n" : "", out);
			if (put_group(out, analysis, comparison, group, rendering))
				return -ENOMEM;
		}
	}
	return 0;
}
