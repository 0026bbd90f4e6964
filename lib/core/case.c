/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A case: its name for people, and whether this host can run it. */
#include "engine.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/page.h>
#include <pincow/units.h>

/* A case may take this share of what is available; the rest keeps the host alive. */
#define MEMORY_SHARE_PERCENT 80

static bool is_size(const struct pcow_scenario *scenario, const char *name)
{
	for (const struct pcow_param *p = scenario->params; p && p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p->kind == PCOW_PARAM_SIZE;
	return false;
}

bool pcow_case_is(const struct pcow_case *case_, const char *scenario,
		  const struct pcow_value *params, size_t n)
{
	if (strcmp(case_->scenario->name, scenario) || case_->nr_params != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct pcow_value *a = &case_->params[i];
		const struct pcow_value *b = &params[i];

		if (strcmp(a->name, b->name) || a->is_number != b->is_number ||
		    (a->is_number ? a->number != b->number : strcmp(a->text, b->text) != 0))
			return false;
	}
	return true;
}

void pcow_case_format(char *buf, size_t size, const struct pcow_case *case_)
{
	size_t used = (size_t)snprintf(buf, size, "%s", case_->scenario->name);

	for (size_t i = 0; i < case_->nr_params && used < size; i++) {
		const struct pcow_value *v = &case_->params[i];
		char text[PCOW_RESULT_NAME_MAX];

		if (!v->is_number)
			snprintf(text, sizeof(text), "%s", v->text);
		else if (is_size(case_->scenario, v->name))
			pcow_bytes_format(text, sizeof(text), v->number);
		else
			snprintf(text, sizeof(text), "%" PRIu64, v->number);
		used += (size_t)snprintf(buf + used, size - used, " %s=%s", v->name, text);
	}
}

/* How a kind of page stands on this host, for @bytes of it. */
struct page_facts {
	char word[PCOW_RESULT_NAME_MAX];
	uint64_t bytes;
	struct pcow_page_kind kind; /* of no folio size when the word is none */
	struct pcow_room allowed; /* of hugetlb pages */
	bool offered;
	struct pcow_page_demands demands;
	char reason[512], remedy[512];
};

static int compare_page_facts(const void *a, const void *b)
{
	const struct page_facts *x = a;
	const struct page_facts *y = b;

	return x->bytes != y->bytes ? (x->bytes > y->bytes) - (x->bytes < y->bytes)
				    : strcmp(x->word, y->word);
}

int pcow_facts_open(struct pcow_facts *facts, struct pcow_error *err)
{
	int ret = pcow_root_open(&facts->root, "/", err);

	if (ret)
		return ret;
	facts->pages = NULL;
	if (pcow_available_bytes(&facts->root, &facts->memory.bytes, facts->memory.who,
				 sizeof(facts->memory.who)))
		facts->memory.bytes = UINT64_MAX;
	snprintf(facts->host.who, sizeof(facts->host.who), "the host");
	if (pcow_root_read_field(&facts->root, "proc/meminfo", "MemAvailable", &facts->host.bytes))
		facts->host.bytes = UINT64_MAX;
	return 0;
}

void pcow_facts_close(struct pcow_facts *facts)
{
	tdestroy(facts->pages, free);
	pcow_root_close(&facts->root);
}

static void read_page_facts(struct page_facts *page, const struct pcow_root *root)
{
	if (pcow_page_kind_parse(page->word, &page->kind))
		return;
	if (page->kind.cls == PCOW_HUGETLB)
		pcow_available_hugetlb_bytes(root, page->kind.folio_bytes, &page->allowed.bytes,
					     page->allowed.who, sizeof(page->allowed.who));
	page->offered = pcow_page_kind_check(&page->kind, page->bytes, &page->demands, page->reason,
					     page->remedy, sizeof(page->reason));
}

/* NULL without memory. */
static const struct page_facts *page_facts(struct pcow_facts *facts, const char *word,
					   uint64_t bytes)
{
	struct page_facts *page = calloc(1, sizeof(*page));
	struct page_facts **known;

	if (!page)
		return NULL;
	snprintf(page->word, sizeof(page->word), "%s", word);
	page->bytes = bytes;
	known = tsearch(page, &facts->pages, compare_page_facts);
	if (known && *known == page)
		read_page_facts(page, &facts->root);
	else
		free(page);
	return known ? *known : NULL;
}

/* Says why not, when a case needs more than @percent of what is left. */
static bool enough(struct pcow_case *case_, uint64_t need, const struct pcow_room *room,
		   unsigned int percent)
{
	if (need / percent <= room->bytes / 100)
		return true;
	snprintf(case_->reason, sizeof(case_->reason),
		 "needs %" PRIu64 " MiB, %u %% of the %" PRIu64 " MiB that %s has left are allowed",
		 need >> 20, percent, room->bytes >> 20, room->who);
	snprintf(case_->remedy, sizeof(case_->remedy), "more memory for %s, or --set size=SMALLER",
		 room->who);
	return false;
}

/* Pages of the pool belong to nobody's memory, but their use may be limited; those
 * that are still to be set aside come out of the host's memory. */
static void check_room(const struct pcow_facts *facts, struct pcow_case *case_,
		       const struct page_facts *page, uint64_t need,
		       struct pcow_page_demands *demands)
{
	bool hugetlb = page->kind.cls == PCOW_HUGETLB;

	if (hugetlb ? !enough(case_, need, &page->allowed, 100)
		    : !enough(case_, need, &facts->memory, MEMORY_SHARE_PERCENT))
		return;
	if (page->offered)
		return;
	snprintf(case_->reason, sizeof(case_->reason), "%s", page->reason);
	snprintf(case_->remedy, sizeof(case_->remedy), "%s", page->remedy);
	if (hugetlb && !enough(case_, need, &facts->host, MEMORY_SHARE_PERCENT))
		return;
	if (demands)
		*demands = page->demands;
}

static const char *page_word(const struct pcow_case *case_)
{
	const struct pcow_value *page = pcow_case_value(case_, "page");

	return page ? page->text : "base";
}

uint64_t pcow_facts_folio_bytes(struct pcow_facts *facts, const struct pcow_case *case_)
{
	const struct page_facts *page = page_facts(facts, page_word(case_), 0);

	return page ? page->kind.folio_bytes : 0;
}

static void clear(struct pcow_case *case_, struct pcow_page_demands *demands)
{
	case_->reason[0] = '\0';
	case_->remedy[0] = '\0';
	if (demands)
		demands->n = 0;
}

int pcow_case_check_by(struct pcow_facts *facts, struct pcow_case *case_,
		       struct pcow_page_demands *demands)
{
	const struct pcow_value *size = pcow_case_value(case_, "size");
	const struct page_facts *page = page_facts(facts, page_word(case_), 0);
	uint64_t bytes = size ? size->number : 0;
	uint64_t need;

	clear(case_, demands);
	if (page && page->kind.folio_bytes && bytes % page->kind.folio_bytes) {
		snprintf(case_->reason, sizeof(case_->reason),
			 "the size is not a multiple of the folio");
		snprintf(case_->remedy, sizeof(case_->remedy), "a larger --set size=");
		return 0;
	}
	if (__builtin_mul_overflow(bytes, case_->scenario->footprint, &need))
		need = INT64_MAX;
	/* Of hugetlb pages there is a number; the other kinds are there or not. */
	if (page && page->kind.cls == PCOW_HUGETLB)
		page = page_facts(facts, page_word(case_), need);
	if (!page)
		return -ENOMEM;
	check_room(facts, case_, page, need, demands);
	return 0;
}

void pcow_case_check(struct pcow_case *case_, struct pcow_page_demands *demands)
{
	struct pcow_facts facts;

	clear(case_, demands);
	if (pcow_facts_open(&facts, NULL))
		return;
	pcow_case_check_by(&facts, case_, demands);
	pcow_facts_close(&facts);
}
