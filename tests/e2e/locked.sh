#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A result file belongs to one run at a time, and is never overwritten.
. "$(dirname "$0")/lib.sh"

file=$work/locked.jsonl
start "$pincow" run --quiet --replicates 20 --set size=4M -o "$file" fault/first-touch
until_true 20 has_lines "$file" 2
for options in --resume null/op; do
	code=0
	"$pincow" run --quiet "$options" -o "$file" >"$work/second" 2>&1 || code=$?
	runs "$child" || fail "the first run was over too soon"
	[ "$code" -eq 2 ] || fail "a second run ($options) exits with $code"
	grep -qF "$file" "$work/second" || fail "the file is not named: $(cat "$work/second")"
done
finish 0
expect_complete "$file"

sum=$(cksum <"$file")
expect 2 "$pincow" run --quiet -o "$file" null/op
says err "$file"
says err "--resume"
expect 0 "$pincow" run --quiet --resume -o "$file"
[ "$(cksum <"$file")" = "$sum" ] || fail "a finished file was changed"
