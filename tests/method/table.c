/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of docs/method.md: how often each way to compare two kernels raises
 * a false alarm, and how often the gate finds a regression, on simulated boots.
 *
 * Each row has a claim, which docs/method.md repeats, and what was expected
 * before there was a program.  A row misses its claim when the exact 95 %
 * interval of the simulated rate lies wholly outside of it; then the exit status
 * is 1.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <pincow/compare.h>
#include <pincow/stats.h>

/* The two arms are the same kernel, whose log cost varies so much.  Of a gate the
 * boots' values do, workers and all. */
#define SIGMA_BOOT 0.01
#define SIGMA_RUN  0.005

#define RUNS	    20 /* timed in a boot, by those who take runs for replicates */
#define WORKERS	    3 /* a boot's value is their median */
#define METRICS	    60
#define REGRESSION  0.05 /* of one line */
#define PILOT	    5 /* boots that tell how many it takes */
#define ALPHA	    0.05
#define CONFIDENCE  0.95
#define BOOTS_MOST  100
#define POOLED_MOST 10 /* boots whose runs are pooled */

#define REPETITIONS_MOST 1000000

/* Every row draws from here, whatever the other rows have drawn. */
#define SEED	    11u
#define SECOND_SEED 5489u

/**
 * struct claim - what docs/method.md says of a rate
 * @what:	the rate, as there
 * @low, @high:	where it lies
 * @design:	what was expected before there was a program; "" for nothing
 */
struct claim {
	char what[80];
	double low, high;
	const char *design;
};

struct table {
	size_t repetitions;
	size_t missed;
};

/* ------------------------------------------------------------------- output */

static void print_claim(const struct claim *claim)
{
	if (claim->low <= 0.0)
		printf("at most %g %%", 100.0 * claim->high);
	else if (claim->high >= 1.0)
		printf("at least %g %%", 100.0 * claim->low);
	else
		printf("%g to %g %%", 100.0 * claim->low, 100.0 * claim->high);
}

/* One row: @n of @of; the interval is Clopper and Pearson's. */
static void put_row(struct table *table, const struct claim *claim, size_t n, size_t of)
{
	double hits = (double)n, misses = (double)(of - n), tail = (1.0 - CONFIDENCE) / 2.0;
	double low = n ? qbeta(tail, hits, misses + 1.0, true, false) : 0.0;
	double high = n < of ? qbeta(tail, hits + 1.0, misses, false, false) : 1.0;
	bool kept = high >= claim->low && low <= claim->high;

	printf("| %s | ", claim->what);
	print_claim(claim);
	printf(" | %.2f %% | %.2f to %.2f %% | %s |%s\n", 100.0 * hits / (double)of, 100.0 * low,
	       100.0 * high, claim->design, kept ? "" : " MISSED");
	fflush(stdout);
	table->missed += !kept;
}

/* --------------------------------------------------------------------- boots */

static void draw_runs(double *runs, size_t n)
{
	double boot = SIGMA_BOOT * norm_rand();

	for (size_t i = 0; i < n; i++)
		runs[i] = boot + SIGMA_RUN * norm_rand();
}

static void draw_boots(double *values, size_t boots)
{
	double workers[WORKERS];

	for (size_t i = 0; i < boots; i++) {
		draw_runs(workers, WORKERS);
		values[i] = pcow_median(workers, WORKERS);
	}
}

/* ---------------------------------------------------- ways to compare two arms */

/* The mistake: runs of one boot count as if they knew nothing of each other. */
static bool runs_alarm(size_t boots)
{
	double a[POOLED_MOST * RUNS], b[POOLED_MOST * RUNS];
	double scratch[POOLED_MOST * RUNS * POOLED_MOST * RUNS];

	for (size_t i = 0; i < boots; i++) {
		draw_runs(a + i * RUNS, RUNS);
		draw_runs(b + i * RUNS, RUNS);
	}
	return pcow_hl_two(a, boots * RUNS, b, boots * RUNS, CONFIDENCE, scratch).p < ALPHA;
}

