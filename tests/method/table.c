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

/* The two arms are the same kernel, whose log cost varies so much. */
#define SIGMA_BOOT 0.01
#define SIGMA_RUN  0.005
#define NOISY_BOOT 0.03

#define RUNS	    20 /* timed in a boot, by those who take runs for replicates */
#define WORKERS	    3 /* a boot's value is their median */
#define METRICS	    60
#define REGRESSION  0.05 /* of one line */
#define ALPHA	    0.05
#define CONFIDENCE  0.95
#define BOOTS_MOST  100
#define POOLED_MOST 10 /* boots whose runs are pooled */

/* What a team may want to see, and how surely. */
#define PLANNED_EFFECT 0.01
#define PLANNED_POWER  0.8

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

static const struct {
	size_t lines, boots;
	double fails_most;
	const char *fails_design;
	double finds_low, finds_high;
	const char *finds_design;
} gates[] = {
	{ 60, 3, 0.01, "", 0.08, 0.12, "" },
	{ 60, 4, 0.01, "", 0.42, 0.48, "" },
	{ 60, 5, 0.01, "0.6 %", 0.80, 0.86, "99 to 100 %" },
	{ 60, 6, 0.01, "", 0.96, 1.0, "" },
	{ 60, 8, 0.005, "0.2 %", 0.99, 1.0, "99 to 100 %" },
	{ 60, 10, 0.005, "", 0.99, 1.0, "" },
	{ 20, 5, 0.01, "", 0.93, 0.97, "" },
	{ 5, 4, 0.01, "", 0.91, 0.96, "" },
};

static struct pcow_simulation simulation_of(size_t lines, size_t boots, size_t repetitions)
{
	return (struct pcow_simulation){
		.gates = repetitions,
		.metrics = lines,
		.boots = boots,
		.workers = WORKERS,
		.sigma_boot = SIGMA_BOOT,
		.sigma_run = SIGMA_RUN,
		.effect = REGRESSION,
		.seed = SEED,
	};
}

static void put_gate(struct table *table, size_t index, const struct pcow_trial *trial)
{
	struct claim claim = { .high = gates[index].fails_most,
			       .design = gates[index].fails_design };

	snprintf(claim.what, sizeof(claim.what), "Gate of %zu lines, %zu boots: false FAIL",
		 trial->metrics, trial->boots);
	put_row(table, &claim, trial->false_fails, trial->gates);
	claim = (struct claim){ .low = gates[index].finds_low,
				.high = gates[index].finds_high,
				.design = gates[index].finds_design };
	snprintf(claim.what, sizeof(claim.what), "Gate of %zu lines, %zu boots: finds +5 %% in one",
		 trial->metrics, trial->boots);
	put_row(table, &claim, trial->found, trial->injected);
}

/* Boots so noisy that hardly any shift is below the minimum effect: fdr alone holds. */
static int put_noisy_gate(struct table *table, const struct pcow_policy *policy)
{
	static const struct claim claim = {
		"Gate of 60 lines, 8 boots that vary by 3 %: false FAIL", 0.01, 0.025, ""
	};
	struct pcow_simulation simulation = simulation_of(METRICS, 8, table->repetitions);
	struct pcow_trial trial;

	simulation.sigma_boot = NOISY_BOOT;
	if (pcow_trial_simulate(&trial, &simulation, policy))
		return -ENOMEM;
	put_row(table, &claim, trial.false_fails, trial.gates);
	return 0;
}

/* A line that is slower by the minimum effect lies at the edge of what may pass. */
static int put_edge_gate(struct table *table, const struct pcow_policy *policy)
{
	struct pcow_simulation simulation = simulation_of(1, 8, table->repetitions);
	struct claim claim = { .low = 0.015, .high = 0.03, .design = "" };
	struct pcow_trial trial;

	simulation.effect = pcow_policy_effect(policy, "latency", PCOW_METRIC_COST, false);
	if (pcow_trial_simulate(&trial, &simulation, policy))
		return -ENOMEM;
	snprintf(claim.what, sizeof(claim.what), "Gate of 1 line, 8 boots: PASS in spite of +%g %%",
		 100.0 * simulation.effect);
	put_row(table, &claim, trial.false_passes, trial.injected);
	return 0;
}

