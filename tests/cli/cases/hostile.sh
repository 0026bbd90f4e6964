# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Texts that would be commands, were they not quoted; a file cut short.
file=$fixtures/results/cli-hostile.jsonl
pincow plot --format svg -o "fig'ures" "$file"
ls -A
grep -c 'touch PWN' "fig'ures"/*.svg
grep -c '<script>' "fig'ures"/*.svg
head -c 20000 "$fixtures/results/cli-figures.jsonl" >cut.jsonl
"$pincow" plot --format svg -o cut cut.jsonl
"$pincow" show --json cut.jsonl >/dev/null
