#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the end-to-end tests share.  A test gets the path of the binary, sources
# this file, and then has $pincow, and $work: a folder that goes away however the
# test ends, as do the run that start() began, with its workers, and the changes
# that host_set() made.
# shellcheck disable=SC2034 # variables of the tests
set -eu

export LC_ALL=C NO_COLOR=1
pincow=$(realpath "$1")
work=$(mktemp -d)
started='' parents='' groups=''
# A test's changes of the host stay apart from those of a real run.
export PINCOW_JOURNAL="$work/journal.jsonl"

clean_up() {
	if [ -n "$started" ]; then
		kill -KILL "$started" 2>/dev/null || true
		wait "$started" 2>/dev/null || true
	fi
	for pid in $parents; do
		workers_of "$pid" | xargs -r kill -KILL
	done
	for group in $groups; do
		remove_group "$group"
	done
	# A guardian at work would undo what host_restore does.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -e "$work/journal.jsonl" ] || break
		sleep 0.2
	done
	host_restore
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
	echo "FAILED: $*" >&2
	for stream in out err; do
		[ ! -s "$work/$stream" ] || sed "s/^/$stream: /" "$work/$stream" >&2
	done
	exit 1
}

# skip REASON REMEDY: the machine lacks what the test needs.
skip() {
	echo "skipped: $1; remedy: $2"
	exit 77
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "only root may $1" "run ctest as root"
}

# expect CODE COMMAND...: its exit code must be CODE; its output is in
# $work/out and $work/err.
expect() {
	want=$1 code=0
	shift
	"$@" >"$work/out" 2>"$work/err" || code=$?
	[ "$code" -eq "$want" ] || { [ "$want.$code" = 0.1 ] && only_disturbed "$@"; } ||
		fail "exit code $code, not $want: $*"
}

# only_disturbed COMMAND...: of a run whose file is named by -o, no worker came to
# harm but those whose samples others ran in: that is the host's, not ours.
only_disturbed() {
	while [ $# -gt 1 ] && [ "$1" != -o ]; do
		shift
	done
	[ "$1" = -o ] && jq -es 'map(select(.record == "worker")) | all(.status == "ok" or
		.status == "skip" or (.reason | startswith("others ran")))' "$2" >/dev/null
}

