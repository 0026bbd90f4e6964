#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Exports keep the rules of https://go.dev/design/14313-benchmark-format: Debian
# has no benchstat, so the grammar is told here, with nothing ignored.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

need_python json python3

# parsed FILE: its results with the keys that hold for each, as JSON in $work/results.json.
parsed() {
	"$python" - "$1" >"$work/results.json" <<'PYTHON'
import json, re, sys

keys, units, results = {}, {}, []
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    text = file.read()
assert text.endswith("\n") and "\r" not in text
for line in text.split("\n"):
    field = line.split()
    if not line or line.startswith("# "):
        continue
    if line.startswith("Unit "):
        assert len(field) > 2 and field[1] not in units, line
        for pair in field[2:]:
            assert pair in ("better=lower", "better=higher", "assume=exact"), line
            units[field[1]] = pair
    elif line.startswith("Benchmark"):
        assert re.match(r"Benchmark[A-Z][A-Za-z0-9]*(/[^/=\s]+=[^/\s]+)*\s", line), line
        assert len(field) >= 4 and len(field) % 2 == 0 and int(field[1]) > 0, line
        values = dict(zip(field[3::2], map(float, field[2::2])))
        assert len(values) == len(field) // 2 - 1, "a unit twice: " + line
        assert all(unit in units for unit in values), "a unit without its line: " + line
        results.append({"name": field[0], "keys": dict(keys), "values": values})
    else:
        key = re.fullmatch(r"([a-z][^\sA-Z:]*):(?:[ \t]+(\S.*))?", line)
        assert key, line
        keys.pop(key[1], None)
        if key[2]:
            keys[key[1]] = key[2]
print(json.dumps({"units": units, "results": results}))
PYTHON
}

holds() {
	jq -e "$1" "$work/results.json" >/dev/null || fail "the results do not hold: $1"
}

export_to benchstat "$work/all.txt" "$work/base" "$work/new" "$reference"
parsed "$work/all.txt"
holds '.units["ns/op"] == "better=lower" and .units["copied/op"] == "assume=exact"'
holds '[.results[] | select(.keys.label == "new" and (.name | contains("page=base"))) |
	.values["ns/op"]] == [1101, 1112, 1123]'
holds '.results | map(select(.keys.label == "base")) | length == 6 and
	all(.keys.kernel == "6.1.0" and .keys["cow-model"] == "exclusive" and
		.values["page_tables-B"] == 8192 and .values["copied/op"] == 1)'
holds '[.results[] | select(.keys.label == "new") | .keys["cow-model"]] | unique ==
	["exclusive or later"]'
# Files without a label come behind ones that have one.
holds '.results | map(select(.keys.clock == "instructions")) | length > 100 and
	all((.values | has("ns/op") | not) and (.keys | has("label") | not))'

# Of a case with a net figure, that is the headline.
export_to benchstat "$work/net.txt" "$fixtures/metrics.jsonl"
parsed "$work/net.txt"
holds '.results[-1].values | .["ns/op"] == 1400 and has("latency-ns/op")'

sed 's| page_tables-B$||' "$work/all.txt" >"$work/mutant.txt"
refuses "a value without a unit" parsed "$work/mutant.txt"
sed 's/^kernel:/Kernel:/' "$work/all.txt" >"$work/mutant.txt"
refuses "a key in upper case" parsed "$work/mutant.txt"
sed '/^Unit copied/d' "$work/all.txt" >"$work/mutant.txt"
refuses "a unit that nobody explains" parsed "$work/mutant.txt"
