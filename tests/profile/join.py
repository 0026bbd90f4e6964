#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/profile's join: which of perf's samples count, for whom, and when they are refused."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path[:0] = [str(SCRIPTS / "perf"), str(SCRIPTS / "lab")]

import sampled
import samples
import symbols
import windows
from errors import LabError

KALLSYMS = """ffffffff81000000 T entry
ffffffff81000100 T copy_page_range.isra.0
ffffffff81000200 t pagemap_read
ffffffff81000300 t child_return
ffffffff81000400 T uart_write\t[serial]
"""
ENTRY, COPY, PAGEMAP, CHILD, UART = (0xffffffff81000010 + 0x100 * i for i in range(5))


def line(task: int, time_ns: int, *chain: int, weight: int = 10) -> str:
    """A sample, as perf script prints it."""
    head = f"{task}/{task} {time_ns // 10**9:6}.{time_ns % 10**9:09}:     {weight} \n"
    return head + "".join(f"\t{address:16x}\n" for address in chain) + "\n"


def fork(child: int, parent: int, time_ns: int) -> str:
    """A task event."""
    return (f"{child}/{child} {time_ns // 10**9}.{time_ns % 10**9:09}: "
            f"PERF_RECORD_FORK({child}:{child}):({parent}:{parent})\n")


# A worker (2) of the run (1) that forks a child (3) and by it another (5) in its first
# window, and a worker (4), whose predecessor's child lives on.  Windows of 100 ns.
S = 10 * 10**9
SCRIPT = ("    0/0         0.000000000: PERF_RECORD_COMM: kthreadd:9/9\n"
          + fork(2, 1, S)
          + line(2, S + 99, PAGEMAP, ENTRY)  # just before the first window
          + line(2, S + 100, COPY, ENTRY)
          + fork(3, 2, S + 120)
          + line(1, S + 130, PAGEMAP)  # the run
          + line(0, S + 135, PAGEMAP)  # idle
          + line(3, S + 140, CHILD)
          + fork(5, 3, S + 142)
          + line(5, S + 145, CHILD)
          + line(2, S + 150)  # user space
          + line(2, S + 160, UART, 0x1234)  # user space called the kernel
          + line(2, S + 199, COPY, ENTRY)
          + line(2, S + 200, PAGEMAP, ENTRY)  # just after it
          + line(2, S + 350, PAGEMAP)  # in an invalid window
          + line(2, S + 550, COPY)
          + fork(4, 1, S + 600)
          + line(2, S + 705, PAGEMAP)
          + line(3, S + 710, PAGEMAP)
          + line(4, S + 720, COPY, ENTRY))


def worker(pid: int, begin_ns: list[int], valid: list[int],
           status: str = "ok") -> windows.Record:
    """A record with windows of 100 ns, by a clock of 2 GHz."""
    n = len(begin_ns)
    return {"scenario": "fork/anon", "params": {"size": 4096}, "operation": "fork",
            "op_bytes": 4096, "status": status, "pid": pid, "clock": {"hz": 2 * 10**9},
            "batch": {"begin_ns": begin_ns, "ticks": [200] * n, "ops": [1] * n, "valid": valid,
                      "foreign_ns": [2] * n}}


def joined(script: str, workers: list[windows.Record]) -> list[windows.Case]:
    """As scripts/profile does it."""
    cases, spans = windows.of_workers(workers)
    seen = samples.read(script.splitlines(), {span.pid for span in spans})
    windows.join(spans, seen, symbols.parse(KALLSYMS, "test"))
    return cases


WORKERS = [worker(4, [S + 700], [1]), worker(2, [S + 100, S + 300, S + 500], [1, 0, 1])]


class Join(unittest.TestCase):
    """Time tells which samples count."""

    def setUp(self) -> None:
        case, = joined(SCRIPT, WORKERS)
        self.case, self.made = case, windows.describe(case, "ns")

    def test_only_windows_count(self) -> None:
        functions = {(f["function"], f["others"]): f["ns"] for f in self.made["functions"]}
        self.assertEqual(functions, {("copy_page_range", False): 40, ("child_return", True): 20,
                                     ("uart_write [serial]", False): 10})
        self.assertEqual([self.made[part] for part in ("kernel", "user", "others_kernel",
                                                       "others_user")], [50, 10, 20, 0])
        self.assertEqual(self.made["samples"], 8)

    def test_windows_are_summed(self) -> None:
        self.assertEqual([self.made[key] for key in ("windows", "invalid", "operations", "clock",
                                                     "ran")], [3, 1, 3, 300, 294])

    def test_stacks(self) -> None:
        self.assertEqual(windows.folded(self.case), (
            "[other task];child_return 20\n"
            "[timed task];[user space] 10\n"
            "[timed task];copy_page_range 10\n"
            "[timed task];entry;copy_page_range 30\n"
            "[timed task];uart_write [serial] 10\n"))

    def test_other_workers(self) -> None:
        self.assertEqual(joined(SCRIPT, [worker(2, [S + 100], [1], "error")]), [])
        self.assertEqual(joined(SCRIPT, [worker(2, [S + 100], [0], "invalid")]), [])
        old = worker(2, [S + 100], [1])
        del old["batch"]["begin_ns"]
        with self.assertRaisesRegex(LabError, "older version"):
            joined(SCRIPT, [old])


