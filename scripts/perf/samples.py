# SPDX-License-Identifier: GPL-2.0-or-later
"""What `perf script` prints, as samples of tasks and of the workers that forked them."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

# The fields that are asked for: pid/tid time: then a task event, or a period and a call
# chain, one address a line, or nothing where user space ran.
FIELDS = "pid,tid,time,period,ip"
HEAD = re.compile(r"\s*-?\d+/(-?\d+)\s+(\d+)\.(\d{9}):\s+(.*)")
FORK = re.compile(r"PERF_RECORD_FORK\(\d+:(\d+)\):\(\d+:(\d+)\)")

KERNEL = 1 << 63  # the half of the address space that is the kernel's


@dataclass
class Sample:
    """A moment of the CPU's."""

    time_ns: int
    task: int
    forker: int  # the task that forked it, or its forker ...; itself if that is not known
    weight: int  # what it stands for: ns, or cycles
    chain: list[int]  # the kernel's functions, innermost first; empty in user space


def read(lines: Iterable[str], workers: Collection[int]) -> Iterator[Sample]:
    """Samples in the order of time; what a worker forked is its own."""
    forkers: dict[int, int] = {}
    sample: Sample | None = None
    for line in lines:
        match = HEAD.match(line)
        if not match:
            # User space below the kernel's functions is one place, whatever called it.
            if sample and line.strip() and int(line, 16) >= KERNEL:
                sample.chain.append(int(line, 16))
            continue
        if sample:
            yield sample
        sample = None
        task, rest = int(match[1]), match[4].split()
        if fork := FORK.match(match[4]):
            child, parent = int(fork[1]), int(fork[2])
            forkers[child] = parent if parent in workers else forkers.get(parent, child)
        elif rest and rest[0].isdigit():
            time_ns = int(match[2]) * 10**9 + int(match[3])
            sample = Sample(time_ns, task, forkers.get(task, task), int(rest[0]), [])
    if sample:
        yield sample
