#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Counted instructions: every boot of a kernel gives the same samples, to the
# digit, also when the host is busy; one kernel an architecture.
. "$(dirname "$0")/lib.sh"

BOOTS=5

for id in 6.1-amd64 6.1-arm64; do
	need_kernel "$id"
done
# All boots at once: the guests are each other's load.
expect 0 "$lab" run --boots $BOOTS --pincow "$pincow" --profile quick -o "$work/results" \
	6.1-amd64 6.1-arm64 -- --replicates 1 --set size=4M --set pages=64 \
	fork/anon fault/cow-copy fault/cow-reuse gup/get null/op

# batches FILE: every sample, but for the time of day.
batches() {
	jq -c 'select(.record == "worker") | .batch | del(.begin_ns)' "$1"
}

for id in 6.1-amd64 6.1-arm64; do
	first=$work/results/$id-boot1.jsonl
	# shellcheck disable=SC2016 # jq's variables
	check '$lines[0].clock_domain == "instructions" and
		($lines[0].host.lab | test(" qemu=.*, idle [0-9.]+ s after boot")) and
		(workers | length > 0 and all(.status == "ok" and (.batch.ticks | length) > 0))' \
		"$first" "$id: not all workers have counted instructions"
	for boot in $(seq $BOOTS); do
		[ "$(batches "$work/results/$id-boot$boot.jsonl")" = "$(batches "$first")" ] ||
			fail "$id: boot $boot differs from boot 1"
	done
done
