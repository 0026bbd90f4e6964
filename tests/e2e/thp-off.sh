#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Transparent huge pages turned off: a skip, or --prepare turns them on for the run;
# and a model that is told by them is named no further than seen, unless mTHP serve.
. "$(dirname "$0")/lib.sh"

need_root "turn transparent huge pages off and on"
dir=/sys/kernel/mm/transparent_hugepage
[ -w $dir/enabled ] || skip "this kernel has no transparent huge pages" \
	"a kernel with CONFIG_TRANSPARENT_HUGEPAGE"

# model: what the probe calls this kernel; 3, for an unknown one, is an answer too.
model() {
	code=0
	"$pincow" probe --json >"$work/model" || code=$?
	[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || fail "exit code $code of the probe"
	jq -r .model "$work/model"
}

# Since v6.8 the PMD size has a switch of its own.
pmd=$dir/hugepages-$(($(cat $dir/hpage_pmd_size) / 1024))kB/enabled
[ ! -w "$pmd" ] || host_set "$pmd" inherit
host_set $dir/enabled madvise
usual=$(model)
host_set $dir/enabled never
for switch in "$dir"/hugepages-*/enabled; do
	# The sizes that only shared memory has come without one.
	[ ! -w "$switch" ] || [ "$switch" = "$pmd" ] || host_set "$switch" never
done

case $usual in
exclusive* | owner-tracked) blind="exclusive or later" ;;
*) blind=$usual ;;
esac
said=$(model)
[ "$said" = "$blind" ] || fail "$usual is called '$said' without THP, not '$blind'"
for size in 16 64 1024; do
	switch=$dir/hugepages-${size}kB/enabled
	[ -w "$switch" ] || continue
	host_set "$switch" madvise
	said=$(model)
	# Where even the THP was not to be had, mTHP may tell more.
	[ "$said" = "$usual" ] || [ "$usual" = "exclusive or later" ] ||
		fail "$usual is called '$said' with mTHP of ${size}K"
	# The sizes before are on as well: the smallest is looked at all the same.
	smallest=${smallest:-$size}
	jq -e --arg kind "mthp-${smallest}K " \
		'.features.pte_thp_reuse | .seen == null or (.evidence | contains($kind))' \
		"$work/model" >/dev/null || fail "no mTHP of ${smallest}K: $(cat "$work/model")"
done
for size in 16 64 1024; do
	switch=$dir/hugepages-${size}kB/enabled
	[ ! -w "$switch" ] || host_set "$switch" never
done

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
