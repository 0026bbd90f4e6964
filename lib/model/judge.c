/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From observations to a model: pure functions. */
#include "probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What old cannot have: v5.9, v5.19 and v6.0 brought it. */
static const enum pcow_feature_id beyond_old[] = {
	PCOW_EARLY_COPY,
	PCOW_RO_PIN_UNSHARES,
	PCOW_MPROTECT_NO_FAULT,
};

#define NR_BEYOND_OLD (sizeof(beyond_old) / sizeof(beyond_old[0]))

/*
 * A reference that outlives both would do so as well where vmsplice() pins, and
 * fork() copies what is pinned: only a kernel that lacks what came later is old.
 */
static enum pcow_model old_or_unknown(const struct pcow_feature *f)
{
	for (size_t i = 0; i < NR_BEYOND_OLD; i++) {
		if (f[beyond_old[i]].seen != PCOW_SEEN_FALSE)
			return PCOW_MODEL_UNKNOWN;
	}
	return PCOW_MODEL_OLD;
}

static enum pcow_model exclusive_or_later(enum pcow_seen pte)
{
	static const enum pcow_model models[] = {
		[PCOW_UNSEEN] = PCOW_MODEL_EXCLUSIVE_OR_LATER,
		[PCOW_SEEN_FALSE] = PCOW_MODEL_EXCLUSIVE,
		[PCOW_SEEN_TRUE] = PCOW_MODEL_OWNER_TRACKED,
	};

	return models[pte];
}

/*
 * A reference outlives mprotect() where reuse looks at mappings, or at an
 * exclusive marker that mprotect() leaves alone; it outlives a fork() only where
 * reuse looks at mappings, since fork() clears the marker.
 */
static enum pcow_model model_of(const struct pcow_feature *f)
{
	enum pcow_seen mprotect = f[PCOW_REF_SURVIVES_MPROTECT].seen;
	enum pcow_seen fork = f[PCOW_REF_SURVIVES_FORK].seen;

	if (mprotect == PCOW_UNSEEN || fork == PCOW_UNSEEN)
		return PCOW_MODEL_UNKNOWN;
	if (mprotect == PCOW_SEEN_FALSE)
		return fork == PCOW_SEEN_FALSE ? PCOW_MODEL_SIMPLIFIED : PCOW_MODEL_UNKNOWN;
	return fork == PCOW_SEEN_TRUE ? old_or_unknown(f)
				      : exclusive_or_later(f[PCOW_PTE_THP_REUSE].seen);
}

/*
 * Forced COW breaks sharing at every reference: what is seen of a page that was
 * pinned or written by O_DIRECT then says nothing of pins.
 */
static void doubt(struct pcow_feature *feature, enum pcow_seen forced_cow)
{
	if (feature->seen != PCOW_SEEN_TRUE || forced_cow == PCOW_SEEN_FALSE)
		return;
	if (forced_cow == PCOW_SEEN_TRUE) {
		feature->seen = PCOW_UNSEEN;
		feature->evidence[0] = '\0';
		snprintf(feature->reason, sizeof(feature->reason),
			 "forced COW breaks sharing whatever takes the reference");
	} else {
		snprintf(feature->reason, sizeof(feature->reason),
			 "forced COW, which could not be looked for, would look the same");
	}
}

__attribute__((format(printf, 2, 3))) static void say(struct pcow_model_report *report,
						      const char *fmt, ...)
{
	size_t used = strlen(report->evidence);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(report->evidence + used, sizeof(report->evidence) - used, fmt, ap);
	va_end(ap);
}

/* What is left when references of a pipe cannot be had. */
static void say_partial(struct pcow_model_report *report)
{
	static const char *const answers[] = {
		[PCOW_UNSEEN] = "unseen",
		[PCOW_SEEN_FALSE] = "no (old or simplified)",
		[PCOW_SEEN_TRUE] = "yes (exclusive or owner-tracked)",
	};
	const struct pcow_feature *f = report->features;

	say(report, "; partial answer: read-only pins unshare: %s, fork copies pinned pages: %s",
	    answers[f[PCOW_RO_PIN_UNSHARES].seen],
	    f[PCOW_EARLY_COPY].seen == PCOW_UNSEEN	? "unseen"
	    : f[PCOW_EARLY_COPY].seen == PCOW_SEEN_TRUE ? "yes (not old)"
							: "no (old)");
}

static void say_unseen(struct pcow_model_report *report)
{
	const struct pcow_feature *f = report->features;
	enum pcow_feature_id id = f[PCOW_REF_SURVIVES_MPROTECT].seen == PCOW_UNSEEN
					  ? PCOW_REF_SURVIVES_MPROTECT
					  : PCOW_REF_SURVIVES_FORK;

	say(report, "%s could not be seen: %.256s", pcow_feature_name(id), f[id].reason);
	say_partial(report);
}

/* Of a reference that outlives both: what else old takes. */
static void say_old(struct pcow_model_report *report)
{
	for (size_t i = 0; i < NR_BEYOND_OLD; i++) {
		const struct pcow_feature *feature = &report->features[beyond_old[i]];
		const char *name = pcow_feature_name(beyond_old[i]);

		if (feature->seen == PCOW_SEEN_FALSE)
			say(report, "; no %s", name);
		else if (feature->seen == PCOW_SEEN_TRUE)
			say(report, "; but %s, which old lacks", name);
		else
			say(report, "; %s, which old lacks, could not be seen: %.80s", name,
			    feature->reason);
	}
}

static void say_pte(struct pcow_model_report *report)
{
	const struct pcow_feature *pte = &report->features[PCOW_PTE_THP_REUSE];

	if (pte->seen == PCOW_UNSEEN)
		say(report, "; whether it is owner-tracked could not be seen: %.256s", pte->reason);
	else
		say(report, "; a large folio mapped by PTEs is %s",
		    pte->seen == PCOW_SEEN_TRUE ? "reused" : "copied");
}

void pcow_model_judge(struct pcow_model_report *report)
{
	struct pcow_feature *f = report->features;
	enum pcow_seen a = f[PCOW_REF_SURVIVES_MPROTECT].seen;
	enum pcow_seen b = f[PCOW_REF_SURVIVES_FORK].seen;

	doubt(&f[PCOW_RO_PIN_UNSHARES], f[PCOW_FORCED_COW].seen);
	doubt(&f[PCOW_ODIRECT_UNSHARES], f[PCOW_FORCED_COW].seen);
	report->model = model_of(f);
	report->evidence[0] = '\0';
	if (a == PCOW_UNSEEN || b == PCOW_UNSEEN) {
		say_unseen(report);
		return;
	}
	say(report,
	    "a reference held by a pipe %s its page by mprotect(), %s it by fork() and exit",
	    a == PCOW_SEEN_TRUE ? "keeps" : "loses", b == PCOW_SEEN_TRUE ? "keeps" : "loses");
	if (a == PCOW_SEEN_TRUE && b == PCOW_SEEN_TRUE)
		say_old(report);
	else if (a == PCOW_SEEN_TRUE)
		say_pte(report);
	else if (b == PCOW_SEEN_TRUE)
		say(report, "; no known model does that");
}
