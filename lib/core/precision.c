/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a case has workers enough: once their interval is as narrow as was asked.
 *
 * The rule looks after each worker, and so stops rather where chance has made
 * the interval narrow (Chow and Robbins, 1965, show that this does no harm in the
 * long run; a run is short).  PCOW_WORKERS_MIN keeps the harm small.
 */
#include "engine.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/stats.h>
#include <pincow/summary.h>

static bool is_precise(const struct pcow_engine *engine, const struct pcow_tally *tally)
{
	return tally->n >= PCOW_WORKERS_MIN && tally->half_width <= engine->config.precision;
}

bool pcow_tally_finished(const struct pcow_engine *engine, size_t case_)
{
	const struct pcow_tally *tally;

	if (!engine->config.precision)
		return false;
	tally = &engine->tallies[case_];
	/* What a host lacks, and what is broken, more workers do not mend. */
	return is_precise(engine, tally) || tally->tried >= engine->config.replicates ||
	       (!tally->n && tally->tried >= PCOW_WORKERS_MIN);
}

/* Workers that a case will have in all, as far as can be told: the width goes
 * with 1 / sqrt(n). */
static size_t foresee_workers(const struct pcow_engine *engine, size_t case_)
{
	const struct pcow_tally *tally = &engine->tallies[case_];
	double more, ratio = tally->half_width / engine->config.precision;
	size_t most = engine->config.replicates;

	if (pcow_tally_finished(engine, case_))
		return tally->tried;
	if (tally->tried < PCOW_WORKERS_MIN)
		return PCOW_WORKERS_MIN;
	more = ceil((double)tally->n * (ratio * ratio - 1.0));
	/* Also where there is no width yet. */
	if (!(more < (double)(most - tally->tried)))
		return most;
	return tally->tried + (more > 1.0 ? (size_t)more : 1);
}

static void foresee_totals(struct pcow_engine *engine)
{
	struct pcow_totals *totals = &engine->totals;

	totals->planned = totals->wide = 0;
	for (size_t c = 0; c < engine->plan.nr_cases; c++) {
		totals->planned += foresee_workers(engine, c);
		totals->wide += engine->tallies[c].n && !is_precise(engine, &engine->tallies[c]);
	}
}

int pcow_tallies_make(struct pcow_engine *engine)
{
	size_t nr_cases = engine->plan.nr_cases;

	if (!engine->config.precision)
		return 0;
	engine->tallies = calloc(nr_cases + 1, sizeof(*engine->tallies));
	engine->figures =
		calloc(engine->nr_tasks + engine->config.replicates, sizeof(*engine->figures));
	if (!engine->tallies || !engine->figures)
		return -ENOMEM;
	for (size_t c = 0; c < nr_cases; c++)
		engine->tallies[c] = (struct pcow_tally){
			.figures = &engine->figures[c * engine->config.replicates],
			.half_width = NAN,
		};
	foresee_totals(engine);
	return 0;
}

void pcow_tallies_free(struct pcow_engine *engine)
{
	free(engine->tallies);
	free(engine->figures);
}

int pcow_tally_add(struct pcow_engine *engine, size_t case_, const struct pcow_record *record)
{
	struct pcow_tally *tally;
	double figure;
	int ret;

	if (!engine->config.precision)
		return 0;
	tally = &engine->tallies[case_];
	tally->tried++;
	ret = pcow_record_headline(record, &figure);
	if (!ret && !isnan(figure)) {
		tally->figures[tally->n++] = figure;
		/* Behind the figures of all tasks there is room to work. */
		tally->half_width = pcow_half_width(tally->figures, tally->n,
						    PCOW_WORKERS_CONFIDENCE,
						    &engine->figures[engine->nr_tasks]);
	}
	foresee_totals(engine);
	return ret;
}
