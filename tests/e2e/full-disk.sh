#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A full disk ends the run between two lines; with more room it goes on.
. "$(dirname "$0")/lib.sh"

need_root "mount a small file system"
if [ -z "${IN_MOUNT_NAMESPACE-}" ]; then
	unshare -m true || skip "no mount namespace can be made" "run where unshare -m is allowed"
	IN_MOUNT_NAMESPACE=1 unshare -m "$0" "$pincow"
	exit
fi

mkdir "$work/disk"
trap 'umount "$work/disk"; clean_up' EXIT
mount -t tmpfs -o size=512k pincow-disk "$work/disk"

file=$work/disk/full.jsonl
expect 2 "$pincow" run --quiet --replicates 10 --set size=4M --set page=base -o "$file" \
	fault/first-touch null/op
says err "$file.*No space left"
[ "$(tail -c 1 "$file" | od -An -tx1)" = " 0a" ] || fail "the last line is cut short"
expect_readable "$file"
[ ! -s "$work/err" ] || fail "show complains of the file"
check 'distinct > 0 and distinct < planned' "$file" "nothing or everything fitted"

mount -o remount,size=64m "$work/disk"
expect 0 "$pincow" run --quiet --resume -o "$file"
expect_complete "$file"

# Not even the header fits: nothing is left that looks like a result.
mount -o remount,size="$(du -k "$file" | cut -f 1)k" "$work/disk"
expect 2 "$pincow" run --quiet -o "$work/disk/none.jsonl" null/op
says err "No space left"
[ ! -e "$work/disk/none.jsonl" ] || fail "a file without a header is left"

# A figure that does not fit is none, and an older one stays.
command -v gnuplot >/dev/null || skip "no gnuplot" "scripts/setup run"
mount -o remount,size=64m "$work/disk"
expect 0 "$pincow" plot -o "$work/disk/figures" "$file"
sha256sum "$work"/disk/figures/* >"$work/sums"
dd if=/dev/zero of="$work/disk/filler" bs=64k 2>/dev/null || :
expect 2 "$pincow" plot -o "$work/disk/figures" "$file"
says err "No space left"
sha256sum "$work"/disk/figures/* | cmp - "$work/sums" || fail "an older figure is not what it was"
