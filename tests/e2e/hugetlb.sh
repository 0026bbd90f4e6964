#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# hugetlb pages: a skip without them; set aside by --prepare, and given back
# however the run ends.
. "$(dirname "$0")/lib.sh"

use_hugetlb 3

# hugetlb FILE OPTION...: pages that do not fit into the old ones.
hugetlb() {
	output=$1
	shift
	set -- "$pincow" run --quiet --set page=hugetlb-2M --set size=16M -o "$output" "$@"
	"$@" fault/first-touch
}

expect 77 hugetlb "$work/without.jsonl"
check 'workers | all(.status == "skip" and (.remedy | contains("nr_hugepages")))' \
	"$work/without.jsonl" "not a skip whose remedy names nr_hugepages"
is_back || fail "nr_hugepages was changed without --prepare"

expect 0 hugetlb "$work/with.jsonl" --prepare
check 'workers | all(.status == "ok" and (.batch.ticks | length) > 0)' "$work/with.jsonl" \
	"not all samples were taken"
is_back || fail "nr_hugepages is $(cat "$setting") after the run, not $old"

# What no host can give is not asked for: it would take what there is.
expect 0 "$pincow" run --dry-run --json --prepare --set page=hugetlb-2M --set size=4M,100T \
	fault/first-touch
jq -e 'all(.[]; (.reason != "") == (.params.size > 4194304))' "$work/out" >/dev/null ||
	fail "1024 TiB of hugetlb pages would be set aside, or 4 MiB would not"

# start_long FILE: until settings are changed.
start_long() {
	start long_hugetlb "$1"
	is_changed "$1"
}

start_long "$work/killed.jsonl"
kill -s KILL "$child"
finish 137
until_true 5 is_back
until_true 5 test ! -e "$PINCOW_JOURNAL"

# kill_both FILE: nobody is left to put anything back.
kill_both() {
	start_long "$1"
	until_true 5 find_guardian "$child"
	kill -s KILL "$guardian" "$child"
	finish 137
	expect_no_worker_of "$child"
	is_raised || fail "there was another guardian"
	expect 0 "$pincow" doctor
	says out 'sudo pincow doctor --restore'
}

kill_both "$work/both.jsonl"
expect 0 "$pincow" doctor --restore
is_back || fail "nr_hugepages is $(cat "$setting") after doctor --restore, not $old"
expect 0 "$pincow" doctor --restore
says out 'nothing to restore'

# Nor does the next run measure what a dead one left behind.
kill_both "$work/again.jsonl"
expect 0 "$pincow" run --quiet --prepare --set page=base --set size=4M -o "$work/after.jsonl" fork/anon
says err 'left are undone'
is_back || fail "nr_hugepages is $(cat "$setting") after the next run, not $old"
check "\$lines[0].host.memory.hugepages[\"2048kB\"].total == $old" "$work/after.jsonl" \
	"the next run's header was written before"
