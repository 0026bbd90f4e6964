/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page of `pincow report`: the verdict first, then what it rests on.
 *
 * It has no script and asks for nothing: its policy forbids both, should a
 * text from a result file ever get through as markup.  Figures are images of
 * their own, so that nothing within an SVG acts on the page, nor ids of one
 * figure on another.
 */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gate/gate.h"

static const unsigned char style_sheet[] = {
#include "report_style.inc"
};

/* Notes beyond these are folded, and lines that fail. */
#define NOTES_SHOWN    3
#define FAILURES_SHOWN 8

/* "B, C and D against A" */
static void title_print(FILE *out, const struct pcow_stratum *stratum)
{
	for (size_t i = 1; i < stratum->nr_groups; i++) {
		if (i > 1)
			fputs(i + 1 < stratum->nr_groups ? ", " : " and ", out);
		pcow_markup_write(out, stratum->groups[i].name);
	}
	pcow_markup_print(out, " against %s", stratum->groups[0].name);
}

static void head_print(FILE *out, const struct pcow_stratum *stratum)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      /* Or a browser asks the server for one. */
	      "<link rel=\"icon\" href=\"data:,\">\n<title>pincow: ",
	      out);
	title_print(out, stratum);
	fputs("</title>\n<style>\n", out);
	fwrite(style_sheet, sizeof(style_sheet), 1, out);
	fputs("</style>\n</head>\n", out);
}

/* ----------------------------------------------------------------- verdict */

static void verdict_text(FILE *out, const struct pcow_analysis *analysis)
{
	const size_t *n = analysis->nr_gated;
	size_t gated = n[PCOW_PASS] + n[PCOW_FAIL] + n[PCOW_INCONCLUSIVE];
	const char *would = analysis->nr_blocked ? "would " : "";

	if (!gated) {
		fputs("There is nothing to judge: no figure belongs to the policy's family.", out);
		return;
	}
	fprintf(out, "Of %zu gated figures: %zu %sfail, %zu %spass, %zu inconclusive.", gated,
		n[PCOW_FAIL], would, n[PCOW_PASS], would, n[PCOW_INCONCLUSIVE]);
	if (analysis->nr_blocked)
		fprintf(out, " The first note%s why there is no verdict.",
			analysis->nr_blocked == 1 ? " tells" : "s tell");
	else if (!n[PCOW_INCONCLUSIVE] || !analysis->boots_needed)
		return;
	else if (analysis->boots_needed <= analysis->policy->boots)
		fprintf(out, " Groups are judged from %zu boots on.", analysis->policy->boots);
	else
		fprintf(out, " Where more boots can tell, %zu%s a group would.",
			analysis->boots_needed,
			analysis->boots_needed == PCOW_BOOTS_MAX ? " or more" : "");
}

static void failure_print(FILE *out, const struct pcow_analysis *analysis,
			  const struct pcow_gated *gated)
{
	char name[PCOW_NAME_SIZE], sentence[PCOW_SENTENCE_SIZE];

	pcow_gated_name_format(name, sizeof(name), analysis, gated);
	pcow_gated_sentence_format(sentence, sizeof(sentence), gated);
	pcow_markup_print(out, "<li><b>%s</b>: %s</li>\n", name, sentence);
}

/* Whoever has to mend them need not look for them. */
static int failures_print(FILE *out, const struct pcow_analysis *analysis)
{
	struct pcow_gated *list;
	size_t n, failures = 0;

	if (pcow_gated_list(&list, &n, analysis))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (list[i].gate != PCOW_FAIL)
			continue;
		if (failures == FAILURES_SHOWN)
			fprintf(out, "</ul>\n<details><summary>%zu more fail</summary>\n<ul>\n",
				analysis->nr_gated[PCOW_FAIL] - failures);
		else if (!failures)
			fputs("<ul>\n", out);
		failure_print(out, analysis, &list[i]);
		failures++;
	}
	if (failures)
		fputs("</ul>\n", out);
	if (failures > FAILURES_SHOWN)
		fputs("</details>\n", out);
	free(list);
	return 0;
}