def case(count: int, copied: float = 0.5, unit: str = "ns") -> windows.Record:
    """A case of 10 operations of 1000 ns, seen by so many samples."""
    total = 10000
    functions = [{"function": name, "others": False, unit: total * share, "samples": count * share}
                 for name, share in (("copy", copied), ("rest", 1 - copied))]
    return {"scenario": "fork/anon", "params": {}, "operation": "fork", "unit": unit,
            "op_bytes": 8192, "operations": 10, "windows": 10, "invalid": 0, "broken": {}, "waited": False, "samples": count,
            "clock": 10000, "ran": 10000, "kernel": total, "user": 0, "others_kernel": 0,
            "others_user": 0, "functions": functions}


class Doubt(unittest.TestCase):
    """Few samples, or samples that do not add up, are no profile."""

    def test_few(self) -> None:
        self.assertEqual(sampled.doubt(case(100)), "")
        self.assertRegex(sampled.doubt(case(99)), "^fork/anon: 99 samples .*--replicates")

    def test_sum(self) -> None:
        # 10000 samples: 3 % by chance and 5 % of slack
        for ran, fine in ((9300, True), (9200, False), (10800, True), (11000, False)):
            made = case(10000) | {"ran": ran}
            self.assertEqual(sampled.doubt(made) == "", fine, ran)

    def test_cycles(self) -> None:
        self.assertEqual(sampled.doubt(case(1000, unit="cycles") | {"ran": 3000}), "")
        self.assertIn("cycles/ns", sampled.doubt(case(1000, unit="cycles") | {"ran": 500}))


class Difference(unittest.TestCase):
    """Two profiles, beyond chance."""

    def compare(self, a: windows.Record, b: windows.Record, scenario: str | None = None) -> str:
        old, new = ({"machine": "m", "page_bytes": 4096, "cases": [made]} for made in (a, b))
        return sampled.compare(old, new, ("old", "new"), scenario)

    def test_beyond_chance(self) -> None:
        text = self.compare(case(10000), case(10000, 0.6))
        self.assertRegex(text, r"500\.0 +600\.0 +\+100\.0 +20\.\d +copy\n")
        self.assertRegex(text, r"500\.0 +400\.0 +-100\.0 +18\.\d +rest\n")

    def test_within_chance(self) -> None:
        text = self.compare(case(100), case(100, 0.6))
        self.assertNotIn("copy", text)
        self.assertIn("4 more, each within its sampling error", text)

    def test_refusals(self) -> None:
        with self.assertRaisesRegex(LabError, "no case of fault/x in common"):
            self.compare(case(100), case(100), "fault/x")
        with self.assertRaisesRegex(LabError, "in cycles and ns"):
            self.compare(case(100), case(100, unit="cycles"))

    def test_machines(self) -> None:
        old, new = ({"machine": name, "page_bytes": 4096, "cases": [case(100)]} for name in "ab")
        with self.assertRaisesRegex(LabError, "of a and of b"):
            sampled.compare(old, new, ("old", "new"), None)

    def test_the_labs(self) -> None:
        old, new = (counted(copied) for copied in (0.5, 0.6))
        self.assertRegex(self.compare(old, new), r"500\.0 +600\.0 +\+100\.0 +\+50\.0 +copy\n")
        old["op_bytes"] = 4096
        self.assertRegex(self.compare(old, new), r"500\.0 +600\.0 +\+100\.0 +copy\n")


def counted(copied: float = 0.5) -> windows.Record:
    """As the lab writes it."""
    made = case(1, copied, "instructions") | {"valid": 10}
    del made["unit"]
    for function in made["functions"]:
        function["calls"] = function.pop("samples")
    return made


class Load(unittest.TestCase):
    """Files come from anyone."""

    def load(self, made: windows.Record, page_bytes: int = 4096) -> windows.Record:
        with tempfile.NamedTemporaryFile("w") as file:
            json.dump({"record": "profile", "schema": 1, "machine": "m", "page_bytes": page_bytes,
                       "cases": [made]}, file)
            file.flush()
            return sampled.load(Path(file.name))

    def test_whole(self) -> None:
        self.assertEqual(self.load(counted())["cases"], [counted()])
        self.assertEqual(self.load(case(1))["cases"], [case(1)])

    def test_refusals(self) -> None:
        with self.assertRaisesRegex(LabError, "fork/anon: samples broke their claim"):
            self.load(counted() | {"valid": 9})
        with self.assertRaisesRegex(LabError, "lacks something"):
            self.load(counted() | {"op_bytes": None})
        with self.assertRaisesRegex(LabError, "lacks something"):
            self.load(counted(), 0)
        with self.assertRaisesRegex(LabError, "lacks something"):
            self.load(counted() | {"kernel": 1e300})
        with self.assertRaisesRegex(LabError, "lacks something"):
            self.load(counted() | {"scenario": "fork\n"})


if __name__ == "__main__":
    unittest.main()
