#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What lab patch is asked for and cannot do: one line that says why, exit code 2,
# and nothing left behind.  Guests that die: exit code 1, and no text.
. "$(dirname "$0")/lib.sh"

own_cache
export GIT_CONFIG_GLOBAL="$work/gitconfig" GIT_CONFIG_NOSYSTEM=1
printf '[user]\n\tname = Test\n\temail = test@example.org\n' >"$GIT_CONFIG_GLOBAL"

# refused PATTERN WORD...: by lab patch.
refused() {
	pattern=$1
	shift
	expect 2 "$lab" patch --pincow "$pincow" -o "$work/evidence" "$@"
	says err "$pattern"
	[ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line: $*"
	[ ! -e "$work/evidence" ] || fail "an output folder: $*"
}

fake_image "$work/image" ""
mkdir "$work/unbuilt"
refused "no such image" "$work/none" "$work/image"
refused "not a Linux image" "$work/image" "$0"
refused "unbuilt: no arch/x86/boot/bzImage.*build it" "$work/unbuilt" "$work/image"
refused "image is for $arch, not $other" --arch "$other" "$work/image" "$work/image"
refused "no scenario 'fault/none'" "$work/image" "$work/image" fault/none
refused "leave --mode plain out" --mode plain "$work/image" "$work/image"
refused "name their git tree" --config "$work/image" "$work/image" "$work/image"

need_busybox
refused "no modules" --module loop "$work/image" "$work/image"
fake_qemu <<'END'
	echo "Kernel panic - not syncing" >"$console"
END
expect 1 "$lab" patch --pincow "$pincow" -o "$work/died" "$work/image" "$work/image"
says err "vanilla *1 *died"
says err "patched *2 *died"
says err "Kernel panic"
[ ! -s "$work/out" ] || fail "a text about nothing"
[ -z "$(find "$work/died" -type f)" ] || fail "files of guests that died"

mkdir "$work/there" "$work/there/patched"
expect 2 "$lab" patch --pincow "$pincow" -o "$work/there" "$work/image" "$work/image"
says err "there already"

git init -q -b main "$work/tree"
echo nothing >"$work/tree/file"
git -C "$work/tree" add file
git -C "$work/tree" commit -q -m first
git -C "$work/tree" tag v1
refused "no git tree" --tree "$work/unbuilt" v1 v1
refused "v2: no commit of" --tree "$work/tree" v2 v1
refused "no kernel source" --tree "$work/tree" v1 v1

for program in bc bison flex gcc "$(gcc -dumpmachine)-gcc" make patch perl xz; do
	command -v "$program" >/dev/null || skip "no $program" "scripts/setup lab"
done
mkdir -p "$work/tree/scripts/kconfig"
printf '%s\n' '%config: ; @: >.config' >"$work/tree/Makefile"
printf '%s\n' '#!/bin/sh' >"$work/tree/scripts/kconfig/merge_config.sh"
chmod +x "$work/tree/scripts/kconfig/merge_config.sh"
git -C "$work/tree" add .
git -C "$work/tree" commit -q -m kernel
# built_badly PATTERN WORD...: a commit of which no kernel comes.
built_badly() {
	pattern=$1
	shift
	expect 2 "$lab" patch --pincow "$pincow" -o "$work/evidence" --tree "$work/tree" "$@"
	says err "$pattern"
	[ -z "$(find "$XDG_CACHE_HOME/pincow/lab/build" -mindepth 1 -type d)" ] ||
		fail "a tree is left: $*"
	[ ! -e "$XDG_CACHE_HOME/pincow/lab/trees" ] || fail "an image that was not built: $*"
}
built_badly "no CONFIG_KALLSYMS=y" main main
: >"$work/config"
built_badly "$work/config: no CONFIG_KALLSYMS=y" --config "$work/config" main main
built_badly "none: no such configuration" --config "$work/none" main main
echo CONFIG_KALLSYMS=y >"$work/config"
sed -i 's/@: >.config/@true/' "$work/tree/Makefile"
git -C "$work/tree" commit -q -a -m "keeps its configuration"
built_badly "preparing failed; the log is" --config "$work/config" main main
says err "No rule to make target 'prepare'"
[ -z "$(git -C "$work/tree" status --porcelain)" ] || fail "the git tree was changed"
[ ! -e "$work/tree/.git/worktrees" ] || fail "the git tree has a worktree"
