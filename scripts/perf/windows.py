# SPDX-License-Identifier: GPL-2.0-or-later
"""Samples of perf's joined with pincow's timed windows, by time."""

import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from errors import LabError
from profiling import Record, case_name
from samples import Sample
from symbols import Symbols

USER = "[user space]"
ROOTS = "[timed task]", "[other task]"


@dataclass
class Case:
    """The timed windows of a case, of all its workers, and what was seen in them."""

    workers: list[Record]
    windows: int = 0
    invalid: int = 0  # windows left out, as their claim broke
    broken: Counter[str] = field(default_factory=Counter)  # which, of all workers
    operations: int = 0
    waited: bool = False
    clock_ns: float = 0  # between the timestamps
    ran_ns: float = 0  # less what neither the worker nor its child ran
    samples: int = 0
    sums: Counter[tuple[bool, str]] = field(default_factory=Counter)
    counts: Counter[tuple[bool, str]] = field(default_factory=Counter)
    stacks: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def add(self, sample: Sample, child: bool, symbols: Symbols) -> None:
        """A sample in one of the windows."""
        names = [symbols.function(address) for address in reversed(sample.chain)] or [USER]
        key = child, names[-1]
        self.samples += 1
        self.sums[key] += sample.weight
        self.counts[key] += 1
        self.stacks[ROOTS[child], *names] += sample.weight


@dataclass
class Window:
    """Between two timestamps of a valid sample of pincow's."""

    begin_ns: int
    end_ns: float
    pid: int
    case: Case


def add_windows(case: Case, worker: Record) -> Iterable[Window]:
    """The valid ones of a worker; their sums go into its case."""
    batch, rate = worker["batch"], worker["clock"]["hz"] / 1e9
    case.broken.update(worker.get("broken") or {})
    slept = batch.get("voluntary_switches", [0] * len(batch["ticks"]))
    for i, begin_ns in enumerate(batch["begin_ns"]):
        if not batch["valid"][i]:
            case.invalid += 1
            continue
        elapsed_ns = batch["ticks"][i] / rate
        case.windows += 1
        case.operations += batch["ops"][i]
        case.waited |= slept[i] > 0
        case.clock_ns += elapsed_ns
        case.ran_ns += elapsed_ns - batch["foreign_ns"][i]
        yield Window(begin_ns, begin_ns + elapsed_ns, worker["pid"], case)


def of_workers(workers: Iterable[Record]) -> tuple[list[Case], list[Window]]:
    """The cases, and their windows in the order of time."""
    cases: dict[str, Case] = {}
    windows: list[Window] = []
    for worker in workers:
        if worker["status"] not in ("ok", "invalid"):
            continue
        if "pid" not in worker or "begin_ns" not in worker["batch"]:
            raise LabError("the samples do not say when they began: pincow is of an older "
                           "version than this script")
        case = cases.setdefault(case_name(worker), Case([]))
        case.workers.append(worker)
        windows += add_windows(case, worker)
    valid = [case for case in cases.values() if case.windows]
    return valid, sorted(windows, key=lambda window: window.begin_ns)


def join(windows: Sequence[Window], samples: Iterable[Sample], symbols: Symbols) -> None:
    """Each sample of a worker and of its child goes to the case in whose window it lies; most
    lie in none."""
    begins = [window.begin_ns for window in windows]
    for sample in samples:
        at = bisect.bisect_right(begins, sample.time_ns) - 1
        if at < 0 or sample.time_ns >= windows[at].end_ns:
            continue
        if windows[at].pid in (sample.task, sample.forker):
            windows[at].case.add(sample, sample.task != windows[at].pid, symbols)


def describe(case: Case, unit: str) -> Record:
    """A case as `lab profile` writes it, with samples, and `unit` for instructions."""
    worker = case.workers[0]
    totals: dict[tuple[bool, bool], int] = defaultdict(int)
    for (child, name), weight in case.sums.items():
        totals[child, name == USER] += weight
    by_weight = sorted(case.sums.items(), key=lambda item: (-item[1], item[0]))
    return {
        "scenario": worker["scenario"], "params": worker["params"],
        "operation": worker["operation"], "op_bytes": worker["op_bytes"], "unit": unit,
        "windows": case.windows, "invalid": case.invalid, "broken": case.broken,
        "operations": case.operations, "waited": case.waited,
        "clock": round(case.clock_ns), "ran": round(case.ran_ns), "samples": case.samples,
        "kernel": totals[False, False], "user": totals[False, True],
        "others_kernel": totals[True, False], "others_user": totals[True, True],
        "functions": [{"function": name, "others": child, unit: weight,
                       "samples": case.counts[child, name]}
                      for (child, name), weight in by_weight if name != USER],
    }


def folded(case: Case) -> str:
    """Call paths, as flame graphs are made of; all windows together."""
    return "".join(f"{';'.join(path)} {weight}\n" for path, weight in sorted(case.stacks.items()))
