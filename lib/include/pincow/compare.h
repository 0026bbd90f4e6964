/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the result files of many boots to a verdict: pure functions of the
 * files.  The boot is the replicate: a group's datum is one value a boot, and
 * operations are never pooled over boots.
 *
 *	dataset		the files' figures: a series for each metric of a case,
 *			with a cell for each file
 *	stratum		files that may be compared at all, in groups of boots
 *	comparison	a stratum's lines: a series, an arm for each group, and
 *			each arm's change against the first, the base
 *	analysis	all comparisons, judged by one policy
 */
#ifndef PINCOW_COMPARE_H
#define PINCOW_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <pincow/error.h>
#include <pincow/result.h>
#include <pincow/stats.h>
#include <pincow/summary.h>

/* ----------------------------------------------------------------- dataset */

/**
 * struct pcow_file - one result file
 * @path:	of the file
 * @argument:	what the user gave: the file, or a folder that holds it
 * @header:	of the file
 * @device, @inode: which file that is; 0 for none
 * @nr_workers, @nr_twice, @nr_unplanned, @nr_contradict, @prints, @nr_prints, @clock: as in
 *		struct pcow_summary
 * @truncated:	its last line was cut short
 */
struct pcow_file {
	char *path;
	const char *argument;
	dev_t device;
	ino_t inode;
	struct pcow_header header;
	size_t nr_workers, nr_twice, nr_unplanned, nr_contradict;
	uint64_t *prints;
	size_t nr_prints;
	struct pcow_clock_summary clock;
	bool truncated;
};

/**
 * struct pcow_cell - a series in one file
 * @present:	the file has the case
 * @n:		workers that gave a figure; 0 for none
 * @value:	median over them; NAN for none
 * @low, @high:	their range; NAN for none
 * @status:	worst of the case's workers
 * @reason, @remedy: of that status; never NULL
 * @invalid_fraction: batch samples that broke their claim / taken
 * @nr_workers, @nr_sound, @nr_truncated, @unclosed, @resolution, @half_width: as in struct
 *		pcow_metric_row
 * @samples:	the same
 * @method:	the same; never NULL
 */
struct pcow_cell {
	bool present;
	size_t n;
	double value, low, high;
	enum pcow_status status;
	const char *reason, *remedy;
	double invalid_fraction;
	size_t nr_workers, nr_sound, nr_truncated, unclosed;
	double resolution, half_width;
	double samples;
	const char *method;
};

/**
 * struct pcow_series - one metric of one case over all files
 * @scenario, @params, @nr_params, @metric, @unit, @kind, @op_bytes: as in struct
 *		pcow_metric_row
 * @is_headline: the case's own figure: net, or latency where the case has no net
 * @most:	workers of one file that gave it, of all files the most; of memory also what
 *		did not close
 * @cells:	one a file
 */
struct pcow_series {
	char scenario[PCOW_RESULT_NAME_MAX];
	struct pcow_value *params;
	size_t nr_params;
	char metric[PCOW_RESULT_NAME_MAX];
	char unit[PCOW_RESULT_NAME_MAX];
	enum pcow_metric_kind kind;
	uint64_t op_bytes;
	bool is_headline;
	size_t most;
	struct pcow_cell *cells;
};

/**
 * struct pcow_dataset - what is known of all files
 * @files:	in the order of the arguments; of a folder, by name
 * @nr_files:	how many
 * @nr_again:	files that a second argument names, too
 * @series:	sorted by scenario, parameters, metric and unit
 * @nr_series:	how many
 * @arguments, @nr_arguments, @texts: owned here
 */
struct pcow_dataset {
	struct pcow_file *files;
	size_t nr_files, nr_again;
	struct pcow_series *series;
	size_t nr_series;
	char **arguments;
	size_t nr_arguments;
	void *texts;
};

/**
 * pcow_dataset_read() - read result files
 * @set:	result, freed with pcow_dataset_clear() also on failure
 * @arguments:	files, or folders whose *.jsonl are read, at any depth
 * @n:		how many
 * @err:	one line on failure
 *
 * A file that is named twice is read once.
 * Files are read by as many threads as this process has CPUs.
 *
 * Return: 0; -ENOENT for a folder without result files; -errno.
 */
