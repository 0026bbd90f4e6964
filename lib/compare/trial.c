/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate put to the test where the truth is known: boots that were drawn at
 * random, and the user's own boots dealt out anew.  Both judge by the functions
 * that judge results.
 */
#include "analysis.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* libRmath's generator takes two seeds. */
#define SECOND_SEED 5489u

/* Of the shapes of a simulation. */
#define TAILS_FREEDOM 3.0
#define MODE_SHARE    0.3
#define MODE_CHANGE   0.1
#define ODD_CHANGE    0.2

/* Fewer boots a group cannot be judged, whatever they say. */
#define BOOTS_LEAST 3

/**
 * struct table - a gate's data: log values, a row a line and a column a boot
 * @logs:	nr_lines * (nr_base + nr_other), the base's boots first
 * @effects:	minimum effect of each line
 * @paired:	boots of one place in either arm are of one block
 */
struct table {
	double *logs;
	double *effects;
	size_t nr_lines;
	size_t nr_base, nr_other;
	bool paired;
};

/* What judging a table takes; @plans: how many boots it takes is asked as well. */
struct bench {
	struct pcow_change *changes, **pointers;
	struct pcow_evidence *evidence;
	double *values;
	size_t *boots;
	bool plans;
};

static int bench_make(struct bench *bench, const struct table *table)
{
	size_t nr_boots = table->nr_base + table->nr_other;

	bench->changes = calloc(table->nr_lines, sizeof(*bench->changes));
	bench->pointers = calloc(table->nr_lines, sizeof(*bench->pointers));
	bench->evidence = calloc(table->nr_lines, sizeof(*bench->evidence));
	bench->values = calloc(table->nr_lines * nr_boots, sizeof(*bench->values));
	bench->boots = calloc(nr_boots, sizeof(*bench->boots));
	if (!bench->changes || !bench->pointers || !bench->evidence || !bench->values ||
	    !bench->boots)
		return -ENOMEM;
	for (size_t boot = 0; boot < nr_boots; boot++)
		bench->boots[boot] = boot < table->nr_base ? boot : boot - table->nr_base;
	for (size_t i = 0; i < table->nr_lines; i++) {
		bench->pointers[i] = &bench->changes[i];
		bench->evidence[i] = (struct pcow_evidence){
			.values = bench->values + i * nr_boots,
			.boots = bench->boots,
			.nr_base = table->nr_base,
			.nr_other = table->nr_other,
			.paired = table->paired,
		};
	}
	return 0;
}

static void bench_clear(struct bench *bench)
{
	free(bench->changes);
	free(bench->pointers);
	free(bench->evidence);
	free(bench->values);
	free(bench->boots);
}

/* The gate's answer; @factor on the other arm of line @injected, nr_lines for none. */
static int gate(struct bench *bench, const struct table *table, size_t injected, double factor,
		const struct pcow_policy *policy, enum pcow_gate *answer)
{
	size_t nr_boots = table->nr_base + table->nr_other;
	struct pcow_family family = {
		.evidence = bench->evidence,
		.changes = bench->pointers,
		.n = table->nr_lines,
		.nr_base = table->nr_base,
		.nr_other = table->nr_other,
		.brief = !bench->plans,
	};

	for (size_t i = 0; i < table->nr_lines * nr_boots; i++) {
		bench->values[i] = exp(table->logs[i]);
		if (i / nr_boots == injected && i % nr_boots >= table->nr_base)
			bench->values[i] *= factor;
	}
	for (size_t i = 0; i < table->nr_lines; i++)
		bench->changes[i] = (struct pcow_change){ .effect = table->effects[i] };
	if (pcow_family_estimate(&family, policy) ||
	    pcow_changes_judge(bench->pointers, table->nr_lines, policy))
		return -ENOMEM;
	*answer = PCOW_PASS;
	for (size_t i = 0; i < table->nr_lines; i++) {
		enum pcow_gate line = pcow_verdict_gate(bench->changes[i].verdict);

		if (line == PCOW_FAIL || (line == PCOW_INCONCLUSIVE && *answer == PCOW_PASS))
			*answer = line;
	}
	return 0;
}

/* One gate without a difference, then the same boots with one line worse. */
static int try_table(struct pcow_trial *trial, struct bench *bench, const struct table *table,
		     const struct pcow_policy *policy)
{
	size_t injected = trial->gates % table->nr_lines;
	enum pcow_gate answer;

	if (gate(bench, table, table->nr_lines, 1.0, policy, &answer))
		return -ENOMEM;
	trial->gates++;
	trial->passes += answer == PCOW_PASS;
	trial->false_fails += answer == PCOW_FAIL;
	if (gate(bench, table, injected, 1.0 + trial->effect, policy, &answer))
		return -ENOMEM;
	trial->injected++;
	trial->found += bench->changes[injected].verdict == PCOW_WORSE;
	trial->false_passes += answer == PCOW_PASS;
	return 0;
}

