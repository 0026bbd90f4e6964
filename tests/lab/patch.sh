#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Our kernel patches fit the cached sources, line for line: Debian's updates of a
# source may change what a patch changes.  Downloads nothing.
. "$(dirname "$0")/lib.sh"

patches=$(dirname "$lab")/patches
sources=${XDG_CACHE_HOME:-$HOME/.cache}/pincow/lab/sources
tried=0

# changed_files PATCH: those that it expects to be there.
changed_files() {
	sed -n 's|^--- a/\([^[:space:]]*\).*|\1|p' "$1"
}

# unpack_source PACKAGE NAME DIR FILE...: those files of a source package.
unpack_source() {
	package=$1 name=$2 dir=$3
	shift 3
	dpkg-deb --fsys-tarfile "$package" | tar -xO "./usr/src/$name.tar.xz" |
		tar -xJ -C "$dir" --strip-components=1 "$@"
}

for patch in "$patches"/*.patch; do
	version=$(basename "$patch" | sed 's/-.*//')
	name=linux-source-$version
	for package in "$sources/$name"_*.deb; do
		[ -f "$package" ] || continue
		tree=$work/$tried
		mkdir "$tree"
		# shellcheck disable=SC2046 # one word a file
		unpack_source "$package" "$name" "$tree" $(changed_files "$patch" | sed "s|^|$name/|")
		patch -d "$tree" -p1 --fuzz=0 --batch -i "$patch" >"$work/out" 2>&1 ||
			fail "$(basename "$patch") does not fit $(basename "$package")"
		tried=$((tried + 1))
	done
done
[ "$tried" -gt 0 ] || skip "no kernel source in $sources" "scripts/lab/lab build '5.10-dual-*'"
