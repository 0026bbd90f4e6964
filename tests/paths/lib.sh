#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of kernel paths share.
. "$(dirname "$0")/../lab/lib.sh"

here=$(dirname "$0")

# only_others_ran: what broke claims were others that ran in samples, in one of ten at most.
only_others_ran() {
	cat "$work"/profiles/*.profile.json | jq -es '[.[].cases[]] | all(.valid == .windows or
		(.valid >= 0.9 * .windows and (.broken | keys | all(startswith("others ran")))))' \
		>/dev/null
}

# profile SCENARIOS KERNEL... OPTION...: small.  Of every scenario they are in the table
# settings, with huge pages by $pages; the others have no size.
pages=base
profile() {
	chosen=$1
	shift
	set -- "$@" --
	for scenario in $chosen; do
		# shellcheck disable=SC2013 # words on purpose
		for setting in $(awk -v name="$scenario" '$1 == name { $1 = ""; print }' \
			"$here/settings" | sed "s/page=base/page=$pages/"); do
			set -- "$@" --set "$scenario.$setting"
		done
	done
	# shellcheck disable=SC2086 # words on purpose
	"$lab" profile $chosen "$@" --seed 1
}
