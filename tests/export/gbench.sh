#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# google-benchmark's own compare.py finds each case, its boots, and the change.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

compare=/usr/share/benchmark/compare.py
[ -f "$compare" ] || skip "compare.py of google-benchmark" libbenchmark-tools
need_python scipy.stats python3-scipy

# compared BASE NEW: compare.py's answer, in $work/answer.json.
compared() {
	PYTHONDONTWRITEBYTECODE=1 "$python" "$compare" --no-color -d "$work/answer.json" \
		benchmarks "$1" "$2" >"$work/table"
}

# holds FILTER: true of compare.py's answer.
holds() {
	jq -e "$1" "$work/answer.json" >/dev/null || fail "compare.py does not say: $1"
}

export_to gbench "$work/base.json" "$work/base"
export_to gbench "$work/new.json" "$work/new"
compared "$work/base.json" "$work/new.json"
holds 'map(select(.run_type == "iteration") | .name) ==
	["fault/cow-copy/page:base/size:16M", "fault/cow-copy/page:thp/size:16M"]'
holds 'map(select(.run_type == "iteration") | .measurements | length) == [3, 3]'
holds 'map(select(.run_type == "iteration") | .utest.nr_of_repetitions) == [3, 3]'
holds '.[1].measurements | map(.time * 1000 | round) == [100, 100, 100]'
holds '.[0].measurements | map(.real_time) == [1001, 1011, 1021]'
jq -e '.context.left_out | length == 3 and all(contains("skip: no \"huge\" pages"))' \
	"$work/base.json" >/dev/null || fail "skipped cases are not named"

# Without the time that pincow has no measurement of, compare.py reads nothing.
jq 'del(.benchmarks[].cpu_time)' "$work/new.json" >"$work/mutant.json"
refuses "no cpu_time" compared "$work/base.json" "$work/mutant.json"

refuses "counted instructions" export_to gbench "$work/counted.json" \
	"$work/base" "$reference/6.1-amd64-boot1.jsonl"
grep -q 'counts instructions' "$work/refused" || fail "the refusal does not say why"
[ ! -s "$work/counted.json" ] || fail "a refused export wrote something"