static int put_gates(struct table *table)
{
	static const struct claim passes = { "All these gates: PASS in spite of +5 % in one", 0.0,
					     0.001, "" };
	size_t false_passes = 0, injected = 0;
	struct pcow_policy policy;
	struct pcow_trial trial;

	pcow_policy_default(&policy);
	for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
		struct pcow_simulation simulation =
			simulation_of(gates[i].lines, gates[i].boots, table->repetitions);

		if (pcow_trial_simulate(&trial, &simulation, &policy))
			return -ENOMEM;
		put_gate(table, i, &trial);
		false_passes += trial.false_passes;
		injected += trial.injected;
	}
	put_row(table, &passes, false_passes, injected);
	if (put_edge_gate(table, &policy))
		return -ENOMEM;
	return put_noisy_gate(table, &policy);
}

/* ------------------------------------------------------------------ planning */

/*
 * The deviation that pcow_boots_needed() plans with is that of a boot's value,
 * not sigma_boot: the workers' share is in it.  For the median of three workers
 * that is .449 of their variance, so 1 % and .5 % make 1.05 %.  Here the boots'
 * values are drawn with the deviation itself.
 */
static const struct {
	double sd;
	double finds_low;
	const char *design;
} plans[] = {
	{ 0.003, 0.75, "80 % at 3 boots" },
	{ 0.005, 0.80, "80 % at 5 boots" },
	{ 0.010, 0.79, "80 % at 17 boots" },
	{ 0.020, 0.79, "80 % at 64 boots" },
};

static size_t count_finds(double sd, size_t boots, size_t repetitions)
{
	double a[BOOTS_MOST], b[BOOTS_MOST];
	size_t found = 0;

	for (size_t n = 0; n < repetitions; n++) {
		for (size_t i = 0; i < boots; i++) {
			a[i] = sd * norm_rand();
			b[i] = sd * norm_rand() + PLANNED_EFFECT;
		}
		found += pcow_t_welch(a, boots, b, boots, CONFIDENCE).p < ALPHA;
	}
	return found;
}

static int put_plans(struct table *table)
{
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct pcow_design design = { .sd = plans[i].sd, .alpha = ALPHA };
		size_t boots = pcow_boots_needed(&design, PLANNED_EFFECT, PLANNED_POWER);
		struct claim claim = { .low = plans[i].finds_low,
				       .high = 1.0,
				       .design = plans[i].design };

		if (boots > BOOTS_MOST)
			return -ERANGE;
		set_seed(SEED, SECOND_SEED);
		snprintf(claim.what, sizeof(claim.what),
			 "Welch finds 1 %% where boots vary by %g %%: %zu boots",
			 100.0 * plans[i].sd, boots);
		put_row(table, &claim, count_finds(plans[i].sd, boots, table->repetitions),
			table->repetitions);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct table table = { 0 };
	char *end = NULL;

	if (argc == 2)
		table.repetitions = strtoul(argv[1], &end, 10);
	if (!end || *end || !table.repetitions || table.repetitions > REPETITIONS_MOST) {
		fprintf(stderr, "usage: method_table REPETITIONS (1 to %d)\n", REPETITIONS_MOST);
		return 2;
	}
	puts("| Rate | Claimed | Simulated | 95 % interval | Expected |");
	puts("|---|---|---|---|---|");
	put_ways(&table);
	if (put_gates(&table) || put_plans(&table)) {
		fputs("method_table: out of memory, or a plan of too many boots\n", stderr);
		return 2;
	}
	if (table.missed)
		fprintf(stderr, "method_table: %zu rates lie outside of what is claimed\n",
			table.missed);
	return table.missed ? 1 : 0;
}
