/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State verification: did a sample do what its name says?  Faults come from
 * getrusage(), the state of pages and what became of them from pagemap, time
 * that others ran from CPU clocks.  All of it is the process's own, and exact.
 */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <pincow/page.h>

/* A figure's name is its parameters: the memory has to be what they say. */
static bool is_as_asked(const struct pcow_run *run, const struct pcow_region *region)
{
	const struct pcow_value *size = pcow_case_value(&run->job->case_, "size");
	const struct pcow_value *pages = pcow_case_value(&run->job->case_, "pages");
	struct pcow_page_kind kind;
	size_t bytes;

	if (pcow_param_page_kind(run, &kind) &&
	    (kind.cls != region->kind.cls || kind.folio_bytes != region->kind.folio_bytes))
		return false;
	bytes = run->is_shared ? region->bytes : region->bytes / run->nr_threads;
	return (!size || size->number == bytes) &&
	       (!pages || pages->number * pcow_page_bytes() == bytes);
}

int pcow_claim_pages(struct pcow_run *run, const struct pcow_region *region, size_t step_bytes)
{
	struct pcow_census *c = &run->census;
	size_t folio_pages = region->kind.folio_bytes / pcow_page_bytes();

	if (!is_as_asked(run, region))
		return pcow_error(run, EPROTO, "%zu KiB mapped are not what the case asks for",
				  region->bytes >> 10);
	c->region = region;
	c->pages = region->bytes / pcow_page_bytes();
	c->step_pages = step_bytes / pcow_page_bytes();
	c->room_bytes = (2 * c->pages + folio_pages) * sizeof(*c->before);
	c->room = pcow_unforked_alloc(c->room_bytes);
	if (!c->room)
		return pcow_error(run, ENOMEM, "pagemap entries of %zu pages", c->pages);
	c->before = c->room;
	c->after = c->before + c->pages;
	c->flags = c->after + c->pages;
	return pcow_census_visible(run);
}

/* Pages that operations work on, of the first @ops: a pass of single operations
 * may stop part of the way. */
static size_t pages_of(const struct pcow_census *c, uint64_t ops)
{
	size_t n = c->pages / c->step_pages;

	return ops < n ? (size_t)ops : n;
}

/*
 * How many pages changed their frame.  Without frame numbers: one that was
 * shared and is now mapped once, while a live child kept its own, was copied.
 */
bool pcow_claim_copied(const struct pcow_run *run, uint64_t op)
{
	const struct pcow_census *c = &run->census;
	uint64_t mask = c->frames ? PCOW_PAGEMAP_PFN_MASK : PCOW_PAGEMAP_EXCLUSIVE;
	size_t at = op * c->step_pages;

	return (c->before[at] ^ c->after[at]) & mask;
}

static uint64_t copied_pages(const struct pcow_run *run, uint64_t ops)
{
	size_t n = pages_of(&run->census, ops);
	uint64_t copied = 0;

	for (size_t i = 0; i < n; i++)
		copied += pcow_claim_copied(run, i);
	return copied;
}

static void claim_outcome(struct pcow_run *run, uint64_t ops)
{
	enum pcow_outcome outcome = run->claim.outcome;
	uint64_t copied;

	/* Of a page that was mapped once before, the mapped-once bit tells nothing. */
	if (outcome == PCOW_OUTCOME_NONE || (!run->census.frames && outcome != PCOW_OUTCOME_COPIED))
		return;
	copied = copied_pages(run, ops);
	pcow_metric(run, "copied", copied);
	if (outcome == PCOW_OUTCOME_COPIED && copied != ops)
		pcow_broken(run, "%" PRIu64 " of %" PRIu64 " pages copied, claimed all", copied,
			    ops);
	if (outcome == PCOW_OUTCOME_REUSED && copied)
		pcow_broken(run, "%" PRIu64 " of %" PRIu64 " pages copied, claimed none", copied,
			    ops);
}

void pcow_claim_shared(struct pcow_run *run)
{
	static const struct pcow_proof shared = PCOW_PAGES_SHARED;
	const struct pcow_pinner *holder = run->is_held ? run->actor->pin.by : NULL;
	struct pcow_census *c = &run->census;

	/* A fork may copy pages early that are pinned: that there is a child must do. */
	if (holder && holder->reference == PCOW_FOLL_PIN && run->actor->child.pid)
		return;
	/* pcow_claim_before() reads over it. */
	if (c->region && !pcow_census_read(run, c->before))
		pcow_census_prove(run, c->before, &shared, UINT64_MAX);
}

/* Of pages that are not there, or are the zero page, the case's kind is not claimed. */
static bool tells_kind(const struct pcow_proof *proof)
{
	return (proof->yes & (PCOW_PRESENT | PCOW_ZERO)) == PCOW_PRESENT;
}

