#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Our kernel patches fit the cached sources, line for line: Debian's updates of a
# source may change what a patch changes.  Downloads nothing.
set -eu

top=$(realpath "$(dirname "$0")/../..")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pincow/lab/sources
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tried=0

# changed_files PATCH: that it expects to be there.
changed_files() {
	sed -n 's|^--- a/\([^[:space:]]*\).*|\1|p' "$1"
}

# source_files PACKAGE NAME DIR FILE...: unpack those of a source package.
source_files() {
	package=$1 name=$2 dir=$3
	shift 3
	dpkg-deb --fsys-tarfile "$package" | tar -xO "./usr/src/$name.tar.xz" |
		tar -xJ -C "$dir" --strip-components=1 "$@"
}

for patch in "$top"/scripts/lab/patches/*.patch; do
	version=$(basename "$patch" | sed 's/-.*//')
	name=linux-source-$version
	for package in "$cache/$name"_*.deb; do
		[ -f "$package" ] || continue
		tree=$work/$tried
		mkdir "$tree"
		# shellcheck disable=SC2046 # one word a file
		source_files "$package" "$name" "$tree" $(changed_files "$patch" | sed "s|^|$name/|")
		if ! patch -d "$tree" -p1 --fuzz=0 --batch -i "$patch" >"$work/out"; then
			cat "$work/out" >&2
			echo "FAILED: $(basename "$patch") does not fit $(basename "$package")" >&2
			exit 1
		fi
		tried=$((tried + 1))
	done
done
if [ "$tried" -eq 0 ]; then
	echo "skipped: no kernel source in $cache; remedy: scripts/lab/lab build 5.10-dual-amd64"
	exit 77
fi
