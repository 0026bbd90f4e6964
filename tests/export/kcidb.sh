#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Exports keep the rules of KCIDB's schema 5.0 for what they write: kcidb.json.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

need_python jsonschema python3-jsonschema

valid() {
	"$python" - "$here/kcidb.json" "$1" <<'PYTHON'
import json, jsonschema, sys
schema, report = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(report)
PYTHON
}

holds() {
	jq -e "$1" "$work/all.json" >/dev/null || fail "the report does not hold: $1"
}

export_to kcidb "$work/all.json" "$work/base" "$work/new" "$reference" \
	"$fixtures/not-run.jsonl" "$fixtures/cli-hostile.jsonl"
valid "$work/all.json" || fail "not as kcidb.json has it"
holds '.tests | length == (map(.id) | unique | length)'
holds '[.tests[] | select(.id | contains("base/boot0")) | .status] == ["DONE", "DONE", "SKIP"]'
holds 'any(.tests[]; .status == "ERROR" and .misc.status == "invalid")'
holds '.tests[] | select(.id | contains("base/boot0.jsonl:fault/cow-copy/page=thp")) |
	.number == {value: 3e-06, unit: "s/page", prefix: "metric"} and
	.misc.metrics.copied.value == 1 and .environment.misc.kernel == "6.1.0"'

# mutate FILTER: a report that breaks a rule.
mutate() {
	jq "$1" "$work/all.json" >"$work/mutant.json"
	refuses "$1" valid "$work/mutant.json"
}

mutate '.tests[0].status = "ok"'
mutate '.tests[0].id = "no origin"'
mutate '.tests[0].path = "a path"'
mutate '.tests[0].start_time = "1 Jan 2026"'
mutate 'del(.tests[0].build_id)'
mutate '.tests[0].number.value = null'
mutate '.tests[0].extra = 1'