static void warnings_print(FILE *out, const struct pcow_analysis *analysis)
{
	size_t gaps = 0, notes = analysis->nr_notes;

	for (size_t i = 0; i < analysis->nr_comparisons; i++)
		gaps += pcow_report_count_gaps(&analysis->comparisons[i]);
	if (!gaps && !notes) {
		fputs("<p>No warnings.</p>\n", out);
		return;
	}
	fprintf(out, "<p>%zu warning%s:", gaps + notes, gaps + notes == 1 ? "" : "s");
	if (notes)
		fprintf(out, " %zu note%s below%s", notes, notes == 1 ? "" : "s", gaps ? "," : ".");
	if (gaps)
		fprintf(out,
			" %zu figure%s <a href=\"#gaps\">skipped, invalid in part, or not "
			"compared</a>.",
			gaps, gaps == 1 ? "" : "s");
	fputs("</p>\n", out);
}

static int verdict_print(FILE *out, const struct pcow_analysis *analysis)
{
	static const char *const classes[] = {
		[PCOW_PASS] = "better",
		[PCOW_FAIL] = "worse",
		[PCOW_INCONCLUSIVE] = "unclear",
	};
	int ret;

	fprintf(out, "<div class=\"gate\"><p><strong class=\"%s\">%s</strong> ",
		classes[analysis->gate], pcow_gate_name(analysis->gate));
	verdict_text(out, analysis);
	fputs("</p>\n", out);
	ret = failures_print(out, analysis);
	warnings_print(out, analysis);
	fputs("</div>\n", out);
	return ret;
}

/* All of them matter, but a hundred files have a hundred. */
static void notes_print(FILE *out, const struct pcow_analysis *analysis)
{
	const char *end = "";

	for (size_t i = 0; i < analysis->nr_notes; i++) {
		if (i == NOTES_SHOWN) {
			fprintf(out, "<details><summary>%zu more notes</summary>\n",
				analysis->nr_notes - i);
			end = "</details>\n";
		}
		pcow_markup_print(out, "<p class=\"note\">Note: %s</p>\n", analysis->notes[i]);
	}
	fputs(end, out);
}

/* ----------------------------------------------------------------- sections */

/* struct page - what pcow_report_write() was asked for */
struct page {
	const struct pcow_analysis *analysis;
	const struct pcow_report_extras *extras;
	const struct pcow_rendering *rendering;
};

static void comparison_title(FILE *out, const struct pcow_comparison *comparison)
{
	char title[PCOW_NAME_SIZE];

	pcow_stratum_format(title, sizeof(title), &comparison->stratum);
	pcow_markup_print(out, "<h3>%s</h3>\n", title);
}

void pcow_html_data(FILE *out, const char *data, size_t size)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~!$()*+,;=:@/?";

	for (size_t i = 0; i < size; i++) {
		if (data[i] && strchr(plain, data[i]))
			fputc(data[i], out);
		else
			fprintf(out, "%%%02X", (unsigned char)data[i]);
	}
}

static int figures_print(FILE *out, const struct page *page)
{
	for (size_t i = 0; i < page->extras->nr_figures; i++) {
		const struct pcow_report_figure *figure = &page->extras->figures[i];

		pcow_markup_print(out,
				  "<figure>\n<img alt=\"%s, drawn from what the tables hold\" "
				  "src=\"data:image/svg+xml,",
				  figure->title);
		pcow_html_data(out, figure->svg, figure->size);
		pcow_markup_print(out, "\">\n<figcaption>%s</figcaption>\n</figure>\n",
				  figure->title);
	}
	if (!page->extras->nr_figures)
		fputs("<p>None: the tables have all that a figure would show.</p>\n", out);
	return 0;
}

