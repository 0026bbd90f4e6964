#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# hugetlb pages: a skip without them; set aside by --prepare, and given back
# however the run ends.
. "$(dirname "$0")/lib.sh"

OLD=3

need_root "set hugetlb pages aside"
setting=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
[ -w "$setting" ] || skip "this kernel has no hugetlb pages of 2 MiB" \
	"a kernel with CONFIG_HUGETLBFS on a host with pages of 2 MiB"
host_set "$setting" "$OLD"

is_back() {
	[ "$(cat "$setting")" -eq "$OLD" ]
}

is_raised() {
	[ "$(cat "$setting")" -gt "$OLD" ]
}

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
is_back || fail "nr_hugepages is $(cat "$setting") after the run, not $OLD"

# What no host can give is not asked for: it would take what there is.
expect 0 "$pincow" run --dry-run --json --prepare --set page=hugetlb-2M --set size=4M,1024T \
	fault/first-touch
jq -e 'all(.[]; (.reason != "") == (.params.size > 4194304))' "$work/out" >/dev/null ||
	fail "1024 TiB of hugetlb pages would be set aside, or 4 MiB would not"

# start_long FILE: a run, until its second line.
start_long() {
	start "$pincow" run --quiet --prepare --replicates 1000 --set page=hugetlb-2M \
		--set size=16M -o "$1" fault/first-touch
	until_true 20 has_lines "$1" 2
	is_raised || fail "nr_hugepages is $(cat "$setting") during the run"
}

start_long "$work/killed.jsonl"
kill -s KILL "$child"
finish 137
until_true 5 is_back
until_true 5 test ! -e "$PINCOW_JOURNAL"

find_guardian() {
	for name in /proc/[0-9]*/comm; do
		guardian=${name%/comm} guardian=${guardian#/proc/}
		[ "$(cat "$name" 2>/dev/null)" = pincow-guard ] || continue
		[ "$(parent_of "$guardian")" != "$child" ] || return 0
	done
	return 1
}

start_long "$work/both.jsonl"
until_true 5 find_guardian
kill -s KILL "$guardian" "$child"
finish 137
expect_no_worker_of "$child"
is_raised || fail "there was another guardian"
expect 2 "$pincow" run --quiet --prepare --set page=hugetlb-2M -o "$work/after.jsonl" fork/anon
says err 'pincow doctor --restore'
expect 0 "$pincow" doctor --restore
is_back || fail "nr_hugepages is $(cat "$setting") after doctor --restore, not $OLD"
expect 0 "$pincow" doctor --restore
says out 'nothing to restore'