# expect_valid FILE: hardly a sample broke its claim but for what others ran.
expect_valid() {
	# shellcheck disable=SC2016 # jq's variables
	check '(workers | map(.batch.valid // [] | length) | add) as $all |
		([workers[].broken // {} | to_entries[] |
			select(.key | startswith("others ran") | not).value] | add // 0) <= $all / 100' \
		"$1" "more than 1 % of the samples broke their claim: $(query \
			'workers[] | select(.broken) | [.scenario, .params, .broken]' "$1")"
}

# says STREAM PATTERN: the last command's output has a line with the pattern.
says() {
	grep -q -- "$2" "$work/$1" || fail "std$1 lacks: $2"
}

# start COMMAND...: one at a time in the background, as $child.
start() {
	"$@" >"$work/out" 2>"$work/err" &
	child=$!
	started=$child parents="$parents $child"
}

# finish CODE: the started command must end with that exit code.
finish() {
	code=0
	wait "$child" 2>/dev/null || code=$?
	started=
	[ "$code" -eq "$1" ] || fail "the run ended with exit code $code, not $1"
}

# finish_measured: the same of a run in which no worker failed; samples that others ran in
# make a worker invalid, which is the host's doing.
finish_measured() {
	code=0
	wait "$child" 2>/dev/null || code=$?
	started=
	[ "$code" -le 1 ] || fail "the run ended with exit code $code"
	says out ', 0 failed'
}

# until_true SECONDS COMMAND...: wait for a condition, at most so long.
until_true() {
	tries=$(($1 * 50))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || fail "waited in vain for: $*"
		sleep 0.02
	done
}

# has_lines FILE N
has_lines() {
	[ -f "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

runs() {
	kill -0 "$1" 2>/dev/null
}

# moments N SECONDS: N random times of at most so many seconds, told by their seed.
moments() {
	seed=${PINCOW_TEST_SEED:-$(date +%s)}
	echo "moments by PINCOW_TEST_SEED=$seed" >&2
	awk -v seed="$seed" -v n="$1" -v longest="$2" \
		'BEGIN { srand(seed); while (n--) printf "%.3f\n", rand() * longest }'
}

# parent_of PID: nothing when it is gone.
parent_of() {
	awk '/^PPid:/ { print $2 }' "/proc/$1/status" 2>/dev/null || true
}

# Pids of the workers of the run with parent PID, and of what they forked: the
# job on their command line names it.
workers_of() {
	grep -las "\"paren[t]\":$1," /proc/[0-9]*/cmdline | sed 's|/proc/||; s|/cmdline||' || true
}

no_worker_of() {
	[ -z "$(workers_of "$1")" ]
}

# Whatever becomes of a parent, its workers are soon gone.
expect_no_worker_of() {
	until_true 5 no_worker_of "$1"
}

# query FILTER FILE: what jq makes of a result file.  Filters may use $lines and
# these: the workers, how many were planned, and how many there are without
# those that stand twice.
query() {
	# shellcheck disable=SC2016 # jq's variables
	jq -rn --slurpfile lines "$2" '
		def workers: [$lines[] | select(.record == "worker")];
		def planned: $lines[0].config.workers;
		def distinct: workers | unique_by([.scenario, .params, .replicate]) | length;
		'"$1"
}

# check FILTER FILE WHAT: the filter must be true of the file.
check() {
	[ "$(query "$1" "$2")" = true ] || fail "$3"
}

expect_readable() {
	expect 0 "$pincow" show --json "$1"
}

# Every planned worker is there, none twice.
expect_complete() {
	expect_readable "$1"
	check 'distinct == planned and (workers | length) == planned' "$1" \
		"$(query '"\(planned) workers planned, \(distinct) done in \(workers | length) lines"' "$1")"
}

# host_value PATH: of a setting; of a list of words the one in brackets.
host_value() {
	sed 's/.*\[\(.*\)\].*/\1/' "$1"
}

# need_prepare: it is refused in containers.
need_prepare() {
	[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] ||
		skip "host settings are not changed in a container" "run on the host"
}

# use_hugetlb OLD: sets so many pages of 2 MiB aside, as $setting.
use_hugetlb() {
	need_root "set hugetlb pages aside"
	need_prepare
	setting=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages old=$1
	[ -w "$setting" ] || skip "this kernel has no hugetlb pages of 2 MiB" \
		"a kernel with CONFIG_HUGETLBFS on a host with pages of 2 MiB"
	host_set "$setting" "$old"
}

is_back() {
	[ "$(cat "$setting")" -eq "$old" ]
}

is_raised() {
	[ "$(cat "$setting")" -gt "$old" ]
}

# long_hugetlb FILE: becomes a run that goes on after having raised $setting.
long_hugetlb() {
	exec "$pincow" run --quiet --prepare --replicates 1000 --set page=hugetlb-2M \
		--set size=16M -o "$1" fault/first-touch
}

# is_changed FILE: that run has its first result.
is_changed() {
	until_true 20 has_lines "$1" 2
	is_raised || fail "nr_hugepages is $(cat "$setting") during the run"
}

# find_guardian PID: of that run, as $guardian.
find_guardian() {
	for name in /proc/[0-9]*/comm; do
		guardian=${name%/comm} guardian=${guardian#/proc/}
		[ "$(cat "$name" 2>/dev/null)" = pincow-guard ] || continue
		[ "$(parent_of "$guardian")" != "$1" ] || return 0
	done
	return 1
}

host_old="$work/host"

# host_set PATH VALUE: for this test alone.
host_set() {
	printf '%s %s\n' "$1" "$(host_value "$1")" >>"$host_old"
	echo "$2" >"$1"
}

host_restore() {
	[ -f "$host_old" ] || return 0
	tac "$host_old" | while read -r path value; do
		echo "$value" >"$path"
	done
}

# make_memcg BYTES: a memory cgroup with that limit and no swap, as $group, below
# the hierarchy $hierarchy; it goes away with the test.
make_memcg() {
	need_root "make a memory cgroup"
	name=pincow-$(basename "$0" .sh)-$$ group=''
	hierarchy=/sys/fs/cgroup/memory limit=memory.limit_in_bytes
	if ! mkdir "$hierarchy/$name" 2>/dev/null; then
		hierarchy=/sys/fs/cgroup limit=memory.max
		if ! grep -qs memory "$hierarchy/cgroup.subtree_control" ||
			! mkdir "$hierarchy/$name" 2>/dev/null; then
			skip "no memory cgroup can be made below /sys/fs/cgroup" \
				"run where /sys/fs/cgroup is writable and has the memory controller"
		fi
	fi
	group=$hierarchy/$name groups="$groups $group"
	echo "$1" >"$group/$limit"
	[ ! -w "$group/memory.swap.max" ] || echo 0 >"$group/memory.swap.max"
	[ ! -w "$group/memory.memsw.limit_in_bytes" ] ||
		echo "$1" >"$group/memory.memsw.limit_in_bytes"
}

# in_group COMMAND...: run there.
in_group() {
	# shellcheck disable=SC2016 # the inner shell's
	sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" "$@"
}

# A cgroup goes when no process is left in it.
remove_group() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -d "$1" ] || return 0
		xargs -r kill -KILL <"$1/cgroup.procs" 2>/dev/null || true
		rmdir "$1" 2>/dev/null || sleep 0.2
	done
}

# as_user COMMAND...: as an ordinary user, who owns the folder $work/user and
# can execute $work/user/pincow.
as_user() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

make_user() {
	chmod 755 "$work"
	install -d "$work/user"
	install -m "$1" "$pincow" "$work/user/pincow"
	install -D -m "$1" "$(dirname "$pincow")/../libexec/pincow/pincow-worker" \
		"$work/libexec/pincow/pincow-worker"
	chmod 755 "$work/libexec" "$work/libexec/pincow"
	[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$work/user"
	as_user test -x "$work/user/pincow" ||
		skip "an ordinary user cannot reach $work" "set TMPDIR to a folder that all can enter"
}
