# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel images: for which architecture, and in a form that QEMU can load."""

import struct
from pathlib import Path

import tools
from errors import LabError

X86_MAGIC = (0x202, b"HdrS")       # Documentation/arch/x86/boot.rst
ARM64_MAGIC = (0x38, b"ARM\x64")   # Documentation/arch/arm64/booting.rst
ZBOOT_MAGIC = (4, b"zimg")         # drivers/firmware/efi/libstub/zboot-header.S

DECOMPRESSORS = {b"gzip": "gzip", b"zstd": "zstd", b"xzkern": "xz", b"xz": "xz"}


def has_magic(content: bytes, magic: tuple[int, bytes]) -> bool:
    """Whether the bytes of a magic number stand at its place."""
    offset, value = magic
    return content[offset:offset + len(value)] == value


def inner(content: bytes, path: Path) -> bytes:
    """The image inside of a compressed one.

    QEMU before 8.0 knows no EFI zboot image, in which arm64 kernels come now.
    """
    if has_magic(content, ZBOOT_MAGIC):
        offset, size = struct.unpack_from("<II", content, 8)
        kind = content[24:56].split(b"\0")[0]
        if kind not in DECOMPRESSORS:
            raise LabError(f"{path}: an EFI image compressed by {kind.decode(errors='replace')}, "
                           f"not one of gzip, zstd, xz")
        return decompress(content[offset:offset + size], DECOMPRESSORS[kind], path)
    if content.startswith(b"\x1f\x8b"):
        return decompress(content, "gzip", path)
    return content


def decompress(content: bytes, program: str, path: Path) -> bytes:
    """By one of Debian's programs."""
    # An image may be followed by padding, which gzip warns of by exit code 2.
    quiet = ["-q"] if program == "gzip" else []
    return tools.run([program, "-dc", *quiet], f"decompressing {path}", feed=content)


def read(path: Path) -> tuple[bytes, str]:
    """What QEMU shall load, and its architecture."""
    content = inner(path.read_bytes(), path)
    if has_magic(content, X86_MAGIC):
        return content, "amd64"
    if has_magic(content, ARM64_MAGIC):
        return content, "arm64"
    raise LabError(f"{path}: not a Linux image of amd64 (bzImage) or arm64 (Image)")
