# SPDX-License-Identifier: GPL-2.0-or-later
"""Profiles as a person reads them: of one kernel, and of two side by side."""

from collections import defaultdict
from collections.abc import Sequence

from profiling import Record, case_name

# Functions below this share of the operation are summed up in one line.
LEAST_SHARE = 0.002
LINES_MAX = 40


def per_op(value: float, case: Record) -> float:
    """Of a case's total."""
    return value / case["operations"]


def number(value: float, sign: str = "") -> str:
    """Instructions: exact where they are few."""
    digits = 0 if abs(value) >= 10000 else 1
    return f"{value:{sign}z,.{digits}f}"


def unit(case: Record) -> str:
    """What a figure is of."""
    return f"instructions/{case['operation']}"


def per_page(value: float, case: Record, page_bytes: int, sign: str = "") -> str:
    """Of an operation on many pages; "" where it is on one or on none."""
    pages = case["op_bytes"] // page_bytes
    return number(value / pages, sign) if pages > 1 else ""


def without_empty(rows: list[list[str]], column: int) -> list[list[str]]:
    """A column of which only the head says something is left out."""
    if any(row[column] for row in rows[1:]):
        return rows
    return [[*row[:column], *row[column + 1:]] for row in rows]


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Right-aligned but for the last column."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    return "\n".join("  " + "  ".join([*(f"{cell:>{width}}" for cell, width in zip(row, widths)),
                                       row[-1]]).rstrip() for row in rows)


def counted(case: Record) -> int:
    """All instructions of its windows."""
    return sum(case[part] for part in ("kernel", "user", "others_kernel", "others_user"))


def off_clock(case: Record) -> float:
    """By what share the clock says otherwise."""
    return counted(case) / case["clock"] - 1 if case["clock"] else 0


def doubts(case: Record) -> list[str]:
    """Why it may be no figure of the scenario's."""
    found = []
    if case["valid"] != case["windows"]:
        found.append(f"{case['windows'] - case['valid']} of {case['windows']} samples are invalid")
    if case["waited"]:
        found.append("it waited: the clock counts that, too")
    elif abs(off_clock(case)) > LEAST_SHARE:
        found.append(f"the sum is {off_clock(case):+.1%} off the clock")
    return found


def totals(case: Record) -> str:
    """How much there is, and whether it is what the clock counted."""
    others = case["others_kernel"] + case["others_user"]
    text = (f"{number(per_op(counted(case), case))} {unit(case)}: "
            f"{number(per_op(case['kernel'], case))} kernel, "
            f"{number(per_op(case['user'], case))} user space")
    if others:
        text += f", {number(per_op(others, case))} other tasks"
    text += f"; the counted clock: {number(per_op(case['clock'], case))} ({off_clock(case):+.3%})"
    return "; ".join([text, *doubts(case)])


def whose(function: Record) -> str:
    """Its name, and whether another task ran it."""
    return function["function"] + (" (other task)" if function["others"] else "")


def one(case: Record, profile: Record, named: bool) -> str:
    """The functions of a case; named: of one kernel of several."""
    page_bytes = profile["page_bytes"]
    all_ = sum(function["instructions"] for function in case["functions"]) or 1
    shown = [f for f in case["functions"] if f["instructions"] >= LEAST_SHARE * all_][:LINES_MAX]
    rest = case["functions"][len(shown):]
    rows = [["self", "a page", "share", "calls", "kernel function"]]

    def row(instructions: int, calls: str, name: str) -> list[str]:
        value = per_op(instructions, case)
        return [number(value), per_page(value, case, page_bytes), f"{instructions / all_:.1%}",
                calls, name]

    for f in shown:
        calls = per_op(f["calls"], case)
        rows.append(row(f["instructions"], number(calls) if calls else "-", whose(f)))
    if rest:
        rows.append(row(sum(f["instructions"] for f in rest), "", f"{len(rest)} more functions"))
    name = f"{profile['kernel']}  {case_name(case)}" if named else case_name(case)
    return f"{name}\n  {totals(case)}\n{columns(without_empty(rows, 1))}"


def differences(a: Record, b: Record) -> list[tuple[str, float, float]]:
    """Instructions an operation of both by function, the largest difference first."""
    both: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for side, case in enumerate((a, b)):
        for f in case["functions"]:
            both[whose(f)][side] += per_op(f["instructions"], case)
        both["(user space)"][side] += per_op(case["user"], case)
        both["(user space of other tasks)"][side] += per_op(case["others_user"], case)
    found = [(name, *values) for name, values in both.items() if any(values)]
    return sorted(found, key=lambda row: (-abs(row[2] - row[1]), row[0]))


def calls_of(case: Record) -> dict[str, float]:
    """Calls an operation by function."""
    found: dict[str, float] = defaultdict(float)
    for f in case["functions"]:
        found[whose(f)] += per_op(f["calls"], case)
    return found


def name_of(function: str, calls: Sequence[float]) -> str:
    """With its calls where they differ: it is called more often, or takes longer."""
    x, y = (number(value) for value in calls)
    return function if x == y else f"{function} (calls {x} -> {y})"


def two(a: Record, b: Record, names: tuple[str, str], page_bytes: int) -> str:
    """The functions that differ."""
    found = differences(a, b)
    sums = [sum(row[side] for row in found) for side in (1, 2)]
    least = LEAST_SHARE * max(sums)
    shown = [row for row in found if abs(row[2] - row[1]) >= least][:LINES_MAX]
    rows = [[*names, "difference", "a page", "function"]]

    def row(name: str, x: float, y: float) -> list[str]:
        return [number(x), number(y), number(y - x, "+"), per_page(y - x, a, page_bytes, "+"),
                name]

    calls = calls_of(a), calls_of(b)
    rows += [row(name_of(name, [side[name] for side in calls]), x, y) for name, x, y in shown]
    left = found[len(shown):]
    if left:
        rows.append(row(f"{len(left)} more", *(sum(f[side] for f in left) for side in (1, 2))))
    change = sums[1] / sums[0] - 1 if sums[0] else float("nan")
    head = [case_name(a), f"  {number(sums[0])} -> {number(sums[1])} {unit(a)} ({change:+.1%}), "
            "by function, its own instructions"]
    head += [f"  {name}: {doubt}" for name, case in zip(names, (a, b)) for doubt in doubts(case)]
    return "\n".join([*head, columns(without_empty(rows, 3))])


def pairs(a: Record, b: Record) -> list[tuple[Record, Record]]:
    """The cases that both have."""
    others = {case_name(case): case for case in b["cases"]}
    return [(case, others[case_name(case)]) for case in sorted(a["cases"], key=case_name)
            if case_name(case) in others]