static int why_print(FILE *out, const struct page *page)
{
	int ret = 0;

	fputs("<p>Where the instructions of an operation went, of cases that changed: counted in "
	      "a guest, to the digit, each function its own without what it calls; of all "
	      "samples together, where the tables above have medians. One that was renamed, "
	      "split or inlined is a row for each kernel.</p>\n",
	      out);
	for (size_t i = 0; !ret && i < page->analysis->nr_comparisons; i++) {
		comparison_title(out, &page->analysis->comparisons[i]);
		ret = pcow_report_why(out, &page->analysis->comparisons[i], page->extras);
	}
	return ret;
}

static int guide_print(FILE *out, const struct page *page)
{
	pcow_report_guide(out, page->analysis);
	return 0;
}

static int command_print(FILE *out, const struct page *page)
{
	pcow_markup_print(out,
			  "<p>This page, from the result files:</p>\n"
			  "<pre tabindex=\"0\"><code>%s</code></pre>\n"
			  "<p>The result files, each on its own kernel:</p>\n",
			  page->rendering->command);
	return 0;
}

/* What the page says, then what each comparison has to. */
static const struct section {
	const char *id, *title;
	int (*print)(FILE *out, const struct page *page);
	pcow_report_part *part;
} sections[] = {
	{ "findings", "What changed", NULL, pcow_report_findings },
	{ "why", "Why", why_print, NULL },
	{ "figures", "Figures", figures_print, NULL },
	{ "tables", "Tables", NULL, pcow_report_lines },
	{ "gaps", "Skipped, invalid or not compared", NULL, pcow_report_gaps },
	{ "environment", "Environment", NULL, pcow_report_environment },
	{ "guide", "How to read this", guide_print, NULL },
	{ "commands", "How to repeat this", command_print, pcow_report_runs },
};

#define NR_SECTIONS (sizeof(sections) / sizeof(sections[0]))

static bool has_section(const struct page *page, const struct section *section)
{
	return section->print != why_print || page->extras->nr_profiles;
}

static void contents_print(FILE *out, const struct page *page)
{
	fputs("<nav aria-label=\"Contents\"><ul>\n", out);
	for (size_t i = 0; i < NR_SECTIONS; i++) {
		if (has_section(page, &sections[i]))
			fprintf(out, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id,
				sections[i].title);
	}
	fputs("</ul></nav>\n", out);
}

static int section_print(FILE *out, const struct page *page, const struct section *section)
{
	int ret = 0;

	fprintf(out,
		"<section id=\"%s\" aria-labelledby=\"%s-title\">\n"
		"<h2 id=\"%s-title\">%s</h2>\n",
		section->id, section->id, section->id, section->title);
	if (section->print)
		ret = section->print(out, page);
	for (size_t i = 0; section->part && !ret && i < page->analysis->nr_comparisons; i++) {
		comparison_title(out, &page->analysis->comparisons[i]);
		ret = section->part(out, page->analysis, &page->analysis->comparisons[i]);
	}
	fputs("</section>\n", out);
	return ret;
}

int pcow_report_write(FILE *out, const struct pcow_analysis *analysis,
		      const struct pcow_report_extras *extras,
		      const struct pcow_rendering *rendering)
{
	const struct page page = { analysis, extras, rendering };
	const struct pcow_stratum *first = &analysis->comparisons[0].stratum;
	int ret;

	head_print(out, first);
	fputs("<body>\n<header>\n<h1>", out);
	title_print(out, first);
	fputs("</h1>\n", out);
	ret = verdict_print(out, analysis);
	notes_print(out, analysis);
	contents_print(out, &page);
	fputs("</header>\n<main>\n", out);
	for (size_t i = 0; !ret && i < NR_SECTIONS; i++) {
		if (has_section(&page, &sections[i]))
			ret = section_print(out, &page, &sections[i]);
	}
	pcow_markup_print(out, "</main>\n<footer>pincow %s</footer>\n</body>\n</html>\n",
			  rendering->version);
	return ret;
}
