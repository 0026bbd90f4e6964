#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each verdict of tests/paths/check is broken once, in a profile that keeps all rules."""

import copy
import json
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHECK = Path(__file__).resolve().parent / "check"
TABLE = """
part interrupts irq
allow fork/anon size=16384 k interrupts 30
rule fork/anon - * 1/op copy_process|copy_old
rule fork/* - * some copy_page
rule fork/* - * +1/page copy_pte
rule fork/* - * 1/page copy_pte
rule fork/* - * 0 do_fault
rule fork/* - * 1/op child:child_return
rule fork/* - * 3/window flush
rule fork/* - * syscalls clone=1|futex
rule fork/* - * 0 others
rule fork/* - other 1/op never
rule null/op - * 0 kernel
"""
PAGE, WINDOWS = 4096, 2
# Of the timed task: entered so often a window, of so many instructions each.
OWN = {"copy_process": (1, 100000), "copy_page": (1, 50), "flush": (3, 10),
       "__x64_sys_clone": (1, 9), "__x64_sys_futex": (5, 9)}

Record = dict[str, Any]
Edit = Callable[[Record, dict[str, int]], None]


def fork(pages: int) -> tuple[Record, dict[str, int]]:
    """A case that keeps all, and its call paths."""
    found = {name: (calls * WINDOWS, own) for name, (calls, own) in OWN.items()}
    found["copy_pte"] = pages * WINDOWS, 100
    functions = [{"function": name, "others": False, "instructions": calls * own, "calls": calls}
                 for name, (calls, own) in found.items()]
    paths = {f"[timed task];entry;{f['function']}": f["instructions"] for f in functions}
    functions.append({"function": "child_return", "others": True, "instructions": 20,
                      "calls": WINDOWS})
    paths |= {"[other task];child_return": 20, "[timed task];[user space]": 8}
    kernel = sum(f["instructions"] for f in functions if not f["others"])
    return {"scenario": "fork/anon", "params": {"size": pages * PAGE}, "op_bytes": pages * PAGE,
            "windows": WINDOWS, "operations": WINDOWS, "valid": WINDOWS, "waited": False,
            "clock": kernel + 28, "kernel": kernel, "user": 8, "others_kernel": 20,
            "others_user": 0, "functions": functions}, paths


def null() -> tuple[Record, dict[str, int]]:
    """The same of one without a kernel."""
    return {"scenario": "null/op", "params": {}, "op_bytes": 0, "windows": 1, "operations": 1,
            "valid": 1, "waited": False, "clock": 5, "kernel": 0, "user": 5, "others_kernel": 0,
            "others_user": 0, "functions": []}, {"[timed task];[user space]": 5}


def of(record: Record, name: str) -> Record:
    """One of its functions."""
    return next(f for f in record["functions"] if f["function"] == name)


class Check(unittest.TestCase):
    """A profile of three cases, of which one is edited."""

    def seen(self, edit: Edit = lambda record, paths: None, at: int = 1) -> str:
        """What check says of it."""
        cases = [copy.deepcopy(case) for case in (fork(4), fork(8), null())]
        edit(*cases[at])
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work)
            (folder / "table").write_text(TABLE)
            for record, paths in cases:
                words = [record["scenario"].replace("/", "-"), *map(str, record["params"].values())]
                (folder / f"k-boot1-{'-'.join(words)}.folded").write_text(
                    "".join(f"{path} {n}\n" for path, n in paths.items()))
            (folder / "k-boot1.profile.json").write_text(json.dumps(
                {"kernel": "k", "page_bytes": PAGE, "machine": "x86_64",
                 "cases": [record for record, _ in cases]}))
            done = subprocess.run([CHECK, folder / "table", folder / "k-boot1.profile.json"],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1 if done.stdout else 0)
        return done.stdout

    def broken(self, said: str, edit: Edit, at: int = 1) -> None:
        """That verdict, and no other."""
        lines = self.seen(edit, at).splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertIn(f"BROKEN: {said}", lines[0])

    def calls(self, name: str, calls: int) -> Edit:
        """An edit of one function's calls alone."""
        return lambda record, paths: of(record, name).update(calls=calls)

    def test_kept(self) -> None:
        self.assertEqual(self.seen(), "")

    def test_times(self) -> None:
        self.broken("1/op copy_process|copy_old: 3 times", self.calls("copy_process", 3))
        self.broken("some copy_page: 0 times", self.calls("copy_page", 0))
        self.broken("3/window flush: 5 times", self.calls("flush", 5))
        self.broken("1/op child:child_return: 1 times", self.calls("child_return", 1))
        self.broken("0 do_fault: 1 times", lambda record, paths: record["functions"].append(
            {"function": "do_fault", "others": False, "instructions": 0, "calls": 1}))

    def test_the_childs(self) -> None:
        self.broken("1/op child:child_return: 0 times",
                    lambda record, paths: of(record, "child_return").update(others=False))

    def test_pages(self) -> None:
        lines = self.seen(self.calls("copy_pte", 17))
        self.assertIn("BROKEN: 1/page copy_pte: 17 times", lines)
        self.assertIn("BROKEN: +1/page copy_pte: 1.1250 times a page more", lines)

    def test_syscalls(self) -> None:
        said = "syscalls clone=1|futex: "
        self.broken(said + "clone 3 times in 2", self.calls("__x64_sys_clone", 3))
        self.broken(said + "futex 0 times", self.calls("__x64_sys_futex", 0))
        self.broken(said + "read 1 times", lambda record, paths: record["functions"].append(
            {"function": "__x64_sys_read", "others": False, "instructions": 0, "calls": 1}))

    def test_others(self) -> None:
        def much(record: Record, paths: dict[str, int]) -> None:
            record["others_kernel"] += 4000
            record["clock"] += 4000
        self.broken("0 others: 4020 instructions", much)
        # Known of an invalid sample, which is in no figure.
        self.assertEqual(self.seen(lambda record, paths: (
            much(record, paths), record.update(valid=1))), "")  # type: ignore[func-returns-value]

    def test_parts(self) -> None:
        def tick(record: Record, paths: dict[str, int]) -> None:
            paths["[timed task];irq;work"] = 12000
        self.broken("interrupts take 5.", tick)
        self.assertEqual(self.seen(tick, 0), "")

    def test_parts_allowed(self) -> None:
        def tick(record: Record, paths: dict[str, int]) -> None:
            paths["[timed task];irq;work"] = 90000
        lines = self.seen(tick, 0)
        self.assertIn("interrupts take", lines)
        self.assertIn("allowed are 30.0%", lines)

    def test_sum(self) -> None:
        said = "the sum is "
        self.broken(said + "-20 instructions off", lambda record, paths: record.update(
            clock=record["clock"] + 20))
        self.broken(said + "+20 instructions off", lambda record, paths: record.update(
            clock=record["clock"] - 20))
        self.assertEqual(self.seen(lambda record, paths: record.update(
            clock=record["clock"] + 20, waited=True)), "")

    def test_kernel(self) -> None:
        def entered(record: Record, paths: dict[str, int]) -> None:
            paths["[timed task];entry;work"] = 7
        self.broken("0 kernel: 7 instructions", entered, 2)

    def test_no_rule(self) -> None:
        self.broken("no rule of the table is for it",
                    lambda record, paths: record.update(scenario="null/other"), 2)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
