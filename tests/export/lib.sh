#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of exports share.  A test gets the path of the binary, sources
# this file, and then has $pincow, $here, $fixtures, and $work: a folder that
# goes away, with result files in $work/base and $work/new.
# shellcheck disable=SC2034 # variables of the tests
set -eu

export LC_ALL=C NO_COLOR=1
pincow=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
fixtures=$here/../fixtures/results
reference=$here/../../results/reference
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# skip REASON PACKAGE: the consumer is not on this machine.
skip() {
	echo "skipped: no $1; remedy: install Debian's $2"
	exit 77
}

# need_python MODULE PACKAGE: $python is an interpreter that has it: Debian's, where
# another one comes first.
need_python() {
	for python in python3 /usr/bin/python3; do
		! "$python" -c "import $1" 2>/dev/null || return 0
	done
	skip "Python module $1" "$2"
}

# refuses WHAT COMMAND...: a check that takes everything is none.
refuses() {
	what=$1
	shift
	if "$@" >"$work/refused" 2>&1; then
		fail "taken all the same: $what"
	fi
}

# export_to FORMAT OUTPUT FILE|FOLDER...
export_to() {
	format=$1 output=$2
	shift 2
	"$pincow" export --format "$format" "$@" >"$output"
}

# worker SCENARIO PAGE REPLICATE NS: a worker's line: three samples of 100 operations, and
# 250 single ones, each of so many ns, on a clock of 1 GHz whose timer costs nothing.
worker() {
	jq -cn --arg scenario "$1" --arg page "$2" --argjson replicate "$3" --argjson ns "$4" '{
		record: "worker", scenario: $scenario, operation: "page", scale_by: "",
		params: {page: $page, size: 16777216}, replicate: $replicate, sequence: $replicate,
		status: "ok", reason: "", remedy: "", cpu: 1, op_bytes: 4096, started_ns: 1,
		elapsed_ns: 1, truncated: false,
		clock: {source: "tsc", hz: 1000000000, overhead_start_ticks: 0,
			overhead_end_ticks: 0, resolution_ticks: 1},
		batch: {ticks: [range(3) | $ns * 100], ops: [100, 100, 100], valid: [1, 1, 1],
			copied: [100, 100, 100]},
		op: {ticks: [range(250) | $ns]}, op_refused: "", broken: null,
		guards: null,
		memory: {page_tables_bytes: {value: 8192, method: "process",
			resolution: 4096, closed: true}}
	}'
}

skipped() {
	worker "$1" "$2" "$3" 1 |
		jq -c '.status = "skip" | .reason = "no \"huge\" pages, none" | .batch = {} | .op = {} |
			.memory = null'
}

# boot FILE KERNEL MODEL LABEL NS: what one boot's run measured.
boot() {
	name=$(basename "$1")
	head -n 1 "$fixtures/metrics.jsonl" |
		jq -c --arg boot "$name" --arg kernel "$2" --arg model "$3" --arg thing "$4" '
			.boot_id = $boot | .label = $thing | .host.kernel.release = $kernel |
			.model = {name: $model, evidence: "", features: {}}' >"$1"
	for replicate in 0 1 2; do
		worker fault/cow-copy base "$replicate" $(($5 + replicate))
		worker fault/cow-copy thp "$replicate" $((3 * $5))
		skipped fork/anon hugetlb-2M "$replicate"
	done >>"$1"
}

# Three boots of each of two kernels, of which the second takes a tenth longer.
mkdir "$work/base" "$work/new"
for i in 0 1 2; do
	boot "$work/base/boot$i.jsonl" 6.1.0 exclusive base $((1000 + 10 * i))
	boot "$work/new/boot$i.jsonl" 6.18.0 "exclusive or later" new $((1100 + 11 * i))
done
