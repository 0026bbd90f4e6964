#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A memory cgroup's limit: what does not fit below it is a skip, not an OOM kill.
. "$(dirname "$0")/lib.sh"

make_memcg $((700 << 20))

host_mib=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
[ "$host_mib" -gt 2048 ] || skip "the host itself has only $host_mib MiB left" "a larger host"

# skips FILE: the large cases are, for the group's limit; the small ones run.
skips() {
	check "workers | all(if .params.size > 4194304 then .status == \"skip\" and
		(.reason | contains(\"cgroup /$name (memory\")) and
		(.remedy | contains(\"/$name\")) else .status == \"ok\" end)" "$1" \
		"$(query 'workers[] | "\(.params.size): \(.status) \(.reason)"' "$1")"
}

set -- "$pincow" run --quiet --set page=base --set size=4M,1G fault/first-touch
expect 0 in_group "$@" -o "$work/limit.jsonl"
skips "$work/limit.jsonl"

# The limit of a group above counts as well.
outer=$group
group=$outer/inner
mkdir "$group"
groups="$group $outer"
expect 0 in_group "$@" -o "$work/nested.jsonl"
skips "$work/nested.jsonl"
until_true 5 rmdir "$group"
until_true 5 rmdir "$outer"
