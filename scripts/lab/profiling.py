# SPDX-License-Identifier: GPL-2.0-or-later
"""Where an operation's instructions go: the plugin's counts, by case and function."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from errors import LabError
from symbols import Symbols

SCHEMA = 1
OWN, OTHERS = 0, 1  # roots of call paths: the task that was timed, and all others

# Of an indirect call with retpolines: on the way, and no caller.
THUNK = "__x86_indirect_thunk_"

Record = dict[str, Any]


@dataclass
class Raw:
    """What the plugin counted in one case's windows."""

    windows: list[tuple[int, int, int, int]] = field(default_factory=list)
    counts: list[tuple[int, int, int]] = field(default_factory=list)  # node, block, times


@dataclass
class Counts:
    """All that the plugin wrote."""

    cases: list[Raw] = field(default_factory=list)
    nodes: dict[int, tuple[int, int]] = field(default_factory=dict)  # parent, address
    blocks: dict[int, list[int]] = field(default_factory=dict)  # addresses

    def root(self, node: int) -> int:
        """Whose path it is: OWN or OTHERS."""
        while node in self.nodes:
            node = self.nodes[node][0]
        return node


def read_counts(text: str) -> Counts:
    """The plugin's file (see profile-plugin.c)."""
    counts = Counts()
    lines = text.splitlines()
    if not lines or lines[-1] != "end":
        raise LabError("the profile is cut short: QEMU ended before its plugin could write all")
    for line in lines[:-1]:
        kind, *words = line.split()
        if kind == "case":
            counts.cases.append(Raw())
        elif kind == "window":
            kernel, user, other_kernel, other_user = map(int, words)
            counts.cases[-1].windows.append((kernel, user, other_kernel, other_user))
        elif kind == "node":
            counts.nodes[int(words[0])] = (int(words[1]), int(words[2], 16))
        elif kind == "block":
            counts.blocks[int(words[0])] = [int(word, 16) for word in words[1:]]
        elif kind == "count":
            node, block, times = map(int, words)
            counts.cases[-1].counts.append((node, block, times))
    return counts


@dataclass
class Results:
    """A result file: the workers that took samples in the order of time, and the others."""

    header: Record
    workers: list[Record]
    skipped: list[str]


def read_results(content: bytes) -> Results:
    """A worker that failed may have opened a window, and makes the whole useless.

    Samples that broke their claim are counted like the others, and told of by the case.
    """
    header, *records = (json.loads(line) for line in content.splitlines())
    workers = sorted((r for r in records if r["record"] == "worker"), key=lambda r: r["sequence"])
    for worker in workers:
        if worker["status"] not in ("ok", "invalid", "skip"):
            raise LabError(f"{case_name(worker)}: {worker['status']}: {worker['reason']}")
    return Results(header, [w for w in workers if w["status"] != "skip"],
                   [f"{case_name(w)}: {w['reason']}" for w in workers if w["status"] == "skip"])


def case_name(case: Record) -> str:
    """As pincow writes it: the scenario and its parameters."""
    return " ".join([case["scenario"], *(f"{k}={v}" for k, v in sorted(case["params"].items()))])


def self_counts(counts: Counts, raw: Raw, symbols: Symbols) -> Iterator[Record]:
    """A record a function and root, the most instructions first."""
    own: Counter[tuple[int, str]] = Counter()
    calls: Counter[tuple[int, str]] = Counter()
    roots: dict[int, int] = {}
    for node, block, times in raw.counts:
        root = roots.setdefault(node, counts.root(node))
        addresses = counts.blocks[block]
        for address in addresses:
            own[root, symbols.innermost(address)] += times
        if symbols.is_entry(addresses[0]):
            calls[root, symbols.function(addresses[0])] += times
    for (root, name), instructions in sorted(own.items(), key=lambda item: (-item[1], item[0])):
        yield {"function": name, "others": root == OTHERS, "instructions": instructions,
               "calls": calls[root, name]}


def frames(counts: Counts, node: int, symbols: Symbols) -> tuple[str, ...]:
    """The functions from the root of a call path to its end."""
    found: list[str] = []
    while node in counts.nodes:
        node, address = counts.nodes[node]
        name = symbols.function(address)
        if not name.startswith(THUNK):
            found.append(name)
    return ("[other task]" if node == OTHERS else "[timed task]", *reversed(found))


