#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fetching from a mirror: verified or refused, whole or not at all, once.
. "$(dirname "$0")/lib.sh"

PAYLOAD=4194304

own_cache
command -v gpg >/dev/null || skip "no gpg to sign a mirror with" "install Debian's gnupg"
id=6.1-$arch meta=linux-image-cloud-$arch package=linux-image-6.1.0-99-cloud-$arch
entry=$XDG_CACHE_HOME/pincow/lab/kernels/$id
mirror=$work/mirror
dist=$mirror/dists/bookworm
index=$dist/main/binary-$arch
export GNUPGHOME="$work/gnupg" PINCOW_KEYRING="$work/keyring.gpg"

# package NAME DEPENDS: from the files in $work/root/NAME
package() {
	mkdir -p "$work/root/$1/DEBIAN"
	printf '%s: %s\n' Package "$1" Version 1 Architecture "$arch" Maintainer "Test <t@localhost>" \
		Description test >"$work/root/$1/DEBIAN/control"
	[ -z "$2" ] || echo "Depends: $2" >>"$work/root/$1/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone -b "$work/root/$1" "$mirror/$1_1_$arch.deb" >/dev/null
}

index_entry() {
	cat "$work/root/$1/DEBIAN/control"
	file=$1_1_$arch.deb
	printf '%s: %s\n' Filename "$file" Size "$(stat -c %s "$mirror/$file")" \
		SHA256 "$(sha256sum <"$mirror/$file" | cut -d ' ' -f 1)"
	echo
}

# Sign what the index says now.
sign() {
	{
		printf '%s: %s\n' Origin test Suite oldstable Codename bookworm Architectures "$arch" \
			Components main Date "$(date -uR)"
		echo "SHA256:"
		echo " $(sha256sum <"$index/Packages" | cut -d ' ' -f 1)" \
			"$(stat -c %s "$index/Packages") main/binary-$arch/Packages"
	} >"$work/Release"
	gpg --batch --yes --clearsign -o "$dist/InRelease" "$work/Release" 2>"$work/err" ||
		fail "gpg does not sign"
}

mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all; clean_up' EXIT
gpg --batch --quiet --passphrase '' --quick-gen-key test@localhost 2>"$work/err" ||
	fail "gpg makes no key"
gpg --export >"$PINCOW_KEYRING"
mkdir -p "$index" "$work/root/$package/boot"
fake_image "$work/root/$package/boot/vmlinuz-6.1.0-99" ""
head -c $PAYLOAD /dev/urandom >"$work/root/$package/boot/payload"
package "$meta" "$package"
package "$package" ""
{
	index_entry "$meta"
	index_entry "$package"
} >"$index/Packages"
sign

fetch() {
	"$lab" fetch "$id"
}

# refused PATTERN: nothing is left in the cache that could pass for a kernel.
refused() {
	expect 2 fetch
	says err "$1"
	[ ! -e "$entry" ] || fail "a kernel that was refused is in the cache"
	expect 0 "$lab" kernels "$id"
	says out "$id .* -$"
	rm -rf "$XDG_CACHE_HOME"
}

export PINCOW_MIRROR=http://127.0.0.1:9/debian
refused "bookworm of http://127.0.0.1:9/debian: .*refused.*PINCOW_MIRROR"

export PINCOW_MIRROR="file://$mirror"
cp "$dist/InRelease" "$work/good"
sed -i 's/^Origin: test/Origin: else/' "$dist/InRelease"
refused "GPG error: .*invalid: BADSIG"
rm "$dist/InRelease"
cp "$work/Release" "$dist/Release"
refused "Release. is not signed"
rm "$dist/Release"
cp "$work/good" "$dist/InRelease"
(PINCOW_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg && refused "NO_PUBKEY")

whole=$work/whole.deb
cp "$mirror/${package}_1_$arch.deb" "$whole"
truncate -s -1000000 "$mirror/${package}_1_$arch.deb"
refused "fetching $package: .*Hash Sum mismatch"
cp "$whole" "$mirror/${package}_1_$arch.deb"

if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	mkdir "$work/disk"
	# shellcheck disable=SC2016 # the inner shell's
	expect 2 unshare -m sh -c 'mount -t tmpfs -o size=3m pincow-disk "$1" &&
		XDG_CACHE_HOME=$1 && export XDG_CACHE_HOME && shift && exec "$@"' sh "$work/disk" \
		"$lab" fetch "$id"
	says err "no space left on the disk; .*XDG_CACHE_HOME"
else
	echo "not tried: a full disk, which needs root and a mount namespace"
fi

expect 0 fetch
says err "fetching $package"
[ "$(sha256sum <"$entry/image")" = "$(sha256sum <"$work/root/$package/boot/vmlinuz-6.1.0-99")" ] ||
	fail "the image is not the package's"
expect 0 "$lab" kernels "$id"
says out "$id .* 1$"
rm -rf "$mirror"
expect 0 fetch
[ ! -s "$work/err" ] || fail "a second fetch does something"
