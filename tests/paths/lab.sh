#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each scenario takes the kernel path that it claims, on kernels of each COW model and
# of both architectures, and little else is in its windows.  With PINCOW_FULL
# (scripts/test --full) on all eight, and with huge pages.
. "$(dirname "$0")/lib.sh"

kernels="5.10-amd64 6.1-amd64 newest-amd64 6.1-arm64 newest-arm64"
[ -z "${PINCOW_FULL:-}" ] || kernels="$kernels 6.12-amd64 5.10-arm64 6.12-arm64" pages=base,thp

"$pincow" list --json | jq -r '.[].name' >"$work/scenarios"
while read -r scenario; do
	grep -Eq "^rule[[:space:]]+${scenario}[[:space:]]" "$here/table" ||
		fail "$scenario has no rule in tests/paths/table"
done <"$work/scenarios"
for kernel in $kernels; do
	need_kernel "$kernel"
done

# A sample that kernel threads ran in is left out of figures, and judged here by its share.
# shellcheck disable=SC2086 # words on purpose
profile "$(cat "$work/scenarios")" $kernels --pincow "$pincow" -o "$work/profiles" >"$work/out" 2>"$work/err" || only_others_ran ||
	fail "lab profile"
for kernel in $kernels; do
	file=$work/profiles/$kernel-boot1.profile.json
	[ -s "$file" ] || fail "no profile of $kernel"
	while read -r scenario; do
		# shellcheck disable=SC2016 # jq's variables
		check 'any($lines[0].cases[]; .scenario == "'"$scenario"'")' "$file" \
			"$kernel: $scenario was not measured"
	done <"$work/scenarios"
	"$here/check" --parts "$here/table" "$file" >>"$work/verdicts" || broken=1
done
cat "$work/verdicts"
[ -z "${broken:-}" ] || fail "the lines above with BROKEN"
