#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An ordinary user: whatever runs keeps its claim, the rest says what it lacks.
. "$(dirname "$0")/lib.sh"

make_user 755
file=$work/user/user.jsonl
expect 0 as_user "$work/user/pincow" run --quiet --replicates 1 -o "$file"
expect_complete "$file"
bad=$(query 'workers[] | select(.status != "ok" and (.reason | startswith("others ran") | not) and
	(.status != "skip" or .reason == "" or .remedy == "")) |
	"\(.scenario) \(.params): \(.status) \(.reason)"' "$file")
[ -z "$bad" ] || fail "$bad"
expect_valid "$file"
check 'workers | map(select(.status == "ok") | .scenario | split("/")[0]) | unique ==
	["fault", "fork", "gup", "null", "pin"]' "$file" "a family that this user cannot run"