int pcow_dataset_read(struct pcow_dataset *set, char *const *arguments, size_t n,
		      struct pcow_error *err);
void pcow_dataset_clear(struct pcow_dataset *set);

/* "fork/anon base 16M": how tables name a case, and what patterns match. */
void pcow_series_case_format(char *buf, size_t size, const struct pcow_series *series);

/* Do two series belong to one case? */
bool pcow_series_same_case(const struct pcow_series *a, const struct pcow_series *b);

/* Does a shell pattern match the case, or its scenario alone? */
bool pcow_series_matches(const struct pcow_series *series, const char *pattern);

/* Texts and numbers of a file's header; "unknown" and 0 where it has none. */
const char *pcow_file_machine(const struct pcow_file *file);
const char *pcow_file_release(const struct pcow_file *file);
const char *pcow_file_compiler(const struct pcow_file *file);
const char *pcow_file_model(const struct pcow_file *file);
const char *pcow_file_hostname(const struct pcow_file *file);
const char *pcow_file_cpu(const struct pcow_file *file);
uint64_t pcow_file_page_bytes(const struct pcow_file *file);

/* Place of a COW model among those that the kernel has had: 0 for old. */
size_t pcow_model_rank(const char *model);

/* ------------------------------------------------------------------ groups */

/* What files are grouped by; several are or'ed. */
enum pcow_key {
	PCOW_KEY_ARGUMENT = 1 << 0,
	PCOW_KEY_KERNEL = 1 << 1,
	PCOW_KEY_MODEL = 1 << 2,
	PCOW_KEY_ARCH = 1 << 3,
	PCOW_KEY_HOST = 1 << 4,
	PCOW_KEY_LABEL = 1 << 5,
	PCOW_KEY_PAGE = 1 << 6,
};

/* "kernel,model" to keys. 0, or -EINVAL with a line that lists the words. */
int pcow_keys_parse(unsigned int *keys, const char *text, struct pcow_error *err);

/* How many groups the files of @set make, whether they may be compared or not.
 * 0 or -ENOMEM. */
int pcow_dataset_count_groups(const struct pcow_dataset *set, unsigned int keys, size_t *n);

/**
 * struct pcow_boot - one replicate
 * @files:	the runs of this boot
 * @nr_files:	how many; a boot's value is the median of theirs
 * @block:	see struct pcow_header; 0 for none
 */
struct pcow_boot {
	const struct pcow_file **files;
	size_t nr_files;
	uint64_t block;
};

/**
 * struct pcow_group - boots of one thing
 * @name:	the values of the keys
 * @boots:	in the order of the files
 * @nr_boots:	how many
 */
struct pcow_group {
	char *name;
	struct pcow_boot *boots;
	size_t nr_boots;
};

/**
 * struct pcow_stratum - groups that may be compared
 * @groups:	the base, then the others: models and kernels in the order in
 *		which Linux had them, others in the order of the files
 * @nr_groups:	at least two
 * @twin:	the group that is the base once more (A/A); 0 for none
 *
 * Clock domains are never mixed; architectures and page sizes only where the
 * groups are made by them.
 */
struct pcow_stratum {
	struct pcow_group *groups;
	size_t nr_groups;
	size_t twin;
};

/* Does its clock count instructions? */
bool pcow_stratum_is_counted(const struct pcow_stratum *stratum);

/**
 * pcow_environment_visit() - one thing known of where the boots ran
 * @title:	for people
 * @cells:	array of objects, one a group: the different texts, and how many boots have
 *		each
 * @arg:	of pcow_environment_each()
 *
 * Return: 0 to go on; anything else ends it.
 */
typedef int pcow_environment_visit(const char *title, const json_t *cells, void *arg);

/* Have two groups' cells the same texts in the same shares of their boots?  Where a group
 * is smaller by a quarter at most, less what it lost. */
bool pcow_environment_alike(const json_t *a, const json_t *b);

/* Calls @visit for each. 0, what it returned, or -ENOMEM. */
int pcow_environment_each(const struct pcow_stratum *stratum, pcow_environment_visit *visit,
			  void *arg);

/* ------------------------------------------------------------------ policy */

