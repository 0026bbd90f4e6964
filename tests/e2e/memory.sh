#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A case that this host has no memory for is skipped, not tried.
. "$(dirname "$0")/lib.sh"

file=$work/memory.jsonl

# too_large CODE ARGUMENT...: of a run in which no case with a size can run.
too_large() {
	code=$1
	shift
	rm -f "$file"
	expect "$code" "$pincow" run --quiet --replicates 1 -o "$file" "$@"
	check '[workers[] | select(.params.size)] | length > 0 and
		all(.status == "skip" and (.reason | contains("needs")) and .remedy != "")' \
		"$file" "not a skip with reason and remedy"
}

too_large 77 --set size=100T fork/anon
too_large 0 --set size=100T fork/anon null/op
expect 2 "$pincow" run --quiet --set size=8388608T -o "$work/none.jsonl" fork/anon
says err 'size=8388608T'
# The most that there is; fault/cow-copy holds twice that.
too_large 77 --set size=128T fault/cow-copy
too_large 77 --set size=128T --set page=hugetlb-2M fault/cow-copy
