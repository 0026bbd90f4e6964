/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the figures of one file share.
 */
#ifndef PINCOW_FORMAT_PLOT_FILE_H
#define PINCOW_FORMAT_PLOT_FILE_H

#include "plot/data.h"

/* The parameter "size" of a row, or NULL. */
const struct pcow_value *pcow_row_size(const struct pcow_metric_row *row);

/* What tells a case's curve from others of its scenario: the page kind, and
 * parameters but the size that the file has more than one value of. */
void pcow_case_label(char *buf, size_t size, const struct pcow_summary *summary,
		     const char *scenario, const struct pcow_value *params, size_t nr_params);

/* "n 5", "n 2 of 5, 12 % invalid": workers that gave a figure, of those planned, and how
 * many samples broke their claim. */
void pcow_file_n_format(char *buf, size_t size, const struct pcow_header *header, size_t n,
			double invalid_fraction);

/* In a legend, where an empty text would look like a mistake. */
const char *pcow_legend_name(const char *label);

/* Where the figures come from: nobody should have to trust a picture without it. */
void pcow_file_origin_write(FILE *out, const struct pcow_header *header);

/**
 * struct pcow_labels - different texts
 * @text:	sorted by pcow_labels_sort()
 * @n:		how many
 */
struct pcow_labels {
	char (*text)[PCOW_LABEL_MAX];
	size_t n;
};

/* Adds a label that is not there yet; 0 or -ENOMEM. */
int pcow_labels_add(struct pcow_labels *labels, const char *text);
void pcow_labels_sort(struct pcow_labels *labels);
size_t pcow_labels_find(const struct pcow_labels *labels, const char *text);

/* write() of the figures of one file. */
int pcow_fork_scaling_write(FILE *out, const struct pcow_plot *plot);
int pcow_fault_latency_write(FILE *out, const struct pcow_plot *plot);
int pcow_overview_write(FILE *out, const struct pcow_plot *plot);

#endif
