#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGKILL of the parent at random moments: what was finished is kept, no worker
# outlives it, and the run can be completed.
. "$(dirname "$0")/lib.sh"

has_worker() {
	[ -n "$(workers_of "$1")" ]
}

# A worker that would go on for a minute.
start "$pincow" run --quiet --profile full --set ops=1000000000 -o "$work/long.jsonl" null/batch
until_true 20 has_worker "$child"
kill -s KILL "$child"
finish 137
expect_no_worker_of "$child"

file=$work/kill9.jsonl
moments=$(moments 20 0.15)
start "$pincow" run --quiet --replicates 40 --set size=4M --set pages=64 -o "$file" \
	fork/anon fault/first-touch null/op gup/get
until_true 20 has_lines "$file" 1
for moment in $moments; do
	sleep "$moment"
	kill -s KILL "$child"
	finish 137
	expect_no_worker_of "$child"
	expect_readable "$file"
	start "$pincow" run --quiet --resume -o "$file"
done
finish_measured
expect_complete "$file"
