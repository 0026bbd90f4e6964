/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a worker's samples to its figures, one value each: what is kept of a
 * worker once its line has been read.
 */
#ifndef PINCOW_SUMMARY_REDUCE_H
#define PINCOW_SUMMARY_REDUCE_H

#include <pincow/summary.h>

/**
 * struct pcow_figure - one value
 * @metric:	its name
 * @unit:	its unit
 * @kind:	what it says
 * @value:	never NAN
 * @method, @resolution, @unclosed: of memory: as in struct pcow_weight, and
 *		whether its weighing did not close
 */
struct pcow_figure {
	char metric[PCOW_RESULT_NAME_MAX];
	char unit[PCOW_RESULT_NAME_MAX];
	enum pcow_metric_kind kind;
	double value;
	char method[PCOW_RESULT_NAME_MAX];
	int64_t resolution;
	bool unclosed;
};

/**
 * struct pcow_figures - a growing list; starts zeroed, freed by pcow_figures_clear()
 * @at:		the figures
 * @n:		how many
 * @failed:	memory ran out: the list is not whole
 */
struct pcow_figures {
	struct pcow_figure *at;
	size_t n;
	bool failed;
};

/* Appends a figure in "@per/@of", or in "@per" when @of is NULL; no NAN. */
void pcow_figures_add(struct pcow_figures *figures, enum pcow_metric_kind kind, const char *metric,
		      double value, const char *per, const char *of);
/* Appends what was weighed; what its resolution does not show is 0. */
void pcow_figures_add_weight(struct pcow_figures *figures, const struct pcow_weight *weight);
/* Appends a copy. */
void pcow_figures_copy(struct pcow_figures *figures, const struct pcow_figure *figure);
void pcow_figures_clear(struct pcow_figures *figures);

/**
 * struct pcow_reduced - a worker without its samples
 * @order:	position in the file: the later of two lines for one worker counts
 * @samples, @invalid: batch samples taken, and those that broke their claim
 * @contradicts: the samples that are marked as broken are others than @broken has reasons of
 * @below_clock: an empty timer pair cost as much as most samples, so there is no cost
 * @print:	of the raw times of all samples; 0 where others may have the same by chance
 * @total_ns:	median cost of a whole valid batch sample; NAN when there is none
 * @figures:	empty unless the status is ok
 *
 * The other members are those of struct pcow_record; texts are owned.
 */
struct pcow_reduced {
	char scenario[PCOW_RESULT_NAME_MAX];
	char operation[PCOW_RESULT_NAME_MAX];
	char scale_by[PCOW_RESULT_NAME_MAX];
	uint64_t op_bytes;
	struct pcow_value *params;
	size_t nr_params;
	uint64_t replicate;
	size_t order;
	enum pcow_status status;
	char *reason;
	char *remedy;
	size_t samples;
	size_t invalid;
	bool truncated;
	bool contradicts;
	bool below_clock;
	uint64_t print;
	double total_ns;
	struct pcow_figures figures;
};

/**
 * pcow_reduced_make() - reduce a worker
 * @reduced:	filled in; cleared by the caller with pcow_reduced_clear(), also
 *		on failure
 * @worker:	as pcow_reader_next() gave it
 * @time_unit:	what a nanosecond of its clock is: "ns" or "instructions"
 *
 * Return: 0 or -ENOMEM.
 */
int pcow_reduced_make(struct pcow_reduced *reduced, const struct pcow_record *worker,
		      const char *time_unit);
void pcow_reduced_clear(struct pcow_reduced *reduced);

#endif
