# SPDX-License-Identifier: GPL-2.0-or-later
"""pincow on this machine: what it would measure, and what it makes of result files."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pincow
import sysroot
import tools
from boot import Lab
from errors import LabError

Record = dict[str, Any]


def run(lab: Lab, arguments: Sequence[str | Path], doing: str, cwd: Path | None = None) -> str:
    """What a command of pincow's prints."""
    program = pincow.have(lab.root, sysroot.host_arch(), lab.programs, lab.progress).resolve()
    return tools.run([program, *arguments], doing, cwd=cwd).decode()


def planned(lab: Lab, profile: str, arguments: Sequence[str]) -> list[Record]:
    """The cases that `pincow run` would measure; an error when it knows no such thing."""
    return json.loads(run(lab, ["run", "--dry-run", "--json", "--profile", profile, *arguments],
                          "what to measure"))


def figures(lab: Lab, result: bytes) -> list[Record]:
    """The medians of a result file."""
    with tempfile.TemporaryDirectory(prefix="pincow-lab-") as work:
        file = Path(work) / "result.jsonl"
        file.write_bytes(result)
        return json.loads(run(lab, ["show", "--json", file], "reading the guest's result"))


def headline(lab: Lab, result: bytes) -> Record:
    """The figure of the only case: the net one where there is one."""
    found = {figure["metric"]: figure for figure in figures(lab, result)}
    for metric in ("net", "latency"):
        if metric in found:
            return found[metric]
    raise LabError("the guest's result has neither a net figure nor a latency")
