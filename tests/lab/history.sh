#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Ten commits on Debian's kernel source, of which one slows the COW copy and a
# later one mends it: lab patch names the function, and git bisect run finds both.
# Takes an hour of compiling the first time (seven kernels; ccache makes the rest
# quick) and minutes of measuring: with PINCOW_FULL only (scripts/test --full).
. "$(dirname "$0")/lib.sh"

[ -n "${PINCOW_FULL:-}" ] || skip "builds seven kernels" "scripts/test --full"
[ "$arch" = amd64 ] || skip "its kernels are x86-64's" "run on amd64"
command -v "$qemu" >/dev/null || skip "no $qemu" "scripts/setup lab"
need_busybox
sources=${XDG_CACHE_HOME:-$HOME/.cache}/pincow/lab/sources
package=$(find "$sources" -name 'linux-source-5.10_*.deb' 2>/dev/null | sort | tail -n 1)
[ -n "$package" ] || skip "no kernel source in $sources" "scripts/lab/lab build 5.10-dual-amd64"
export GIT_CONFIG_GLOBAL="$work/gitconfig" GIT_CONFIG_NOSYSTEM=1
printf '[user]\n\tname = Test\n\temail = test@example.org\n[gc]\n\tauto = 0\n' >"$GIT_CONFIG_GLOBAL"

tree=$work/tree
mkdir "$tree"
dpkg-deb --fsys-tarfile "$package" | tar -xO ./usr/src/linux-source-5.10.tar.xz |
	tar -xJ -C "$tree" --strip-components=1
cd "$tree"
git init -q -b main .
git add -A -f .
git commit -q -m "the source"
git tag c0

# commit N: what was edited.
commit() {
	git commit -q -a -m "commit $1"
	git tag "c$1"
}
# harmless N FILE
harmless() {
	echo "/* commit $1 */" >>"$2"
	commit "$1"
}
harmless 1 mm/mmap.c
harmless 2 fs/exec.c
harmless 3 kernel/fork.c
harmless 4 mm/rmap.c
sed -i '/^static vm_fault_t wp_page_copy/,/^}/{
	s/^	int page_copied = 0;$/&\n	int spin;/
	s/^	if (unlikely(anon_vma_prepare(vma)))$/	for (spin = 0; spin < 200; spin++)\n		barrier();\n&/
}' mm/memory.c
commit 5
harmless 6 mm/gup.c
harmless 7 kernel/sys.c
git show c4:mm/memory.c >mm/memory.c
commit 8
harmless 9 mm/swap.c
harmless 10 init/main.c

case_of="fault/cow-copy -- . --set page=base --set size=4M"
# found COMMIT GOOD BAD: bisected between them.
found() {
	git bisect start "$3" "$2" >/dev/null
	# shellcheck disable=SC2086 # words on purpose
	expect 0 git bisect run "$lab" bisect --pincow "$pincow" "$2" "$3" $case_of
	says out "$(git rev-parse "$1") is the first bad commit"
	git bisect reset >/dev/null 2>&1
}
found c5 c0 c7
found c8 c7 c10

expect 0 "$lab" patch --pincow "$pincow" --tree . -o "$work/slowed" c4 c5 fault/cow-copy \
	fault/cow-reuse -- --set page=base --set size=4M
cat "$work/out"
grep -A 4 '^fault/cow-copy page=base' "$work/out" | grep -Eq ' \+[0-9.]+  wp_page_copy$' ||
	fail "wp_page_copy is not the first function that is named"
says out "^unchanged: .*fault/cow-reuse"
# A function that is inlined wherever it is called.
# shellcheck disable=SC2016 # jq's
check '$lines[0] | .inlined and (.cases | all(any(.functions[]; .function == "compound_head")))' \
	"$work/slowed/patched/patched-boot1.profile.json" "inlined functions have no names"
expect 0 "$lab" patch --pincow "$pincow" --tree . -o "$work/harmless" c8 c9 fault/cow-copy \
	fault/cow-reuse -- --set page=base --set size=4M
says out "^unchanged: .*fault/cow-copy, fault/cow-reuse"

[ -z "$(git status --porcelain)" ] || fail "the git tree was changed"
[ ! -e .git/worktrees ] || fail "the git tree has a worktree"
