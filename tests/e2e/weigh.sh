#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is held is weighed to the page, as root and as an ordinary user, beside a
# neighbour that takes and gives back memory, page tables and processes all the
# time: what that moves does not count.
. "$(dirname "$0")/lib.sh"

neighbour=
stop_neighbour() {
	[ -z "$neighbour" ] || kill "$neighbour" 2>/dev/null || true
	[ -z "$neighbour" ] || wait "$neighbour" 2>/dev/null || true
	neighbour=
}
trap 'stop_neighbour; clean_up' EXIT

start_neighbour() {
	(
		trap exit TERM
		while :; do
			head -c 32M /dev/zero | tail -c 32M >/dev/null
		done
	) &
	neighbour=$!
}

# weigh FILE COMMAND...: cases whose memory is known.
weigh() {
	file=$1
	shift
	rm -f "$file"
	expect 0 "$@" "$pincow" run --quiet --replicates 2 --set page=base --set size=16M,64M \
		-o "$file" fork/anon fault/cow-copy
}

# weighed FILE SCENARIO SIZE FILTER WHAT: the filter is true of each memory of that case.
weighed() {
	check "[workers[] | select(.scenario == \"$2\" and .params.size == $3)] | length > 0 and
		all(.memory | $4)" "$1" "$2 of $3 bytes, $5: $(query "[workers[] |
		select(.scenario == \"$2\" and .params.size == $3) | .memory]" "$1")"
}

own='.method == "process" or .method == "memcg"'

expect_true_weights() {
	for mib in 16 64; do
		size=$((mib << 20))
		weighed "$1" fault/cow-copy "$size" ".anon_bytes | .closed and ($own) and
			.value >= $size and .value <= $size + 16384" "copies are not its size"
		weighed "$1" fault/cow-copy "$size" ".page_tables_bytes | .closed and .value == 0" \
			"copies take page tables"
		# 4 KiB of page table for 2 MiB, and those of the program itself.
		weighed "$1" fork/anon "$size" ".page_tables_bytes | .closed and ($own) and
			.value >= $((mib * 2048)) and .value <= $((mib * 2048 + 98304))" \
			"a child's page tables"
		weighed "$1" fork/anon "$size" ".anon_bytes | .closed and .value <= 98304" \
			"a fork copies memory"
	done
}

[ "$(getconf PAGESIZE)" -eq 4096 ] || skip "the figures here are those of 4 KiB pages" \
	"a kernel with pages of 4 KiB"
weigh "$work/quiet.jsonl"
expect_true_weights "$work/quiet.jsonl"

start_neighbour
weigh "$work/loud.jsonl"
expect_true_weights "$work/loud.jsonl"
chmod 755 "$work"
install -d "$work/mine"
[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$work/mine"
if as_user test -x "$pincow" && as_user test -w "$work/mine"; then
	weigh "$work/mine/user.jsonl" as_user
	expect_true_weights "$work/mine/user.jsonl"
	# Counters that lag are not said to be exact.
	[ "$(id -u)" -ne 0 ] || check 'workers | all(.memory.slab_unreclaimable_bytes.resolution >
		100 * 4096)' "$work/mine/user.jsonl" "an ordinary user's host counters are called exact"
fi
stop_neighbour

# Pins, and the table that remembers them: 16 bytes a page before v6.12, 8 after it.
rm -f "$work/pins.jsonl"
"$pincow" run --quiet --set page=base --set size=16M --set pinner=io-uring \
	--set call=pin -o "$work/pins.jsonl" pin/register >/dev/null || true
check 'workers | all(.status == "skip" or (.memory.foll_pins |
	(.closed | not) or (.value == 4096 and .method == "host")))' \
	"$work/pins.jsonl" "$(query '[workers[].memory]' "$work/pins.jsonl")"

# A kind that never closes is neither shown as a figure nor dropped in silence.
jq -c 'if .memory then .memory.anon_bytes.closed = false else . end' "$work/quiet.jsonl" \
	>"$work/open.jsonl"
expect 0 "$pincow" show "$work/open.jsonl"
says out "^Memory not weighed"
says out "^  anon_bytes, by "
! grep -q 'anon_bytes.* MiB' "$work/out" || fail "what did not close is shown as a figure"
expect 0 "$pincow" show --json "$work/open.jsonl"
jq -e '[.[] | select(.metric == "anon_bytes")] | length > 0 and
	all(.n == 0 and .median == null and .unclosed == 2)' "$work/out" >/dev/null ||
	fail "show --json does not say that no weighing closed"

# Copies of hugetlb pages.
[ "$(id -u)" -eq 0 ] && [ -w /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages ] || exit 0
code=0
"$pincow" run --quiet --prepare --replicates 2 --set page=hugetlb-2M --set size=8M \
	-o "$work/huge.jsonl" fault/cow-copy >"$work/out" 2>"$work/err" || code=$?
[ "$code" -ne 77 ] || exit 0
check 'workers | all(.memory.hugetlb_bytes | .closed and .value == 8388608)' "$work/huge.jsonl" \
	"8 MiB of copied hugetlb pages: $(query '[workers[].memory]' "$work/huge.jsonl")"
