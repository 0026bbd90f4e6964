# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Recorded machines: the shape of JSON, the checks and their verdicts.
for host in "$fixtures"/hosts/*; do
	basename "$host"
	"$pincow" doctor --json --root "$host" >doctor.json
	jq -c 'map(keys) | unique' doctor.json
	jq -r '.[] | "\(.status)\t\(.check)"' doctor.json
done
# One that forbids what a scenario needs.
mkdir -p forbids/proc/sys/kernel
echo 2 >forbids/proc/sys/kernel/io_uring_disabled
"$pincow" doctor --json --root forbids | jq -c '.[] | select(.check | test("/|scenarios"))'
pincow doctor --root no-such-folder
PINCOW_JOURNAL=$scratch/none.jsonl
export PINCOW_JOURNAL
pincow doctor --restore
pincow doctor --restore --json