static bool mann_whitney_alarms(size_t boots)
{
	double a[BOOTS_MOST], b[BOOTS_MOST], scratch[BOOTS_MOST * BOOTS_MOST];

	draw_boots(a, boots);
	draw_boots(b, boots);
	return pcow_hl_two(a, boots, b, boots, CONFIDENCE, scratch).p < ALPHA;
}

static struct pcow_shift draw_welch(size_t boots)
{
	double a[BOOTS_MOST], b[BOOTS_MOST];

	draw_boots(a, boots);
	draw_boots(b, boots);
	return pcow_t_welch(a, boots, b, boots, CONFIDENCE);
}

static bool welch_alarms(size_t boots)
{
	return draw_welch(boots).p < ALPHA;
}

/* What the boots of a block have in common is not there: the difference takes it out. */
static bool paired_alarms(size_t boots)
{
	double a[BOOTS_MOST], b[BOOTS_MOST];

	draw_boots(a, boots);
	draw_boots(b, boots);
	for (size_t i = 0; i < boots; i++)
		b[i] -= a[i];
	return pcow_t_one(b, boots, CONFIDENCE).p < ALPHA;
}

/* A gate without adjustment and minimum effect: FAIL when any metric looks slower. */
static bool plain_gate_fails(size_t boots)
{
	bool fails = false;

	for (size_t i = 0; i < METRICS; i++) {
		struct pcow_shift shift = draw_welch(boots);

		fails |= shift.p < ALPHA && shift.estimate > 0.0;
	}
	return fails;
}

static const struct {
	bool (*alarms)(size_t boots);
	size_t boots;
	struct claim claim;
} ways[] = {
	{ runs_alarm, 1, { "Mann-Whitney on 20 runs of one boot", 0.78, 0.86, "80 %" } },
	{ runs_alarm, 10, { "Mann-Whitney on runs pooled over 10 boots", 0.58, 0.66, "62 %" } },
	{ welch_alarms, 3, { "Welch on 3 boots", 0.025, 0.055, "" } },
	{ welch_alarms, 5, { "Welch on 5 boots", 0.025, 0.055, "4.6 to 5 %" } },
	{ welch_alarms, 8, { "Welch on 8 boots", 0.025, 0.055, "4.6 to 5 %" } },
	{ welch_alarms, 10, { "Welch on 10 boots", 0.025, 0.055, "4.6 to 5 %" } },
	{ paired_alarms, 5, { "Paired t on 5 blocks", 0.025, 0.055, "" } },
	{ mann_whitney_alarms, 5, { "Mann-Whitney on 5 boots", 0.025, 0.055, "3.3 to 5.3 %" } },
	{ mann_whitney_alarms, 8, { "Mann-Whitney on 8 boots", 0.025, 0.055, "3.3 to 5.3 %" } },
	{ mann_whitney_alarms, 10, { "Mann-Whitney on 10 boots", 0.025, 0.055, "3.3 to 5.3 %" } },
	{ plain_gate_fails,
	  8,
	  { "Any of 60 lines slower with p < .05, 8 boots", 0.74, 0.8, "36 %" } },
};

static void put_ways(struct table *table)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		size_t alarms = 0;

		set_seed(SEED, SECOND_SEED);
		for (size_t n = 0; n < table->repetitions; n++)
			alarms += ways[i].alarms(ways[i].boots);
		put_row(table, &ways[i].claim, alarms, table->repetitions);
	}
}

/* ------------------------------------------------------------------ the gate */

/* A gate fails without a reason at most so often; docs/gate.md calls it alarms. */
#define FAILS_MOST 0.005

/* Where a rate is claimed to lie; nowhere where @high is 0. */
struct range {
	double low, high;
};

