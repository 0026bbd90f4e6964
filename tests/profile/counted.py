#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `lab profile` makes of counts: names, calls, differences, doubts, and what is a change."""

import copy
import sys
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path[:0] = [str(SCRIPTS / "lab")]

import patch
import profile_text
import profiles
import profiling
import symbols
from profiling import Record

KALLSYMS = """ffffffff81000000 T __pi_memcpy
ffffffff81000000 W __memcpy
ffffffff81000000 T memcpy
ffffffff81000100 t free.isra.0
ffffffff81000200 t free.part.0
ffffffff81000300 t free.cold
ffffffff81000300 t $x
ffffffff81000400 T __pfx_copy
ffffffff81000410 T copy
"""
# Two windows of an operation each: the timed task calls copy() and free(), which goes on in
# its parts; another task calls memcpy().
COUNTS = """case 0
window 11 3 0 0
window 11 3 2 1
block 0 ffffffff81000410 ffffffff81000414 ffffffff81000418
block 1 ffffffff81000100 ffffffff81000104
block 2 ffffffff81000200
block 3 ffffffff81000300
block 4 ffffffff81000000 ffffffff81000004
count 0 0 4
count 0 1 2
count 0 2 4
count 0 3 2
count 1 4 1
end
"""
WORKER = {"scenario": "fork/anon", "params": {"size": 8192}, "operation": "fork",
          "op_bytes": 8192, "status": "ok", "clock": {"overhead_start_ticks": 2, "hz": 10**9},
          "batch": {"ticks": [18, 18], "ops": [1, 1], "valid": [1, 1]}}


def described() -> Record:
    """The case of these counts."""
    counts = profiling.read_counts(COUNTS)
    return profiling.describe_case(counts, counts.cases[0], WORKER, symbols.parse(KALLSYMS, "k"))


def profile(kernel: str, *cases: Record) -> Record:
    """A boot's."""
    return {"kernel": kernel, "release": "1", "machine": "m", "page_bytes": 4096, "skipped": [],
            "inlined": False, "cases": list(cases)}


def changed(case: Record, name: str, more: int, **keys: int) -> Record:
    """The same with so many instructions more in a function, and other keys."""
    made = copy.deepcopy(case) | keys
    found = [function for function in made["functions"] if function["function"] == name]
    found[0]["instructions"] += more
    made["kernel"] += more
    return made


class Describe(unittest.TestCase):
    """From counts to a case."""

    def test_functions(self) -> None:
        found = [(f["function"], f["others"], f["instructions"], f["calls"])
                 for f in described()["functions"]]
        self.assertEqual(found, [("copy", False, 12, 4), ("free", False, 10, 2),
                                 ("memcpy", True, 2, 1)])

    def test_totals(self) -> None:
        case = described()
        self.assertEqual([case[key] for key in (
            "windows", "operations", "valid", "waited", "clock", "kernel", "user",
            "others_kernel", "others_user")], [2, 2, 2, False, 32, 22, 6, 2, 1])

    def test_waited(self) -> None:
        counts = profiling.read_counts(COUNTS)
        worker = copy.deepcopy(WORKER)
        worker["batch"]["voluntary_switches"] = [0, 1]
        self.assertTrue(profiling.describe_case(counts, counts.cases[0], worker,
                                                symbols.parse(KALLSYMS, "k"))["waited"])

    def test_text(self) -> None:
        text = profile_text.one(described(), profile("k"), False)
        self.assertIn("15.5 instructions/fork: 11.0 kernel, 3.0 user space, 1.5 other tasks; "
                      "the counted clock: 16.0 (-3.125%); the sum is -3.1% off the clock", text)
        self.assertRegex(text, r"\n +6\.0 +3\.0 +50\.0% +2\.0 +copy\n")


class Two(unittest.TestCase):
    """Two kernels side by side."""

    def test_sign_and_order(self) -> None:
        case = described()
        more = changed(changed(case, "copy", 20), "free", -8)
        text = profile_text.two(case, more, ("old", "new"), 4096)
        self.assertRegex(text, r"6\.0 +16\.0 +\+10\.0 +\+5\.0 +copy\n +5\.0 +1\.0 +-4\.0 +-2\.0 +free\n")
        self.assertIn("15.5 -> 21.5 instructions/fork (+38.7%)", text)

    def test_doubts(self) -> None:
        case = described() | {"clock": 31}
        odd = case | {"valid": 1, "waited": True}
        text = profile_text.two(case, odd, ("old", "new"), 4096)
        self.assertIn("  new: 1 of 2 samples are invalid\n  new: it waited", text)
        self.assertNotIn("old: ", text)

    def test_one_sided(self) -> None:
        case = described()
        other = case | {"scenario": "fork/exit"}
        text = profiles.text([profile("a", case), profile("b", case, other)])
        self.assertIn("b alone: fork/exit size=8192", text)


class Boots(unittest.TestCase):
    """Two boots of one kernel are the same, or that is told."""

    def test_agree(self) -> None:
        boots = [profile("k", described()) for _ in range(2)]
        self.assertEqual(profiles.boots_agree(boots), "2 boots, the same to the instruction")
        self.assertEqual(patch.unlike(boots), [])

    def test_differ(self) -> None:
        case = described()
        for other in (changed(case, "copy", 1), case | {"user": 9}, case | {"clock": 33}):
            boots = [profile("k", case), profile("k", other)]
            self.assertRegex(profiles.boots_agree(boots), "^boots DIFFER in fork/anon size=8192")
            self.assertEqual(patch.unlike(boots), ["fork/anon size=8192"])

    def test_other_cases(self) -> None:
        boots = [profile("k", described()), profile("k")]
        self.assertRegex(profiles.boots_agree(boots), "^boots DIFFER in fork/anon")


class Change(unittest.TestCase):
    """What `lab patch` calls changed."""

    def test_in_sum(self) -> None:
        case = described()
        self.assertFalse(patch.is_changed(case, case))
        self.assertTrue(patch.is_changed(case, changed(case, "copy", 1)))

    def test_moved(self) -> None:
        """From one function to another, with the same sum."""
        case = described()
        self.assertTrue(patch.is_changed(case, changed(changed(case, "copy", 4), "free", -4)))


if __name__ == "__main__":
    unittest.main()
