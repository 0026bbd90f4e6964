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

# Several files: one figure an architecture, or why there is none.
old=$fixtures/results/models-simplified.jsonl
new=$fixtures/results/models-owner-tracked.jsonl
pincow plot --json -o models "$new" "$old"
head -c 8 models/models-x86_64.png | od -An -c
# What a reader sees at the bars, in the order of the panels.
grep -oE 'Linux [^<]*|>(copy|reuse|4093|1510)<' models/models-x86_64.svg | tr -d '<>'
jq -c 'if .host then .host.machine = "aarch64" else . end' "$new" >arm.jsonl
jq -c 'if .host then .clock_domain = "wall" else . end' "$new" >wall.jsonl
jq -c 'if .host then .host.memory.page_bytes = 16384 else . end' "$new" >16k.jsonl
jq -c 'if .host then .host.machine = "../up" else . end' "$new" >up.jsonl
jq -c 'select(.params.page != "thp")' "$new" >no-thp.jsonl
pincow plot --format svg arm.jsonl "$old" up.jsonl
pincow plot --format svg -o less "$old" no-thp.jsonl
grep -o 'left out, no size[^<]*' less/models-x86_64.svg
pincow plot -o none "$old" wall.jsonl
pincow plot -o none 16k.jsonl "$old"
pincow plot -o none "$old" none.jsonl
pincow plot -o none "$fixtures/results/header-only.jsonl" "$fixtures/results/header-only.jsonl"
ls -A none
