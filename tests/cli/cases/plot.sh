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
