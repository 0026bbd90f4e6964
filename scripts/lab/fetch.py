# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own kernels: from the archive into the cache."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import cache
import image
import tools
from apt import Apt, package_name, unpack
from cache import Progress
from errors import LabError
from kernels import Kernel

# A metapackage leads to an image, and since 6.16 that to its binary and modules.
PART = re.compile(r"\b(linux-(?:image|binary|modules)-\d[\w.+~-]*)")


def image_packages(apt: Apt, package: str) -> list[str]:
    """The packages that hold the image and its modules, from a metapackage down."""
    found: list[str] = []
    wanted = [package]
    while wanted:
        name = wanted.pop()
        fields = apt.show(name)
        parts = PART.findall(fields.get("Pre-Depends", "") + ", " + fields.get("Depends", ""))
        wanted += [part for part in parts if part not in found]
        if PART.fullmatch(name):
            found.append(name)
    if not found:
        raise LabError(f"{package} of {apt.suite} {apt.arch}: it leads to no kernel image")
    return sorted(set(found))


def only(paths: list[Path], what: str) -> Path:
    """The one path that there must be."""
    if len(paths) != 1:
        raise LabError(f"{what}: {len(paths)} found, not 1")
    return paths[0]


def unpack_modules(tree: Path, entry: Path) -> None:
    """lib/modules/RELEASE, with depmod's index; nothing when the image has none."""
    releases = [path for path in (*tree.glob("lib/modules/*"), *tree.glob("usr/lib/modules/*"))
                if path.is_dir()]
    if not releases:
        return
    release = only(releases, f"kernel releases in {tree}")
    target = entry / "modules" / "lib" / "modules" / release.name
    target.parent.mkdir(parents=True)
    shutil.move(release, target)
    tools.run(["depmod", "-b", entry / "modules", release.name], f"indexing {release.name}")


def fill(kernel: Kernel, apt: Apt, entry: Path, progress: Progress) -> None:
    """Fetch the packages, and keep of them what a guest needs."""
    packages = image_packages(apt, kernel.package)
    progress(f"{kernel.id}: fetching {' '.join(packages)}")
    files = apt.download(packages, entry / "debs")
    tree = entry / "tree"
    for file in files:
        unpack(file, tree)
    binary = only(sorted(tree.glob("boot/vmlinu[xz]-*")) +
                  sorted(tree.glob("usr/lib/modules/*/vmlinu[xz]")), f"{kernel.id}: images")
    content, arch = image.read(binary)
    if arch != kernel.arch:
        raise LabError(f"{kernel.id}: {binary.name} is for {arch}, not {kernel.arch}")
    (entry / "image").write_bytes(content)
    for config in tree.glob("boot/config-*"):
        shutil.copyfile(config, entry / "config")
    unpack_modules(tree, entry)
    meta = {"id": kernel.id, "source": kernel.source, "suite": kernel.suite,
            "packages": dict(package_name(file) for file in files),
            "sha256": hashlib.sha256(content).hexdigest()}
    (entry / "meta.json").write_text(json.dumps(meta, indent=2) + "\n")
    shutil.rmtree(tree)
    shutil.rmtree(entry / "debs")


def fetch(kernel: Kernel, root: Path, progress: Progress) -> None:
    """Have a stock kernel in the cache; nothing is downloaded when it is there."""
    entry = cache.kernel_dir(root, kernel.id)
    with cache.lock(root, f"kernels/{kernel.id}", progress):
        if entry.exists():
            return
        apt = Apt(root, kernel.suite, kernel.arch)
        with cache.lock(root, apt.root.name, progress):
            apt.update(progress)
            with cache.publish(entry) as work:
                fill(kernel, apt, work, progress)
