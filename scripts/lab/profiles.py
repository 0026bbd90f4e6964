# SPDX-License-Identifier: GPL-2.0-or-later
"""`lab profile`: boots that are watched by the plugin, and what comes of them."""

import dataclasses
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cache
import pincow
import profile_text
import profiling
import runs
import symbols
import sysroot
import tools
from boot import Lab
from errors import LabError
from guest import Reply
from profiling import Record
from runs import Job, Plan

KALLSYMS = "kallsyms.gz"

# Leaves the guest's symbols beside the result.
COMMAND = f"""\"$@\"
status=$?
grep ' [tTwW] ' /proc/kallsyms | gzip >/out/{KALLSYMS}
exit $status"""


def file_name(case: Record) -> str:
    """A case as part of a file's name: fork-anon-written-base-16777216."""
    return "-".join([case["scenario"].replace("/", "-"), *map(str, case["params"].values())])


@dataclass
class Profiles:
    """The profile of each boot, kept as files beside its result."""

    made: dict[Job, Record] = field(default_factory=dict)

    def keep(self, plan: Plan, job: Job, reply: Reply) -> str:
        """Make a boot's reply into NAME-bootN.profile.json; "" when it has none."""
        name = job.subject.name
        if runs.RESULT not in reply.files or KALLSYMS not in reply.files:
            return ""
        known = symbols.parse(gzip.decompress(reply.files[KALLSYMS]).decode(), name)
        made = profiling.make(name, reply.files[runs.RESULT], reply.profile, known)
        self.made[job] = made.record
        stem = f"{name}-boot{job.number}"
        runs.keep_result(plan, job, reply)
        for case, stacks in zip(made.record["cases"], made.stacks):
            file = f"{stem}-{file_name(case)}.folded"
            cache.publish_bytes(plan.output / file, stacks.encode())
        target = plan.output / f"{stem}.profile.json"
        cache.publish_bytes(target, json.dumps(made.record, indent=1).encode())
        return target.name


def plan_of(plan: Plan, scenarios: Sequence[str]) -> Plan:
    """The boots that are watched: one worker a case, as the next would count the same."""
    if not plan.machine.counted:
        raise LabError("a profile counts instructions: leave --mode plain out")
    return dataclasses.replace(plan, wrap=("sh", "-c", COMMAND, "sh"),
                               arguments=["--replicates", "1", *plan.arguments, *scenarios])


def draw(lab: Lab, made: Profiles, jobs: Sequence[Job], output: Path) -> None:
    """Figures of what two kernels differ in, of their first boots; the text goes without."""
    files: dict[str, Path] = {}
    for job in jobs:
        name = job.subject.name
        files.setdefault(name, output / f"{name}-boot{job.number}.profile.json")
    if len(files) != 2 or len({made.made[job]["machine"] for job in jobs}) != 1:
        return
    try:
        program = pincow.have(lab.root, sysroot.host_arch(), lab.programs, lab.progress)
        tools.run([program, "plot", "-o", output, *files.values()], "drawing the figures")
    except LabError as error:
        lab.progress(str(error))


def text(profiles: Sequence[Record]) -> str:
    """Two kernels as their differences; else each by itself."""
    if len(profiles) == 2:
        names = profiles[0]["kernel"], profiles[1]["kernel"]
        return "\n".join(profile_text.two(a, b, names) for a, b in profile_text.pairs(*profiles))
    return "\n".join(f"{profile['kernel']}: Linux {profile['release']}, {profile['machine']}\n\n"
                     + "\n".join(profile_text.one(case) for case in profile["cases"])
                     for profile in profiles)
