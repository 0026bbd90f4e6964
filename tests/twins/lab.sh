#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The twins on the oldest and the newest kernel, with --full on one between, in guests of
# counted instructions; the scenarios themselves keep every claim there.
. "$(dirname "$0")/../lab/lib.sh"

here=$(dirname "$0")
ids="5.10-$arch newest-$arch"
[ -z "${PINCOW_FULL-}" ] || ids="$ids 6.1-$arch"

for id in $ids; do
	need_kernel "$id"
done
# The table goes in by the command line, and comes back with a verdict a row.
# shellcheck disable=SC2016 # the guest's variables
script='table=$(mktemp); cat >"$table" <<"END"
'$(grep -v '^#' "$here/table")'
END
sh /proc/self/fd/3 /usr/bin/pincow "$table" --profile lab --counted 3<<"END"
'$(grep -v '^#' "$here/run-table")'
END
status=$?
pincow run --quiet --profile lab --counted --replicates 1 --set size=4M \
	--set held=none,vmsplice,io-uring -o /out/result.jsonl fault fork gup null pin
exit $status'

# twins ID: boots it, and leaves its rows, its status and the good samples.
twins() {
	status=0
	boot --mode count --files "$work/$1" "$1" -- sh -c "$script" >"$work/$1.rows" \
		2>"$work/$1.err" || status=$?
	echo "$status" >"$work/$1.status"
}

# As many guests at once as there are CPUs.
echo "$ids" | tr ' ' '\n' >"$work/ids"
while read -r id && { read -r next || true; }; do
	twins "$id" &
	first=$!
	[ -z "$next" ] || twins "$next"
	wait "$first"
done <"$work/ids"

for id in $ids; do
	[ "$(cat "$work/$id.status")" -eq 0 ] || {
		cat "$work/$id.rows" "$work/$id.err"
		fail "$id: a scenario with a step wrong passes for right"
	}
	[ "$(grep -c ' ok$' "$work/$id.rows")" -gt 30 ] ||
		fail "$id: few twins were seen to fail: $(cat "$work/$id.rows")"
	check 'workers | all(.status == "ok" or .status == "skip") and
		all(.batch.valid // [] | all(. == 1))' "$work/$id/result.jsonl" \
		"$id: a good sample is invalid: $(jq -c 'select(.record == "worker")
			| select(.status == "error" or .broken) | [.scenario, .params, .reason, .broken]' \
			"$work/$id/result.jsonl")"
done
