# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of kernels (the file `kernels` beside this one)."""

import difflib
import fnmatch
from dataclasses import dataclass
from pathlib import Path

from errors import LabError

TABLE = Path(__file__).with_name("kernels")
ARCHITECTURES = ("amd64", "arm64")
SOURCES = ("stock", "build")

# What debugfs' cow_model wants to hear for each model of a dual kernel.
SWITCH = {"old": "mapcount", "simplified": "refcount"}


@dataclass(frozen=True)
class Kernel:
    """One line of the table."""

    id: str
    arch: str
    models: tuple[str, ...]
    suite: str
    package: str
    modules: tuple[str, ...]
    source: str

    @property
    def has_switch(self) -> bool:
        """Whether the image holds more than one COW model."""
        return len(self.models) > 1


def parse_line(line: str, where: str) -> Kernel:
    """One line of the table; `where` names it in errors."""
    words = line.split()
    if len(words) != 7:
        raise LabError(f"{where}: {len(words)} columns, not 7: {line.strip()}")
    kernel_id, arch, models, suite, package, modules, source = words
    if arch not in ARCHITECTURES:
        raise LabError(f"{where}: architecture {arch}; known: {', '.join(ARCHITECTURES)}")
    if source not in SOURCES:
        raise LabError(f"{where}: source {source}; known: {', '.join(SOURCES)}")
    wanted = () if modules == "-" else tuple(modules.split(","))
    return Kernel(kernel_id, arch, tuple(models.split(",")), suite, package, wanted, source)


def read_table(path: Path = TABLE) -> list[Kernel]:
    """All kernels, in the table's order."""
    kernels = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            kernels.append(parse_line(line, f"{path}:{number}"))
    return kernels


def unknown(kernel_id: str, table: list[Kernel]) -> LabError:
    """The error for an id that is not in the table, with the nearest that is."""
    near = difflib.get_close_matches(kernel_id, [kernel.id for kernel in table], 1, 0.4)
    hint = f"did you mean {near[0]}?" if near else "see: lab kernels"
    return LabError(f"no kernel '{kernel_id}' in the lab; {hint}")


def find(kernel_id: str, table: list[Kernel]) -> Kernel:
    """The kernel of that very id."""
    for kernel in table:
        if kernel.id == kernel_id:
            return kernel
    raise unknown(kernel_id, table)


def select(patterns: list[str], table: list[Kernel]) -> list[Kernel]:
    """The kernels that any of the shell patterns matches, in the table's order."""
    for pattern in patterns:
        if not any(fnmatch.fnmatchcase(kernel.id, pattern) for kernel in table):
            raise unknown(pattern, table)
    return [kernel for kernel in table
            if any(fnmatch.fnmatchcase(kernel.id, pattern) for pattern in patterns)]
