#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The parent's memory does not grow with the samples, whether it writes or
# reads them: what it holds could disturb what is measured.
. "$(dirname "$0")/lib.sh"

LIMIT_KIB=32768

file=$work/rss.jsonl
peak=0

# watch: the peak of the started run, in KiB, as $peak.
watch() {
	while runs "$child"; do
		# A zombie has no such line.
		now=$(awk '/^VmHWM:/ { print $2 }' "/proc/$child/status" 2>/dev/null || true)
		peak=${now:-$peak}
		sleep 0.02
	done
	finish 0
	echo "$1: at most $peak KiB resident, of a file of $(wc -c <"$file") bytes"
	[ "$peak" -gt 0 ] || fail "the peak was not seen"
	[ "$peak" -le "$LIMIT_KIB" ] || fail "$1: $peak KiB resident, above $LIMIT_KIB"
}

start "$pincow" run --quiet --profile standard --replicates 230 -o "$file" null/op
watch run
[ "$(wc -c <"$file")" -gt $((LIMIT_KIB * 1024)) ] || fail "the file is too small to tell"
start "$pincow" run --quiet --resume -o "$file"
watch resume
