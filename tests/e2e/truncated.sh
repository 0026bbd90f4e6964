#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A file whose last line was cut short, as by a power failure.
. "$(dirname "$0")/lib.sh"

whole=$work/whole.jsonl
file=$work/cut.jsonl
expect 0 "$pincow" run --quiet --replicates 2 --set pages=64 -o "$whole" gup/get null/batch
size=$(wc -c <"$whole")
last=$(tail -n 1 "$whole" | wc -c)

for left in 1 2 $((last / 2)) $((last - 2)) $((last - 1)); do
	head -c $((size - last + left)) "$whole" >"$file"
	expect_readable "$file"
	says err "$file.*cut short"
	expect 0 "$pincow" run --quiet --resume -o "$file"
	expect_complete "$file"
	[ ! -s "$work/err" ] || fail "a completed file is still called cut short"
done

header=$(head -n 1 "$whole" | wc -c)
for left in 0 1 $((header / 2)) $((header - 1)); do
	head -c "$left" "$whole" >"$file"
	for command in "show" "run --quiet --resume -o"; do
		# shellcheck disable=SC2086 # a command and its options
		expect 2 "$pincow" $command "$file"
		says err "$file"
		[ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line"
	done
	[ "$(wc -c <"$file")" -eq "$left" ] || fail "a file that was refused was changed"
done