/* What keeps a gate from a verdict, unless the policy allows it. */
enum pcow_stop {
	PCOW_STOP_HOST,
	PCOW_STOP_CPU,
	PCOW_STOP_THP,
	PCOW_STOP_MITIGATIONS,
	PCOW_STOP_CLOCKSOURCE,
	PCOW_STOP_LOAD,
	PCOW_STOP_SAME_BUILD, /* the base's kernel was booted again, not the new one */
	PCOW_STOP_SAME_BOOT, /* no boots of the other group at all */
	PCOW_STOP_ALONE, /* boots of one group that face none of the other */
	PCOW_STOP_UNFINISHED, /* runs did not end */
	PCOW_STOP_MIXED, /* a group is several kernels */
	PCOW_STOP_PINCOW, /* several versions of the program that measures */
	PCOW_NR_STOPS,
};

/* "host", "same-build" ...: as policies call it. */
const char *pcow_stop_name(enum pcow_stop stop);

/**
 * struct pcow_policy - what counts, and how much of it matters
 * @name:	of its file, for errors; "policy" without one
 * @cases:	patterns of the gated family; none means every case but the
 *		harness itself
 * @metrics:	metrics of the family; none means each case's headline: net
 *		where there is one, else latency
 * @ignored:	patterns of cases that are left out of the family
 * @effects:	minimum effects of interest by metric, before the defaults
 * @nr_cases, @nr_metrics, @nr_ignored, @nr_effects: how many
 * @alarms:	chance that a gate fails in which no line is worse by more than its
 *		minimum effect
 * @confidence:	of each end of an interval
 * @power:	that "boots needed" and "detectable" are for
 * @boots:	fewer a group are looked at, never judged
 * @invalid:	share of samples that broke their claim above which a case's figure in
 *		that boot is not judged
 * @workers:	the same of workers that are missing, failed or met their time cap
 * @lost:	share of a group's boots that are lost above which a line is not judged
 * @allowed:	bits by enum pcow_stop
 */
struct pcow_policy {
	char name[128];
	char **cases;
	size_t nr_cases;
	char **metrics;
	size_t nr_metrics;
	char **ignored;
	size_t nr_ignored;
	struct pcow_effect {
		char metric[PCOW_RESULT_NAME_MAX];
		double fraction;
	} * effects;
	size_t nr_effects;
	double alarms;
	double confidence;
	double power;
	size_t boots;
	double invalid;
	double workers;
	double lost;
	unsigned int allowed;
};

/* The policy without a file: docs/method.md says why. */
void pcow_policy_default(struct pcow_policy *policy);

/**
 * pcow_policy_read() - read a policy file
 * @policy:	result, freed with pcow_policy_clear() also on failure; the
 *		default where the file says nothing
 * @path:	the file: docs/gate.md defines it
 * @err:	one line on failure, with path and line number
 *
 * Return: 0; -EBADMSG for an unknown section, key or value; -errno.
 */
int pcow_policy_read(struct pcow_policy *policy, const char *path, struct pcow_error *err);

/* The same from memory; @name stands in errors. */
int pcow_policy_parse(struct pcow_policy *policy, const char *text, const char *name,
		      struct pcow_error *err);
void pcow_policy_clear(struct pcow_policy *policy);

/* Minimum effect of interest, as a fraction: 0.02 for 2 %. */
double pcow_policy_effect(const struct pcow_policy *policy, const char *metric,
			  enum pcow_metric_kind kind, bool counted);

/* What an unrelated change of guest or build moves a counted cost by, and no minimum
 * effect there is below; fraction. Of what scripts/floors did not measure it is that
 * of the scenario's worst kind of page, else that of the worst scenario. */
double pcow_counted_floor(const struct pcow_series *series);

/* ---------------------------------------------------------------- analysis */

enum pcow_verdict {
	PCOW_SAME, /* the interval lies within the minimum effect, both ways */
	PCOW_BETTER, /* shown to lie beyond the minimum effect */
	PCOW_WORSE, /* the same the other way */
	PCOW_BETTER_SMALL, /* shown to be better, and by less than the minimum effect */
	PCOW_WORSE_SMALL, /* the same the other way */
	PCOW_LIKELY_BETTER, /* shown to be better, not that it is so by the minimum effect */
	PCOW_LIKELY_WORSE, /* the same the other way */
	PCOW_NO_WORSE, /* the interval's upper end lies below the minimum effect */
	PCOW_UNCLEAR, /* none of these: more boots would tell */
	PCOW_TOO_FEW, /* fewer boots than the policy judges */
	PCOW_OTHER_WORK, /* the arms did not do the same, or one waited where
			  * instructions are counted: @why tells */
	PCOW_WORK_SAME, /* a count of work: as in the base */
	PCOW_WORK_CHANGED, /* a count of work: not so */
	PCOW_BROKEN, /* the base kept its claim, this arm does not */
	PCOW_MISSING, /* one of the two has no figure: @why tells */
	PCOW_NR_VERDICTS,
};

