#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The probe names the model of each kernel from its behaviour, to root and to
# an ordinary user alike, with THP, without, and with mTHP alone; 6.12 and
# own-built kernels are asked when the cache has them.
. "$(dirname "$0")/lib.sh"

# What the probe says in a guest, as root and as nobody, a line each.  $mthp: the
# size in KiB to switch on first; none when empty.
ask() {
	id=$1
	shift
	# shellcheck disable=SC2016 # the guest's variables
	"$lab" boot "$id" --pincow "$pincow" --env "MTHP=${mthp:-}" "$@" -- sh -c '
		[ -z "$MTHP" ] || echo madvise \
			>/sys/kernel/mm/transparent_hugepage/hugepages-${MTHP}kB/enabled || exit
		mkdir -p /etc
		echo "nobody:x:65534:65534::/tmp:/bin/sh" >/etc/passwd
		pincow probe | sed -n "s/^model  *//p"
		su nobody -c "pincow probe" | sed -n "s/^model  *//p"' 2>"$work/err"
}

# is MODEL ID [OPTION...]: both users are told this model.
is() {
	model=$1
	shift
	said=$(ask "$@" | tr '\n' ' ')
	[ "$said" = "$model $model " ] || fail "$*: the probe says '$said', not '$model' twice"
	echo "$*: $model"
}

need_kernel 5.10-amd64
need_kernel 6.1-amd64
need_kernel newest-amd64
need_kernel 6.1-arm64
is simplified 5.10-amd64
is exclusive 6.1-amd64
is owner-tracked newest-amd64
is exclusive 6.1-arm64
no_thp=transparent_hugepage=never
is simplified 5.10-amd64 --append $no_thp
is "exclusive or later" 6.1-amd64 --append $no_thp
is "exclusive or later" newest-amd64 --append $no_thp
mthp=64
is owner-tracked newest-amd64 --append $no_thp
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pincow/lab
if [ -e "$cache/kernels/6.12-amd64/image" ]; then
	is exclusive 6.12-amd64 --append $no_thp
else
	echo "6.12-amd64: not in the cache; remedy: scripts/lab/lab fetch 6.12-amd64"
fi
mthp=

for id in 5.10-dual-amd64 5.10-dual-arm64; do
	if [ -e "$cache/kernels/$id/image" ]; then
		is old "$id" --cow-model old
		is simplified "$id" --cow-model simplified
	else
		echo "$id: not in the cache; remedy: scripts/lab/lab build $id"
	fi
done
