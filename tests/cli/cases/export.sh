# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# What export writes is checked by its consumers in tests/export; here, what stops it.
# shellcheck source=../boots.sh
. "$source/tests/cli/boots.sh"
boots base 1000
boots counted 1000 '.clock_domain = "instructions"'
for format in gbench benchstat openmetrics kcidb csv; do
	"$pincow" export --format "$format" base | wc -l
done
pincow export base
pincow export --format gif base
pincow export --format csv
pincow export --format csv nowhere
pincow export --format gbench counted
