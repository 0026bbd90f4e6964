#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Independent programs (tests/truth), in the same boot of a counted guest, say
# what pincow says: figures within 3 %, what a page more costs within 1 %; and on
# arm64 the CPU's own counter of instructions says what the clock says.
. "$(dirname "$0")/lib.sh"

truth=$(dirname "$0")/../truth/truth.py

kernels="5.10-amd64 5.10-arm64 6.1-amd64 6.1-arm64 newest-amd64 newest-arm64"
for id in $kernels; do
	need_kernel "$id"
done
command -v aarch64-linux-gnu-gcc >/dev/null || skip "no compiler for arm64" "scripts/setup lab"
# shellcheck disable=SC2086 # words on purpose
expect 0 "$truth" measure "$work/figures" $kernels -- --pincow "$pincow"
"$truth" check "$work/figures" || fail "the lines above disagree"
