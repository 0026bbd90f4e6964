#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pincow beside independent programs, on the same cases of one boot.

truth.py measure DIR KERNEL... [-- OPTION...]
    Run both in a counted guest of each kernel, two guests at once, and keep what
    they say in DIR/KERNEL.  The options are of `lab boot`.
truth.py check DIR
    Print the figures side by side; exit status 1, and a line on stderr for each,
    when any disagree.
truth.py markdown DIR
    The same as a table for docs/method.md.
"""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAB = HERE.parents[1] / "scripts/lab/lab"

FIGURE_LIMIT, SLOPE_LIMIT, PMU_LIMIT = 0.03, 0.01, 0.01

# Left out by pincow, mostly ordinary tasks' samples that a kernel thread ran in.
INVALID_LIMIT = 0.2
PAGES_PER_MIB = 256


@dataclass(frozen=True)
class Row:
    """One figure, as told by each."""

    kernel: str
    figure: str
    pincow: float
    independent: float
    limit: float | None  # None: shown, not judged
    by: str = "pincow"

    @property
    def difference(self) -> float:
        """Of pincow's figure, relative to the other."""
        return self.pincow / self.independent - 1

    @property
    def agrees(self) -> bool:
        """Whether that is within what is allowed."""
        return self.limit is None or abs(self.difference) <= self.limit


# Pincow's scenario, with the parameters that tell cases apart: the name that the
# independent programs give it.
NAMES = {
    ("fork/anon", "before", "written"): "fork",
    ("fork/anon", "before", "exited"): "fork-clean",
    ("fork/exit", None, None): "exit",
    ("fault/first-touch", None, None): "first-touch",
    ("fault/zero-page-write", None, None): "zero-page-write",
    ("fault/cow-copy", None, None): "cow-copy",
    ("fault/cow-reuse", "sharer", "exited"): "cow-reuse",
    ("gup/get", "pinner", "vmsplice"): "vmsplice",
    ("pin/register", "call", "pin"): "register",
}

# Of gup/get, the case beside the independent program's calls: calls of 64 pages in turn.
FUTEX = {"pinner": "futex", "pages": 64}


def least(name: str) -> str:
    """The least sample of a figure.  A fork or two in three also refill a cache of
    the kernel's, by up to 1 %: medians of few fall to either side, the least does not."""
    return f"{name}, least"


def read_independent(path: Path) -> dict[str, float]:
    """Lines "NAME:OF[:pmu] MEDIAN LEAST"."""
    figures: dict[str, float] = {}
    for line in path.read_text().splitlines():
        name, median, minimum = line.split()
        figures |= {name: float(median), least(name): float(minimum)}
    return figures


def ours_of(scenario: str, params: dict[str, object]) -> Iterator[str]:
    """What the independent programs call a case."""
    size = params.get("size", 0)
    of = f"{size >> 20}M" if size else str(params.get("pages", ""))
    for (name, param, value), ours in NAMES.items():
        if name == scenario and (param is None or params.get(param) == value):
            yield f"{ours}:{of}"


def read_samples(path: Path) -> dict[str, float]:
    """The least valid sample of each case of a result file."""
    figures: dict[str, float] = {}
    for line in path.read_text().splitlines():
        worker = json.loads(line)
        if worker["record"] != "worker":
            continue
        batch, clock = worker["batch"], worker["clock"]
        overhead = (clock["overhead_start_ticks"] + clock["overhead_end_ticks"]) / 2
        costs = [(ticks - overhead) * 1e9 / clock["hz"] / ops for ticks, ops, valid
                 in zip(batch["ticks"], batch["ops"], batch["valid"], strict=True) if valid]
        for name in ours_of(worker["scenario"], worker["params"]):
            figures[least(name)] = min(costs)
    return figures


def read_pincow(path: Path) -> dict[str, float]:
    """The medians, from `pincow show --json`; an invalid case is an error."""
    figures: dict[str, float] = {}
    for line in json.loads(path.read_text()):
        scenario, params = line["scenario"], line["params"]
        if line["status"] != "ok" or line["invalid_fraction"] > INVALID_LIMIT:
            sys.exit(f"{path}: {scenario} {params}: {line['status']}, "
                     f"{line['invalid_fraction']:.1%} of its samples invalid")
        if line["metric"] == "net" and params == FUTEX:
            figures["futex"] = line["median"]
        if line["metric"] != "latency":
            continue
        figures |= {name: line["median"] for name in ours_of(scenario, params)}
    return figures


