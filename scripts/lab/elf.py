# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs and the shared libraries that they need."""

import re
import struct
from pathlib import Path

import tools
from errors import LabError

MACHINES = {62: "amd64", 183: "arm64"}
TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}


def arch_of(program: Path) -> str:
    """The architecture of an ELF file."""
    head = program.read_bytes()[:20]
    if len(head) < 20 or not head.startswith(b"\x7fELF"):
        raise LabError(f"{program}: not a program (ELF)")
    machine = struct.unpack_from("<H", head, 18)[0]
    if machine not in MACHINES:
        raise LabError(f"{program}: for ELF machine {machine}; the lab has amd64 and arm64")
    return MACHINES[machine]


def resolve(sysroot: Path, name: str, arch: str) -> Path:
    """A library, where ld.so of Debian looks for it."""
    for folder in ("lib", "usr/lib"):
        for path in (sysroot / folder / TRIPLETS[arch] / name, sysroot / folder / name):
            if path.exists():
                return path
    raise LabError(f"{name} for {arch} not found below {sysroot}: "
                   "the program was built against other libraries")


def closure(program: Path, sysroot: Path, arch: str) -> dict[str, Path]:
    """Guest path (without the first /) and file of every library, and of ld.so."""
    found: dict[str, Path] = {}
    todo = [program]
    while todo:
        path = todo.pop()
        text = tools.run(["readelf", "-ldW", path], f"reading {path}").decode()
        for interpreter in re.findall(r"program interpreter: /([^]]+)\]", text):
            found.setdefault(interpreter, sysroot / interpreter)
        for name in re.findall(r"\(NEEDED\).*\[([^]]+)\]", text):
            guest = f"lib/{TRIPLETS[arch]}/{name}"
            if guest not in found:
                found[guest] = resolve(sysroot, name, arch)
                todo.append(found[guest])
    return found
