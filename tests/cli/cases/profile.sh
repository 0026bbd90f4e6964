# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Profiles by function: their figures, the page's reasons, and what stops them.
# shellcheck source=../boots.sh
. "$source/tests/cli/boots.sh"
# shellcheck source=../profiles.sh
. "$source/tests/cli/profiles.sh"
profile old.profile.json old 6.1.0 100
profile new.profile.json new 6.12.0 150
pincow plot --json -o figures old.profile.json new.profile.json
head -c 8 figures/why-fault-cow-copy-base-4M.png | od -An -c
# What a reader sees.
grep -oE '<text[^>]*>[^<]+' figures/why-fault-cow-copy-base-4M.svg | sed 's/.*>//'
# Without a folder: beside the first file; several kernels have figures of their own.
profile newer.profile.json newer 6.13.0 160 '.cases[0] |= (.functions[1].instructions = 90 | .others_kernel = 90)'
pincow plot --format svg old.profile.json new.profile.json newer.profile.json
# More, fewer, the rest; more by other tasks.
grep -oE "fill = 'rgb\([^)]*\)'" figures/why-fault-cow-copy-base-4M-newer.svg | sort | uniq -c
# Beside result files.
boots base 1000
pincow plot --format svg -o both base/1.jsonl new.profile.json old.profile.json

pincow plot -o none old.profile.json
cp old.profile.json again.profile.json
pincow plot -o none old.profile.json again.profile.json
profile arm.profile.json arm 6.12.0 150 '.machine = "aarch64"'
pincow plot -o none old.profile.json arm.profile.json
profile other.profile.json other 6.12.0 150 '.cases[0].params.size = 4096'
pincow plot -o none old.profile.json other.profile.json
head -c 400 old.profile.json >short.profile.json
pincow plot -o none old.profile.json short.profile.json
profile newer-schema.json new 6.12.0 150 '.schema = 2'
pincow plot -o none old.profile.json newer-schema.json
profile zero.json new 6.12.0 150 '.cases[0].operations = 0'
pincow plot -o none old.profile.json zero.json
pincow plot -o none old.profile.json nowhere.profile.json
ls -A none
pincow compare base old.profile.json
pincow show old.profile.json

# The page.
boots worse 1500 '.host.kernel.release = "6.12.0"'
page() {
	sed -n '/<section id="why"/,/<\/section>/p' "$1" | sed 's/<[^>]*>/ /g' | grep '[^ ]'
}
pincow report --json -o page.html base worse new.profile.json old.profile.json
page page.html
# One that is nobody's.
pincow report -o page.html base worse old.profile.json newer.profile.json
page page.html
pincow report -o page.html old.profile.json new.profile.json
pincow report -o page.html base worse zero.json
pincow report -o page.html base worse
grep -c 'id="why"' page.html
