#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Output that cannot be written: one line with the path and the reason.
. "$(dirname "$0")/lib.sh"

make_user 755
mkdir "$work/closed"
expect 0 "$pincow" run --quiet -o "$work/closed/old.jsonl" null/op
chmod 444 "$work/closed/old.jsonl"
chmod 555 "$work/closed"

# refused PATH REASON OPTION...
refused() {
	path=$work/$1 reason=$2
	shift 2
	expect 2 as_user "$work/user/pincow" run --quiet -o "$path" "$@"
	says err "$path.*$reason"
	[ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line"
}

refused closed/new.jsonl "Permission denied" null/op
refused closed/old.jsonl "Permission denied" --resume
refused absent/new.jsonl "No such file" null/op
refused absent/new.jsonl "No such file" --resume
chmod 755 "$work/closed"
