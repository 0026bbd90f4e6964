#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The strict parser of Prometheus' Python client takes every export, and finds in
# it what `show` has.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

need_python prometheus_client.openmetrics.parser python3-prometheus-client

# parsed FILE: its samples as JSON, in $work/samples.json.
parsed() {
	"$python" - "$1" >"$work/samples.json" <<'PYTHON'
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    families = list(text_string_to_metric_families(file.read()))
print(json.dumps([{"family": family.name, "type": family.type, "unit": family.unit,
                   "labels": sample.labels, "value": sample.value}
                  for family in families for sample in family.samples]))
PYTHON
}

holds() {
	jq -e "$1" "$work/samples.json" >/dev/null || fail "the samples do not hold: $1"
}

export_to openmetrics "$work/all.txt" "$work/base" "$work/new" "$reference" \
	"$fixtures/cli-hostile.jsonl"
parsed "$work/all.txt"
holds 'map(select(.family == "pincow_run_info")) | length == (map(.labels.run) | unique | length)'
holds 'map(.labels.model) | index("exclusive or later") != null'
# node_exporter and promtool read these as Prometheus' older format, which has not all types.
holds 'all(.type == "gauge" or .type == "summary")'
holds 'any(.type == "summary" and .family == "pincow_op_instructions")'

export_to openmetrics "$work/base.txt" "$work/base/boot0.jsonl"
parsed "$work/base.txt"
holds '[.[] | select(.family == "pincow_latency_seconds") | [.labels.page, .unit, .value]] ==
	[["base", "seconds", 1.001e-06], ["thp", "seconds", 3e-06]]'
holds '[.[] | select(.labels.quantile == "0.5" and .labels.page == "base") | .value] == [1.001e-06]'
holds '[.[] | select(.family == "pincow_case_info") | .labels.status] == ["ok", "ok", "skip"]'
holds '[.[] | select(.labels.reason == "no \"huge\" pages, none")] | length == 1'

sed '$d' "$work/base.txt" >"$work/mutant.txt"
refuses "no EOF" parsed "$work/mutant.txt"
sed 's/^# UNIT \(.*\)_seconds seconds$/# UNIT \1_seconds bytes/' "$work/base.txt" >"$work/mutant.txt"
refuses "a unit that is not the name's" parsed "$work/mutant.txt"
sed 's/\\"/"/' "$work/base.txt" >"$work/mutant.txt"
refuses "a quote that is not escaped" parsed "$work/mutant.txt"
