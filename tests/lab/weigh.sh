#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In a guest with a memory cgroup to make, what is held is charged to one of the
# worker's own, says the same as its processes, and no group is left behind.
. "$(dirname "$0")/lib.sh"

kernel=6.1-$arch
need_kernel "$kernel"

cat >"$work/weigh" <<'EOF2'
run() {
	pincow run --quiet --profile lab --replicates 1 --set size=4M --set page=base "$@"
}
left() {
	ls -d /sys/fs/cgroup/pincow-* 2>/dev/null
}
run -o /out/process.jsonl fork/anon fault/cow-copy
echo +memory >/sys/fs/cgroup/cgroup.subtree_control || exit 3
run -o /out/memcg.jsonl fork/anon fault/cow-copy
left && exit 4
# One that a killed worker left is removed by the next; one in use is not.
mkdir /sys/fs/cgroup/pincow-999999 /sys/fs/cgroup/pincow-1
sleep 60 &
echo $! >/sys/fs/cgroup/pincow-1/cgroup.procs
run -o /out/swept.jsonl fork/anon
[ "$(left)" = /sys/fs/cgroup/pincow-1 ] || exit 5
EOF2
expect 0 boot "$kernel" --mode plain --files "$work/files" -- \
	sh -c "$(cat "$work/weigh")"

# weights FILE SCENARIO METHOD ANON_LEAST ANON_MOST
weights() {
	check "[workers[] | select(.scenario == \"$2\") | .memory] | length > 0 and
		all(.anon_bytes | .closed and .method == \"$3\" and .value >= $4 and .value <= $5)" \
		"$work/files/$1.jsonl" "$2: $(query '[workers[].memory]' "$work/files/$1.jsonl")"
}

for method in process memcg; do
	weights $method fault/cow-copy $method 4194304 4210688
	weights $method fork/anon $method 0 65536
done
check '[workers[] | select(.scenario == "fork/anon") | .memory.kernel_stack_bytes |
	.closed and .method == "memcg" and .value == 16384] | any' "$work/files/memcg.jsonl" \
	"a child has a stack of 16 KiB: $(query '[workers[].memory]' "$work/files/memcg.jsonl")"
