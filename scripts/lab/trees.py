# SPDX-License-Identifier: GPL-2.0-or-later
"""Commits of a kernel git tree: exported, built and cached; the git tree is only read."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import build
import cache
import tools
from build import CONFIGS, TARGETS, Build
from cache import Image, Progress
from errors import LabError

# Of a kernel's configuration, where functions get their names from.
KALLSYMS = "CONFIG_KALLSYMS=y"

VMLINUX = "vmlinux"


@dataclass(frozen=True)
class Commit:
    """One of a git tree."""

    repo: Path
    id: str
    tree: str  # the content's hash: a revert has that of what it goes back to
    subject: str

    @property
    def short(self) -> str:
        """As people write it."""
        return self.id[:12]


@dataclass(frozen=True)
class Kernel:
    """What a commit was built into."""

    image: Image
    vmlinux: Path


@dataclass(frozen=True)
class Recipe:
    """How a commit is built."""

    arch: str
    config: Path | None  # the user's own, else the lab's


def git(repo: Path, *arguments: str, doing: str) -> str:
    """What git says of a tree: of that one, not of one whose hook or bisection called us."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"):
        os.environ.pop(name, None)
    return tools.run(["git", "-C", repo, *arguments], doing,
                     {"GIT_OPTIONAL_LOCKS": "0"}).decode(errors="replace")


def resolve(repo: Path, word: str) -> Commit:
    """The commit that a word names."""
    git(repo, "rev-parse", "--git-dir", doing=f"{repo}: no git tree")
    git(repo, "rev-parse", "--verify", "--end-of-options", f"{word}^{{commit}}",
        doing=f"{word}: no commit of {repo}")
    said = git(repo, "log", "-1", "--no-show-signature", "--format=%H%n%T%n%s",
               "--end-of-options", word, "--", doing=f"reading {word} of {repo}")
    commit_id, tree, subject = said.split("\n")[:3]
    commit = Commit(repo, commit_id, tree, subject)
    git(repo, "cat-file", "-e", f"{commit_id}:scripts/kconfig/merge_config.sh",
        doing=f"{word} of {repo}: no kernel source")
    return commit


def fragments_of(arch: str) -> list[Path]:
    """The lab's configuration for any version."""
    return [CONFIGS / f"{name}.config" for name in ("common", arch, "tree")]


def inputs_of(commit: Commit, recipe: Recipe) -> dict[str, object]:
    """All that decides what the image is."""
    configs = [recipe.config] if recipe.config else fragments_of(recipe.arch)
    return {"tree": commit.tree, "arch": recipe.arch,
            "configs": [build.sha256(path) for path in configs],
            "compiler": build.compiler_version(TARGETS[recipe.arch]), "kbuild": build.IDENTITY}


def export(work: Build, commit: Commit) -> None:
    """The commit's files become the tree."""
    work.progress(f"{work.name}: exporting {commit.subject!r}")
    work.clear()
    archive = work.tree / ".archive"
    git(commit.repo, "archive", "-o", str(archive), "--format=tar", commit.id,
        doing=f"exporting {commit.short} of {commit.repo}")
    work.run("unpacking", ["tar", "-xf", archive.name])
    archive.unlink()


def configure(work: Build, recipe: Recipe) -> None:
    """By the user's file, or as the lab's own kernels."""
    if recipe.config is None:
        lost = work.configure(fragments_of(recipe.arch))
        if lost:
            work.progress(f"{work.name}: this source does not have {', '.join(lost)}")
    else:
        shutil.copyfile(recipe.config, work.tree / ".config")
        work.run("olddefconfig", work.make_command("olddefconfig"))
    if KALLSYMS not in (work.tree / ".config").read_text().splitlines():
        raise LabError(f"{recipe.config or work.name}: no {KALLSYMS}, which names the functions")


@contextmanager
def exported(work: Build, commit: Commit) -> Iterator[None]:
    """The tree of a build; it goes again, whatever becomes of it."""
    try:
        export(work, commit)
        yield
    finally:
        shutil.rmtree(work.tree, ignore_errors=True)


def keep_debug(work: Build) -> None:
    """vmlinux becomes its DWARF and its sections' addresses: a fraction of it."""
    work.run("keeping the DWARF", [f"{work.target.triplet}-objcopy", "--only-keep-debug", VMLINUX])


@contextmanager
def log_of_failures(work: Build) -> Iterator[None]:
    """Of what does not build the log stays; not of what was built, or broken off."""
    try:
        yield
    except LabError:
        raise
    except BaseException:
        work.log.unlink(missing_ok=True)
        raise
    work.log.unlink(missing_ok=True)


def have(root: Path, commit: Commit, recipe: Recipe, progress: Progress) -> Kernel:
    """A commit's kernel, built if no commit of the same content has been."""
    build.check_programs(TARGETS[recipe.arch])
    if recipe.config is not None and not recipe.config.is_file():
        raise LabError(f"{recipe.config}: no such configuration")
    inputs = inputs_of(commit, recipe)
    key = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:16]
    entry = root / "trees" / key
    with cache.lock(root, f"trees/{key}", progress):
        if not entry.exists():
            work = Build(f"{commit.short}-{key}", recipe.arch, root, progress)
            with exported(work, commit), log_of_failures(work):
                configure(work, recipe)
                work.compile()
                keep_debug(work)
                build.publish(work, entry, {"commit": commit.id, **inputs}, VMLINUX)
    return Kernel(Image(entry / "image", recipe.arch, None, f"git-{commit.short}"),
                  entry / VMLINUX)
