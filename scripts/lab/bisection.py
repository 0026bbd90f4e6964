# SPDX-License-Identifier: GPL-2.0-or-later
"""`lab bisect`: which of two commits another one is like, as `git bisect run` asks."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import boot
import cache
import host
import qemu
import runs
import trees
from boot import Lab
from cache import Image
from errors import BuildError, GuestError, LabError
from runs import Job, Plan
from subjects import Subject
from trees import Commit, Recipe

# git takes 1 to 127 for bad, but 125 for a commit that cannot be tested, and
# ends the bisection at all from 128 on.
GOOD, BAD, UNTOLD, STOP = 0, 1, 125, 128

# The gate's minimum effect for counted figures: less is no difference to look for.
LEAST_EFFECT = 0.005

# What bisection itself moves, from one step to the next.
MOVING = re.compile(r"(HEAD|@)(?![\w/-])|(refs/)?bisect/")


class NoFigure(LabError):
    """A guest that came to its end, but measured nothing."""


@dataclass(frozen=True)
class Figure:
    """What the case costs on a commit."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value:,.1f} {self.unit}"


def check_case(lab: Lab, plan: Plan) -> None:
    """One figure is what a verdict can be about; known before anything is built."""
    cases = host.planned(lab, plan.profile, plan.arguments)
    if len(cases) != 1:
        names = "; ".join(" ".join(f"{k}={v}" for k, v in case["params"].items())
                          for case in cases[:8])
        raise LabError(f"{plan.arguments[0]}: {len(cases)} cases, and bisect is about one: "
                       f"choose by --set after GIT-TREE among {names}")


def key_of(plan: Plan, kernel: Image, base: Path) -> str:
    """All that decides the figure: the same again is not measured again."""
    machine = {**asdict(plan.machine), "arch": kernel.arch}
    parts = [hashlib.sha256(kernel.path.read_bytes()).hexdigest(), base.name, plan.profile,
             plan.env, list(plan.arguments), machine, qemu.version(kernel.arch)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def boot_for(lab: Lab, plan: Plan, kernel: Image) -> Figure:
    """One boot: counted figures are the same at every one."""
    # Of every commit the same name: what the guest's environment holds is the same, too.
    reply = runs.boot_once(lab, plan, Job(Subject("bisect", kernel), 1))
    if runs.RESULT not in reply.files or reply.status != 0:
        raise NoFigure("the guest measured nothing: "
                       + (reply.err.decode(errors="replace").strip() or f"exit {reply.status}"))
    found = host.headline(lab, reply.files[runs.RESULT])
    if found["status"] != "ok":
        raise NoFigure(f"{found['scenario']}: {found['status']}: {found['reason']}")
    if found["median"] is None:
        raise NoFigure(f"{found['scenario']}: it costs no more than the clock does")
    return Figure(found["median"], found["unit"])


def figure_of(lab: Lab, plan: Plan, commit: Commit, recipe: Recipe) -> Figure:
    """A commit's figure: built and measured, unless both have been done before."""
    kernel = trees.have(lab.root, commit, recipe, lab.progress).image
    key = key_of(plan, kernel, boot.initramfs_base(lab, kernel, plan.modules))
    entry = lab.root / "figures" / f"{key}.json"
    if not entry.exists():
        lab.progress(f"{commit.short}: measuring {plan.arguments[0]}")
        figure = boot_for(lab, plan, kernel)
        cache.publish_bytes(entry, json.dumps(asdict(figure)).encode())
    return Figure(**json.loads(entry.read_text()))


def endpoint(repo: Path, word: str) -> Commit:
    """GOOD or BAD: a name that stays what it is while git moves on."""
    if MOVING.match(word):
        raise LabError(f"{word}: git bisect moves it; name the commit by its id, a tag or a branch")
    return trees.resolve(repo, word)


def step(lab: Lab, plan: Plan, repo: Path, recipe: Recipe, ends: Sequence[str]) -> int:
    """The verdict on the commit that is checked out: the end whose figure is nearer."""
    commits = [endpoint(repo, word) for word in ends]
    here = trees.resolve(repo, "HEAD")
    check_case(lab, plan)
    good, bad = (figure_of(lab, plan, commit, recipe) for commit in commits)
    apart = abs(bad.value - good.value)
    if apart <= LEAST_EFFECT * max(good.value, bad.value):
        raise LabError(f"{ends[0]} and {ends[1]} do not differ by {LEAST_EFFECT:.1%}: "
                       f"{good} and {bad}")
    try:
        figure = figure_of(lab, plan, here, recipe)
    except (BuildError, GuestError, NoFigure) as error:
        lab.progress(f"{here.short}: cannot tell: {error}")
        return UNTOLD
    if min(abs(figure.value - end.value) for end in (good, bad)) > apart:
        lab.progress(f"{here.short}: cannot tell: {figure} is far from both: {ends[0]} has {good}, "
                     f"{ends[1]} has {bad}")
        return UNTOLD
    is_bad = abs(figure.value - bad.value) < abs(figure.value - good.value)
    print(f"{here.short} {'bad' if is_bad else 'good'}: {figure}; {ends[0]} has {good}, "
          f"{ends[1]} has {bad}")
    return BAD if is_bad else GOOD
