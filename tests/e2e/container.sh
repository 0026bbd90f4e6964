#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Containers: their end kills the guardian too, and their files go with them.  So
# host settings stay as they are, unless the journal is on a disk of the host.
. "$(dirname "$0")/lib.sh"

use_hugetlb 3
unshare --pid --mount --fork true 2>/dev/null ||
	skip "no PID namespace can be made" "run as root of the host"
disk=$(stat --file-system --format %T "$work")

# contained COMMAND...: as the first process of a PID namespace.
contained() {
	unshare --pid --mount-proc --fork --kill-child -- "$@"
}

set -- "$pincow" run --quiet --prepare --set page=hugetlb-2M --set size=16M fault/first-touch
journal=$PINCOW_JOURNAL
unset PINCOW_JOURNAL
expect 2 contained "$@" -o "$work/refused.jsonl"
says err 'PINCOW_JOURNAL'
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "the error is not one line"
[ ! -e "$work/refused.jsonl" ] || fail "a result file was begun"
[ ! -e /run/pincow/journal.jsonl ] || fail "a journal was begun"
is_back || fail "settings were changed"
expect 0 contained "$pincow" doctor
says out 'run --prepare is refused'
# What changes nothing runs.
expect 0 contained "$pincow" run --quiet --set size=4M -o "$work/plain.jsonl" fork/anon

# The host's PIDs, but an image for a root.
mkdir "$work/scratch" "$work/root"
# shellcheck disable=SC2016 # the inner shell's
expect 0 unshare --mount sh -c '
	cd "$1/scratch" && mount -t tmpfs none . && cd "$1/scratch" && mkdir image upper work &&
	touch image/.dockerenv &&
	mount -t overlay -o lowerdir=image:/,upperdir=upper,workdir=work none "$1/root" || exit 0
	for folder in proc sys dev; do mount --rbind "/$folder" "$1/root/$folder"; done
	shift
	chroot "$@" 2>&1
	[ $? -eq 2 ]' sh "$work" "$work/root" "$@" -o /tmp/refused.jsonl
[ ! -s "$work/out" ] || says out 'in this container'
is_back || fail "settings were changed"

export PINCOW_JOURNAL="$journal"
case $disk in
tmpfs | ramfs | overlayfs)
	expect 2 contained "$@" -o "$work/lost.jsonl"
	skip "$work is on $disk, where no journal is kept" "set TMPDIR to a folder on a disk"
	;;
esac
expect 0 contained "$@" -o "$work/kept.jsonl"
is_back || fail "nr_hugepages is $(cat "$setting") after the run, not $old"

# The container is killed: nobody is left, but the journal is.
start unshare --pid --mount-proc --fork --kill-child -- "$pincow" run --quiet --prepare \
	--replicates 1000 --set page=hugetlb-2M --set size=16M -o "$work/killed.jsonl" \
	fault/first-touch
is_changed "$work/killed.jsonl"
# The guardian may see the run's end before its own, which is not the case here.
first=$(tr -d ' ' <"/proc/$child/task/$child/children")
find_guardian "$first" || fail "there is no guardian"
kill -s STOP "$guardian"
kill -s KILL "$child"
finish 137
until_true 5 test ! -e "/proc/$guardian/ns/pid"
is_raised || fail "somebody outlived the PID namespace"
expect 0 "$pincow" run --quiet --prepare --set size=4M -o "$work/next.jsonl" fork/anon
says err 'left are undone'
is_back || fail "nr_hugepages is $(cat "$setting") after the next run, not $old"
