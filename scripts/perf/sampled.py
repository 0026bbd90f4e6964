# SPDX-License-Identifier: GPL-2.0-or-later
"""Sampled profiles: whether they can be believed, as text, and from files."""

import json
import math
from collections import defaultdict
from pathlib import Path

from errors import LabError
from profile_text import LEAST_SHARE, LINES_MAX, columns, number, pairs, per_op, two, whose
from profiling import SCHEMA, Record, case_name

SAMPLES_MIN = 100  # then a function of half the time is known within 20 %
SIGMAS = 3  # chance alone puts 1 of 370 beyond
SLACK = 0.05  # of the window, beside chance: samples that were late, or merged into one
GHZ = 0.1, 10  # what a processor's clock can be
Z95 = 1.96

MORE = "take more: -- --replicates N, a larger size, or --frequency"


def sampled(case: Record) -> int:
    """All that the samples stand for."""
    return sum(case[part] for part in ("kernel", "user", "others_kernel", "others_user"))


def doubt(case: Record) -> str:
    """Why a case's samples are no profile; "" when they are one."""
    name, n = case_name(case), case["samples"]
    if n < SAMPLES_MIN:
        return (f"{name}: {n} samples fell into its {case['windows']} windows, "
                f"{SAMPLES_MIN} are needed; {MORE}")
    ratio = sampled(case) / case["ran"]
    if case["unit"] == "cycles":
        if not GHZ[0] <= ratio <= GHZ[1]:
            return f"{name}: {ratio:.2g} cycles/ns in its windows: samples were lost"
    elif abs(ratio - 1) > SIGMAS / math.sqrt(n) + SLACK:
        return (f"{name}: the samples are {ratio:.1%} of the time in its windows: some were lost, "
                "or the host was not there (steal); try a lower --frequency, or a quieter host")
    return ""


def error95(weight: float, case: Record) -> float:
    """Half of what 95 % of profiles give for it, an operation: a count's is its root.
    Of what no sample saw as of one."""
    each = sampled(case) / case["samples"]
    return Z95 * math.sqrt(max(weight, each) * each) / case["operations"]


def totals(case: Record) -> str:
    """How much there is, of how many samples, and whether it is what the clock measured."""
    all_, n, unit = sampled(case), case["samples"], case["unit"]
    others = case["others_kernel"] + case["others_user"]
    text = (f"{number(per_op(all_, case))} {unit}/{case['operation']}: "
            f"{number(per_op(case['kernel'], case))} kernel, "
            f"{number(per_op(case['user'], case))} user space")
    if others:
        text += f", {number(per_op(others, case))} its child"
    text += (f"\n  {n} samples in {case['windows']} windows, sampling error "
             f"{1 / math.sqrt(n):.1%}; the clock: {number(per_op(case['ran'], case))} ns")
    ratio = all_ / case["ran"]
    text += f", {ratio:.2f} GHz" if unit == "cycles" else f" ({ratio - 1:+.1%})"
    waited = per_op(case["clock"] - case["ran"], case)
    if case["waited"]:
        text += f", and {number(waited)} ns waiting"
    if case["invalid"]:
        text += f"\n  {case['invalid']} invalid windows left out: {', '.join(case['broken'])}"
    return text


def one(case: Record) -> str:
    """The functions of a case."""
    all_, unit = sampled(case), case["unit"]
    shown = [f for f in case["functions"] if f[unit] >= LEAST_SHARE * all_
             and per_op(f[unit], case) > error95(f[unit], case)][:LINES_MAX]
    rest = case["functions"][len(shown):]
    rows = [["self", "+-95%", "share", "kernel function"]]
    rows += [[number(per_op(f[unit], case)), number(error95(f[unit], case)),
              f"{f[unit] / all_:.1%}", whose(f)] for f in shown]
    if rest:
        left = sum(f[unit] for f in rest)
        rows.append([number(per_op(left, case)), "", f"{left / all_:.1%}",
                     f"{len(rest)} more functions, of few samples each"])
    return f"{case_name(case)}\n  {totals(case)}\n{columns(rows)}"


def by_function(a: Record, b: Record) -> dict[str, list[tuple[float, float]]]:
    """Of each function what it takes an operation, and its error, in both."""
    both: dict[str, list[tuple[float, float]]] = defaultdict(
        lambda: [(0, error95(0, a)), (0, error95(0, b))])
    for side, case in enumerate((a, b)):
        parts = [(whose(f), f[case["unit"]]) for f in case["functions"]]
        parts += [("(user space)", case["user"]),
                  ("(user space of the child)", case["others_user"])]
        for name, weight in parts:
            both[name][side] = per_op(weight, case), error95(weight, case)
    return both


