/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which COW model the running kernel has, told from what it does and never from
 * its version, since distributions backport; docs/kernels.md explains.
 */
#ifndef PINCOW_MODEL_H
#define PINCOW_MODEL_H

#include <jansson.h>

enum pcow_model {
	PCOW_MODEL_UNKNOWN, /* something hides it, or no model behaves so */
	PCOW_MODEL_OLD, /* reuse when mapped once (mapcount) */
	PCOW_MODEL_SIMPLIFIED, /* reuse when nobody else holds a reference (refcount) */
	PCOW_MODEL_EXCLUSIVE, /* PG_anon_exclusive: reuse what is known to be ours */
	PCOW_MODEL_EXCLUSIVE_OR_LATER, /* which of it and the next could not be seen */
	PCOW_MODEL_OWNER_TRACKED, /* exclusive, and large folios know who maps them */
};

/* "old", "simplified", "exclusive", "exclusive or later", "owner-tracked", "unknown" */
const char *pcow_model_name(enum pcow_model model);

enum pcow_seen {
	PCOW_UNSEEN, /* not known: the reason says what hides it */
	PCOW_SEEN_FALSE,
	PCOW_SEEN_TRUE,
};

/* Each is a probe of its own, as backports mix them. */
enum pcow_feature_id {
	PCOW_REF_SURVIVES_MPROTECT, /* vmsplice, mprotect R and RW, store: same page */
	PCOW_REF_SURVIVES_FORK, /* vmsplice, fork, exit, store: same page */
	PCOW_FORCED_COW, /* any reference to a shared page breaks sharing (v5.8 only) */
	PCOW_RO_PIN_UNSHARES, /* a read-only FOLL_PIN breaks sharing (v5.19) */
	PCOW_EARLY_COPY, /* fork copies pinned pages (v5.9) */
	PCOW_MPROTECT_NO_FAULT, /* writable again at once after mprotect R and RW (v6.0) */
	PCOW_THP_BY_MAPCOUNT, /* a THP is reused when mapped once (to v5.17) */
	PCOW_PTE_THP_REUSE, /* a PTE-mapped THP or mTHP is, once its sharer is gone (v6.15) */
	PCOW_RW_PIN_UNRELIABLE, /* a writable pin loses its page by mprotect (v5.9 to v5.18) */
	PCOW_ODIRECT_UNSHARES, /* O_DIRECT write(2) breaks sharing: it pins (v6.3 to v6.5) */
	PCOW_CVE_2020_29374, /* a child's vmsplice reads what its parent writes later */
	PCOW_CVE_2020_29374_THP, /* the same with a THP */
	PCOW_FEATURES,
};

/**
 * struct pcow_feature - what one probe found
 * @seen:	the answer
 * @evidence:	what was seen; "" while unseen
 * @reason:	why it could not be seen, or what the answer leaves open; else ""
 */
struct pcow_feature {
	enum pcow_seen seen;
	char evidence[256];
	char reason[512];
};

/**
 * struct pcow_model_report - what the probes found
 * @model:	the verdict
 * @evidence:	what it rests on, one line
 * @features:	by enum pcow_feature_id
 */
struct pcow_model_report {
	enum pcow_model model;
	char evidence[512];
	struct pcow_feature features[PCOW_FEATURES];
};

/* "ref_survives_mprotect" ...: the keys of `probe --json`. */
const char *pcow_feature_name(enum pcow_feature_id id);

/**
 * pcow_model_probe() - probe the running kernel
 * @report:	result
 *
 * Each probe runs three times, each time in a forked child of its own with
 * a time limit: this process is left as it was, no pin in its mm.  Whatever goes
 * wrong in there makes its feature unseen.  Needs no privilege, changes nothing
 * on the host, takes below 0.2 s.
 */
void pcow_model_probe(struct pcow_model_report *report);

/* {name, evidence, features: {NAME: {seen, evidence, reason}}}, the "model" of a
 * result's header; owned by the caller, NULL when out of memory. */
json_t *pcow_model_json(const struct pcow_model_report *report);

#endif
