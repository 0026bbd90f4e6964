/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles by function from anyone: what the reader takes, comparing its
 * cases must not go wrong.
 */
#include <pincow/why.h>

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sums are numbers, and of as many rows as there are. */
static void check_pair(const struct pcow_profiled_case *base,
		       const struct pcow_profiled_case *other)
{
	struct pcow_why why;

	if (pcow_why_make(&why, base, other))
		return;
	if (!isfinite(why.base) || !isfinite(why.other) || why.differ > why.n)
		abort();
	pcow_why_clear(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pcow_function_profile profile;
	struct pcow_error err;

	if (!pcow_function_profile_parse(&profile, (const char *)data, size, "fuzz", &err)) {
		for (size_t i = 0; i < profile.nr_cases; i++) {
			check_pair(&profile.cases[i], &profile.cases[i]);
			check_pair(&profile.cases[0], &profile.cases[i]);
		}
	}
	pcow_function_profile_clear(&profile);
	return 0;
}