/* What the gate that was drawn last asks for. */
static int plan(struct pcow_trial *trial, struct bench *bench, const struct table *table,
		const struct pcow_policy *policy)
{
	enum pcow_gate answer;

	bench->plans = true;
	if (gate(bench, table, table->nr_lines, 1.0, policy, &answer))
		return -ENOMEM;
	for (size_t i = 0; i < table->nr_lines; i++) {
		if (bench->changes[i].boots_needed > trial->boots_needed)
			trial->boots_needed = bench->changes[i].boots_needed;
	}
	return 0;
}

/* -------------------------------------------------------------- simulation */

/* A boot's way to differ from others, of variance 1. */
static double draw_boot(enum pcow_shape shape)
{
	if (shape != PCOW_SHAPE_TAILS)
		return norm_rand();
	return rt(TAILS_FREEDOM) / sqrt(TAILS_FREEDOM / (TAILS_FREEDOM - 2.0));
}

static double draw_worker_median(const struct pcow_simulation *simulation, double *workers)
{
	for (size_t w = 0; w < simulation->workers; w++)
		workers[w] = simulation->sigma_run * norm_rand();
	return pcow_median(workers, simulation->workers);
}

static bool draw_mode(void)
{
	return unif_rand() < MODE_SHARE;
}

static void draw_column(struct table *table, const struct pcow_simulation *simulation,
			const double *sigmas, size_t boot, double *workers)
{
	size_t nr_boots = table->nr_base + table->nr_other;
	double common = sqrt(simulation->common) * draw_boot(simulation->shape);
	double alone = sqrt(1.0 - simulation->common);
	bool slow = simulation->shape == PCOW_SHAPE_MODES && draw_mode();

	for (size_t i = 0; i < table->nr_lines; i++) {
		double *log = &table->logs[i * nr_boots + boot];

		*log = sigmas[i] * (common + alone * draw_boot(simulation->shape));
		*log += draw_worker_median(simulation, workers);
		if (boot >= table->nr_base)
			*log += log1p(simulation->shift);
		if (slow || (simulation->shape == PCOW_SHAPE_MODES_APART && draw_mode()))
			*log += log1p(MODE_CHANGE);
		if (simulation->shape == PCOW_SHAPE_ODD && boot == 0)
			*log += log1p(ODD_CHANGE);
	}
}

static int draw(struct table *table, const struct pcow_simulation *simulation, double *workers)
{
	double *sigmas = calloc(table->nr_lines, sizeof(*sigmas));

	if (!sigmas)
		return -ENOMEM;
	for (size_t i = 0; i < table->nr_lines; i++)
		sigmas[i] = simulation->sigma_boot * exp(simulation->unlike * norm_rand());
	for (size_t boot = 0; boot < table->nr_base + table->nr_other; boot++)
		draw_column(table, simulation, sigmas, boot, workers);
	free(sigmas);
	return 0;
}

int pcow_trial_simulate(struct pcow_trial *trial, const struct pcow_simulation *simulation,
			const struct pcow_policy *policy)
{
	struct table table = { .nr_lines = simulation->metrics,
			       .nr_base = simulation->boots,
			       .nr_other = simulation->boots,
			       .paired = simulation->paired };
	double *workers = calloc(simulation->workers, sizeof(*workers));
	struct bench bench = { 0 };
	int ret;

	*trial = (struct pcow_trial){ .metrics = simulation->metrics,
				      .boots = simulation->boots,
				      .effect = simulation->effect };
	table.logs = calloc(2 * simulation->boots * simulation->metrics, sizeof(*table.logs));
	table.effects = calloc(simulation->metrics, sizeof(*table.effects));
	ret = workers && table.logs && table.effects ? bench_make(&bench, &table) : -ENOMEM;
	for (size_t i = 0; !ret && i < simulation->metrics; i++)
		table.effects[i] = pcow_policy_effect(policy, "latency", PCOW_METRIC_COST, false);
	set_seed(simulation->seed, SECOND_SEED);
	while (!ret && trial->gates < simulation->gates) {
		ret = draw(&table, simulation, workers);
		if (!ret)
			ret = try_table(trial, &bench, &table, policy);
	}
	if (!ret)
		ret = plan(trial, &bench, &table, policy);
	bench_clear(&bench);
	free(table.logs);
	free(table.effects);
	free(workers);
	return ret;
}

/* -------------------------------------------------------------- resampling */

