#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# --precision: each case gets workers until its interval is as narrow as asked, and
# no more; a resumed run goes on by the same rule.
. "$(dirname "$0")/lib.sh"

# expect_stopped FILE TARGET CAP: every case is precise, at the cap or without figures.
expect_stopped() {
	"$pincow" show --json "$1" >"$work/rows" || fail "show cannot read $1"
	jq -e --argjson target "$2" --argjson cap "$3" --slurpfile lines "$1" '
		[$lines[] | select(.record == "worker")] as $workers
		| group_by([.scenario, .params])
		| all(.[];
			(map(select(.metric == "net"))[0] // map(select(.metric == "latency"))[0]) as $row
			| ($workers | map(select(.scenario == $row.scenario and .params == $row.params))
				| length) as $n
			| select($row) | $n >= 5 and $n <= $cap and
				($n == $cap or ($row.n == 0 and $n == 5) or
					($row.half_width != null and $row.half_width <= $target)))
		' "$work/rows" >/dev/null || fail "a case stopped too early or too late"
}

file=$work/plain.jsonl
expect 0 "$pincow" run --quiet --precision 50% --replicates 9 --set pages=64 -o "$file" \
	null gup/get
check "\$lines[0].config.precision == 0.5 and \$lines[0].config.replicates == 9" "$file" \
	"the target is not in the header"
check '[workers[].sequence] == ([workers[].sequence] | sort)' "$file" "not in sequence"
expect_stopped "$file" 0.5 9
check '[workers | group_by([.scenario, .params])[] | length] | min < 9' "$file" \
	"every case met its cap"

# No host has this memory: a skip is not tried over and over.
file=$work/skip.jsonl
expect 77 "$pincow" run --quiet --precision 1% --set size=100T -o "$file" fork/anon
expect_stopped "$file" 0.01 30
check '[workers[].status] | unique == ["skip"]' "$file" "not skipped"

# A target that noise does not let it reach: the cap ends it, and show tells.
file=$work/cap.jsonl
start "$pincow" run --quiet --precision 0.1% --replicates 8 --set size=4M -o "$file" \
	fork/anon fault/first-touch
until_true 20 has_lines "$file" 10
kill -s INT "$child"
finish 130
expect_no_worker_of "$child"
lines=$(wc -l <"$file")
code=0
"$pincow" run --quiet --resume -o "$file" >"$work/out" 2>"$work/err" || code=$?
[ "$code" -le 1 ] || fail "resuming ended with exit code $code"
has_lines "$file" $((lines + 5)) || fail "the resumed run did not go on"
expect_stopped "$file" 0.001 8
expect 0 "$pincow" show "$file"
says out "Not within 0.1% as asked"

# What is finished stays so.
cp "$file" "$work/before.jsonl"
code=0
"$pincow" run --quiet --resume -o "$file" >"$work/out" 2>"$work/err" || code=$?
says out "not as precise as asked"
cmp "$file" "$work/before.jsonl" || fail "a finished run went on"