/* "same", "better", "worse", "no worse", "unclear", "too few boots", ... */
const char *pcow_verdict_name(enum pcow_verdict verdict);

/* Why a boot has no figure, or none to judge by; of several runs, the worst counts. */
enum pcow_loss {
	PCOW_LOST_NOT,
	PCOW_LOST_FIGURE, /* this one alone, in most workers, as p99 where samples were few */
	PCOW_LOST_WORKERS, /* more are missing or failed than the policy has it */
	PCOW_LOST_TRUNCATED, /* more met their time cap */
	PCOW_LOST_SAMPLES, /* more samples broke their claim */
	PCOW_LOST_CASE, /* the files have no line of it */
	PCOW_LOST_SKIP,
	PCOW_LOST_ERROR,
	PCOW_LOST_CLAIM, /* fewer than half of the samples kept it */
};

/**
 * struct pcow_arm - a series in one group
 * @values:	one a boot of the group, NAN where it has none
 * @losses:	one a boot: of those that are lost no value is judged
 * @n:		boots that have one
 * @workers:	the fewest that such a boot's value rests on
 * @median:	over them; NAN for none
 * @low, @high:	interval of the mean (of logs where all are above 0) by t at the
 *		policy's confidence; infinite for one boot, NAN for none
 * @least, @most: over the workers of all boots; NAN for none
 * @status, @reason, @remedy: the worst of the boots that have the case
 * @present:	a boot has the case
 * @loss:	the worst of the boots
 * @nr_lost:	boots that are lost
 * @nr_lacking:	of these, boots that lack this figure alone
 * @deserted:	mean share of the workers of its boots that are missing, failed or met
 *		their time cap
 * @lacking:	the same of workers that lack this figure, which others have
 * @broken:	the same of samples that broke their claim
 * @missing:	share of the workers of a boot, all of its runs, that are missing, failed,
 *		met their time cap or lack the figure; the worst of those that are not lost
 * @samples:	that a worker took, of the run where they took least
 * @unsampled:	share of the samples of the group where they took most that these did not
 * @invalid_fraction: the worst of the boots
 * @resolution:	of memory: median of the boots, each by its coarsest
 * @method:	of memory, that of most runs: as in struct pcow_metric_row; else ""
 * @votes:	runs that it is ahead by
 * @waits:	a cost that is mostly idle time, in a clock that counts instructions
 */
struct pcow_arm {
	double *values;
	enum pcow_loss *losses;
	size_t n;
	size_t workers;
	double median, low, high;
	double least, most;
	enum pcow_status status;
	const char *reason, *remedy;
	bool present;
	enum pcow_loss loss;
	size_t nr_lost, nr_lacking;
	double deserted, lacking, broken, missing;
	double samples, unsampled;
	double invalid_fraction;
	double resolution;
	const char *method;
	size_t votes;
	bool waits;
};

/**
 * struct pcow_change - an arm against the base
 * @n:		pairs where @paired; else the smaller group's boots
 * @paired:	by blocks
 * @is_relative: changes are fractions of the base: 0.021 for +2.1 %; else
 *		differences in the unit: where the base is 0 or values are below it
 * @deterministic: counted instructions: boots are equal by construction and count
 *		as one; no p, no noise, and @low and @high are the range of boots
 * @shift:	difference of the means (of logs), odd boots aside; NAN for none
 * @low, @high:	each a bound of it at the policy's confidence, by t on a variance
 *		moderated over the family; infinite below two boots
 * @rank:	the Hodges-Lehmann shift of all boots with its own exact interval
 * @p:		that the change is no more than @effect, one-sided; NAN for none
 * @q:		by Holm over the family, or over all other lines
 * @p_any:	that there is no change, two-sided
 * @q_any:	by Benjamini and Hochberg
 * @noise:	what two groups like the base differ by (A/A): the confidence
 *		half-width, and no less than the twin's shift; fraction
 * @effect:	minimum effect of interest; fraction, or in the unit where changes are;
 *		NAN where there is none
 * @detectable:	least change that these groups show to be beyond @effect with the
 *		policy's power; as @effect
 * @boots_needed: a group, for the whole family to pass with the policy's power if
 *		nothing changed, as far as this line goes; 0 where not known
 * @gated:	in the declared family
 * @verdict:	see there
 * @why:	one line where the verdict needs one; else ""
 * @work:	the first count of the case's work that differs; only while the lines
 *		are in the order of the series
 */