/**
 * struct gate - gates of one kind
 * @how:	what is unlike other rows; NULL for nothing
 * @lines, @boots: of each gate
 * @like:	what is unlike; a sigma_boot of 0 is the usual one
 * @passes, @finds: rates claimed; finds is of +5 % in one line
 * @fails:	the same; FAILS_MOST where nothing is said
 * @expected:	PASS
 */
struct gate {
	const char *how;
	size_t lines, boots;
	struct pcow_simulation like;
	struct range passes, finds, fails;
	const char *expected;
};

static const struct gate gates[] = {
	{ .lines = 20, .boots = 3, .passes = { 0, 0.03 }, .finds = { 0.4, 1 } },
	{ .lines = 20,
	  .boots = 5,
	  .passes = { 0.2, 0.28 },
	  .finds = { 0.8, 1 },
	  .expected = "15 %" },
	{ .lines = 20, .boots = 8, .passes = { 0.8, 1 }, .finds = { 0.98, 1 }, .expected = "73 %" },
	{ .lines = 60,
	  .boots = 8,
	  .passes = { 0.48, 0.56 },
	  .finds = { 0.95, 1 },
	  .expected = "41 %" },
	{ .lines = 60,
	  .boots = 10,
	  .passes = { 0.8, 1 },
	  .finds = { 0.99, 1 },
	  .expected = "76 %" },
	{ .how = "in blocks",
	  .lines = 20,
	  .boots = 8,
	  .like = { .paired = true },
	  .passes = { 0.77, 1 },
	  .finds = { 0.97, 1 } },
	{ .how = "boots vary by 0.5 %",
	  .lines = 20,
	  .boots = 5,
	  .like = { .sigma_boot = 0.005 },
	  .passes = { 0.98, 1 },
	  .finds = { 0.99, 1 } },
	{ .how = "boots vary by 2 %",
	  .lines = 20,
	  .boots = 16,
	  .like = { .sigma_boot = 0.02 },
	  .passes = { 0.04, 0.1 },
	  .finds = { 0.7, 1 } },
	{ .how = "all +0.5 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shift = 0.005 },
	  .passes = { 0.1, 0.3 } },
	{ .how = "all +1 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shift = 0.01 },
	  .passes = { 0, 0.01 } },
	{ .how = "all +1.5 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shift = 0.015 },
	  .passes = { 0, 0.001 } },
	{ .how = "all +2 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shift = 0.02 },
	  .passes = { 0, 0.001 } },
	{ .how = "all +3 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shift = 0.03 },
	  .passes = { 0, 0.001 },
	  .fails = { 0.62, 0.72 } },
	{ .how = "all +5 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shift = 0.05 },
	  .passes = { 0, 0.001 },
	  .fails = { 0.99, 1 } },
	{ .how = "all +2 %",
	  .lines = 60,
	  .boots = 8,
	  .like = { .shift = 0.02 },
	  .passes = { 0, 0.001 } },
	{ .how = "all +2 %",
	  .lines = 20,
	  .boots = 5,
	  .like = { .shift = 0.02 },
	  .passes = { 0, 0.001 } },
	{ .how = "in blocks, all +2 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .paired = true, .shift = 0.02 } },
	{ .how = "boots vary by 3 %, all +2 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .sigma_boot = 0.03, .shift = 0.02 } },
	{ .how = "unlike lines",
	  .lines = 20,
	  .boots = 8,
	  .like = { .unlike = 0.4 },
	  .passes = { 0.2, 0.32 },
	  .finds = { 0.78, 1 },
	  .expected = "26 %" },
	{ .how = "unlike lines, all +2 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .unlike = 0.4, .shift = 0.02 },
	  .passes = { 0, 0.001 } },
	{ .how = "lines alike",
	  .lines = 20,
	  .boots = 8,
	  .like = { .common = 0.8 },
	  .passes = { 0.9, 1 },
	  .finds = { 0.88, 1 } },
	{ .how = "lines alike, all +2 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .common = 0.8, .shift = 0.02 },
	  .passes = { 0, 0.01 } },
	{ .how = "heavy tails",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shape = PCOW_SHAPE_TAILS },
	  .passes = { 0.7, 1 },
	  .finds = { 0.92, 1 } },
	{ .how = "heavy tails, all +2 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shape = PCOW_SHAPE_TAILS, .shift = 0.02 } },
	{ .how = "two modes",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shape = PCOW_SHAPE_MODES },
	  .passes = { 0.08, 0.18 } },
	{ .how = "two modes", .lines = 20, .boots = 5, .like = { .shape = PCOW_SHAPE_MODES } },
	{ .how = "two modes a line",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shape = PCOW_SHAPE_MODES_APART },
	  .passes = { 0, 0.001 } },
	{ .how = "two modes a line",
	  .lines = 20,
	  .boots = 5,
	  .like = { .shape = PCOW_SHAPE_MODES_APART } },
	{ .how = "one odd boot",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shape = PCOW_SHAPE_ODD },
	  .passes = { 0.7, 1 },
	  .finds = { 0.96, 1 } },
	{ .how = "one odd boot",
	  .lines = 20,
	  .boots = 5,
	  .like = { .shape = PCOW_SHAPE_ODD },
	  .passes = { 0.1, 0.2 },
	  .finds = { 0.7, 1 } },
	{ .how = "one odd boot, all +2 %",
	  .lines = 20,
	  .boots = 8,
	  .like = { .shape = PCOW_SHAPE_ODD, .shift = 0.02 } },
};

