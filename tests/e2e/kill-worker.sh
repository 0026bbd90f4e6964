#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGKILL of workers at random moments: the run goes on and says which failed;
# --resume tries those again, and the later line counts.
. "$(dirname "$0")/lib.sh"

# The worker itself, not what it forked, as $worker; none between two workers.
find_worker() {
	for worker in $(workers_of "$child"); do
		[ "$(parent_of "$worker")" != "$child" ] || return 0
	done
	return 1
}

file=$work/kill-worker.jsonl
moments=$(moments 20 0.1)
start "$pincow" run --quiet --replicates 60 --set size=64M --set page=base -o "$file" fork/anon
killed=0
for moment in $moments; do
	sleep "$moment"
	until_true 5 find_worker
	kill -s KILL "$worker" 2>/dev/null || continue
	killed=$((killed + 1))
done
finish 1
no_worker_of "$child" || fail "workers are left: $(workers_of "$child")"

errors=$(query '[workers[] | select(.status == "error")] | length' "$file")
echo "$killed workers killed, $errors recorded as errors"
# One that had written its record and was about to exit does not count.
if [ "$errors" -gt "$killed" ] || [ "$errors" -lt $((killed / 2)) ]; then
	fail "$killed workers were killed, $errors are recorded"
fi
check 'workers | all(.status == "ok" or (.reason | contains("signal 9")))' "$file" \
	"an error without the signal in its reason"
expect_complete "$file"

expect 0 "$pincow" run --quiet --resume -o "$file"
check "distinct == planned and (workers | length) == planned + $errors" "$file" \
	"resuming did not try exactly the $errors failed workers again"
expect_readable "$file"
jq -e 'all(.[]; .status == "ok") and any(.[]; .metric == "latency" and .n == 60)' "$work/out" \
	>/dev/null || fail "show does not count the last line of each worker"
