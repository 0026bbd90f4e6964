# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# What people mistype: each ends with one line that helps, and 2.
pincow
pincow shwo
pincow zzzzzzzzzz
pincow run --bogus
pincow run frok/anon
pincow run no-such-scenario
pincow list frok/anon
pincow run --profile fast
pincow run --replicates 0
pincow run --replicates -1
pincow run --precision 1
pincow run --precision nan%
pincow run --precision 0.01%
pincow run --precision 1% --replicates 4
pincow run --precision 1% --counted
pincow run --precision 1% --resume -o x
pincow run --cpu 1x
pincow run --cpu 999999 null/op
pincow run --seed 18446744073709551616
pincow show
pincow show one two
pincow plot
pincow plot --format gif x
pincow doctor --root / --restore