def folded(counts: Counts, raw: Raw, symbols: Symbols) -> str:
    """Instructions by call path, as flame graphs are made of; all windows together."""
    paths: dict[int, tuple[str, ...]] = {}
    found: Counter[tuple[str, ...]] = Counter()
    for node, block, times in raw.counts:
        path = paths.setdefault(node, frames(counts, node, symbols))
        for address in counts.blocks[block]:
            name = symbols.innermost(address)
            # Reached by a jump, or inlined: a frame of its own.
            found[path if path[-1] == name else (*path, name)] += times
    kernel_user = [sum(column) for column in zip(*raw.windows)]
    found["[timed task]", "[user space]"] = kernel_user[1]
    found["[other task]", "[user space]"] = kernel_user[3]
    return "".join(f"{';'.join(path)} {times}\n" for path, times in sorted(found.items()) if times)


def describe_case(counts: Counts, raw: Raw, worker: Record, symbols: Symbols) -> Record:
    """A case's totals and functions.  Instructions and calls are of all its windows."""
    batch = worker["batch"]
    sums = [sum(column) for column in zip(*raw.windows)]
    overhead = worker["clock"]["overhead_start_ticks"] * len(batch["ticks"])
    rate = worker["clock"]["hz"] / 1e9
    return {
        "scenario": worker["scenario"], "params": worker["params"],
        "operation": worker["operation"], "op_bytes": worker["op_bytes"],
        "windows": len(raw.windows), "operations": sum(batch["ops"]),
        "valid": sum(batch["valid"]), "broken": worker.get("broken", {}),
        "waited": sum(batch.get("voluntary_switches", [])) > 0,
        "clock": round((sum(batch["ticks"]) - overhead) / rate),
        "kernel": sums[0], "user": sums[1], "others_kernel": sums[2], "others_user": sums[3],
        "functions": list(self_counts(counts, raw, symbols)),
    }


def check_windows(raw: Raw, worker: Record) -> None:
    """A window is a sample."""
    seen, samples = len(raw.windows), len(worker["batch"]["ticks"])
    if seen != samples:
        raise LabError(f"{case_name(worker)}: {seen} windows were seen of {samples} samples: "
                       "the worker died in one, or is of another build")


def invalid(record: Record) -> Iterator[str]:
    """What broke its claim: a profile of it is no profile of the scenario."""
    for case in record["cases"]:
        if case["valid"] != case["windows"]:
            yield (f"{record['kernel']}: {case_name(case)}: {case['windows'] - case['valid']} of "
                   f"{case['windows']} samples broke their claim: {', '.join(case['broken'])}")


def pair(counts: Counts, workers: Sequence[Record]) -> Iterable[tuple[Raw, Record]]:
    """The plugin's cases and the workers': both in the order of time."""
    if len(counts.cases) != len(workers):
        raise LabError(f"{len(counts.cases)} cases were seen, {len(workers)} are in the result: "
                       "a worker died in a window")
    for raw, worker in zip(counts.cases, workers):
        check_windows(raw, worker)
        yield raw, worker


@dataclass
class Profile:
    """A kernel's profile, and the call paths of each of its cases."""

    record: Record
    stacks: list[str]


def make(name: str, content: bytes, counts: Counts, symbols: Symbols) -> Profile:
    """From a boot's result file and the plugin's counts."""
    results = read_results(content)
    host = results.header["host"]
    pairs = list(pair(counts, results.workers))
    record = {"record": "profile", "schema": SCHEMA, "kernel": name,
              "release": host["kernel"]["release"], "build_id": host["kernel"]["build_id"],
              "machine": host["machine"], "page_bytes": host["memory"]["page_bytes"],
              "lab": host["lab"], "inlined": bool(symbols.inlined), "skipped": results.skipped,
              "cases": [describe_case(counts, raw, worker, symbols) for raw, worker in pairs]}
    return Profile(record, [folded(counts, raw, symbols) for raw, _ in pairs])
