#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions of a function that was inlined count as its own, where DWARF tells.
. "$(dirname "$0")/lib.sh"

command -v gcc >/dev/null || skip "no gcc" "install Debian's gcc"
cat >"$work/inlined.c" <<'END'
volatile int v;
static inline __attribute__((always_inline)) void inner(void)
{
	v = 2;
	v = 3;
}
__attribute__((noinline)) void outer(void)
{
	v = 1;
	inner();
}
int main(void)
{
	outer();
}
END

# functions OPTION...: of the instructions of outer(), a line each.
functions() {
	gcc -O2 "$@" -o "$work/inlined" "$work/inlined.c"
	objdump -d --disassemble=outer "$work/inlined" | grep -oE '^ +[0-9a-f]+:	.*	[a-z]+' |
		sed 's/:.*//' >"$work/addresses"
	PYTHONPATH=$(dirname "$lab") python3 -B -c '
import sys
from pathlib import Path
import symbols
addresses = [int(line, 16) for line in sys.stdin]
known = symbols.Symbols([addresses[0]], ["outer"])
symbols.add_inlined(known, Path(sys.argv[1]), sys.argv[2], addresses)
for address in addresses:
    print(known.innermost(address))' "$work/inlined" "$arch" <"$work/addresses"
}

functions -g >"$work/names"
[ "$(sort -u "$work/names" | paste -sd' ')" = "inner outer" ] ||
	fail "with DWARF: $(paste -sd' ' "$work/names")"
[ "$(head -n 1 "$work/names")" = outer ] || fail "the first is not outer's"
functions -g0 >"$work/names"
[ "$(sort -u "$work/names")" = outer ] || fail "without DWARF: $(paste -sd' ' "$work/names")"
