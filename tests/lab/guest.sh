#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A real guest: what its command says, leaves and ends with comes back exactly;
# what it lacks for that is told.
. "$(dirname "$0")/lib.sh"

id=6.1-$arch
need_kernel "$id"

# shellcheck disable=SC2016 # the guest's
expect 42 boot "$id" --mode plain --smp 2 --nodes 2 --env "WORD=two  words' \$x" \
	--module null_blk --files "$work/files" -- sh -c '
	printf %s "$WORD"; printf "\0\n\377" >&2; nproc >/out/cpus
	ls -d /sys/devices/system/node/node[0-9] | wc -l >/out/nodes
	head -c 300000 /dev/urandom >/out/random; sha256sum </out/random >/out/sum
	test -b /dev/nullb0 && su nobody -s /bin/sh -c "id -u" >/out/user; exit 42'
[ "$(cat "$work/out")" = "two  words' \$x" ] || fail "stdout differs"
[ "$(od -An -tx1 <"$work/err" | tail -n 1)" = " 00 0a ff" ] || tail -c 3 "$work/err" |
	od -An -tx1 | grep -q "00 0a ff" || fail "stderr differs"
[ "$(cat "$work/files/cpus" "$work/files/nodes" "$work/files/user" | tr '\n' ' ')" = \
	"2 2 65534 " ] || fail "not 2 CPUs, 2 nodes, a module and an ordinary user"
[ "$(sha256sum <"$work/files/random")" = "$(cat "$work/files/sum")" ] || fail "a file differs"

expect 0 boot "$id" -- pincow --version
says out "pincow"
expect 125 boot "$id" -- sh -c 'echo c >/proc/sysrq-trigger'
says err "Kernel panic - not syncing: sysrq triggered crash; its last console lines:"
expect 125 boot "$id" -- poweroff -f
says err "without a whole reply"
expect 124 boot "$id" --timeout 15 -- sh -c 'echo asleep >/dev/console; sleep 100000000'
says err "no end after 15 s"
says err asleep
