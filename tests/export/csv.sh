#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Python's csv module, told to be strict, finds in an export what `show` has.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

need_python csv python3

# parsed FILE: its rows as JSON, in $work/rows.json.
parsed() {
	"$python" - "$1" >"$work/rows.json" <<'PYTHON'
import csv, json, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    text = file.read()
assert text.count("\n") == text.count("\r\n"), "a line that does not end with CR LF"
assert text.endswith("\r\n")
header, *rows = csv.reader(text.splitlines(keepends=True), strict=True)
assert all(len(row) == len(header) for row in rows), "rows of different lengths"
print(json.dumps([dict(zip(header, row)) for row in rows]))
PYTHON
}

# The rows of a file are those of `show`, in the same order, but for numbers' last digits.
same_as_show() {
	export_to csv "$work/all.csv" "$1"
	parsed "$work/all.csv"
	"$pincow" show --json "$1" >"$work/show.json"
	jq -en --slurpfile rows "$work/rows.json" --slurpfile show "$work/show.json" '
		def rounded: if . == null or . == "" then null else tonumber * 1000 | round end;
		($rows[0] | map([.scenario, .metric, .unit, .status, .reason, (.n | tonumber),
			(.median, .low, .high | rounded)])) ==
		($show[0] | map([.scenario, .metric, .unit, .status, .reason, .n,
			(.median, .low, .high | rounded)]))' >/dev/null ||
		fail "$1: not the figures of \`pincow show\`"
}

for file in "$work/new/boot1.jsonl" "$fixtures/metrics.jsonl" "$fixtures/slope.jsonl" \
	"$fixtures/not-run.jsonl" "$fixtures/cli-hostile.jsonl" "$reference/6.1-arm64-boot1.jsonl"; do
	same_as_show "$file"
done

odd="$work/a \"file\",
of two lines.jsonl"
cp "$work/base/boot0.jsonl" "$odd"
export_to csv "$work/odd.csv" "$odd"
parsed "$work/odd.csv"
jq -e 'map(.path | endswith("/a \"file\",?of two lines.jsonl")) | all' "$work/rows.json" >/dev/null ||
	fail "a path with quotes does not come back"

sed 's/""huge/"huge/' "$work/odd.csv" >"$work/mutant.csv"
refuses "a quote that is not doubled" parsed "$work/mutant.csv"
sed 's/,cost,/;cost,/' "$work/odd.csv" >"$work/mutant.csv"
refuses "a field less" parsed "$work/mutant.csv"
tr -d '\r' <"$work/odd.csv" >"$work/mutant.csv"
refuses "bare newlines" parsed "$work/mutant.csv"
