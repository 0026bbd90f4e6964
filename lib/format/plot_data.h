/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What figures are drawn from.
 */
#ifndef PINCOW_FORMAT_PLOT_DATA_H
#define PINCOW_FORMAT_PLOT_DATA_H

#include <pincow/format.h>
#include <pincow/plot.h>

#define PCOW_LABEL_MAX 160

/**
 * struct pcow_curve - single operations of one scenario and page kind
 * @scenario, @label: which
 * @ns:		@n samples; sorted before they are drawn
 */
struct pcow_curve {
	char scenario[PCOW_RESULT_NAME_MAX];
	char label[PCOW_LABEL_MAX];
	double *ns;
	size_t n;
};

/**
 * struct pcow_plot - what figures are drawn from
 * @path:	the file
 * @summary:	every figure of the file
 * @size_bytes:	the size that most fault scenarios share
 * @curves:	their single operations at that size
 */
struct pcow_plot {
	char *path;
	struct pcow_summary summary;
	uint64_t size_bytes;
	struct pcow_curve *curves;
	size_t nr_curves;
};

/* The parameter "size" of a row, or NULL. */
const struct pcow_value *pcow_row_size(const struct pcow_metric_row *row);

/* What tells a row's curve from others of its scenario: the page kind, and
 * parameters but the size that the file has more than one value of. */
void pcow_row_label(char *buf, size_t size, const struct pcow_summary *summary,
		    const struct pcow_metric_row *row);

#endif
