/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A case: its name for people, and whether this host can run it. */
#include "engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <pincow/page.h>
#include <pincow/root.h>
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

/* Says why not, when a case needs more than @percent of what @who has left. */
static bool enough(struct pcow_case *case_, uint64_t need, uint64_t available, unsigned int percent,
		   const char *who)
{
	if (need / percent <= available / 100)
		return true;
	snprintf(case_->reason, sizeof(case_->reason),
		 "needs %" PRIu64 " MiB, %u %% of the %" PRIu64 " MiB that %s has left are allowed",
		 need >> 20, percent, available >> 20, who);
	snprintf(case_->remedy, sizeof(case_->remedy), "more memory for %s, or --set size=SMALLER",
		 who);
	return false;
}

static bool enough_memory(const struct pcow_root *root, struct pcow_case *case_, uint64_t need)
{
	uint64_t available;
	char who[256];

	return pcow_available_bytes(root, &available, who, sizeof(who)) ||
	       enough(case_, need, available, MEMORY_SHARE_PERCENT, who);
}

/* Pages of the pool belong to nobody's memory, but their use may be limited. */
static bool may_use_hugetlb(const struct pcow_root *root, struct pcow_case *case_,
			    size_t folio_bytes, uint64_t need)
{
	uint64_t available;
	char who[256];

	pcow_available_hugetlb_bytes(root, folio_bytes, &available, who, sizeof(who));
	return enough(case_, need, available, 100, who);
}

/* hugetlb pages that are still to be set aside come out of the host's memory. */
static bool pool_can_grow(const struct pcow_root *root, struct pcow_case *case_, uint64_t need)
{
	uint64_t available;

	return pcow_root_read_field(root, "proc/meminfo", "MemAvailable", &available) ||
	       enough(case_, need, available, MEMORY_SHARE_PERCENT, "the host");
}

static void check_room(const struct pcow_root *root, struct pcow_case *case_,
		       const struct pcow_page_kind *kind, uint64_t need,
		       struct pcow_page_demands *demands)
{
	bool hugetlb = kind->cls == PCOW_HUGETLB;

	if (hugetlb ? !may_use_hugetlb(root, case_, kind->folio_bytes, need)
		    : !enough_memory(root, case_, need))
		return;
	if (!pcow_page_kind_check(kind, need, demands, case_->reason, case_->remedy,
				  sizeof(case_->reason)) &&
	    hugetlb && !pool_can_grow(root, case_, need) && demands)
		demands->n = 0;
}

void pcow_case_check(struct pcow_case *case_, struct pcow_page_demands *demands)
{
	const struct pcow_value *page = pcow_case_value(case_, "page");
	const struct pcow_value *size = pcow_case_value(case_, "size");
	struct pcow_page_kind kind = { .cls = PCOW_BASE };
	uint64_t bytes = size ? size->number : 0;
	struct pcow_root root;
	uint64_t need;

	case_->reason[0] = '\0';
	case_->remedy[0] = '\0';
	if (demands)
		demands->n = 0;
	if (page && pcow_page_kind_parse(page->text, &kind))
		return;
	if (bytes && kind.folio_bytes && bytes % kind.folio_bytes) {
		snprintf(case_->reason, sizeof(case_->reason),
			 "the size is not a multiple of the folio");
		snprintf(case_->remedy, sizeof(case_->remedy), "a larger --set size=");
		return;
	}
	if (__builtin_mul_overflow(bytes, case_->scenario->footprint, &need))
		need = INT64_MAX;
	if (pcow_root_open(&root, "/", NULL))
		return;
	check_room(&root, case_, &kind, need, demands);
	pcow_root_close(&root);
}
