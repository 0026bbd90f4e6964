# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Figures drawn and left out, and what stops them.
pincow plot --json -o figures "$fixtures/results/cli-figures.jsonl"
for figure in figures/*.svg; do
	grep -c '^</svg>' "$figure"
done
for figure in figures/*.png; do
	head -c 8 "$figure" | od -An -c
done
cp "$fixtures/results/slope.jsonl" beside.jsonl
rm -r figures
pincow plot --format svg beside.jsonl
pincow plot "$fixtures/results/header-only.jsonl"
pincow plot "$fixtures/results/newer-schema.jsonl"
: >blocked
pincow plot -o blocked beside.jsonl
mkdir bin
PATH=$PWD/bin "$pincow" plot -o none beside.jsonl
echo "without gnuplot: $?"
printf '#!/bin/sh\nprintf "\\n  line 0: no such terminal\\nmore\\n" >&2\nexit 1\n' >bin/gnuplot
chmod +x bin/gnuplot
PATH=$PWD/bin:$PATH "$pincow" plot -o none beside.jsonl
echo "with a broken gnuplot: $?"
ls -A none

# Several groups: one set of figures an architecture, or why there is none.
old=$fixtures/results/models-simplified.jsonl
new=$fixtures/results/models-owner-tracked.jsonl
pincow plot --json --by model -o models "$new" "$old"
for figure in models/*.png; do
	head -c 8 "$figure" | od -An -c
done
# What a reader sees, in the order of the panels.
grep -oE 'Linux [^<]*|>(copy|reuse|4093|1510|[a-z]+ → [a-z]+)<' models/bars-x86_64.svg \
	models/changes-x86_64.svg | tr -d '<>'
jq -c 'if .host then .host.machine = "aarch64" else . end' "$new" >arm.jsonl
jq -c 'if .host then .clock_domain = "wall" else . end' "$new" >wall.jsonl
jq -c 'if .host then .host.memory.page_bytes = 16384 else . end' "$new" >16k.jsonl
jq -c 'if .host then .host.machine = "../up" else . end' "$new" >up.jsonl
jq -c 'select(.params.page != "thp")' "$new" >no-thp.jsonl
jq -c 'if .host then .host.machine = "../up" else . end' "$old" >up-old.jsonl
pincow plot --format svg --by model -o up up.jsonl up-old.jsonl
pincow plot --format svg -o less "$old" no-thp.jsonl
grep -o '>none<' less/bars-x86_64.svg
pincow plot --format svg --base newest -o less "$old" no-thp.jsonl
# The files are read once more for their single operations.
sed 's/"boot_id":"b"/"boot_id":"another"/' "$fixtures/results/cli-figures.jsonl" >b.jsonl
pincow plot --format svg -o ecdf "$fixtures/results/cli-figures.jsonl" b.jsonl
grep -oE '>fault/[^<]*<' ecdf/ecdf-x86_64.svg | sort | uniq -c
# Equal latencies: a curve a panel and the sample beside the second group's name.
{
	head -n 1 b.jsonl
	tail -n +2 b.jsonl | jq -c 'if .op.ticks then .op.ticks[] = 9000 else . end'
} >equal.jsonl
pincow plot --format svg -o equal "$fixtures/results/cli-figures.jsonl" equal.jsonl
grep -oE "<path stroke='rgb\(213, +94, +0\)'" equal/ecdf-x86_64.svg | wc -l
# One group: the first file alone.
cp "$old" again.jsonl
pincow plot --format svg --by model -o one "$old" again.jsonl
pincow plot -o none "$old" wall.jsonl
pincow plot -o none 16k.jsonl "$old"
pincow plot -o none arm.jsonl "$old"
pincow plot -o none "$old" none.jsonl
pincow plot -o none "$fixtures/results/header-only.jsonl" "$old"
pincow plot -o none
ls -A none
