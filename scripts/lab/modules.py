# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel modules: their dependencies are resolved here, so that a guest needs only insmod."""

from collections.abc import Sequence
from pathlib import Path

import tools
from errors import LabError

DECOMPRESSORS = {".xz": "xz", ".zst": "zstd", ".gz": "gzip"}


def release_of(tree: Path) -> str:
    """The kernel release of a tree of modules."""
    releases = sorted(path.name for path in (tree / "lib/modules").glob("*"))
    if len(releases) != 1:
        raise LabError(f"{tree}: {len(releases)} kernel releases in lib/modules, not 1")
    return releases[0]


def content(path: Path) -> bytes:
    """A module as insmod of busybox wants it."""
    program = DECOMPRESSORS.get(path.suffix)
    if program is None:
        return path.read_bytes()
    return tools.run([program, "-dc", path], f"decompressing {path.name}")


def load_order(tree: Path, names: Sequence[str]) -> list[tuple[Path, str]]:
    """Every module to be loaded, with its parameters, dependencies first."""
    release = release_of(tree)
    order: list[tuple[Path, str]] = []
    for name in names:
        # With a configuration of its own: the host's may blacklist or alias.
        plan = tools.run(["modprobe", "-C", "/dev/null", "-d", tree, "-S", release,
                          "--show-depends", name], f"module {name} of {release}").decode()
        for line in plan.splitlines():
            verb, _, rest = line.strip().partition(" ")
            path, _, parameters = rest.partition(" ")
            if verb == "insmod" and all(path != str(known) for known, _ in order):
                order.append((Path(path), parameters.strip()))
    return order
