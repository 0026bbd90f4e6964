# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Names, parameters and shape; nothing that depends on the host.
pincow list --verbose null
"$pincow" list --json >list.json
jq -c 'map(keys) | unique' list.json
jq -c 'map(.params[] | keys) | unique' list.json
jq -c 'map(.params[].values | keys) | unique' list.json
jq -c 'map(.needs[] | keys) | unique' list.json
jq -r '.[] | select(.needs != []) | "\(.name): \([.needs[].need] | join(", "))"' list.json
jq -c 'map(.needs[] | .met == (.reason == "") and .met == (.remedy == "")) | all' list.json
jq -c 'map(.skipped[] | keys) | unique | . == [] or . == [["params", "reason", "remedy"]]' list.json
jq -c '.[] | select(.name == "null/batch") | del(.runnable, .reason, .remedy, .skipped)' list.json
[ "$(jq length list.json)" -eq "$(find "$source/bench" -name '*.c' | wc -l)" ] &&
	echo "one scenario for each file of bench/"
