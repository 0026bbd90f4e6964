/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answers that need no distribution, the same for t and for ranks.
 */
#include "shift.h"

#include <math.h>

bool pcow_confidence_valid(double confidence)
{
	return confidence > 0.0 && confidence < 1.0;
}

struct pcow_shift pcow_shift_none(void)
{
	return (struct pcow_shift){
		.estimate = NAN, .low = NAN, .high = NAN, .p = NAN, .confidence = NAN
	};
}

struct pcow_shift pcow_shift_bare(double estimate)
{
	return (struct pcow_shift){
		.estimate = estimate, .low = -INFINITY, .high = INFINITY, .p = NAN
	};
}

struct pcow_shift pcow_shift_exact(double estimate)
{
	return (struct pcow_shift){
		.estimate = estimate,
		.low = estimate,
		.high = estimate,
		.p = estimate == 0.0 ? 1.0 : 0.0,
		.confidence = 1.0,
	};
}