void pcow_claim_before(struct pcow_run *run)
{
	struct pcow_census *c = &run->census;

	if (!c->region || pcow_census_read(run, c->before))
		return;
	/* A fork of pinned memory splits large pages. */
	if (tells_kind(&run->claim.before) && !(run->is_held && run->claim.splits))
		pcow_census_kind(run, c->before);
	pcow_census_prove(run, c->before, &run->claim.before, UINT64_MAX);
}

/* The first of the flags of smaps that @line has and no scenario asks for, or NULL:
 * what they make of a page is other work for the kernel. */
static const char *flag_not_asked(const char *line)
{
	static const char *const flags[] = {
		" lo", /* mlock() */
		" sh", /* MAP_SHARED */
		" mg", /* MADV_MERGEABLE */
		" wf", /* MADV_WIPEONFORK */
		" um", " uw", " ui", /* userfaultfd */
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strstr(line, flags[i]))
			return flags[i];
	return NULL;
}

static void claim_mapping(struct pcow_run *run, const struct pcow_region *region)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	uintptr_t low = (uintptr_t)region->addr;
	bool inside = false, seen = false;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		const char *flag;
		uint64_t start, end;

		/* A VMA's head is two hexadecimal numbers; a field is a word. */
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &start, &end) == 2)
			inside = start < low + region->bytes && end > low;
		if (!inside || strncmp(line, "VmFlags:", strlen("VmFlags:")) != 0)
			continue;
		seen = true;
		flag = flag_not_asked(line);
		if (flag)
			pcow_broken(run, "the memory is mapped with%s, which nobody asked for",
				    flag);
	}
	if (file)
		fclose(file);
	if (!seen)
		pcow_broken(run, "smaps does not tell how the memory is mapped");
}

void pcow_claim_after(struct pcow_run *run, uint64_t ops)
{
	struct pcow_census *c = &run->census;
	size_t threads = 1 + pcow_crew_threads(run->crew);
	struct stat st;

	/* proc(5): a folder of its own each, besides "." and "..". */
	if (!stat("/proc/self/task", &st) && st.st_nlink > 2 + threads)
		pcow_broken(run, "%zu other threads live in the process",
			    (size_t)st.st_nlink - 2 - threads);
	if (!c->region || pcow_census_read(run, c->after))
		return;
	claim_outcome(run, ops);
	claim_mapping(run, c->region);
	/* Part of the operations leave part of the pages as they were. */
	if (ops * c->step_pages >= c->pages && tells_kind(&run->claim.after) && !run->claim.splits)
		pcow_census_kind(run, c->after);
	pcow_census_prove(run, c->after, &run->claim.after, ops);
}

void pcow_claim_faults(struct pcow_run *run, uint64_t ops, uint64_t faults)
{
	double claimed = run->claim.faults_per_op;

	if (claimed >= 0 && (double)faults != claimed * (double)ops)
		pcow_broken(run, "%" PRIu64 " faults in %" PRIu64 " operations, claimed %g each",
			    faults, ops, claimed);
}

void pcow_claim_place(struct pcow_run *run, int cpu, const struct pcow_moment *begin,
		      const struct pcow_moment *end)
{
	if (begin->cpu != end->cpu)
		pcow_broken(run, "begun on CPU %d, ended on CPU %d", begin->cpu, end->cpu);
	else if (begin->cpu != cpu)
		pcow_broken(run, "ran on CPU %d, bound to CPU %d", begin->cpu, cpu);
}

void pcow_claim_child(struct pcow_run *run, const struct pcow_moment *begin,
		      const struct pcow_moment *end)
{
	if ((begin->child && !begin->child_ns) || (end->child && !end->child_ns))
		pcow_broken(run, "the child had not run yet");
	if (end->child_ended && run->claim.child_goes_on)
		pcow_broken(run, "the child had ended when the operation was over");
}

void pcow_claim_time(struct pcow_run *run, uint64_t elapsed_ns, uint64_t ran_ns, bool slept)
{
	double slack_ns = FOREIGN_SHARE * (double)elapsed_ns + FOREIGN_SLACK_NS;

	if ((double)ran_ns > (double)elapsed_ns + slack_ns + UNTIMED_SLACK_NS)
		pcow_broken(run, "what ran was not what was timed");
	if ((double)elapsed_ns > (double)ran_ns + slack_ns && !(run->claim.may_wait && slept))
		pcow_broken(run, "others ran for more than %g %% of the time", FOREIGN_SHARE * 100);
}

bool pcow_claim_settle(struct pcow_run *run, size_t rows)
{
	json_t *count;

	if (!run->broken[0])
		return false;
	if (!run->record.broken)
		run->record.broken = json_object();
	count = json_object_get(run->record.broken, run->broken);
	json_object_set_new(run->record.broken, run->broken,
			    json_integer(json_integer_value(count) + (json_int_t)rows));
	run->broken[0] = '\0';
	return true;
}
