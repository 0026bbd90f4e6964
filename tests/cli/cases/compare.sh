# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Tables of groups of boots, and what cannot be compared.
# shellcheck source=../boots.sh
. "$source/tests/cli/boots.sh"
boots base 1000
boots new 1100
pincow compare base new
pincow compare --changed --format markdown base new
pincow compare --only 'fault/cow-copy base 4M' --metric latency --format lkp base new
pincow compare --format lkml base new
pincow compare --format brief base new
"$pincow" compare --sort change --only 'fault/c*' --format csv base new >table.csv
head -n 1 table.csv
cut -d , -f 4,7,8,45 table.csv
"$pincow" compare --json base new | jq -c '.comparisons[0].lines | map(.changes[0].verdict)'
pincow compare --base new --metric latency base new

# By what is recorded; several architectures are several comparisons.
boots labelled 1000 '.label = "patched"'
pincow compare --by label --metric latency base labelled
boots arm 1000 '.host.machine = "aarch64"'
boots arm-new 1100 '.host.machine = "aarch64" | .host.kernel.release = "6.12.0"'
boots new-kernel 1100 '.host.kernel.release = "6.12.0"'
pincow compare --by kernel --format brief base new-kernel arm arm-new

# What is no comparison.
pincow compare base
pincow compare --by kernel base new
pincow compare --by colour base new
pincow compare --base nobody base new
pincow compare --aa nobody base new
pincow compare --format gif base new
pincow compare --sort size base new
pincow compare base nowhere
mkdir empty
pincow compare base empty
pincow compare
boots counted 1000 '.clock_domain = "instructions"'
pincow compare base counted
pincow compare base arm
boot other/1.jsonl 1000
sed 's|fault/|fork/|' other/1.jsonl >other/2.jsonl && rm other/1.jsonl
pincow compare base other
mkdir one two
cp base/1.jsonl one
cp new/1.jsonl two
pincow compare --metric latency one two
mkdir twice
cp base/1.jsonl twice/a.jsonl
cp base/1.jsonl twice/b.jsonl
pincow compare --metric latency --format brief twice new
mkdir mixed
cp base/1.jsonl mixed
jq -c 'if .schema then .schema = 2 else . end' base/2.jsonl >mixed/2.jsonl
pincow compare base mixed
mkdir broken
sed 's/"ticks":\[100200/"ticks":[NaN/' base/2.jsonl >broken/1.jsonl
pincow compare base broken
sed 's/"ticks":\[100200/"ticks":[-100200/' base/2.jsonl >broken/1.jsonl
pincow compare base broken
sed 's/"ticks":\[100200/"ticks":[1e400/' base/2.jsonl >broken/1.jsonl
pincow compare base broken
"$pincow" compare base new >/dev/full
echo "to a full device: $?"

# Names that two arguments share, and names that nothing has.
mkdir -p old/boots new2/boots
cp base/*.jsonl old/boots
cp new/*.jsonl new2/boots
pincow compare --format brief old/boots new2/boots
pincow compare --only 'frok/*' base new
pincow compare --metric latncy base new

# Neither a pipe, which nobody waits for, nor standard input.
mkfifo pipe
pincow compare pipe base
pincow compare base - </dev/null
