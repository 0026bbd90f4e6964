# shellcheck shell=sh disable=SC2154 # sourced by cases
# SPDX-License-Identifier: GPL-2.0-or-later
# Result files of boots that never ran, for the cases that compare.

# worker SCENARIO SIZE NS COPIED: three samples of 100 operations on a clock of 1 GHz.
worker() {
	jq -cn --arg scenario "$1" --argjson size "$2" --argjson ns "$3" --argjson copied "$4" '{
		record: "worker", scenario: $scenario, operation: "page", scale_by: "",
		params: {page: "base", size: $size}, replicate: 0, sequence: 0, status: "ok",
		reason: "", remedy: "", cpu: 1, op_bytes: 4096, started_ns: 1, elapsed_ns: 1,
		truncated: false, clock: {source: "tsc", hz: 1000000000, overhead_start_ticks: 0,
			overhead_end_ticks: 0, resolution_ticks: 1},
		batch: {ticks: [range(3) | $ns * 100], ops: [100, 100, 100], valid: [1, 1, 1],
			copied: [range(3) | $copied]},
		op: {}, op_refused: "", broken: null, guards: null,
		memory: {page_tables_bytes: {value: 8192, method: "process",
			resolution: 4096, closed: true}}
	}'
}

# boot FILE NS [JQ]: a boot of two cases, of a kernel for each folder; JQ changes the header.
boot() {
	mkdir -p "$(dirname "$1")"
	jq -cn --arg id "$(echo "$1" | tr / -)" --arg build "${1%/*}" '{
		record: "header", schema: 1, version: "0.1.0", created_ns: 1767225600000000000,
		boot_id: $id, clock_domain: "wall", config: {profile: "quick"},
		host: {hostname: "example", machine: "x86_64", kernel: {release: "6.1.0", build_id: $build},
			cpu: {model: "Example CPU"}, memory: {page_bytes: 4096}},
		model: {name: "exclusive", evidence: "", features: {}}
	} | '"${3:-.}" >"$1"
	worker fault/cow-copy 4194304 "$2" 100 >>"$1"
	worker fault/cow-copy 16777216 "$(($2 * 2))" 100 >>"$1"
	worker fault/first-touch 16777216 1000 0 >>"$1"
}

# boots FOLDER NS [JQ]: five of them, a little apart.
boots() {
	for i in 1 2 3 4 5; do
		boot "$1/$i.jsonl" "$(($2 + i % 3))" "${3:-.}"
	done
}
