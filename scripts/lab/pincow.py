# SPDX-License-Identifier: GPL-2.0-or-later
"""The pincow that goes into a guest: given, or built from this tree."""

from pathlib import Path

import cache
import sysroot
import tools
from cache import Progress

SOURCE = Path(__file__).resolve().parents[2]


def have(root: Path, arch: str, given: dict[str, Path], progress: Progress) -> Path:
    """The program for an architecture; what is up to date is not built again."""
    if arch in given:
        return given[arch]
    preset = "release" if arch == sysroot.host_arch() else arch
    program = SOURCE / "build" / preset / "bin" / "pincow"
    with cache.lock(root, f"pincow-{arch}", progress):
        if not program.exists():
            progress(f"pincow: building the preset {preset}")
        env = {"PINCOW_SYSROOT": str(sysroot.have(root, arch, progress))}
        if not (SOURCE / "build" / preset / "build.ninja").exists():
            cmake(["--preset", preset], env)
        cmake(["--build", "--preset", preset], env)
    given[arch] = program
    return program


def cmake(arguments: list[str], env: dict[str, str]) -> None:
    """In the source tree; its errors are pages, and many of them on stdout."""
    tools.run(["cmake", *arguments], "building pincow for guests", env, SOURCE,
              remedy=f"see all of it by: cmake {' '.join(arguments)}")
