#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Transparent huge pages turned off: a skip, or --prepare turns them on for the run.
. "$(dirname "$0")/lib.sh"

need_root "turn transparent huge pages off and on"
dir=/sys/kernel/mm/transparent_hugepage
[ -w $dir/enabled ] || skip "this kernel has no transparent huge pages" \
	"a kernel with CONFIG_TRANSPARENT_HUGEPAGE"
# Since v6.8 the PMD size has a switch of its own.
pmd=$dir/hugepages-$(($(cat $dir/hpage_pmd_size) / 1024))kB/enabled
[ ! -w "$pmd" ] || host_set "$pmd" inherit
host_set $dir/enabled never

expect 77 "$pincow" run --quiet --set page=thp -o "$work/off.jsonl" fault/first-touch
check 'workers | all(.status == "skip" and .reason != "" and
	(.remedy | contains("transparent_hugepage/enabled")))' "$work/off.jsonl" \
	"not a skip whose remedy names the setting"

# The sizes that this kernel has ask for settings that contradict each other.
pages=thp
for size in 64 128; do
	[ ! -w $dir/hugepages-${size}kB/enabled ] || pages=$pages,mthp-${size}K
done
switches() {
	grep -r --include=enabled . $dir
}

before=$(switches)
expect 0 "$pincow" run --quiet --prepare --set page=$pages -o "$work/on.jsonl" fault/first-touch
check 'workers | length > 0 and all(.status == "ok")' "$work/on.jsonl" \
	"$(query 'workers[] | "\(.params.page): \(.status) \(.reason)"' "$work/on.jsonl")"
[ "$(switches)" = "$before" ] || fail "settings were left changed: $(switches)"
