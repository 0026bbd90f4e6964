# SPDX-License-Identifier: GPL-2.0-or-later
"""`lab patch`: what a patch changes, counted on both kernels, as a text for the list."""

import dataclasses
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import boot
import build
import cache
import host
import profile_text
import qemu
import runs
import subjects
import trees
from boot import Lab
from errors import LabError
from guest import Reply
from profiles import Profiles
from profiling import Record, case_name
from runs import Job, Plan, Row
from subjects import Subject
from trees import Recipe

# Of the same length: a guest's environment holds them, and what a longer one moves
# is seen in forks (1 % of some).
NAMES = ("vanilla", "patched")

# Of a case's instructions, the gate's minimum effect: less is called unchanged.
LEAST_EFFECT = 0.005

# Boots are alike to the digit: two show it, more would show no more.
POLICY = "[rule]\nboots = 2\n"

WIDTH = 72

COUNTED = """instructions that an emulated CPU (QEMU {qemu}) executed in an operation, in the kernel and
in user space: exact, the same at every boot. No times: cache and TLB misses, IPIs and
waiting for locks are in no count. Kernel functions by their own instructions, without
those of functions that they call."""


@dataclass(frozen=True)
class Side:
    """BASE or PATCHED."""

    subject: Subject
    what: str  # for the reader of the text


def sides(lab: Lab, words: Sequence[str], repo: Path | None, recipe: Recipe,
          arch: str | None) -> list[Side]:
    """Both are found before one is built."""
    if repo is None:
        found = [subjects.own(f"{name}={word}", arch=arch) for name, word in zip(NAMES, words)]
        if found[0].image.arch != found[1].image.arch:
            raise LabError(f"{words[0]} is for {found[0].image.arch}, "
                           f"{words[1]} for {found[1].image.arch}")
        return [Side(subject, f"{word} (SHA-256 {build.sha256(subject.image.path)[:16]})")
                for subject, word in zip(found, words)]
    commits = [trees.resolve(repo, word) for word in words]
    built = [trees.have(lab.root, commit, recipe, lab.progress) for commit in commits]
    return [Side(Subject(name, kernel.image, vmlinux=kernel.vmlinux),
                 f'{commit.short} ("{commit.subject}")')
            for name, kernel, commit in zip(NAMES, built, commits)]


def check_output(folder: Path) -> None:
    """Files of earlier boots would be taken for some of these."""
    for name in NAMES:
        if (folder / name).exists():
            raise LabError(f"{folder / name} is there already: name another folder, or remove it")


def boot_all(lab: Lab, plan: Plan, both: Sequence[Side], made: Profiles) -> list[Row]:
    """All boots; the files of each kernel in a folder, which is a group for compare."""
    def keep(plan: Plan, job: Job, reply: Reply) -> str:
        folder = plan.output / job.subject.name
        file = made.keep(dataclasses.replace(plan, output=folder), job, reply)
        return file and f"{folder.name}/{file}"
    for side in both:  # what lacks a module is known before a guest is there
        boot.initramfs_base(lab, side.subject.image, plan.modules)
    return runs.run(lab, plan, [side.subject for side in both], keep)


def compare(lab: Lab, output: Path) -> str:
    """All of it becomes a file and a page; returns what changed, for the list."""
    cache.publish_bytes(output / "policy", POLICY.encode())
    same = ["--policy", "policy", *NAMES]
    full = host.run(lab, ["compare", *same], "comparing", output)
    cache.publish_bytes(output / "compare.txt", full.encode())
    why = [f"{name}/{name}-boot1.profile.json" for name in NAMES]
    host.run(lab, ["report", "-o", "report.html", *same, *why], "writing the page", output)
    return host.run(lab, ["compare", "--changed", "--format", "lkml", *same], "comparing", output)


def is_changed(a: Record, b: Record) -> bool:
    """Whether a function, or all together, takes more or fewer instructions by what matters."""
    found = profile_text.differences(a, b)
    base = sum(x for _, x, _ in found)
    moved = [y - x for _, x, y in found]
    return max(map(abs, [sum(moved), *moved]), default=0) > LEAST_EFFECT * base


def unlike(boots: Sequence[Record]) -> list[str]:
    """Cases that two boots of one kernel do not count alike, which they should."""
    return sorted({case_name(a) for other in boots[1:]
                   for a, b in profile_text.pairs(boots[0], other) if a != b})


def skipped(file: Path) -> dict[str, str]:
    """Scenarios without a figure, and why."""
    records = [json.loads(line) for line in file.read_text().splitlines()]
    return {case_name(r): r["reason"] for r in records
            if r["record"] == "worker" and r["status"] == "skip"}


def paragraph(title: str, text: str) -> str:
    """Lines that a mail can have."""
    return textwrap.fill(" ".join(text.split()), WIDTH, initial_indent=f"{title:10} ",
                         subsequent_indent=" " * 11, break_on_hyphens=False,
                         break_long_words=False)


def functions(a: Record, b: Record) -> str:
    """A table for each case that changed, and the names of the others."""
    pairs = sorted(profile_text.pairs(a, b), key=lambda pair: case_name(pair[0]))
    changed = [pair for pair in pairs if is_changed(*pair)]
    moved = {case["scenario"] for case, _ in changed}
    parts = [profile_text.two(x, y, NAMES, a["page_bytes"]) for x, y in changed] or ["none"]
    same = sorted({case["scenario"] for case, _ in pairs} - moved)
    if same:
        parts.append(paragraph("unchanged:", f"by {LEAST_EFFECT:.1%} or more: {', '.join(same)}"))
    return "\n\n".join(parts) + "\n"


def remarks(made: Profiles, output: Path) -> list[str]:
    """What a reader has to know that no table says."""
    lines = []
    for name in NAMES:
        boots = [record for job, record in made.made.items() if job.subject.name == name]
        if found := unlike(boots):
            lines.append(paragraph(f"boots of {name} differ:", ", ".join(found)))
        lines += [paragraph(f"skipped on {name}:", f"{case}: {reason}")
                  for case, reason in skipped(output / name / f"{name}-boot1.jsonl").items()]
    return lines


def text(lab: Lab, made: Profiles, both: Sequence[Side], output: Path, command: str) -> str:
    """The text for the list."""
    first = {job.subject.name: made.made[job] for job in made.made if job.number == 1}
    head = [paragraph("Base:", both[0].what), paragraph("Patched:", both[1].what),
            paragraph("Counted:", COUNTED.format(qemu=qemu.version(both[0].subject.image.arch))), paragraph("Made by:", command)]
    return "\n".join([*head, "", compare(lab, output),
                      "Functions whose own instructions changed\n",
                      functions(*(first[name] for name in NAMES)), *remarks(made, output)])


def run(lab: Lab, plan: Plan, both: Sequence[Side], command: str) -> tuple[str, list[Row]]:
    """The text, and the boots that failed: with any, there is no text."""
    made = Profiles()
    rows = boot_all(lab, plan, both, made)
    failed = [row for row in rows if row.status != "ok" or row.job not in made.made]
    if failed:
        return "", failed
    said = text(lab, made, both, plan.output, command)
    cache.publish_bytes(plan.output / "patch.txt", said.encode())
    return said, []
