#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A machine whose topology cannot be read: no CPU is made up, and --cpu helps.
. "$(dirname "$0")/lib.sh"

# Nothing that hwloc could ask is left.
export HWLOC_COMPONENTS=-linux,-x86,-no_os,stop

file=$work/topology.jsonl
expect 2 "$pincow" run --quiet -o "$file" null/op
says err '--cpu N'
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "the error is not one line"
[ ! -e "$file" ] || fail "a result file was begun"

cpu=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*\([0-9]*\).*/\1/p' /proc/self/status)
expect 0 "$pincow" run --quiet --cpu "$cpu" -o "$file" null/op
check "workers | all(.status == \"ok\" and .cpu == $cpu)" "$file" "not all ran on CPU $cpu"
