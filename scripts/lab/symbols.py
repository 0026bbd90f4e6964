# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel functions by address: from the guest's /proc/kallsyms, inlined ones from DWARF."""

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import elf
import tools
from errors import LabError

# What GCC appends to the name of a function that it has split, cloned or moved.
CLONE = re.compile(r"\.(isra|constprop|part|cold|localalias|lto_priv)(\.\d+)?(?=\.|$)")

LINE = re.compile(r"([0-9a-f]+) ([tTwW]) (\S+)(?:\t\[(\S+)\])?")

# Of these, what is no beginning of its function: a part of it that was split off.
SPLIT = re.compile(r"\.(part|cold)(\.\d+)?(?=\.|$)")

# What arm64's and x86-64's early code calls a function beside its name.
EARLY = "__pi_"

# What v6.10 appended to allocators, whose old names became macros around them.
PROFILED = re.compile(r"_noprof$")

# Marks and labels that are no functions: arm64's mapping symbols, GCC's local ones.
NO_FUNCTION = re.compile(r"\$[xd](\.|$)|\.L|__pfx_|__cfi_")


def source_name(name: str) -> str:
    """The name that stands in the source."""
    return PROFILED.sub("", CLONE.sub("", name))


def plainness(name: str) -> tuple[bool, int]:
    """Of a function's names that which most kernels have sorts first: memcpy of
    __pi_memcpy, __memcpy and memcpy."""
    return name.startswith(EARLY), len(name) - len(name.lstrip("_"))


def full_name(name: str, module: str) -> str:
    """As profiles have it."""
    return f"{source_name(name)} [{module}]" if module else source_name(name)


@dataclass
class Symbols:
    """Where functions start, in order; each ends where the next one starts."""

    starts: list[int]
    names: list[str]  # modules' as "name [module]"
    split: set[int] = field(default_factory=set)  # starts of parts, which no call of the function is
    inlined: dict[int, str] = field(default_factory=dict)

    def function(self, address: int) -> str:
        """The function that an address belongs to."""
        at = bisect.bisect_right(self.starts, address) - 1
        return self.names[at] if at >= 0 else f"[{address:#x}]"

    def innermost(self, address: int) -> str:
        """The same, or the function inlined there."""
        return self.inlined.get(address) or self.function(address)

    def is_entry(self, address: int) -> bool:
        """Whether a function starts there."""
        at = bisect.bisect_left(self.starts, address)
        return (at < len(self.starts) and self.starts[at] == address
                and address not in self.split)


def parse(kallsyms: str, where: str) -> Symbols:
    """/proc/kallsyms.  Of a function's names the plainest stays, of such the first."""
    aliases: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for address, _, name, module in LINE.findall(kallsyms):
        if not NO_FUNCTION.match(name):
            aliases[int(address, 16)].append((name, module))
    aliases.pop(0, None)
    found = {address: min(names, key=lambda alias: plainness(alias[0]))
             for address, names in aliases.items()}
    if not found:
        raise LabError(f"{where}: its /proc/kallsyms names no function; "
                       "build the kernel with CONFIG_KALLSYMS=y")
    starts = sorted(found)
    return Symbols(starts, [full_name(*found[start]) for start in starts],
                   {start for start in starts if SPLIT.search(found[start][0])})


def add_inlined(symbols: Symbols, vmlinux: Path, arch: str, addresses: Iterable[int]) -> None:
    """What was inlined at each address, if vmlinux has DWARF."""
    if b".debug_info" not in tools.run(["readelf", "-SW", vmlinux], f"reading {vmlinux}"):
        return
    program = f"{elf.TRIPLETS[arch]}-addr2line"
    text = tools.run([program, "-afi", "-e", vmlinux], f"reading {vmlinux}",
                     feed="".join(f"{a:#x}\n" for a in sorted(set(addresses))).encode()).decode()
    address = 0
    for line in text.splitlines():
        if line.startswith("0x"):
            address = int(line, 16)
        elif address:  # the innermost function is named first
            if line != "??":
                symbols.inlined[address] = source_name(line)
            address = 0
