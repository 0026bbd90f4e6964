/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to lib/model: probes, what holds them, and how they are judged. */
#ifndef PINCOW_MODEL_PROBE_H
#define PINCOW_MODEL_PROBE_H

#include <pincow/bench.h>
#include <pincow/model.h>

/* Base pages that a probe looks at: they must agree, and fit an ordinary pipe. */
#define PROBE_PAGES 8

/* A probe: fills in the feature and returns 0, or PCOW_SKIP or -errno after
 * pcow_skip() or pcow_error().  What it holds goes with its process. */
typedef int probe_fn(struct pcow_run *run, struct pcow_feature *feature);

/* References held by a pipe (vmsplice.c). */
probe_fn pcow_probe_ref_survives_mprotect;
probe_fn pcow_probe_ref_survives_fork;
probe_fn pcow_probe_thp_by_mapcount;
probe_fn pcow_probe_cve_2020_29374;
probe_fn pcow_probe_cve_2020_29374_thp;
/* References to pages that a live child shares (shared.c, direct.c). */
probe_fn pcow_probe_forced_cow;
probe_fn pcow_probe_ro_pin_unshares;
probe_fn pcow_probe_odirect_unshares;
/* Registered buffers of an io_uring (registered.c). */
probe_fn pcow_probe_early_copy;
probe_fn pcow_probe_rw_pin_unreliable;
/* Whether a store needs a fault, or a copy (store.c). */
probe_fn pcow_probe_mprotect_no_fault;
probe_fn pcow_probe_pte_thp_reuse;

/**
 * pcow_probe_turn() - run a probe once in a child that cannot hurt
 * @probe:	the probe
 * @timeout_ms:	after which it is killed
 * @feature:	what it found; unseen with the reason when it died, was killed or
 *		gave up
 */
void pcow_probe_turn(probe_fn *probe, int timeout_ms, struct pcow_feature *feature);

/* The answer of several turns: theirs when they agree, else unseen. */
void pcow_probe_repeat(probe_fn *probe, int timeout_ms, struct pcow_feature *feature);

/* What pcow_model_probe() makes of the features alone: doubts, model, evidence. */
void pcow_model_judge(struct pcow_model_report *report);

/* True when all of @of pages show it, false when none does, unseen between;
 * @what follows "3 of 8 pages ". */
void pcow_feature_from_count(struct pcow_feature *feature, size_t with, size_t of,
			     const char *what);

/* Fault and drain PROBE_PAGES base pages, or one THP.  Their first bytes are 1. */
int pcow_probe_map_base(struct pcow_run *run, struct pcow_region *mem);
int pcow_probe_map_thp(struct pcow_run *run, struct pcow_region *mem, enum pcow_page_class cls);

/*
 * Fault and drain large folios that PTEs map: a THP, else mTHP of the smallest
 * size that this host gives and that owner tracking knows.
 */
int pcow_probe_map_large(struct pcow_run *run, struct pcow_region *mem);

/* mprotect() the region read-only and writable again. */
int pcow_probe_reprotect(struct pcow_run *run, const struct pcow_region *mem);

/* Fork a child that shares all memory, and reap it. */
int pcow_probe_share_briefly(struct pcow_run *run);

/* vmsplice() the region, of PROBE_PAGES pages, into a pipe. */
int pcow_probe_hold(struct pcow_run *run, struct pcow_pin *pipe, const struct pcow_region *mem);

/* Takes references of the region's pages: 0, PCOW_SKIP or -errno. */
typedef int take_fn(struct pcow_run *run, const struct pcow_region *mem, void *arg);

/**
 * pcow_probe_take_of_shared() - take references of pages that a live child shares
 * @run:	the probe's
 * @take:	takes them of PROBE_PAGES base pages
 * @arg:	handed to @take
 * @exclusive:	how many of the pages are no longer shared then
 *
 * Return: 0, PCOW_SKIP or -errno.
 */
int pcow_probe_take_of_shared(struct pcow_run *run, take_fn *take, void *arg, size_t *exclusive);

#endif
