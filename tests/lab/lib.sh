#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the lab's tests share, beyond what those of the binary on the running
# kernel do.  Of the guests, $arch is the host's architecture.
# shellcheck disable=SC2034 # variables of the tests
. "$(dirname "$0")/../e2e/lib.sh"

lab=$(realpath "$(dirname "$0")/../../scripts/lab/lab")
arch=$(dpkg --print-architecture)
case $arch in
amd64)
	qemu=qemu-system-x86_64 magic_at=514 magic=HdrS other=arm64
	boot_dir=arch/x86/boot boot_image=bzImage
	;;
arm64)
	qemu=qemu-system-aarch64 magic_at=56 magic='ARM\144' other=amd64
	boot_dir=arch/arm64/boot boot_image=Image
	;;
*) skip "the lab has no kernels for $arch" "run on amd64 or arm64" ;;
esac

# What a lab that is killed leaves goes with the test.
export TMPDIR="$work"

# The real cache holds kernels that a test may boot; what a test makes itself
# goes into one of its own.
own_cache() {
	export XDG_CACHE_HOME="$work/cache"
}

# fake_image FILE WORD: what passes for a kernel of $arch; WORD is for fake QEMUs.
fake_image() {
	{
		head -c "$magic_at" /dev/zero
		# shellcheck disable=SC2059 # an octal escape
		printf "$magic"
		head -c 1024 /dev/zero
		printf '\n%s\n' "$2"
	} >"$1"
}

# fake_qemu: read a script for a QEMU that is found before the real one.  It has
# $console, $data and $profile, the files of the serial ports and of a plugin, $image,
# and reply(), which sends $result, a file, and the files in the folder $files.
fake_qemu() {
	mkdir -p "$work/bin"
	{
		cat <<-'END'
			#!/bin/sh
			[ "$1" != --version ] || { echo "QEMU emulator version 0.0"; exit; }
			work=$(dirname "$(echo "$*" | sed 's/.*file:\([^ ]*console\).*/\1/')")
			console=$work/console data=$work/data image=$work/image profile=$work/profile
			# reply STATUS OUT: as the guest's init would; the result is a file of it.
			reply() {
				mkdir -p "$work/reply/files"
				echo "$1" >"$work/reply/status"
				printf %s "$2" >"$work/reply/out"
				: >"$work/reply/err"
				echo "${idle:-idle}" >"$work/reply/idle"
				if [ -n "${result:-}" ]; then
					cp "$result" "$work/reply/files/result.jsonl"
				else
					echo '{}' >"$work/reply/files/result.jsonl"
				fi
				[ -z "${files-}" ] || cp "$files"/* "$work/reply/files/"
				tar -C "$work/reply" -cf "$work/tar" .
				base64 "$work/tar" >"$data"
				sha256sum <"$work/tar" >>"$data"
			}
		END
		cat
	} >"$work/bin/$qemu"
	chmod +x "$work/bin/$qemu"
	PATH="$work/bin:$PATH"
}

need_busybox() {
	[ -x /bin/busybox ] || skip "no busybox for guests" "install Debian's busybox-static"
}

# need_kernel ID: in the cache, or from the mirror.
need_kernel() {
	command -v "$qemu" >/dev/null || skip "no $qemu" "scripts/setup lab"
	need_busybox
	"$lab" fetch "$1" 2>"$work/err" || skip "no kernel: $(tail -n 1 "$work/err")" \
		"run where a Debian mirror can be reached, or: scripts/lab/lab fetch $1"
}

# boot ID OPTION... -- COMMAND...: with the binary under test.
boot() {
	"$lab" boot --pincow "$pincow" "$@"
}
