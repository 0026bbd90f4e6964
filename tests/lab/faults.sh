#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What QEMU may do to the lab, done by a fake one: hang under KVM, send a damaged
# reply or none, be interrupted.
. "$(dirname "$0")/lib.sh"

own_cache
need_busybox
fake_image "$work/image" ""

fake() {
	boot --kernel "$work/image" "$@" -- true
}

fake_qemu <<'EOF2'
reply 7 "said"
EOF2
expect 7 fake
[ "$(cat "$work/out")" = said ] || fail "the guest's output is not ours"
mkdir -p "$work/linux/$boot_dir"
cp "$work/image" "$work/linux/$boot_dir/$boot_image"
expect 7 boot --kernel-tree "$work/linux" -- true

fake_qemu <<'EOF2'
idle="not idle after 60 s"
reply 0 "said"
EOF2
expect 0 fake
says err "image: not idle after 60 s; figures"

fake_qemu <<'EOF2'
reply 0 "said"
sed -i '1s/^..../AAAA/' "$data"
EOF2
expect 2 fake
says err "sha256 differs"

fake_qemu <<'EOF2'
reply 0 "said"
sed -i '$d' "$data"
echo "almost there" >"$console"
EOF2
expect 125 fake
says err "without a whole reply"
says err "almost there"

fake_qemu <<'EOF2'
echo "no such machine" >&2
exit 1
EOF2
expect 2 fake
says err "ended with 1: no such machine"

# KVM is believed only when it boots a guest; one that hangs costs seconds.
fake_qemu <<'EOF2'
case "$*" in
*'-accel kvm'*) exec sleep 1000 ;;
*) reply 0 "by TCG" ;;
esac
EOF2
expect 0 fake --mode plain --accel probe
says err "KVM does not boot a guest here (no end after"
says out "by TCG"
fake_qemu <<'EOF2'
case "$*" in
*'-accel kvm'*) reply 0 "by KVM" ;;
*) reply 0 "by TCG" ;;
esac
EOF2
expect 0 fake --mode plain
says out "by KVM"
expect 0 fake --mode count
says out "by TCG"

fake_qemu <<EOF2
echo "Booting" >"\$console"
echo \$\$ >"$work/pid"
exec sleep 1000
EOF2
expect 124 fake --timeout 1
says err "no end after 1 s"
says err "Booting"

gone() {
	! runs "$(cat "$work/pid")"
}
until_true 1 gone

# interrupt SIGNAL CODE: a shell ignores SIGINT for what it starts in the
# background, which env undoes.
interrupt() {
	rm "$work/pid"
	start env --default-signal=INT "$lab" boot --pincow "$pincow" --kernel "$work/image" -- true
	until_true 20 test -s "$work/pid"
	kill -s "$1" "$child"
	finish "$2"
	until_true 2 gone
}

interrupt INT 130
interrupt TERM 143
interrupt KILL 137
