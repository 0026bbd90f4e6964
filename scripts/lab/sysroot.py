# SPDX-License-Identifier: GPL-2.0-or-later
"""What a guest's programs are built against and run with, by architecture.

The host's own architecture is the host; another one's packages are unpacked
from the host's suite, so that guests of both have the same library versions.
"""

import json
import os
import shutil
from pathlib import Path

import cache
import mirror
import tools
from apt import Apt, package_name, unpack
from cache import Progress

PACKAGES = Path(__file__).parents[1] / "packages.txt"


def host_arch() -> str:
    """The architecture of the host, by Debian's name."""
    return tools.run(["dpkg", "--print-architecture"], "asking dpkg").decode().strip()


def wanted() -> list[str]:
    """The libraries that pincow is built with, and the guest's shell."""
    rows = (line.split("\t") for line in PACKAGES.read_text().splitlines()
            if not line.startswith("#"))
    return [row[1] for row in rows
            if row[0] == "build" and row[1].startswith(("lib", "r-mathlib"))] + ["busybox-static"]


def is_current(entry: Path) -> bool:
    """Whether the sysroot was made of the packages that are wanted now."""
    meta = entry / "meta.json"
    return meta.exists() and json.loads(meta.read_text())["wanted"] == wanted()


def path(root: Path, arch: str) -> Path:
    """Where the sysroot is, or will be."""
    return Path("/") if arch == host_arch() else root / "sysroots" / arch


def have(root: Path, arch: str, progress: Progress) -> Path:
    """The sysroot, fetched if it is not there yet."""
    entry = path(root, arch)
    if entry == Path("/") or is_current(entry):
        return entry
    with cache.lock(root, f"sysroots/{arch}", progress):
        if not is_current(entry):
            shutil.rmtree(entry, ignore_errors=True)
            fetch(root, arch, entry, progress)
    return entry


def fetch(root: Path, arch: str, entry: Path, progress: Progress) -> None:
    """Unpack the packages and all that they depend on."""
    apt = Apt(root, mirror.host_suite(), arch)
    with cache.lock(root, apt.root.name, progress):
        apt.update(progress)
        with cache.publish(entry) as work:
            progress(f"sysroot {arch}: fetching {' '.join(wanted())}")
            files = apt.download_closure(wanted(), work / "debs")
            for file in files:
                unpack(file, work)
                file.unlink()
            (work / "debs").rmdir()
            relink(work)
            meta = {"wanted": wanted(), "packages": dict(package_name(file) for file in files)}
            (work / "meta.json").write_text(json.dumps(meta, indent=2) + "\n")


def relink(tree: Path) -> None:
    """Absolute links would lead to the host's files: make them relative."""
    for link in tree.rglob("*"):
        if link.is_symlink() and os.readlink(link).startswith("/"):
            target = tree / os.readlink(link).lstrip("/")
            link.unlink()
            link.symlink_to(os.path.relpath(target, link.parent))
