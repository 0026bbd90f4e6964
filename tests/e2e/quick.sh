#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The quick profile on this kernel: every scenario has figures, or says why not.
. "$(dirname "$0")/lib.sh"

file=$work/quick.jsonl
prepare=
[ "$(id -u)" -ne 0 ] || prepare=--prepare
begin=$(date +%s)
# shellcheck disable=SC2086 # an option or none
expect 0 "$pincow" run --quiet $prepare -o "$file"
echo "the quick profile took $(($(date +%s) - begin)) s"

while read -r line; do
	printf '%s\n' "$line" | jq -e 'type == "object"' >/dev/null || fail "not a JSON object: $line"
done <"$file"
expect_complete "$file"
head -n 1 "$file" | jq -e '.version | test("^[0-9.]+([+][0-9a-f]+(-dirty)?)?$")' >/dev/null ||
	fail "the header does not tell the commit of pincow: $(head -n 1 "$file" | jq .version)"

"$pincow" list --json >"$work/list"
expect_readable "$file"
missing=$(jq -r --slurpfile rows "$work/out" '
	def told: .status == "ok" or (.status == "skip" and .reason != "" and .remedy != "") or
		(.status == "invalid" and (.reason | startswith("others ran")));
	.[].name | select(. as $name | any($rows[0][]; .scenario == $name and told) | not)
	' "$work/list")
[ -z "$missing" ] || fail "neither figures nor a skip with reason and remedy: $missing"
expect_valid "$file"
