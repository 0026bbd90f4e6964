# SPDX-License-Identifier: GPL-2.0-or-later
"""cpio archives in the kernel's initramfs format (newc), the same for the same content.

cpio(1) would store this host's inode numbers, times and owners.
"""

import stat
from dataclasses import dataclass

MAGIC = b"070701"
TRAILER = "TRAILER!!!"


@dataclass(frozen=True)
class Entry:
    """A file, folder, link or device of the archive."""

    mode: int
    content: bytes = b""
    device: tuple[int, int] = (0, 0)


def folder() -> Entry:
    """A directory."""
    return Entry(stat.S_IFDIR | 0o755)


def file(content: bytes, mode: int = 0o644) -> Entry:
    """A regular file."""
    return Entry(stat.S_IFREG | mode, content)


def link(target: str) -> Entry:
    """A symbolic link."""
    return Entry(stat.S_IFLNK | 0o777, target.encode())


def character_device(major: int, minor: int) -> Entry:
    """A character device."""
    return Entry(stat.S_IFCHR | 0o600, device=(major, minor))


def padded(data: bytes) -> bytes:
    """To a multiple of four bytes."""
    return data + b"\0" * (-len(data) % 4)


def record(inode: int, name: str, entry: Entry) -> bytes:
    """One entry: Documentation/driver-api/early-userspace/buffer-format.rst."""
    raw = name.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    owner = group = time = 0
    fields = (inode, entry.mode, owner, group, links, time, len(entry.content), 0, 0,
              *entry.device, len(raw), 0)
    header = MAGIC + b"".join(b"%08x" % field for field in fields)
    return padded(header + raw) + padded(entry.content)


def archive(entries: dict[str, Entry]) -> bytes:
    """The archive, in the order of the names; missing folders are added."""
    whole = dict(entries)
    for name in entries:
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            whole.setdefault("/".join(parts[:depth]), folder())
    ordered = sorted(whole.items())
    body = b"".join(record(inode, name, entry) for inode, (name, entry) in enumerate(ordered, 1))
    return body + record(0, TRAILER, Entry(0))
