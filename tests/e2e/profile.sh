#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/profile on the running kernel: its functions are those of the operation, and
# none of the proofs'; what it cannot do it says in one line.
. "$(dirname "$0")/lib.sh"

profile=$(realpath "$(dirname "$0")/../../scripts/profile")
export TMPDIR="$work"

# refused CODE PATTERN ARGUMENT...
refused() {
	code=$1 pattern=$2
	shift 2
	expect "$code" "$profile" "$@"
	says err "$pattern"
}

# recorded NAME SCENARIO SIZE: as $work/NAME.profile.json.  Others may take the worker's
# CPU for so long that hardly a sample is left.
recorded() {
	for replicates in 10 40 100; do
		code=0
		"$profile" --pincow "$pincow" -o "$work/$1.profile.json" "$2" -- --quiet \
			--set "size=$3" --set page=base --replicates $replicates \
			>"$work/out" 2>"$work/err" || code=$?
		case $code in
		0) return ;;
		1) grep -q "samples fell into\|others ran" "$work/err" || fail "no profile of $2" ;;
		77) skip "perf cannot record: $(cat "$work/err")" "see there" ;;
		*) fail "exit code $code of a profile of $2" ;;
		esac
	done
	skip "others run on this host's CPUs all the time: $(tail -n 1 "$work/err")" "a quieter host"
}

# true_of NAME FILTER WHAT: of each case's functions (of which each has a share).
true_of() {
	jq -e '.cases | length > 0 and all(
		(.kernel + .user + .others_kernel + .others_user) as $all | .unit as $unit |
		[.functions[] | .share = .[$unit] / $all] | '"$2)" "$work/$1.profile.json" >/dev/null ||
		fail "$1: $3: $(jq -c '[.cases[].functions[:5][].function]' "$work/$1.profile.json")"
}

# no_proof NAME: proofs read pagemap, kpageflags and smaps.
no_proof() {
	true_of "$1" 'all(.function | test("pagemap|kpage|smaps|stable_page_flags") | not)' \
		"functions of proofs are in it"
}

# stacks_add_up NAME: the call paths of all cases are what the profile has.
stacks_add_up() {
	[ "$(cat "$work/$1"-*.folded | awk '{ sum += $NF } END { printf "%d", sum }')" -eq \
		"$(jq '[.cases[] | .kernel + .user + .others_kernel + .others_user] | add' \
			"$work/$1.profile.json")" ] || fail "$1: call paths do not add up"
}

recorded fork fork/anon 16M
says out "kernel function"
true_of fork '(map(select(.function | test("copy_p(age_range|te_range|resent_pte)"))) |
	map(.share) | add) > 0.2' "fork does not copy page tables"
no_proof fork
stacks_add_up fork
grep -q "^\[timed task\];.*;copy_page_range" "$work"/fork-*.folded || fail "no call path of fork"

recorded fault fault/first-touch 1M
true_of fault '(map(select(.function | test("clear_(huge_)?page"))) | map(.share) | add) > 0.05' \
	"first stores do not clear pages"
no_proof fault
stacks_add_up fault

# Compared with itself nothing differs; with a function that takes 1 us more a
# fork, that one does.
expect 0 "$profile" "$work/fork.profile.json" "$work/fork.profile.json"
[ "$(grep -c more "$work/out")" -eq "$(grep -c ' difference ' "$work/out")" ] ||
	fail "a profile differs from itself"
jq '.cases[] |= (.unit as $unit | .operations as $n | .functions += [{ function: "slow",
	others: false, samples: 10000, ($unit): ($n * 1e6) }] | .kernel += $n * 1e6 |
	.samples += 10000)' "$work/fork.profile.json" >"$work/slow.json"
expect 0 "$profile" fork/anon "$work/fork.profile.json" "$work/slow.json"
sed -n 4p "$work/out" | grep -q "+1,000,000 .* slow$" || fail "the largest difference is not first"

refused 2 "have no case in common" "$work/fork.profile.json" "$work/fault.profile.json"
head -c 1000 "$work/fork.profile.json" >"$work/cut.json"
refused 2 "cut.json: line .*cut short" "$work/cut.json" "$work/fork.profile.json"
refused 2 "no profile: not text" "$pincow" "$work/fork.profile.json"
echo '{"record": "header"}' >"$work/header.json"
refused 2 "header.json: no profile" "$work/fork.profile.json" "$work/header.json"
jq 'del(.cases[].operations)' "$work/fork.profile.json" >"$work/less.json"
refused 2 "less.json: no whole profile" "$work/less.json" "$work/fork.profile.json"
refused 2 "no scenario 'no/such'" --pincow "$pincow" no/such
refused 2 "unrecognized option" --pincow "$pincow" fork/anon -- --bad
refused 2 "exists" --pincow "$pincow" -o "$work/fork.profile.json" fork/anon
refused 2 "no such folder" --pincow "$pincow" -o "$work/none/x.profile.json" fork/anon
refused 2 "name it x.profile.json" --pincow "$pincow" -o "$work/x" fork/anon
refused 2 "not one that this process may run on" --pincow "$pincow" --cpu 4095 fork/anon
refused 2 "no .*/none: build pincow" --pincow "$work/none" fork/anon
if [ "$(nproc)" -gt 1 ]; then
	refused 2 "workers ran on CPU 0, perf looked at 1" --pincow "$pincow" --cpu 1 fork/anon \
		-- --quiet --cpu 0 --replicates 1 --set size=1M --set page=base
fi
refused 1 "samples fell into its .* windows.*--replicates" --pincow "$pincow" --frequency 10 \
	null/op -- --quiet --replicates 1

# Without perf, and with one that may not.
mkdir "$work/path"
ln -s "$(python3 -c 'import sys; print(sys.executable)')" "$work/path/python3"
expect 77 env PATH="$work/path" "$profile" --pincow "$pincow" fork/anon
says err "perf not found: install Debian's linux-perf"
printf '#!/bin/sh\nexit 1\n' >"$work/path/perf"
chmod +x "$work/path/perf"
expect 77 env PATH="$work/path" "$profile" --pincow "$pincow" fork/anon
says err "may not look into the kernel"

[ -z "$(find "$work" -maxdepth 1 -name 'pincow-profile-*')" ] || fail "a folder is left behind"
