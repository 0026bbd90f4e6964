# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# What is seen is the kernel's; the golden file holds the shape of the answer,
# and that the exit code, the text and a result's header agree with it.
"$pincow" probe --json >probe.json
echo "$(($? == 3)) $(jq '.model == "unknown" | if . then 1 else 0 end' probe.json)" |
	awk '{ print ($1 == $2) ? "code fits the model" : "exit code and model differ: " $0 }'
jq -c 'keys_unsorted' probe.json
jq '.model | IN("old", "simplified", "exclusive", "exclusive or later", "owner-tracked",
	"unknown")' probe.json
jq -c '.features | to_entries[] | [.key, (.value | keys_unsorted)]' probe.json
jq -c '[.features[] | (.seen == null) == (.evidence == "")] | unique' probe.json
"$pincow" probe >probe.txt
grep -c "^model     $(jq -r .model probe.json)\$" probe.txt
grep -cE '^(yes   |no    |unseen)  [a-z]' probe.txt
"$pincow" run --quiet -o with.jsonl null/op >/dev/null
head -n 1 with.jsonl | jq -c '.model | keys_unsorted'
[ "$(head -n 1 with.jsonl | jq -r .model.name)" = "$(jq -r .model probe.json)" ] && echo same
"$pincow" show with.jsonl | grep -o ', COW model ' | uniq
pincow probe extra
