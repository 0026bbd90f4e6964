#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The seed alone decides the order of the workers.
. "$(dirname "$0")/lib.sh"

# order SEED FILE
order() {
	expect 0 "$pincow" run --quiet --seed "$1" -o "$2" null gup
	check "\$lines[0].config.seed == $1" "$2" "the seed is not in the header"
	check '[workers[].sequence] == [range(planned)]' "$2" "not in sequence"
	query 'workers[] | [.scenario, .params, .replicate] | tostring' "$2"
}

order 7 "$work/a.jsonl" >"$work/a"
order 7 "$work/b.jsonl" >"$work/b"
order 8 "$work/c.jsonl" >"$work/c"
cmp "$work/a" "$work/b" || fail "two orders by one seed"
! cmp -s "$work/a" "$work/c" || fail "one order by two seeds"
sort "$work/a" >"$work/a.sorted"
sort "$work/c" | cmp - "$work/a.sorted" || fail "the seed changes what is run"
