# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Malformed and unknown --set.
for set in size = size= =1 size=x size=0 size=1000 size=-4096 size=4K,,8K size=8M..4M \
	size=16777216T page=huge nosuch=1 fork/anon.nosuch=1 nosuch.size=1M; do
	pincow run --dry-run --set "$set" fork/anon
done
