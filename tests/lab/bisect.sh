#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# lab bisect's verdicts and exit codes as git bisect reads them, on a git tree of
# false kernels, which build in no time, and in a QEMU that replies what each
# commit says it costs.  Nothing is left in the git tree, or of a build.
. "$(dirname "$0")/lib.sh"

need_busybox
for program in bc bison flex gcc "$(gcc -dumpmachine)-gcc" make patch perl xz git; do
	command -v "$program" >/dev/null || skip "no $program" "scripts/setup lab"
done
own_cache
export GIT_CONFIG_GLOBAL="$work/gitconfig" GIT_CONFIG_NOSYSTEM=1
printf '[user]\n\tname = Test\n\temail = test@example.org\n' >"$GIT_CONFIG_GLOBAL"

case_of="fault/cow-copy --set page=base --set size=4M"
template=$work/template
# shellcheck disable=SC2086 # words on purpose
"$pincow" run --quiet --profile lab --replicates 1 -o "$template" $case_of ||
	[ $? -eq 1 ] || skip "no result to go by" "see what pincow run says above"
export template

# shellcheck disable=SC2016 # the fake QEMU's
fake_qemu <<'END'
	word=$(tail -n 1 "$image")
	echo "$word" >>"$(dirname "$template")/booted"
	result=$work/result
	case $word in
	dies) echo "Kernel panic - not syncing" >"$console" && exit 0 ;;
	skips) status=skip ;;
	*) status=ok ;;
	esac
	[ "$status" = ok ] || word=1
	jq -c --argjson cost "$word" --arg status "$status" 'if .record == "worker" then
		.status = $status | .reason = "no reason" | .broken = {} |
		.batch.valid = [.batch.ops[] | 1] | .batch.ticks = [.batch.ops[] * $cost] |
		.clock.hz = 1000000000
		else . end' "$template" >"$result"
	reply 0 ""
END

tree=$work/tree
mkdir -p "$tree/scripts/kconfig"
git init -q -b main "$tree"
# shellcheck disable=SC2016 # make's, and the script's
printf '%s\n' 'tinyconfig: ; @: >.config' 'olddefconfig prepare: ; @true' \
	"$boot_image: ; @\$(BUILD) mkdir -p $boot_dir && cp image $boot_dir/$boot_image && cp /bin/true vmlinux" \
	>"$tree/Makefile"
# shellcheck disable=SC2016
printf '%s\n' '#!/bin/sh' 'shift 2' 'cat "$@" >.config' >"$tree/scripts/kconfig/merge_config.sh"
chmod +x "$tree/scripts/kconfig/merge_config.sh"

# commit TAG WORD: a kernel of which the fake QEMU sees WORD.
commit() {
	fake_image "$tree/image" "$2"
	git -C "$tree" add -A
	git -C "$tree" commit -q -m "$1"
	git -C "$tree" tag "$1"
}
commit v1 1000
commit alike 1001
echo 'BUILD = echo the compiler complains >&2; false &&' >>"$tree/Makefile"
commit broken 1002
sed -i '$d' "$tree/Makefile"
commit dead dies
commit skipping skips
commit nearly 1040
commit slow 1100
commit far 1300
commit none 0
commit v2 1099

# step STATUS COMMIT GOOD BAD [WORD...]
step() {
	wanted=$1 good=$3 bad=$4
	git -C "$tree" checkout -q "$2"
	shift 4
	# shellcheck disable=SC2086
	[ $# -gt 0 ] || set -- ${case_of#* }
	expect "$wanted" "$lab" bisect --pincow "$pincow" "$good" "$bad" "${case_of%% *}" \
		-- "$tree" "$@"
}

step 0 alike v1 v2
says out "good: 1,00.*v1 has.*v2 has"
step 0 nearly v1 v2
step 1 slow v1 v2
says out "bad: 1,"
step 0 slow v2 v1
step 125 far v1 v2
says err "far from both: v1 has"
step 125 broken v1 v2
says err "compiling failed"
says err "the compiler complains"
step 125 dead v1 v2
says err "Kernel panic"
step 125 skipping v1 v2
says err "no reason"

booted=$(wc -l <"$work/booted")
step 1 slow v1 v2
[ "$(wc -l <"$work/booted")" -eq "$booted" ] || fail "a known figure was measured again"

# What ends a bisection.
step 128 slow v1 alike
says err "do not differ"
step 128 slow none v2
says err "it costs no more than the clock does"
step 125 none v1 v2
step 128 slow v1 broken
says err "compiling failed"
step 128 slow dead v2
step 128 slow v1 v3
says err "v3: no commit"
step 128 slow v1 HEAD~2
says err "git bisect moves it"
step 128 slow v1 v2 --set size=4M
says err "2 cases.*page=base.*page=thp"
step 128 slow v1 v2 --set sizee=4M
says err "no selected scenario has the parameter"
expect 128 "$lab" bisect v1 v2 fault/none -- "$tree"
says err "no scenario 'fault/none'"
expect 128 "$lab" bisect v1 v2 fault/cow-copy -- "$work"
says err "no git tree"
expect 128 "$lab" bisect v1 v2 fault/cow-copy
says err "no git tree"
expect 128 "$lab" bisect v1 v2
expect 128 "$lab" bisect --arch m68k v1 v2 fault/cow-copy -- "$tree"
expect 128 "$lab" bisect --mode plain v1 v2 fault/cow-copy -- "$tree"

cd "$tree"
git bisect start v2 v1 >/dev/null
# shellcheck disable=SC2086
expect 0 git bisect run "$lab" bisect --pincow "$pincow" v1 v2 "${case_of%% *}" -- . ${case_of#* }
says out "$(git rev-parse slow) is the first bad commit"
git bisect reset >/dev/null 2>&1

[ -z "$(git status --porcelain)" ] || fail "the git tree was changed"
[ ! -e .git/worktrees ] || fail "the git tree has a worktree"
left=$(find "$XDG_CACHE_HOME/pincow/lab/build" "$TMPDIR" -maxdepth 1 -name 'pincow-lab-*' -o \
	-path '*/lab/build/*' ! -name '*.log')
[ -z "$left" ] || fail "left: $left"
