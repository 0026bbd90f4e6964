# SPDX-License-Identifier: GPL-2.0-or-later
"""What is measured: kernels of the table, or of one's own (NAME=TREE or NAME=IMAGE)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import boot
import build
import cache
import fetch
import kernels
from cache import Image, Progress
from errors import LabError
from kernels import Kernel

# Becomes part of file names.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


@dataclass(frozen=True)
class Subject:
    """A kernel as it is booted."""

    name: str  # of the kernel, and of its model where that is switched
    image: Image
    modules: tuple[str, ...] = ()  # loaded in every guest
    switch: str | None = None  # what debugfs' cow_model is told
    vmlinux: Path | None = None  # of a built tree, whose DWARF knows what was inlined


def have(kernel: Kernel, root: Path, progress: Progress) -> Image:
    """A kernel of the table, fetched or built if it is not cached."""
    if cache.kernel_image(root, kernel.id, kernel.arch) is None:
        (build.build if kernel.source == "build" else fetch.fetch)(kernel, root, progress)
    return boot.cached(root, kernel.id, kernel.arch)


def of_kernel(kernel: Kernel, image: Image) -> list[Subject]:
    """One, or one a model where the image has a switch."""
    if not kernel.has_switch:
        return [Subject(kernel.id, image, kernel.modules)]
    return [Subject(f"{kernel.id}-{model}", image, kernel.modules, kernels.SWITCH[model])
            for model in kernel.models]


def is_own(word: str) -> bool:
    """Whether a word names a kernel of one's own."""
    return "=" in word


def own(word: str, modules: Path | None = None, arch: str | None = None) -> Subject:
    """NAME=TREE or NAME=IMAGE."""
    name, _, path = word.partition("=")
    if not NAME.fullmatch(name):
        raise LabError(f"{word}: NAME is letters, digits, '.', '_', '+' and '-', as in fixed=~/linux")
    place = Path(path).expanduser()
    image = boot.tree_image if place.is_dir() else boot.user_image
    vmlinux = place / "vmlinux"
    return Subject(name, image(place, modules, arch),
                   vmlinux=vmlinux if vmlinux.is_file() else None)


def choose(words: Sequence[str], root: Path, progress: Progress) -> list[Subject]:
    """What the words name: own kernels, IDs of the table, and patterns of IDs."""
    table = kernels.read_table()
    subjects: list[Subject] = []
    for word in words:
        found = [own(word)] if is_own(word) else \
            [subject for kernel in kernels.select([word], table)
             for subject in of_kernel(kernel, have(kernel, root, progress))]
        subjects += [subject for subject in found if subject not in subjects]
    names = [subject.name for subject in subjects]
    for name in names:
        if names.count(name) > 1:
            raise LabError(f"{name}: two kernels of that name; results are told apart by it")
    return subjects
