# SPDX-License-Identifier: GPL-2.0-or-later
"""`lab profile`: boots that are watched by the plugin, and what comes of them."""

import dataclasses
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cache
import host
import profile_text
import profiling
import runs
import symbols
from boot import Lab
from errors import LabError
from guest import KALLSYMS, Reply
from profiling import Record
from runs import Job, Plan


def file_name(case: Record) -> str:
    """A case as part of a file's name: fork-anon-written-base-16777216."""
    return "-".join([case["scenario"].replace("/", "-"), *map(str, case["params"].values())])


@dataclass
class Profiles:
    """The profile of each boot, kept as files beside its result."""

    made: dict[Job, Record] = field(default_factory=dict)

    def keep(self, plan: Plan, job: Job, reply: Reply) -> str:
        """Make a boot's reply into NAME-bootN.profile.json."""
        name = job.subject.name
        # 1 is a broken claim, which the profile tells of.
        if reply.status not in (0, 1):
            return runs.keep_result(plan, job, reply)
        for file in (runs.RESULT, KALLSYMS):
            if file not in reply.files:
                raise LabError(f"the guest left no {file} in its /out")
        known = symbols.parse(gzip.decompress(reply.files[KALLSYMS]).decode(), name)
        counts = profiling.read_counts(reply.profile)
        if job.subject.vmlinux is not None:
            symbols.add_inlined(known, job.subject.vmlinux, job.subject.image.arch,
                                (address for block in counts.blocks.values() for address in block))
        made = profiling.make(name, reply.files[runs.RESULT], counts, known)
        self.made[job] = made.record
        stem = f"{name}-boot{job.number}"
        runs.keep_result(plan, job, reply)
        for case, stacks in zip(made.record["cases"], made.stacks):
            file = f"{stem}-{file_name(case)}.folded"
            cache.publish_bytes(plan.output / file, stacks.encode())
        target = plan.output / f"{stem}.profile.json"
        cache.publish_bytes(target, json.dumps(made.record, indent=1).encode())
        return target.name


def check_output(folder: Path, names: Sequence[str]) -> None:
    """Files of earlier boots would stand among these, or be lost."""
    for name in names:
        for path in folder.glob(f"{name}-boot*"):
            raise LabError(f"{path} is there already: name another folder, or remove it")


def plan_of(plan: Plan, scenarios: Sequence[str]) -> Plan:
    """The boots that are watched: one worker a case, as the next would count the same."""
    if not plan.machine.counted:
        raise LabError("a profile counts instructions: leave --mode plain out")
    return dataclasses.replace(plan, arguments=["--replicates", "1", *plan.arguments, *scenarios])


def boots_agree(profiles: Sequence[Record]) -> str:
    """What the boots of one kernel say of each other."""
    first, *others = ({profiling.case_name(case): case for case in profile["cases"]}
                      for profile in profiles)
    for other in others:
        for name in sorted(first.keys() | other.keys()):
            if first.get(name) != other.get(name):
                return f"boots DIFFER in {name}: the first one is shown"
    return f"{len(profiles)} boots, the same to the instruction" if len(profiles) > 1 else "1 boot"


def one_sided(a: Record, b: Record) -> list[str]:
    """The cases that have no counterpart."""
    names = [{profiling.case_name(case) for case in profile["cases"]} for profile in (a, b)]
    return [f"{profile['kernel']} alone: {name}" for profile, own, others
            in ((a, *names), (b, *reversed(names))) for name in sorted(own - others)]


def draw(lab: Lab, made: Profiles, jobs: Sequence[Job], output: Path) -> None:
    """Figures of what two kernels differ in, of their first boots; the text goes without."""
    files: dict[str, Path] = {}
    for job in jobs:
        name = job.subject.name
        files.setdefault(name, output / f"{name}-boot{job.number}.profile.json")
    if len(files) != 2 or len({made.made[job]["machine"] for job in jobs}) != 1:
        return
    try:
        host.run(lab, ["plot", "-o", output, *files.values()], "drawing the figures")
    except LabError as error:
        lab.progress(str(error))


def text(profiles: Sequence[Record]) -> str:
    """Two kernels as their differences; else each by itself."""
    by_kernel: dict[str, list[Record]] = {}
    for profile in profiles:
        by_kernel.setdefault(profile["kernel"], []).append(profile)
    lines = [f"{name}: Linux {boots[0]['release']}, {boots[0]['machine']}, {boots_agree(boots)}"
             for name, boots in by_kernel.items()]
    firsts = [boots[0] for boots in by_kernel.values()]
    machines = sorted({first["machine"] for first in firsts})
    if len(machines) > 1:
        lines.append(f"{' and '.join(machines)} execute other instructions: no differences")
    if len({first["inlined"] for first in firsts}) > 1:
        lines += [f"{first['kernel']}: no DWARF: what was inlined counts as its caller's"
                  for first in firsts if not first["inlined"]]
    lines += [f"{first['kernel']}: skipped: {skipped}"
              for first in firsts for skipped in first["skipped"]]
    if len(firsts) == 2 and len(machines) == 1:
        lines += one_sided(*firsts)
        names = firsts[0]["kernel"], firsts[1]["kernel"]
        tables = [profile_text.two(a, b, names, firsts[0]["page_bytes"])
                  for a, b in profile_text.pairs(*firsts)]
    else:
        tables = [profile_text.one(case, first, len(firsts) > 1) for first in firsts
                  for case in sorted(first["cases"], key=profiling.case_name)]
    return "\n\n".join(["\n".join(lines), *tables])
