# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Malformed and unknown --set, and what means nothing to a scenario.
for set in size = size= =1 size=x size=0 size=1000 size=-4096 size=4K,,8K size=8M..4M \
	size=16777216T page=huge page=mthp-3K before=dirty nosuch=1 fork/anon.nosuch=1 nosuch.size=1M; do
	pincow run --dry-run --set "$set" fork/anon
done
pincow run --dry-run --set page=base,thp-pte fault/first-touch
pincow run --dry-run --set page=thp fault
pincow run --dry-run --set ops=0 null/batch
pincow run --dry-run --set ops=2,1,2 null/batch
