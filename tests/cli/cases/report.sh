# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# The page, and what stops it or leaves its figures out.
# shellcheck source=../boots.sh
. "$source/tests/cli/boots.sh"
boots base 1000
boots worse 1100
pincow report base worse
grep -c '<img' report.html
pincow report --json -o page.html base worse
mkdir bin
PATH=$PWD/bin "$pincow" report -o plain.html base worse
echo "without gnuplot: $?"
grep -c '<img' plain.html
printf '#!/bin/sh\necho "line 0: no such terminal" >&2\nexit 1\n' >bin/gnuplot
chmod +x bin/gnuplot
PATH=$PWD/bin:$PATH "$pincow" report -o plain.html base worse
echo "with a broken gnuplot: $?"
pincow report -o nowhere/page.html base worse
mkdir folder.html
pincow report -o folder.html base worse
pincow report -o page.html base
pincow report
ls
