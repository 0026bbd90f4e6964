# SPDX-License-Identifier: GPL-2.0-or-later
"""perf beside a run of pincow's: may it, by which event, and what it saw."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import samples
import tools
from errors import LabError

CLOCK = "CLOCK_MONOTONIC_RAW"  # as begin_ns is
KALLSYMS = Path("/proc/kallsyms")
SYSCTL = Path("/proc/sys/kernel")

# Exit codes of pincow's with which there may be samples: all well, and invalid ones.
MEASURED = 0, 1
NOTHING_RAN = 77


class CannotRecord(LabError):
    """This host lacks what a profile needs."""


class RunFailed(LabError):
    """pincow has said why; its exit code is ours."""

    def __init__(self, status: int) -> None:
        super().__init__(f"pincow run ended with exit code {status}")
        self.status = status


@dataclass(frozen=True)
class Event:
    """What makes a sample."""

    name: str
    unit: str
    meaning: str


CYCLES = Event("cycles", "cycles", "cycles of the processor's counter")
CPU_CLOCK = Event("cpu-clock", "ns", "cpu-clock, a timer, as there is no cycle counter here: code "
                  "that runs with interrupts off shows up where they are on again")


def sysctl(name: str) -> str:
    """Its value, or "" where the kernel has none."""
    try:
        return (SYSCTL / name).read_text().strip()
    except OSError:
        return ""


def counts(perf: str, event: str) -> bool:
    """Whether perf may count an event in the kernel, of all tasks.  `perf record` would take
    another one by itself, or leave the kernel out."""
    done = subprocess.run([perf, "stat", "-a", "-x", ",", "-e", f"{event}:k", "--", "true"],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True,
                          env={**os.environ, "LC_ALL": "C"})
    first = [line.split(",")[0] for line in done.stderr.splitlines()]
    return done.returncode == 0 and any(word[:1].isdigit() for word in first)


def find_perf() -> str:
    """Any kernel's perf will do."""
    perf = shutil.which("perf")
    if perf is None:
        raise CannotRecord("perf not found: install Debian's linux-perf, or run "
                           "scripts/setup profile")
    return perf


def check_symbols() -> None:
    """Names of kernel functions are hidden as addresses of zero."""
    try:
        with KALLSYMS.open() as file:
            hidden = all(int(line.split()[0], 16) == 0 for line, _ in zip(file, range(100)))
    except FileNotFoundError:
        raise CannotRecord("this kernel has no /proc/kallsyms: boot one that is built with "
                           "CONFIG_KALLSYMS=y") from None
    if hidden:
        raise CannotRecord(f"kernel addresses are hidden (kernel.kptr_restrict is "
                           f"{sysctl('kptr_restrict')}): as root, sysctl kernel.kptr_restrict=0")


def choose_event(perf: str) -> Event:
    """Cycles where there is a counter, else time."""
    for event in (CYCLES, CPU_CLOCK):
        if counts(perf, event.name):
            return event
    paranoid = sysctl("perf_event_paranoid")
    if not paranoid:
        raise CannotRecord("this kernel has no perf events: boot one that is built with "
                           "CONFIG_PERF_EVENTS=y")
    if os.geteuid() == 0:
        raise CannotRecord("perf may not look into the kernel though it is root's: in a "
                           "container, add CAP_PERFMON and allow perf_event_open(2)")
    raise CannotRecord(f"perf may not look into the kernel (kernel.perf_event_paranoid is "
                       f"{paranoid}): run as root, or as root: sysctl "
                       "kernel.perf_event_paranoid=0")


def allowed_hz(asked: int) -> int:
    """The kernel lowers its limit when samples took too long."""
    limit = sysctl("perf_event_max_sample_rate")
    if limit and asked > int(limit):
        print(f"profile: {limit} samples a second instead of {asked}: "
              "kernel.perf_event_max_sample_rate", file=sys.stderr)
        return int(limit)
    return asked


def stay_apart(cpu: int) -> Callable[[], None] | None:
    """perf itself goes to another CPU than the one it looks at."""
    others = os.sched_getaffinity(0) - {cpu}
    return (lambda: os.sched_setaffinity(0, {min(others)})) if others else None


@dataclass(frozen=True)
class Recording:
    """What to record, and where."""

    perf: str
    event: Event
    frequency_hz: int
    cpu: int
    data: Path


def record(how: Recording, command: Sequence[str | Path]) -> None:
    """Run pincow under perf.  However this ends, neither is left behind.

    A CPU is sampled and not tasks: with tasks, each fork would set up its child's
    events, within what is timed, and a child that lives shorter than the time between
    two samples would have none.
    """
    everywhere = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    arguments = [how.perf, "record", "--quiet", "--no-buildid", "--no-buildid-cache", "-g",
                 "--kernel-callchains", "-k", CLOCK, "-e", how.event.name,
                 "-F", str(how.frequency_hz), "-C", str(how.cpu), "-o", str(how.data), "--",
                 "taskset", "--cpu-list", everywhere, *map(str, command)]
    with subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          preexec_fn=stay_apart(how.cpu)) as running:
        try:
            status = running.wait()
        except BaseException:
            running.terminate()  # perf ends what it runs
            raise
    if status not in MEASURED:
        raise RunFailed(status)
    if not how.data.exists():
        raise CannotRecord("perf has recorded nothing")


def read(how: Recording, workers: Collection[int]) -> Iterator[samples.Sample]:
    """What perf has recorded."""
    arguments = [how.perf, "script", "-i", str(how.data), "-F", samples.FIELDS, "--ns",
                 "--show-task-events"]
    with tempfile.TemporaryFile("w+") as stderr:
        with subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=stderr, text=True) as running:
            yield from samples.read(running.stdout, workers)
        if running.returncode:
            stderr.seek(0)
            raise LabError(f"perf script: {tools.reason_of(stderr.read())}")
