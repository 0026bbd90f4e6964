#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A worker that the OOM killer takes: recorded as such, and the run goes on.
. "$(dirname "$0")/lib.sh"

LIMIT=$((64 << 20))

need_root "make a memory cgroup"
name=pincow-oom-$$
group=
if mkdir "/sys/fs/cgroup/memory/$name" 2>/dev/null; then
	group=/sys/fs/cgroup/memory/$name limit=memory.limit_in_bytes
elif grep -qs memory /sys/fs/cgroup/cgroup.subtree_control &&
	mkdir "/sys/fs/cgroup/$name" 2>/dev/null; then
	group=/sys/fs/cgroup/$name limit=memory.max
fi
[ -n "$group" ] || skip "no memory cgroup can be made below /sys/fs/cgroup" \
	"run where /sys/fs/cgroup is writable and has the memory controller"
trap 'rmdir "$group" 2>/dev/null || true; clean_up' EXIT
echo $LIMIT >"$group/$limit"
[ ! -w "$group/memory.swap.max" ] || echo 0 >"$group/memory.swap.max"
[ ! -w "$group/memory.memsw.limit_in_bytes" ] || echo $LIMIT >"$group/memory.memsw.limit_in_bytes"

oom_kills() {
	awk '$1 == "oom_kill" { print $2 }' /proc/vmstat
}

file=$work/oom.jsonl
before=$(oom_kills)
# shellcheck disable=SC2016 # the inner shell's
expect 1 sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
	"$pincow" run --quiet --set page=base --set size=4M,256M -o "$file" fork/anon null/op
kills=$(($(oom_kills) - before))
check 'workers | all(if .params.size == 268435456
	then .status == "error" and (.reason | contains("out of memory"))
	else .status == "ok" end)' "$file" \
	"$(query 'workers[] | "\(.scenario) \(.params.size): \(.status) \(.reason)"' "$file")"
expect_complete "$file"
errors=$(query '[workers[] | select(.status == "error")] | length' "$file")
[ "$kills" -eq "$errors" ] || fail "$kills processes were killed for $errors errors"
# A cgroup goes when no process is left in it.
until_true 5 rmdir "$group"
