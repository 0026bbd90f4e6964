#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A whole cgroup is killed at once, as CI and systemd end a job: the guardian of
# host settings is not in it.
. "$(dirname "$0")/lib.sh"

use_hugetlb 3

# A group with all that is in one: of v2, else of the hierarchy that CI uses.
mounts=$(awk '$3 == "cgroup2" || ($3 == "cgroup" && $2 ~ /(freezer|pids)$/) { print $2 }' /proc/mounts)
made=
for mount in $mounts; do
	group=$mount/pincow-kill-$$
	! mkdir "$group" 2>/dev/null || made="$made $group"
done
groups=$made
[ -n "$made" ] || skip "no cgroup can be made" "run where /sys/fs/cgroup is writable"

# in_groups COMMAND...: in all of them.
in_groups() {
	# shellcheck disable=SC2016 # the inner shell's
	exec sh -c 'for group in $1; do echo $$ >"$group/cgroup.procs"; done; shift; "$@" & wait' \
		sh "$made" "$@"
}

# kill_group GROUP: until nobody is left.
kill_group() {
	if [ -w "$1/cgroup.kill" ]; then
		echo 1 >"$1/cgroup.kill"
		return
	fi
	while [ -n "$(cat "$1/cgroup.procs")" ]; do
		xargs -r kill -KILL <"$1/cgroup.procs" 2>/dev/null || true
	done
}

has_guardian() {
	grep -lx pincow-guard /proc/[0-9]*/comm 2>/dev/null |
		sed 's|/proc/||; s|/comm||' >"$work/guardians"
	[ -s "$work/guardians" ]
}

for group in $made; do
	file=$work/$(basename "$(dirname "$group")").jsonl
	start in_groups "$pincow" run --quiet --prepare --replicates 1000 --set page=hugetlb-2M \
		--set size=16M -o "$file" fault/first-touch
	is_changed "$file"
	has_guardian || fail "there is no guardian"
	for one in $made; do
		[ "$(wc -l <"$one/cgroup.procs")" -ge 2 ] || fail "$one does not have the run"
		! grep -qxFf "$work/guardians" "$one/cgroup.procs" || fail "$one has the guardian"
	done
	kill_group "$group"
	finish 137
	until_true 5 is_back
	until_true 5 test ! -e "$PINCOW_JOURNAL"
done
