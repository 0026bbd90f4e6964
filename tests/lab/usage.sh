#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the lab is asked for and cannot do: one line that says why, and exit code 2.
. "$(dirname "$0")/lib.sh"

own_cache

# refused PATTERN COMMAND...
refused() {
	pattern=$1
	shift
	expect 2 "$@"
	says err "$pattern"
	[ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line: $*"
}

refused "'6.1-amd46'.*did you mean 6.1-amd64?" "$lab" boot 6.1-amd46 -- true
refused "'windows'.*lab kernels" "$lab" fetch windows
refused "no command" "$lab" boot 6.1-amd64
refused "name one kernel" "$lab" boot -- true
refused "6.1-amd64 is for amd64, not arm64" "$lab" boot 6.1-amd64 --arch arm64 -- true
refused "lab build" "$lab" fetch "5.10-dual-*"
refused "lab fetch" "$lab" build "6.1-*"

fake_image "$work/image" ""
refused "image is for $arch, not $other" boot --kernel "$work/image" --arch "$other" -- true
refused "not a Linux image" boot --kernel "$0" -- true
refused "no such image" boot --kernel "$work/none" -- true
refused "no arch/x86/boot/bzImage" boot --kernel-tree "$work" -- true
refused "one CPU" boot --kernel "$work/image" --smp 2 -- true
refused "does not divide into 3 nodes" boot --kernel "$work/image" --nodes 3 -- true
refused "not NAME=VALUE" boot --kernel "$work/image" --env NAME -- true
refused "not a program" boot --program "$0" --kernel "$work/image" -- true
refused "not a program" "$lab" boot --pincow "$0" --kernel "$work/image" -- true
need_busybox
refused "give --modules" boot --kernel "$work/image" --module loop -- true

# A PATH with all that the lab needs but QEMU.
mkdir "$work/path"
ln -s "$(python3 -c 'import sys; print(sys.executable)')" "$work/path/python3"
for program in dpkg readelf setpriv; do
	ln -s "$(command -v $program)" "$work/path/"
done
refused "$qemu not found: install Debian's qemu-system" \
	env PATH="$work/path" "$lab" boot --pincow "$pincow" --kernel "$work/image" -- true

# Help is made of templates, which a percent sign may break.
for command in kernels fetch build boot run profile patch bisect sysroot; do
	expect 0 "$lab" "$command" --help
	says out "^usage: lab $command"
done
