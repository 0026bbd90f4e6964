#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest and an order of cases that scripts/floors has not measured move counted
# figures by no more than what it says that such changes do.
. "$(dirname "$0")/lib.sh"

need_kernel newest-amd64

# measure FOLDER SEED OPTION...
measure() {
	folder=$1 seed=$2
	shift 2
	expect 0 "$lab" run --pincow "$pincow" -o "$work/$folder" "$@" newest-amd64 -- \
		--replicates 1 --seed "$seed" fault/cow-copy fault/cow-reuse fork/anon
}

measure base 1
measure other 11 --memory 768 --append ignored

# With a minimum of next to nothing, the floor is what counts.
printf '[effect]\nlatency = 0.001 %%\nslope = 0.001 %%\n' >"$work/policy"
"$pincow" compare --json --policy "$work/policy" "$work/base" "$work/other" >"$work/changes"
jq -r '[.comparisons[].lines[] | select(.metric == "latency" or .metric == "slope")
	| .changes[0] + {line: "\(.scenario) \(.params | tostring) \(.metric)"}]
	| if length < 16 then "only \(length) figures" else empty end,
	  (.[] | select(.change == null or (.change | fabs) > .effect)
		| "\(.line) moved by \(.change), more than \(.effect)")' \
	"$work/changes" >"$work/beyond"
[ ! -s "$work/beyond" ] || fail "$(cat "$work/beyond")"