struct pcow_change {
	size_t n;
	bool paired;
	bool is_relative;
	bool deterministic;
	double shift, low, high;
	struct pcow_shift rank;
	double p, q;
	double p_any, q_any;
	double noise;
	double effect;
	double detectable;
	size_t boots_needed;
	bool gated;
	enum pcow_verdict verdict;
	char why[256];
	const struct pcow_line *work;
};

/* How large a relative change is, alike for half and for double: |log(1 + shift)|;
 * 0 for what is not relative or not known. */
double pcow_change_size(const struct pcow_change *change);

/**
 * struct pcow_line - one series compared
 * @series:	of the dataset
 * @arms:	one a group
 * @changes:	one a group; the base's own says nothing
 * @shown:	by pcow_analysis_select()
 */
struct pcow_line {
	const struct pcow_series *series;
	struct pcow_arm *arms;
	struct pcow_change *changes;
	bool shown;
};

/**
 * struct pcow_comparison - a stratum's lines
 * @stratum:	what is compared
 * @lines:	in the order of the series, or as selected
 * @nr_lines:	how many
 */
struct pcow_comparison {
	struct pcow_stratum stratum;
	struct pcow_line *lines;
	size_t nr_lines;
};

/**
 * struct pcow_question - what to compare, and how
 * @keys:	enum pcow_key
 * @base:	name of the base group; NULL for the first
 * @twin:	name of the group that is the base once more; NULL for none
 * @policy:	see there; must outlive the analysis
 */
struct pcow_question {
	unsigned int keys;
	const char *base;
	const char *twin;
	const struct pcow_policy *policy;
};

/* What the gate says of all gated lines. */
enum pcow_gate {
	PCOW_PASS,
	PCOW_FAIL,
	PCOW_INCONCLUSIVE,
};

/* "PASS", "FAIL", "INCONCLUSIVE" */
const char *pcow_gate_name(enum pcow_gate gate);

/* What a gated line's verdict counts for. */
enum pcow_gate pcow_verdict_gate(enum pcow_verdict verdict);

/**
 * struct pcow_analysis - the answer
 * @dataset:	what it rests on; must outlive it
 * @policy:	the same
 * @comparisons: one a stratum
 * @nr_comparisons: at least one
 * @gate:	INCONCLUSIVE if @nr_blocked; else FAIL if a gated line fails; else
 *		INCONCLUSIVE if one is or there is none; else PASS
 * @nr_gated:	lines of the family, by what they count for
 * @boots_needed: most of what lines need that have fewer; 0 for none
 * @notes:	lines that the reader must see: files left out, hosts that differ ...
 * @nr_notes:	how many
 * @nr_blocked:	the first so many of them keep the gate from a verdict
 * @no_turns:	all boots of a group were measured before those of its base
 * @nr_odd:	boots that are set aside in gated lines
 */
struct pcow_analysis {
	const struct pcow_dataset *dataset;
	const struct pcow_policy *policy;
	struct pcow_comparison *comparisons;
	size_t nr_comparisons;
	enum pcow_gate gate;
	size_t nr_gated[PCOW_INCONCLUSIVE + 1];
	size_t boots_needed;
	char **notes;
	size_t nr_notes;
	size_t nr_blocked;
	bool no_turns;
	size_t nr_odd;
};

/**
 * pcow_analysis_make() - group, pair, compare and judge
 * @analysis:	result, freed with pcow_analysis_clear() also on failure
 * @dataset:	the figures
 * @question:	see there
 * @err:	one line on failure
 *
 * Return: 0; -EINVAL when there is nothing to compare: one group only, groups
 * of different clocks, no case in common, an unknown base or metric; -ENOMEM.
 */