def rows_of(folder: Path) -> Iterator[Row]:
    """All figures of one kernel."""
    theirs = read_independent(folder / "independent")
    ours: dict[str, float] = {}
    for run in ("pages", "tasks"):
        ours |= read_pincow(folder / f"{run}.json") | read_samples(folder / f"{run}.jsonl")
    kernel = folder.name
    theirs["futex"] = theirs["futex-shared:1000"] - theirs["futex-private:1000"]

    def row(label: str, name: str, limit: float | None) -> Row:
        return Row(kernel, label, ours[name], theirs[name], limit)

    def slope(figures: dict[str, float], name: str, small: int, large: int, unit: str) -> float:
        totals = [figures[least(f"{name}:{of}{unit}")] for of in (small, large)]
        return (totals[1] - totals[0]) / (large - small)

    for name, label in (("fork", "fork, written"), ("fork-clean", "fork, clean"),
                        ("exit", "fork exit")):
        # What does not grow with the memory is the program's own mappings.
        yield row(f"{label}, 4M", f"{name}:4M", None)
        yield row(f"{label}, 16M", f"{name}:16M", FIGURE_LIMIT)
        a, b = (slope(figures, name, 4, 16, "M") / PAGES_PER_MIB for figures in (ours, theirs))
        yield Row(kernel, f"{label}, a page more", a, b, SLOPE_LIMIT)
    for name in ("first-touch", "zero-page-write", "cow-copy", "cow-reuse"):
        yield row(name, f"{name}:4M", FIGURE_LIMIT)
    yield row("futex, shared less private", "futex", FIGURE_LIMIT)
    for figures in (ours, theirs):
        for pages in (64, 256):
            figures[least(f"vmsplice-call:{pages}")] = figures[least(f"vmsplice:{pages}")] * pages
        for mib in (4, 16):
            figures[least(f"register-call:{mib}M")] = figures[least(f"register:{mib}M")] * mib
    a, b = (slope(figures, "vmsplice-call", 64, 256, "") for figures in (ours, theirs))
    yield Row(kernel, "vmsplice, a page more", a, b, SLOPE_LIMIT)
    yield row("io_uring register, 16M", "register:16M", FIGURE_LIMIT)
    a, b = (slope(figures, "register-call", 4, 16, "M") for figures in (ours, theirs))
    yield Row(kernel, "io_uring register, a page more", a, b, SLOPE_LIMIT)
    for name in theirs:
        if name.endswith(":pmu") and not name.startswith("unregister"):
            clock = name.removesuffix(":pmu")
            yield Row(kernel, f"{clock}, PMU", theirs[least(name)], theirs[least(clock)],
                      PMU_LIMIT, "its PMU")


def rows_in(folder: Path) -> list[Row]:
    """All kernels, in the order of their names."""
    kernels = sorted(path.parent for path in folder.glob("*/independent"))
    if not kernels:
        sys.exit(f"{folder}: nothing measured there")
    return [row for kernel in kernels for row in rows_of(kernel)]


def check(folder: Path) -> int:
    """A plain table, and what disagrees."""
    rows = rows_in(folder)
    print(f"{'KERNEL':14} {'FIGURE':32} {'PINCOW':>12} {'INDEPENDENT':>12} {'DIFFERENCE':>10}  LIMIT")
    for row in rows:
        limit = "-" if row.limit is None else f"{row.limit:.0%}"
        print(f"{row.kernel:14} {row.figure:32} {row.pincow:12.1f} {row.independent:12.1f} "
              f"{row.difference:+10.2%}  {limit}")
    for row in rows:
        if not row.agrees:
            print(f"{row.kernel}: {row.figure}: {row.by} says {row.pincow:.1f}, the independent "
                  f"program {row.independent:.1f}: {row.difference:+.2%}, not within "
                  f"{row.limit:.0%}", file=sys.stderr)
    return 0 if all(row.agrees for row in rows) else 1


def markdown(folder: Path) -> int:
    """A line a figure, a column a kernel; what the PMU says of the clock is not pincow's."""
    rows = [row for row in rows_in(folder) if row.by == "pincow"]
    kernels = sorted({row.kernel for row in rows}, key=lambda name: (name.split("-")[-1], name))
    cells = {(row.figure, row.kernel): f"{row.pincow:.{digits(row)}f} / "
             f"{row.independent:.{digits(row)}f}, {row.difference:+.2%}" for row in rows}
    print(f"| Instructions: pincow / independent | {' | '.join(kernels)} |")
    print("|---" * (len(kernels) + 1) + "|")
    for figure in dict.fromkeys(row.figure for row in rows):
        print(f"| {figure} | {' | '.join(cells[figure, kernel] for kernel in kernels)} |")
    return 0


def digits(row: Row) -> int:
    """Four significant ones are enough."""
    return 0 if row.pincow >= 1000 else 1


def boot(kernel: str, folder: Path, programs: Path, options: list[str]) -> int:
    """One guest; its exit status."""
    carried = [f"--program={path}" for path in sorted((programs / kernel.split("-")[-1]).iterdir())]
    command = [LAB, "boot", kernel, *options, *carried, "--files", folder / kernel, "--",
               "sh", "-c", (HERE / "in-guest").read_text()]
    with subprocess.Popen(command) as process:
        GUESTS.add(process)
        return process.wait()


GUESTS: set["subprocess.Popen[bytes]"] = set()


def measure(folder: Path, kernels: list[str], options: list[str]) -> int:
    """Those that take longest first; an interruption ends the guests."""
    kernels = sorted(kernels, key=lambda kernel: not kernel.endswith("arm64"))
    with tempfile.TemporaryDirectory(prefix="pincow-truth-") as name:
        programs = Path(name)
        for arch in {kernel.split("-")[-1] for kernel in kernels}:
            if subprocess.run([HERE / "build", arch, programs / arch], check=False).returncode:
                return 2
        pool = ThreadPoolExecutor(2)
        try:
            jobs = [pool.submit(boot, kernel, folder, programs, options) for kernel in kernels]
            return max(job.result() for job in jobs)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in GUESTS:
                if process.poll() is None:
                    process.terminate()
            pool.shutdown()


def main() -> int:
    """The command line."""
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    match words[:cut]:
        case ["measure", folder, *kernels] if kernels:
            return measure(Path(folder), kernels, words[cut + 1:])
        case ["check", folder]:
            return check(Path(folder))
        case ["markdown", folder]:
            return markdown(Path(folder))
    print(__doc__, file=sys.stderr)
    return 2


def stop(number: int, _frame: object) -> None:
    """SIGTERM ends this as ^C does: its guests first."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    sys.exit(main())
