#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A worker that the OOM killer takes: recorded as such, and the run goes on.  A
# limit that can be seen would be a skip, so it is hidden behind another mount.
. "$(dirname "$0")/lib.sh"

make_memcg $((64 << 20))
unshare --mount true 2>/dev/null || skip "no mount namespace can be made" "run as root of the host"

oom_kills() {
	awk '$1 == "oom_kill" { print $2 }' /proc/vmstat
}

# hidden COMMAND...: in the group, which cannot be seen.
hidden() {
	# shellcheck disable=SC2016 # the inner shell's
	in_group unshare --mount sh -c 'mount -t tmpfs none "$1" && shift && exec "$@"' sh \
		"$hierarchy" "$@"
}

file=$work/oom.jsonl
before=$(oom_kills)
expect 1 hidden "$pincow" run --quiet --set page=base --set size=4M,256M -o "$file" fork/anon \
	null/op
kills=$(($(oom_kills) - before))
check 'workers | all(if .params.size == 268435456
	then .status == "error" and (.reason | contains("out of memory"))
	else .status == "ok" end)' "$file" \
	"$(query 'workers[] | "\(.scenario) \(.params.size): \(.status) \(.reason)"' "$file")"
expect_complete "$file"
errors=$(query '[workers[] | select(.status == "error")] | length' "$file")
[ "$kills" -eq "$errors" ] || fail "$kills processes were killed for $errors errors"
until_true 5 rmdir "$group"