static struct pcow_simulation simulation_of(const struct gate *kind, size_t repetitions)
{
	struct pcow_simulation simulation = kind->like;

	simulation.gates = repetitions;
	simulation.metrics = kind->lines;
	simulation.boots = kind->boots;
	simulation.workers = 1;
	if (simulation.sigma_boot == 0.0)
		simulation.sigma_boot = SIGMA_BOOT;
	simulation.effect = REGRESSION;
	simulation.seed = SEED;
	return simulation;
}

static void put_rate(struct table *table, const struct gate *kind, const char *rate,
		     const struct range *range, const char *expected, size_t n, size_t of)
{
	struct claim claim = { .low = range->low, .high = range->high, .design = expected };

	if (range->high == 0.0)
		return;
	snprintf(claim.what, sizeof(claim.what), "%zu line%s, %zu boots%s%s: %s", kind->lines,
		 kind->lines == 1 ? "" : "s", kind->boots, kind->how ? ", " : "",
		 kind->how ? kind->how : "", rate);
	put_row(table, &claim, n, of);
}

static int put_gates(struct table *table, const struct pcow_policy *policy)
{
	static const struct claim passes = { "All of these: PASS in spite of +5 % in one line", 0.0,
					     0.002, "" };
	static const struct range seldom = { 0.0, FAILS_MOST };
	size_t false_passes = 0, injected = 0;
	struct pcow_trial trial;

	for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
		const struct gate *kind = &gates[i];
		struct pcow_simulation simulation = simulation_of(kind, table->repetitions);

		if (pcow_trial_simulate(&trial, &simulation, policy))
			return -ENOMEM;
		put_rate(table, kind, "FAIL", kind->fails.high == 0.0 ? &seldom : &kind->fails, "",
			 trial.false_fails, trial.gates);
		put_rate(table, kind, "PASS", &kind->passes, kind->expected ? kind->expected : "",
			 trial.passes, trial.gates);
		put_rate(table, kind, "finds +5 % in one line", &kind->finds, "", trial.found,
			 trial.injected);
		false_passes += trial.false_passes;
		injected += trial.injected;
	}
	put_row(table, &passes, false_passes, injected);
	return 0;
}

