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
[ ! -s "$work/err" ] || fail "a warning of a guest that is idle"

# What else runs in a guest is seen: here a task that never ends, which init's
# own command line starts (a shell's & wants /dev/null).
# shellcheck disable=SC2016 # the guest's, and jq's
tells='pincow run --quiet -o /out/r null/op; echo "$PINCOW_IDLE"'
busy='busybox mount -t devtmpfs d /dev; while busybox sleep 0.04; do :; done & exec /init'
expect 0 boot "$id" --files "$work/files" -- sh -c "$tells"
says out "^idle [0-9.]* s after boot: CPUs unused for 99 % of the last 2 s"
# shellcheck disable=SC2016
check '$lines[0].host.lab | startswith("idle ")' "$work/files/r" "the result does not say it"
expect 0 boot "$id" --files "$work/files" --append "rdinit=/bin/busybox -- sh -c \"$busy\"" -- \
	sh -c "$tells"
says out "^not idle after 60 s"
says err "not idle after 60 s"
# shellcheck disable=SC2016
check '$lines[0].host.lab | startswith("not idle ")' "$work/files/r" "the result does not say it"

expect 125 boot "$id" -- sh -c 'echo c >/proc/sysrq-trigger'
says err "Kernel panic - not syncing: sysrq triggered crash; its last console lines:"
expect 125 boot "$id" -- poweroff -f
says err "without a whole reply"
expect 124 boot "$id" --timeout 15 -- sh -c 'echo asleep >/dev/console; sleep 100000000'
says err "no end after 15 s"
says err asleep
