#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a scenario needs and the host lacks: a skip without a worker, or --prepare sets it
# for the run.
. "$(dirname "$0")/lib.sh"

smallest="--quiet --replicates 1 --set size=4M --set page=base --set pinner=io-uring"

# skipped NAME PATTERN: for that reason, by the parent: no worker lived that has a pid.
skipped() {
	query 'workers[] | "\(.status) \(.pid) \(.reason); \(.remedy)"' "$work/$1.jsonl" >"$work/out"
	check "workers | length == 2 and all(.status == \"skip\" and (.pid // 0) == 0 and
		.remedy != \"\" and (.reason | contains(\"$2\")))" "$work/$1.jsonl" \
		"not skipped before a worker for '$2'"
}

# Where CAP_IPC_LOCK counts, no limit does.
if [ "$(id -u)" -eq 0 ]; then
	without_right() {
		setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock "$@"
	}
else
	without_right() {
		"$@"
	}
fi
# shellcheck disable=SC2086 # words on purpose
expect 77 without_right prlimit --memlock=1048576:1048576 "$pincow" run $smallest \
	-o "$work/limit.jsonl" pin/register
skipped limit "beyond RLIMIT_MEMLOCK's 1024 KiB"

need_root "forbid io_uring and allow it again"
switch=/proc/sys/kernel/io_uring_disabled
[ -w $switch ] || skip "this kernel has no sysctl kernel.io_uring_disabled" "v6.6 or newer"
host_set $switch 2
# shellcheck disable=SC2086
expect 77 "$pincow" run $smallest -o "$work/off.jsonl" pin/register
skipped off "kernel.io_uring_disabled is 2"
"$pincow" list --json pin/register >"$work/list.json"
jq -e '.[0] | .runnable == false and (.needs[0] | .met == false and .remedy != "")' \
	"$work/list.json" >/dev/null || fail "list calls it runnable"
need_prepare
# shellcheck disable=SC2086
expect 0 "$pincow" run $smallest --prepare -o "$work/on.jsonl" pin/register
check 'workers | length == 2 and all(.status == "ok" or (.reason | startswith("others ran")))' \
	"$work/on.jsonl" "$(query 'workers[] | "\(.status) \(.reason)"' "$work/on.jsonl")"
[ "$(cat $switch)" = 2 ] || fail "$switch was left at $(cat $switch)"
