# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# What a run would do; measures nothing and writes nothing.
pincow run --dry-run --seed 1 null/op null/batch
pincow run --dry-run --replicates 1 --set null/batch.ops=1000,2000 null/batch
pincow run --dry-run --precision 0.5% null/op
pincow run --dry-run --precision 2% --replicates 10 null/op
pincow run --dry-run --json --set ops=1000 null
ls -A
