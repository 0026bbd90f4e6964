/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared with a child that lives, and has written nothing since the fork. */
#include <pincow/bench.h>

PCOW_STATE(shared) = {
	.name = "shared",
	.summary = "shared with a child that lives",
	.proof = PCOW_PAGES_SHARED,
	.bring = pcow_actor_share,
};