int pcow_analysis_make(struct pcow_analysis *analysis, const struct pcow_dataset *dataset,
		       const struct pcow_question *question, struct pcow_error *err);
void pcow_analysis_clear(struct pcow_analysis *analysis);

/**
 * struct pcow_selection - which lines a table shows
 * @cases:	patterns; none means every case
 * @metrics:	names; none means the headline, p99, slope, what is gated,
 *		and memory and work that changed
 * @nr_cases, @nr_metrics: how many
 * @changed:	only what is better, worse, of other work, broken or missing
 * @by_change:	largest change first; else by case
 */
struct pcow_selection {
	char *const *cases;
	size_t nr_cases;
	char *const *metrics;
	size_t nr_metrics;
	bool changed;
	bool by_change;
};

/* Does the selection name metrics and cases that there are? 0, or -EINVAL with a line. */
int pcow_selection_check(const struct pcow_selection *selection, const struct pcow_dataset *set,
			 struct pcow_error *err);

/* Marks and orders the lines of every comparison. */
void pcow_analysis_select(struct pcow_analysis *analysis, const struct pcow_selection *selection);

/* --------------------------------------------------------------- self-test */

/**
 * struct pcow_trial - what the gate does when the truth is known
 * @gates:	gates simulated without a difference
 * @metrics:	lines a gate
 * @boots:	a group
 * @passes:	of these, gates that said PASS
 * @false_fails: and FAIL
 * @false_passes: gates, with one line @effect worse, that said PASS
 * @effect:	injected regression, as a fraction
 * @injected:	lines that had it, one a gate
 * @found:	of these, lines that failed
 * @boots_needed: a group, that the last gate without a difference asks for; 0 where
 *		boots are not simulated
 */
struct pcow_trial {
	size_t gates;
	size_t metrics;
	size_t boots;
	size_t passes;
	size_t false_fails;
	size_t false_passes;
	double effect;
	size_t injected;
	size_t found;
	size_t boots_needed;
};

/* How the boots of a simulation vary, besides by @sigma_boot. */
enum pcow_shape {
	PCOW_SHAPE_NORMAL,
	PCOW_SHAPE_TAILS, /* Student's t of three degrees instead */
	PCOW_SHAPE_MODES, /* three boots in ten are 10 % dearer, in all lines */
	PCOW_SHAPE_MODES_APART, /* in each line other ones */
	PCOW_SHAPE_ODD, /* one boot of the gate is 20 % dearer, in all lines */
};

/**
 * struct pcow_simulation - boots that never ran
 * @gates, @metrics, @boots: as in struct pcow_trial
 * @shape:	how boots vary
 * @paired:	by blocks; what the boots of a block have in common does not matter then,
 *		and is not drawn
 * @workers:	a boot
 * @sigma_boot:	standard deviation between boots, as a fraction
 * @sigma_run:	between the workers of a boot
 * @unlike:	standard deviation of the logarithm of a line's @sigma_boot
 * @common:	correlation of the lines of a boot
 * @shift:	of all lines, in all gates; a fraction
 * @effect:	to be injected
 * @seed:	the same seed gives the same trial
 */
struct pcow_simulation {
	size_t gates, metrics, boots, workers;
	enum pcow_shape shape;
	bool paired;
	double sigma_boot, sigma_run;
	double unlike, common, shift;
	double effect;
	unsigned int seed;
};

/* Log-normal boots and workers, judged as pcow_analysis_make() judges. 0 or -ENOMEM. */
int pcow_trial_simulate(struct pcow_trial *trial, const struct pcow_simulation *simulation,
			const struct pcow_policy *policy);

/**
 * pcow_trial_resample() - the same with the user's own boots
 * @trial:	result
 * @analysis:	whose gated lines give the boots: each arm about its own mean,
 *		dealt out anew to both groups, the same boots for every line
 * @gates:	how many
 * @effect:	to be injected
 * @seed:	of the dealing
 *
 * Return: 0; -ENODATA when no comparison has three boots a group; -ENOMEM.
 */
int pcow_trial_resample(struct pcow_trial *trial, const struct pcow_analysis *analysis,
			size_t gates, double effect, unsigned int seed);

#endif
