#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every scenario has a twin with one step wrong, whose samples are all invalid on
# the running kernel; and the same worker without a twin keeps its claims.
. "$(dirname "$0")/../e2e/lib.sh"

here=$(dirname "$0")

"$pincow" list --json | jq -r '.[].name' >"$work/scenarios"
while read -r scenario; do
	grep -q "^${scenario}[[:space:]]" "$here/table" ||
		fail "$scenario has no twin in tests/twins/table"
done <"$work/scenarios"

"$here/run-table" "$pincow" "$here/table" >"$work/rows"
status=$?
cat "$work/rows"
[ $status -eq 0 ] || fail "a scenario with a step wrong passes for right"
grep -q ' ok$' "$work/rows" || fail "no twin was seen to fail"

# What spoils the twins is the step, not the program that does it.
expect 0 "$pincow" run --quiet --replicates 1 --set size=4M --set page=base \
	--set sharer=exited,copied --set before=written,exited --set held=none,vmsplice,io-uring \
	-o "$work/good.jsonl" fault fork gup null pin
# Those that others ran in are invalid by nobody's fault: expect() has looked at the rest.
check 'workers | all(.status == "ok" or .status == "invalid")' "$work/good.jsonl" \
	"without a twin a case is skipped"
