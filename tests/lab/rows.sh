#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `lab run` on guests that panic, hang, fail or end well (fake ones): each is a
# row, the others go on, and the exit code tells.
. "$(dirname "$0")/lib.sh"

own_cache
need_busybox
kernels=$XDG_CACHE_HOME/pincow/lab/kernels

# cached ID WORD
cached() {
	mkdir -p "$kernels/$1"
	fake_image "$kernels/$1/image" "$2"
	echo '{"packages": {"fake": "1"}}' >"$kernels/$1/meta.json"
}

cached "5.10-$arch" well
cached "5.10-dual-$arch" well
cached "6.1-$arch" panics
cached "6.12-$arch" hangs
cached "newest-$arch" fails

fake_qemu <<'EOF2'
echo "Linux is here" >"$console"
case $(tail -n 1 "$image") in
well) reply 0 "" ;;
fails) reply 1 "" ;;
hangs) exec sleep 1000 ;;
panics) echo "Kernel panic - not syncing: no reason" >>"$console" ;;
esac
EOF2

run() {
	"$lab" run --pincow "$pincow" --timeout 3 -o "$work/results" "$@"
}

# row NAME BOOT STATUS FILE
row() {
	says out "^$1  *$2  $3  *[0-9.]*  $4\$"
}

expect 1 run --boots 2 "5.10-$arch" "5.10-dual-$arch" "6.1-$arch" "6.12-$arch" "newest-$arch"
for boot in 1 2; do
	for name in "5.10-$arch" "5.10-dual-$arch-old" "5.10-dual-$arch-simplified"; do
		row "$name" $boot ok "$name-boot$boot.jsonl"
		[ "$(cat "$work/results/$name-boot$boot.jsonl")" = "{}" ] || fail "not the result"
	done
	row "6.1-$arch" $boot died -
	row "6.12-$arch" $boot timeout -
	row "newest-$arch" $boot "exit 1" "newest-$arch-boot$boot.jsonl"
done
says out "^    Kernel panic - not syncing: no reason"
says out "^    no end after 3 s"
[ "$(grep -c "^        Linux is here" "$work/out")" -eq 4 ] || fail "not everyone's last words"
says err "\[12/12\]"
[ "$(find "$work/results" -type f | wc -l)" -eq 8 ] || fail "there are other files"

expect 0 run "5.10-$arch"

# ^C ends the guests that run, and starts no more.
started_guests() {
	[ "$(cat "$work"/pid.* 2>/dev/null | wc -l)" -ge 1 ]
}
fake_qemu <<EOF2
echo \$\$ >"$work/pid.\$\$"
exec sleep 1000
EOF2
start env --default-signal=INT "$lab" run --pincow "$pincow" -o "$work/results" \
	"5.10-$arch" "6.1-$arch" "6.12-$arch"
until_true 20 started_guests
kill -s INT "$child"
finish 130
for file in "$work"/pid.*; do
	until_true 2 eval "! runs $(cat "$file")"
done
