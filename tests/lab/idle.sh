#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# When a run begins is all one, also on the newest kernel, whose boot is busy for
# seconds after init has started, and to ordinary tasks, which share the CPU:
# boots with delays of any length give the same figures within 1 %, and what
# fork/exit costs for itself and for a GiB is within 3 % of that in a guest left
# idle for 30 s.  Ten boots with PINCOW_FULL (scripts/test --full), else four.
. "$(dirname "$0")/lib.sh"

need_kernel newest-amd64
delays="0.00 1.37 0.42 1.91"
[ -z "${PINCOW_FULL:-}" ] || delays="$delays 0.18 0.73 1.05 1.62 0.29 1.18"

# The fixed part is a small difference of large figures, in which a timer tick more
# shows: it takes more workers than the others, which take some for the same reason.
# shellcheck disable=SC2016,SC2089 # the guest's, and the inner shell's
run='measure() {
	pincow run --quiet --counted --profile lab --seed 1 --set page=base --set size=4M,16M "$@"
}
sleep $DELAY && measure --replicates 15 -o /tmp/exit fork/exit &&
	measure --replicates 5 -o /tmp/others fork/vfork fork/posix-spawn &&
	pincow show --json /tmp/exit >/out/figures &&
	pincow show --json /tmp/others >>/out/figures'
# shellcheck disable=SC2090 # it is a script
export lab pincow work run
# shellcheck disable=SC2016
echo "30 $delays" | tr ' ' '\n' | expect 0 xargs -P 2 -I @ sh -c '
	"$lab" boot newest-amd64 --pincow "$pincow" --env DELAY=@ --files "$work/@" \
		-- sh -c "$run"'

# shellcheck disable=SC2016 # jq's variables
filter='add | [.[] | select(.metric == "latency" or (.scenario == "fork/exit" and
	(.metric == "slope" or .metric == "intercept"))) |
	{name: "\(.scenario) \(.params.size // "") \(.metric)", metric, median}] | sort_by(.name)'
for delay in 30 $delays; do
	jq -s "$filter" "$work/$delay/figures" >"$work/$delay/medians"
done
# shellcheck disable=SC2016,SC2086
(cd "$work" && for delay in $delays; do cat "$delay/medians"; done) |
	jq -rs --slurpfile idle "$work/30/medians" '
	add | group_by(.name)[] | (map(.median) | {least: min, most: max}) + .[0]
	| .name as $name | .idle = ($idle[0][] | select(.name == $name).median)
	| .spread = (.most / .least - 1)
	| .away = ([.most / .idle - 1, 1 - .least / .idle] | max)
	| .verdict = (if .metric == "latency" then (if .spread > 0.01 then "DIFFERS" else "same" end)
		elif .away > 0.03 then "FAR FROM IDLE" else "as idle" end)
	| "\(.name): \(.least) to \(.most), idle \(.idle): \(.verdict)"' >"$work/verdicts"
cat "$work/verdicts"
[ "$(wc -l <"$work/verdicts")" -eq 8 ] || fail "not eight figures"
! grep -E "DIFFERS|FAR FROM IDLE" "$work/verdicts" || fail "the lines above"
