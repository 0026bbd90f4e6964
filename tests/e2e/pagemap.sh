#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without pagemap nothing proves the pages: no such case may be called ok.
. "$(dirname "$0")/lib.sh"

# A process whose user may not read its binary belongs to root in /proc, and
# so does its pagemap (prctl(2), PR_SET_DUMPABLE).
make_user 111
file=$work/user/pagemap.jsonl
code=0
as_user "$work/user/pincow" run --quiet --replicates 1 --set size=4M -o "$file" \
	>"$work/out" 2>"$work/err" || code=$?
[ "$code" -eq 0 ] || fail "the run ended with exit code $code"

bad=$(query 'workers[] | select(if .scenario | startswith("null/") then .status != "ok" else
	(.reason | contains("pagemap") | not) or .status != "skip" or .remedy == "" end) |
	"\(.scenario) \(.params): \(.status) \(.reason)"' "$file")
[ -z "$bad" ] || fail "$bad"
check 'workers | any(.status == "skip")' "$file" "nothing was skipped: is pagemap readable?"
