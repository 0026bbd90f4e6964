# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Tables and JSON of recorded files, and files that are none.
for file in metrics slope instructions not-run header-only cut-short newer-schema; do
	pincow show "$fixtures/results/$file.jsonl"
done
"$pincow" show --json "$fixtures/results/slope.jsonl" >slope.json
jq -c 'map(keys) | unique' slope.json
jq -c '.[] | select(.metric == "slope") | .median |= round | del(.low, .high)' slope.json
: >empty.jsonl
pincow show empty.jsonl
pincow show no-such-file.jsonl
pincow show .
head -c 4096 /dev/zero >zeros.jsonl
pincow show zeros.jsonl
"$pincow" show "$fixtures/results/slope.jsonl" >/dev/full
echo "to a full device: $?"
