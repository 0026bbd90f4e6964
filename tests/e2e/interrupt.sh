#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ^C and kill: the run ends at once and leaves nothing behind; --resume does
# exactly the rest.
. "$(dirname "$0")/lib.sh"

# interrupt SIGNAL CODE
interrupt() {
	file=$work/$1.jsonl
	start "$pincow" run --quiet --replicates 10 --set size=4M --set pages=64 -o "$file" \
		fork/anon fault/first-touch null/op gup/get
	until_true 20 has_lines "$file" 10
	kill -s "$1" "$child"
	finish "$2"
	says out "stopped by SIG$1"
	no_worker_of "$child" || fail "SIG$1 left workers: $(workers_of "$child")"
	expect_readable "$file"
	check 'distinct < planned' "$file" "the run was over before SIG$1"

	expect 0 "$pincow" run --quiet --resume -o "$file"
	expect_complete "$file"
}

interrupt INT 130
interrupt TERM 143
