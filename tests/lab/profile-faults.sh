#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `lab profile` of guests that spoil a profile (fake ones), and of bad words: one
# line says what is wrong, and nothing is left behind.
. "$(dirname "$0")/lib.sh"

own_cache
need_busybox
command -v gcc >/dev/null || skip "no gcc for the plugin" "install Debian's gcc"

fake_qemu <<'END'
files=$work/more
mkdir -p "$files"
echo 'ffffffff81000000 T _text' | gzip >"$files/kallsyms.gz"
host='"kernel":{"release":"1","build_id":"a"},"machine":"m","memory":{"page_bytes":4096},"lab":"l"'
worker='"record":"worker","scenario":"fork/anon","params":{},"sequence":0,"operation":"fork",
	"op_bytes":8192,"reason":"why","remedy":"mend it","clock":{"overhead_start_ticks":0,"hz":1000000000}'
# result STATUS SAMPLES VALID
result() {
	{
		echo "{\"record\":\"header\",\"host\":{$host}}"
		echo "{$worker,\"status\":\"$1\",\"batch\":{\"ticks\":[$2],\"ops\":[$2],\"valid\":[$3]}}" |
			tr -d '\n\t'
	} >"$files/result.jsonl"
}
result ok 2 1
printf 'case 0\nwindow 1 1 0 0\nblock 1 ffffffff81000000\ncount 0 1 1\nend\n' >"$profile"
case $(tail -n 1 "$image") in
well) ;;
more) sed -i 's/^window 1 1 0 0/window 3 1 0 0/; s/^count 0 1 1/count 0 1 3/' "$profile" ;;
differ) mkdir "$TMPDIR/first" || sed -i 's#fork/anon#fork/exit#' "$files/result.jsonl" ;;
cut) printf 'case 0\nwindow 1 1 0 0\n' >"$profile" ;;
symbols) echo '0000000000000000 T _text' | gzip >"$files/kallsyms.gz" ;;
window) printf 'case 0\nend\n' >"$profile" ;;
case) printf 'end\n' >"$profile" ;;
invalid) result ok 2 0 ;;
error) result error 2 1 ;;
panic) echo "Kernel panic - not syncing: in a window" >>"$console"; exit ;;
plugin) echo "$0: -plugin: invalid option" >&2; exit 1 ;;
skip) result skip "" "" ; reply 77 ""; exit ;;
esac
reply 0 ""
END

# profile WORD: of a kernel whose guest does that.
profile() {
	fake_image "$work/image" "$1"
	"$lab" profile --pincow "$pincow" --timeout 5 -o "$work/out-$1" "mine=$work/image" fork/anon
}

expect 0 profile well
says out '^mine: Linux 1, m, 1 boot$'
says out "^ *0.5 *0.2 *100.0% .* _text\$"
for fault in \
	'cut:the profile is cut short' \
	'symbols:names no function; build the kernel with CONFIG_KALLSYMS=y' \
	'window:fork/anon: 0 windows were seen of 1 samples' \
	'case:0 cases were seen, 1 are in the result: a worker died in a window' \
	'error:fork/anon: error: why' \
	'panic:Kernel panic - not syncing: in a window' \
	'plugin:invalid option; a profile needs a QEMU with TCG plugins' \
	'skip:skipped: fork.anon: why; mend it'; do
	expect 1 profile "${fault%%:*}"
	says err "${fault#*:}"
	[ ! -e "$work/out-${fault%%:*}/mine-boot1.profile.json" ] || fail "$fault: a profile is there"
done

# Samples that broke their claim are profiled all the same, and told of.
expect 1 profile invalid
says err 'fork/anon: 1 of 1 samples broke their claim'
says out '1 of 1 samples are invalid'

# Of two kernels: what differs, and a figure of it.
pair="$work/pair"
fake_image "$work/image" well
fake_image "$work/image2" more
expect 0 "$lab" profile --pincow "$pincow" --timeout 5 -o "$pair" "a=$work/image" \
	"b=$work/image2" fork/anon
says out '1.0 -> 2.0 instructions/fork (+100.0%)'
says out '^ *0.5 *1.5 *+1.0 *+0.5 *_text (calls 0.5 -> 1.5)$'
if command -v gnuplot >/dev/null; then
	[ -s "$pair/why-fork-anon.png" ] || fail "no figure: $(ls "$pair")"
fi
fake_image "$work/image" differ
expect 0 "$lab" profile --pincow "$pincow" --timeout 5 --boots 2 "a=$work/image" fork/anon
says out '^a: Linux 1, m, boots DIFFER in fork/anon: the first one is shown$'

expect 2 "$lab" profile 6.1-amd64
says err 'name a kernel and a scenario'
expect 2 "$lab" profile fork/anon
says err 'name a kernel and a scenario'
expect 2 "$lab" profile "mine=$work/nothing" fork/anon
says err "$work/nothing: no such image"
expect 2 "$lab" profile "=$work/image" fork/anon
says err 'NAME is letters'
expect 2 "$lab" profile "a=$work/image" "a=$work/image" "a=$work" fork/anon
says err "$work: no arch/x86/boot/bzImage and no arch/arm64/boot/Image"
expect 2 "$lab" profile 6.1-amd46 fork/anon
says err "no kernel '6.1-amd46' in the lab; did you mean"
expect 2 "$lab" profile --mode plain "mine=$work/image" fork/anon
says err 'leave --mode plain out'
[ -z "$(find "$TMPDIR" -maxdepth 1 -name 'pincow-lab-*')" ] || fail "folders are left behind"