/* A line that is slower by the minimum effect lies at the edge of what may pass. */
static int put_edge(struct table *table, const struct pcow_policy *policy)
{
	static const struct gate edges[] = {
		{ .lines = 1, .boots = 8, .passes = { 0.04, 0.06 } },
		{ .lines = 20, .boots = 8, .passes = { 0.03, 0.06 } },
		{ .how = "in blocks",
		  .lines = 20,
		  .boots = 8,
		  .like = { .paired = true },
		  .passes = { 0.03, 0.06 } },
		{ .how = "lines alike",
		  .lines = 20,
		  .boots = 8,
		  .like = { .common = 0.8 },
		  .passes = { 0.04, 0.07 } },
	};
	struct pcow_trial trial;

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct pcow_simulation simulation = simulation_of(&edges[i], table->repetitions);

		simulation.effect = pcow_policy_effect(policy, "latency", PCOW_METRIC_COST, false);
		if (pcow_trial_simulate(&trial, &simulation, policy))
			return -ENOMEM;
		put_rate(table, &edges[i], "PASS in spite of +2 % in one line", &edges[i].passes,
			 "", trial.false_passes, trial.injected);
	}
	return 0;
}

/* ------------------------------------------------------------------ planning */

/* The boots that a gate of a few asks for, and the gate of so many after it. */
static int put_plans(struct table *table, const struct pcow_policy *policy)
{
	static const struct gate pilots[] = {
		{ .lines = 1, .boots = PILOT, .passes = { 0.76, 1 } },
		{ .lines = 20, .boots = PILOT, .passes = { 0.8, 1 } },
		{ .lines = 60, .boots = PILOT, .passes = { 0.8, 1 } },
		{ .how = "boots vary by 2 %",
		  .lines = 20,
		  .boots = PILOT,
		  .like = { .sigma_boot = 0.02 },
		  .passes = { 0.8, 1 } },
		{ .how = "unlike lines",
		  .lines = 20,
		  .boots = PILOT,
		  .like = { .unlike = 0.4 },
		  .passes = { 0.8, 1 } },
		{ .how = "lines alike",
		  .lines = 20,
		  .boots = PILOT,
		  .like = { .common = 0.8 },
		  .passes = { 0.8, 1 } },
	};

	for (size_t i = 0; i < sizeof(pilots) / sizeof(pilots[0]); i++) {
		struct pcow_simulation simulation = simulation_of(&pilots[i], 1);
		size_t passes = 0, repetitions = (table->repetitions + 3) / 4;
		double needed = 0.0;
		char asked[48];

		for (size_t n = 0; n < repetitions; n++) {
			struct pcow_trial trial;

			simulation.boots = PILOT;
			simulation.seed = SEED + 2 * (unsigned int)n;
			if (pcow_trial_simulate(&trial, &simulation, policy))
				return -ENOMEM;
			needed += (double)trial.boots_needed;
			simulation.boots = trial.boots_needed;
			simulation.seed++;
			if (pcow_trial_simulate(&trial, &simulation, policy))
				return -ENOMEM;
			passes += trial.passes;
		}
		snprintf(asked, sizeof(asked), "80 %% at %.1f boots on average",
			 needed / (double)repetitions);
		put_rate(table, &pilots[i], "PASS with the boots asked for", &pilots[i].passes,
			 asked, passes, repetitions);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct table table = { 0 };
	struct pcow_policy policy;
	char *end = NULL;

	if (argc == 2)
		table.repetitions = strtoul(argv[1], &end, 10);
	if (!end || *end || !table.repetitions || table.repetitions > REPETITIONS_MOST) {
		fprintf(stderr, "usage: method_table REPETITIONS (1 to %d)\n", REPETITIONS_MOST);
		return 2;
	}
	pcow_policy_default(&policy);
	puts("| Rate | Claimed | Simulated | 95 % interval | Expected |");
	puts("|---|---|---|---|---|");
	put_ways(&table);
	if (put_gates(&table, &policy) || put_edge(&table, &policy) || put_plans(&table, &policy)) {
		fputs("method_table: out of memory\n", stderr);
		return 2;
	}
	if (table.missed)
		fprintf(stderr, "method_table: %zu rates lie outside of what is claimed\n",
			table.missed);
	return table.missed ? 1 : 0;
}
