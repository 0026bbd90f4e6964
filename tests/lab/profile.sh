#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `lab profile` of real kernels: the functions' instructions are those that the
# counted clock has, the same at every boot, and the figures those of `lab run`.
. "$(dirname "$0")/lib.sh"

scenarios='fork/anon fault/cow-copy fault/cow-reuse fault/first-touch gup/get pin/register'
settings='--set size=4M --set page=base --set before=written --set sharer=exited
	--set call=pin --set gup/get.pinner=futex --set pages=64'

for id in 6.1-amd64 6.1-arm64; do
	need_kernel "$id"
done
# shellcheck disable=SC2086 # words on purpose
expect 0 "$lab" profile --boots 2 --pincow "$pincow" -o "$work/watched" 6.1-amd64 6.1-arm64 \
	$scenarios -- --seed 1 $settings
says out '^6.1-amd64: Linux 6\.1.*, x86_64, 2 boots, the same to the instruction$'
says out '^6.1-arm64: Linux 6\.1.*, aarch64, 2 boots, the same to the instruction$'
says out '^aarch64 and x86_64 execute other instructions: no differences$'
says out '^ *[0-9,.]* *[0-9,.]* *[0-9.]*% .*  copy_page_range$'
# shellcheck disable=SC2086
expect 0 "$lab" run --pincow "$pincow" -o "$work/alone" 6.1-amd64 6.1-arm64 -- --seed 1 \
	--replicates 1 $settings $scenarios

# figures FILE: a line a case.
figures() {
	"$pincow" show --json "$1" | jq -r '.[] | select(.metric == "latency")
		| "\(.scenario) \(.median)"' | sort
}

for id in 6.1-amd64 6.1-arm64; do
	first=$work/watched/$id-boot1.profile.json
	# shellcheck disable=SC2016 # jq's variables
	# The marks, a step of the clock, and what its rate is rounded to.
	check '(if $lines[0].machine == "aarch64" then 20 else 4 end) as $step |
		$lines[0].cases | length == 6 and all(
		(.kernel + .user + .others_kernel + .others_user) as $sum |
		($sum - .clock | fabs) <= 0.00002 * .clock + $step * .windows)' \
		"$first" "$id: the sum is not the clock's: $(jq -c '.cases[]
			| [.scenario, .clock, .kernel, .user]' "$first")"
	# shellcheck disable=SC2016
	check '$lines[0].cases | all(.kernel == ([.functions[] | select(.others | not)
		| .instructions] | add))' "$first" "$id: the functions are not the sum"
	[ "$(jq .cases "$first")" = "$(jq .cases "$work/watched/$id-boot2.profile.json")" ] ||
		fail "$id: two boots differ"
	figures "$work/watched/$id-boot1.jsonl" >"$work/watched.txt"
	figures "$work/alone/$id-boot1.jsonl" | join "$work/watched.txt" - >"$work/both"
	[ "$(wc -l <"$work/both")" -eq 6 ] || fail "$id: not all cases: $(cat "$work/both")"
	# It is another guest, and moves a fault by as much as any does (scripts/floors).
	awk '{ d = $3 / $2 - 1; if (d < -0.002 || d > 0.002) exit 1 }' "$work/both" ||
		fail "$id: watching changed figures: $(cat "$work/both")"
	[ -s "$work/watched/$id-boot1-fork-anon-written-base-4194304.folded" ] ||
		fail "$id: no call paths of fork/anon"
done
# A path that is known: the fault's copy is made by do_wp_page(), once a page.
# shellcheck disable=SC2016
check '$lines[0].cases[] | select(.scenario == "fault/cow-copy") | . as $case | .functions
	| any(.function == "do_wp_page" and .calls == $case.operations)' \
	"$work/watched/6.1-amd64-boot1.profile.json" "cow-copy without do_wp_page()"
grep -q '^\[timed task\];asm_exc_page_fault;.*;do_wp_page;.*copy' \
	"$work"/watched/6.1-amd64-boot1-fault-cow-copy-*.folded || fail "no path to the copy"
