#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The gate on real kernels: the same kernel twice passes with every change at
# 0.0 %, on both architectures; a kernel that clears pages once more fails on
# the case that takes its pages from the allocator without clearing them.
. "$(dirname "$0")/lib.sh"

for id in 6.1-amd64 6.1-arm64; do
	need_kernel "$id"
done

# boots FOLDER OPTION...: three a kernel.
boots() {
	folder=$work/$1
	shift
	expect 0 "$lab" run --boots 3 --pincow "$pincow" -o "$folder" "$@" -- \
		--replicates 1 --seed 1 --set size=4M --set page=base --set pages=64 \
		fault/first-touch fault/cow-copy fault/cow-reuse gup/get fork/anon
}

boots base 6.1-amd64 6.1-arm64
boots again 6.1-amd64 6.1-arm64
boots "no-init" --append init_on_alloc=0 6.1-amd64

# One image on both sides is what an image that was not booted looks like.
expect 3 "$pincow" gate "$work/base" "$work/again"
printf '[allow]\nsame-build = yes\n' >"$work/policy"
expect 0 "$pincow" gate --policy "$work/policy" "$work/base" "$work/again"
"$pincow" compare --json "$work/base" "$work/again" >"$work/same.json"
jq -e '[.comparisons[].lines[].changes[].change] | length >= 10 and all(. == 0)' \
	"$work/same.json" >/dev/null || fail "the same kernel differs from itself"
jq -e '[.comparisons[].groups[].boots | length] == [3, 3, 3, 3]' "$work/same.json" >/dev/null ||
	fail "three boots a group were not counted as such"

mkdir "$work/init"
cp "$work"/base/6.1-amd64-* "$work/init"
expect 1 "$pincow" gate --policy "$work/policy" "$work/no-init" "$work/init"
"$pincow" compare --json "$work/no-init" "$work/init" >"$work/init.json"
# verdicts PATTERN: the scenarios whose headline has such a one, each once.
verdicts() {
	jq -r --arg verdict "$1" '[.comparisons[].lines[]
		| select(.headline and (.changes[0].verdict | test($verdict))) | .scenario]
		| unique | join(" ")' "$work/init.json"
}
[ "$(verdicts '^worse$')" = fault/cow-copy ] ||
	fail "init_on_alloc=1 is worse in: $(verdicts '^worse$')"
# A fork takes some, too, but no more than unrelated changes move it by.
small='^same$|(below|short of) the minimum$'
[ "$(verdicts "$small")" = "fault/cow-reuse fault/first-touch fork/anon gup/get" ] ||
	fail "init_on_alloc=1 is the same in: $(verdicts "$small")"
