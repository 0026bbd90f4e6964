#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A scenario with one step wrong (tests/twins) does not take the path that it claims:
# its profile breaks a rule.  Two boots of twins, with PINCOW_FULL (scripts/test
# --full) all that can be told by a path.
. "$(dirname "$0")/lib.sh"

kernel=6.1-$arch
rounds="1 2"
[ -z "${PINCOW_FULL:-}" ] || rounds="1 2 3 4 5 6"
need_kernel "$kernel"

grep -v '^#' "$here/twins" | awk '{ print $2, $3 }' | sort -u >"$work/told"
grep -v '^#' "$here/../twins/table" | awk '{ print $1, $2 }' | sort -u >"$work/twins"
diff "$work/twins" "$work/told" || fail "tests/paths/twins has not the rows of tests/twins/table"

# round N: its twins' profile, and a verdict each in $work/N.rows.
round() {
	awk -v round="$1" '$1 == round { print $2, $3 }' "$here/twins" >"$work/$1.twins"
	code=0
	profile "$(cut -d ' ' -f 1 "$work/$1.twins")" "$kernel" --pincow "$pincow" -o "$work/$1" \
		--env "PINCOW_TWIN=$(tr ' ' : <"$work/$1.twins" | tr '\n' ' ')" \
		>"$work/$1.out" 2>"$work/$1.err" || code=$?
	"$here/check" "$here/table" "$work/$1/$kernel-boot1.profile.json" \
		>"$work/$1.broken" 2>>"$work/$1.err" || true
	while read -r scenario twin; do
		seen=$(grep -m 1 ": $scenario .*BROKEN\|: $scenario: BROKEN" "$work/$1.broken" ||
			echo "NOT SEEN")
		echo "$scenario $twin: ${seen#*BROKEN: }"
	done <"$work/$1.twins" >"$work/$1.rows"
	[ $code -eq 1 ] || echo "lab profile: exit code $code: NOT SEEN" >>"$work/$1.rows"
}

# As many guests at once as there are CPUs.
echo "$rounds" | tr ' ' '\n' >"$work/rounds"
while read -r one && { read -r next || true; }; do
	round "$one" &
	first=$!
	[ -z "$next" ] || round "$next"
	wait "$first" || true
done <"$work/rounds"
for one in $rounds; do
	cat "$work/$one.rows"
	! grep -q "NOT SEEN" "$work/$one.rows" || cat "$work/$one.err"
done
! cat "$work"/*.rows | grep -q "NOT SEEN" || fail "the path of a twin is that of the right one"
