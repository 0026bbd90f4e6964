# SPDX-License-Identifier: GPL-2.0-or-later
"""Other programs: found, run, and their failures told in one line."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from errors import LabError

# Debian's package of a program that may be missing.
PACKAGES = {
    "apt-get": "apt", "apt-cache": "apt", "apt-config": "apt", "dpkg": "dpkg", "dpkg-deb": "dpkg",
    "cmake": "cmake", "gcc": "gcc", "git": "git", "depmod": "kmod", "modprobe": "kmod", "readelf": "binutils",
    "qemu-system-x86_64": "qemu-system-x86", "qemu-system-aarch64": "qemu-system-arm",
    "x86_64-linux-gnu-addr2line": "binutils",
    "aarch64-linux-gnu-addr2line": "binutils-aarch64-linux-gnu", "setpriv": "util-linux", "xz": "xz-utils", "zstd": "zstd", "gzip": "gzip",
}

# An ordinary user's PATH lacks these, where kmod keeps its programs.
SBIN = "/usr/sbin:/sbin"

MAKE_ROOM = "free some, or set XDG_CACHE_HOME (for files in /tmp, TMPDIR) to another disk"


def find_program(name: str) -> str:
    """Its path, or an error that names the package."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:{SBIN}")
    if path is None:
        raise LabError(f"{name} not found: install Debian's {PACKAGES[name]}, "
                       "or run scripts/setup lab")
    return path


def reason_of(stderr: str) -> str:
    """The line that tells why a program failed: apt marks it E:, others say it last.

    Of signatures apt says in a warning what is wrong, and as the error that
    there is none.
    """
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    for mark in ("W: GPG error: ", "E: "):
        for line in lines:
            if line.startswith(mark):
                return line[3:]
    return lines[-1] if lines else "it does not say why"


def disk_is_full(stderr: str) -> bool:
    """Whether a program (apt in its own words) says that a disk is full."""
    return "No space left on device" in stderr or "enough free space" in stderr


def run(arguments: Sequence[str | Path], doing: str, env: Mapping[str, str] | None = None,
        cwd: Path | None = None, feed: bytes | None = None, remedy: str = "") -> bytes:
    """A program's output; `doing` is in words what failed when it fails."""
    program = find_program(str(arguments[0]))
    environment = {**os.environ, "LC_ALL": "C", **(env or {})}
    done = subprocess.run([program, *map(str, arguments[1:])], input=feed, cwd=cwd,
                          stdin=subprocess.DEVNULL if feed is None else None,
                          env=environment, capture_output=True, check=False)
    if done.returncode == 0:
        return done.stdout
    stderr = done.stderr.decode(errors="replace")
    if disk_is_full(stderr):
        raise LabError(f"{doing}: no space left on the disk; {MAKE_ROOM}")
    raise LabError(f"{doing}: {reason_of(stderr)}" + (f"; {remedy}" if remedy else ""))
