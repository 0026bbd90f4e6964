# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# The three verdicts, their outputs and exit codes, policies and the self-test.
# shellcheck source=../boots.sh
. "$source/tests/cli/boots.sh"
boots base 1000
boots same 1000
boots worse 1100
pincow gate base same
pincow gate base worse
mkdir few
cp worse/1.jsonl worse/2.jsonl few
pincow gate base few
pincow gate --format junit base worse
pincow gate --format ktap base worse
pincow gate --format github base worse
export GITHUB_STEP_SUMMARY=$PWD/summary.md
echo '# The job' >summary.md
pincow gate --format github base worse
pincow gate base worse
cat summary.md
GITHUB_STEP_SUMMARY=nowhere/summary.md
pincow gate --format github base same
unset GITHUB_STEP_SUMMARY
"$pincow" gate --json base worse | jq -c '[.gate, .gated]'

cat >policy <<'END'
[family]
case = fault/*
ignore = fault/cow-copy base 16M
[effect]
latency = 20 %
[rule]
boots = 4
END
pincow gate --policy policy base worse
echo 'boot = 3' >>policy
pincow gate --policy policy base worse
printf '[family]\nmetric = latncy\n' >policy
pincow gate --policy policy base worse
printf '[family]\ncase = fork/*\n' >policy
pincow gate --policy policy base worse
# A pattern of cases that lack the metrics would gate nothing.
for boot in base worse; do
	mkdir "light-$boot"
	for file in "$boot"/*; do
		jq -c 'if .scenario == "fault/first-touch" then .memory = {} else . end' "$file" \
			>"light-$boot/${file##*/}"
	done
done
printf '[family]\ncase = fault/*\ncase = fault/first-touch*\nmetric = page_tables_bytes\n' >policy
pincow gate --policy policy light-base light-worse
pincow gate --policy nowhere base worse
pincow gate --by label base worse
pincow gate

pincow gate --self-test
printf '[effect]\nlatency = 4 %%\n[rule]\nboots = 9\nalarms = 5 %%\n' >own
pincow gate --self-test --policy own
pincow gate --self-test base worse
"$pincow" gate --self-test --json base same | jq -c '[.simulated.gates, .resampled.lines]'
pincow gate --self-test base few
pincow gate --self-test --format junit