/* Has every boot of both arms a value above 0? */
static bool is_whole(const struct pcow_line *line, size_t group, size_t nr_base, size_t nr_other)
{
	for (size_t i = 0; i < nr_base; i++) {
		if (!(line->arms[0].values[i] > 0.0))
			return false;
	}
	for (size_t i = 0; i < nr_other; i++) {
		if (!(line->arms[group].values[i] > 0.0))
			return false;
	}
	return true;
}

/* Logs about their own mean: whatever lies between the arms is taken out.  They
 * vary less about it than about the true one, by this factor. */
static void centre(const double *values, size_t n, double *logs)
{
	double factor = sqrt((double)n / (double)(n - 1));
	double mean;

	for (size_t i = 0; i < n; i++)
		logs[i] = log(values[i]);
	mean = pcow_mean(logs, n);
	for (size_t i = 0; i < n; i++)
		logs[i] = factor * (logs[i] - mean);
}

static void take_lines(struct table *table, const struct pcow_comparison *comparison, size_t group)
{
	size_t nr_boots = table->nr_base + table->nr_other;

	for (size_t i = 0; i < comparison->nr_lines; i++) {
		const struct pcow_line *line = &comparison->lines[i];
		double *logs = table->logs + table->nr_lines * nr_boots;

		if (!line->changes[group].gated || line->changes[group].deterministic ||
		    !is_whole(line, group, table->nr_base, table->nr_other))
			continue;
		centre(line->arms[0].values, table->nr_base, logs);
		centre(line->arms[group].values, table->nr_other, logs + table->nr_base);
		table->effects[table->nr_lines++] = line->changes[group].effect;
	}
}

/* Fisher and Yates; whole columns, so that what boots have in common stays so. */
static void deal(const struct table *boots, struct table *table)
{
	size_t nr_boots = boots->nr_base + boots->nr_other;

	memcpy(table->logs, boots->logs, boots->nr_lines * nr_boots * sizeof(*boots->logs));
	for (size_t i = nr_boots; i > 1; i--) {
		size_t j = (size_t)(unif_rand() * (double)i);

		for (size_t line = 0; line < boots->nr_lines; line++) {
			double *row = table->logs + line * nr_boots;
			double kept = row[i - 1];

			row[i - 1] = row[j];
			row[j] = kept;
		}
	}
}

static int try_group(struct pcow_trial *trial, const struct pcow_comparison *comparison,
		     size_t group, size_t gates, const struct pcow_policy *policy)
{
	const struct pcow_group *groups = comparison->stratum.groups;
	struct table boots = { .nr_base = groups[0].nr_boots, .nr_other = groups[group].nr_boots };
	size_t nr_values = comparison->nr_lines * (boots.nr_base + boots.nr_other);
	struct bench bench = { 0 };
	struct table table;
	int ret = 0;

	boots.logs = calloc(nr_values + 1, sizeof(*boots.logs));
	boots.effects = calloc(comparison->nr_lines + 1, sizeof(*boots.effects));
	if (boots.logs && boots.effects)
		take_lines(&boots, comparison, group);
	table = boots;
	table.logs = calloc(nr_values + 1, sizeof(*table.logs));
	if (!boots.logs || !boots.effects || !table.logs)
		ret = -ENOMEM;
	if (!ret && boots.nr_lines)
		ret = bench_make(&bench, &table);
	for (size_t i = 0; !ret && boots.nr_lines && i < gates; i++) {
		deal(&boots, &table);
		ret = try_table(trial, &bench, &table, policy);
	}
	if (boots.nr_lines > trial->metrics)
		trial->metrics = boots.nr_lines;
	if (boots.nr_base > trial->boots)
		trial->boots = boots.nr_base;
	if (boots.nr_other > trial->boots)
		trial->boots = boots.nr_other;
	bench_clear(&bench);
	free(table.logs);
	free(boots.logs);
	free(boots.effects);
	return ret;
}

int pcow_trial_resample(struct pcow_trial *trial, const struct pcow_analysis *analysis,
			size_t gates, double effect, unsigned int seed)
{
	int ret = 0;

	*trial = (struct pcow_trial){ .effect = effect };
	set_seed(seed, SECOND_SEED);
	for (size_t c = 0; !ret && c < analysis->nr_comparisons; c++) {
		const struct pcow_comparison *comparison = &analysis->comparisons[c];
		const struct pcow_stratum *stratum = &comparison->stratum;

		for (size_t g = 1; !ret && g < stratum->nr_groups; g++) {
			if (stratum->groups[0].nr_boots >= BOOTS_LEAST &&
			    stratum->groups[g].nr_boots >= BOOTS_LEAST)
				ret = try_group(trial, comparison, g, gates, analysis->policy);
		}
	}
	if (!ret && !trial->gates)
		ret = -ENODATA;
	return ret;
}