def difference(a: Record, b: Record, names: tuple[str, str]) -> str:
    """The functions that differ by more than chance, the largest difference first."""
    rows, left = [], [0.0, 0.0]
    least = LEAST_SHARE * max(per_op(sampled(case), case) for case in (a, b))
    hidden = 0
    for name, ((x, x95), (y, y95)) in by_function(a, b).items():
        error = math.hypot(x95, y95)
        if abs(y - x) > max(error, least):
            rows.append((abs(y - x), [number(x), number(y), number(y - x, "+"), number(error),
                                      name]))
        else:
            hidden, left = hidden + 1, [left[0] + x, left[1] + y]
    table = [[*names, "difference", "+-95%", "function"]]
    table += [row for _, row in sorted(rows, key=lambda row: -row[0])]
    if hidden:
        table.append([*map(number, left), number(left[1] - left[0], "+"), "",
                      f"{hidden} more, each within its sampling error or small"])
    old, new = (per_op(sampled(case), case) for case in (a, b))
    head = (f"{number(old)} -> {number(new)} {a['unit']}/{a['operation']} ({new / old - 1:+.1%}), "
            f"by function, self; {a['samples']} and {b['samples']} samples")
    return f"{case_name(a)}\n  {head}\n{columns(table)}"


def compare(a: Record, b: Record, names: tuple[str, str], scenario: str | None) -> str:
    """Two profiles by the cases that both have: sampled ones, or the lab's."""
    if a["machine"] != b["machine"]:
        raise LabError(f"{names[0]} and {names[1]} are of {a['machine']} and of {b['machine']}, "
                       "which execute other instructions")
    both = [(x, y) for x, y in pairs(a, b) if scenario in (None, x["scenario"])]
    if not both:
        raise LabError(f"{names[0]} and {names[1]} have no case "
                       + (f"of {scenario} " if scenario else "") + "in common")
    units = {case.get("unit", "instructions") for pair in both for case in pair}
    if len(units) != 1:
        raise LabError(f"{names[0]} and {names[1]} are in {' and '.join(sorted(units))}: "
                       "make both by the same event")
    if units == {"instructions"}:
        return "\n\n".join(two(x, y, names, a["page_bytes"]) for x, y in both)
    return "\n\n".join(difference(x, y, names) for x, y in both)


NUMBER = int | float
NUMBER_MAX = 1e18
CASE = {"scenario": str, "params": dict, "operation": str, "op_bytes": NUMBER,
        "operations": NUMBER, "clock": NUMBER, "kernel": NUMBER, "user": NUMBER, "others_kernel": NUMBER, "others_user": NUMBER,
        "functions": list}
COUNTED_CASE = CASE | {"windows": NUMBER, "valid": NUMBER}
SAMPLED_CASE = CASE | {"samples": NUMBER, "ran": NUMBER}


def is_one(value: object, kind: type) -> bool:
    """Of that type, and nothing that would spoil a table."""
    if isinstance(value, str):
        return kind is str and value.isprintable()
    if kind is NUMBER:
        return isinstance(value, NUMBER) and abs(value) < NUMBER_MAX
    return isinstance(value, kind)


def check_case(case: Record) -> bool:
    """What the texts above count on."""
    unit = case.get("unit", "instructions")
    is_counted = unit == "instructions"
    needs = COUNTED_CASE if is_counted else SAMPLED_CASE
    function = {"function": str, "others": bool, unit: NUMBER,
                "calls" if is_counted else "samples": NUMBER}
    return (all(is_one(case.get(key), kind) for key, kind in needs.items())
            and case["operations"] > 0 and case.get("samples", 1) > 0
            and case_name(case).isprintable()
            and all(is_one(f.get(key), kind) for f in case["functions"]
                    for key, kind in function.items()))


def load(path: Path) -> Record:
    """A profile from a file of -o, or of `lab profile -o`."""
    try:
        profile = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        whole = "a result file? " if error.msg == "Extra data" else "cut short? "
        raise LabError(f"{path}: line {error.lineno}: no profile: {error.msg}; {whole}"
                       "scripts/profile SCENARIO -o FILE makes one") from None
    except (UnicodeDecodeError, RecursionError):
        raise LabError(f"{path}: no profile: not text, or nested without end; "
                       "scripts/profile SCENARIO -o FILE makes one") from None
    if not isinstance(profile, dict) or profile.get("record") != "profile":
        raise LabError(f"{path}: no profile; scripts/profile SCENARIO -o FILE makes one")
    if profile.get("schema") != SCHEMA:
        raise LabError(f"{path}: of schema {profile.get('schema')}, this script reads {SCHEMA}")
    try:
        fine = profile["machine"].isprintable() and profile["page_bytes"] > 0 and \
            all(map(check_case, profile["cases"]))
    except (AttributeError, KeyError, TypeError):
        fine = False
    if not fine:
        raise LabError(f"{path}: no whole profile: a case lacks something; make it again")
    for case in profile["cases"]:
        if "unit" not in case and case["valid"] != case["windows"]:
            raise LabError(f"{path}: {case_name(case)}: samples broke their claim; make it again")
    return profile
