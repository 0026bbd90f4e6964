# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab keeps: kernels/ID, sysroots/ARCH, guests/HASH, apt/SUITE-ARCH.

An entry appears whole, by a rename, or not at all.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[str], None]


def default_root() -> Path:
    """$XDG_CACHE_HOME/pincow/lab, or its default below the home directory."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "pincow" / "lab"


@dataclass(frozen=True)
class Image:
    """A kernel that can be booted: from the cache, or a user's own."""

    path: Path
    arch: str
    modules: Path | None  # has lib/modules/RELEASE
    version: str


def kernel_dir(root: Path, kernel_id: str) -> Path:
    """Where a kernel is kept; it is cached when that exists."""
    return root / "kernels" / kernel_id


def kernel_image(root: Path, kernel_id: str, arch: str) -> Image | None:
    """The cached kernel, or None."""
    folder = kernel_dir(root, kernel_id)
    if not (folder / "meta.json").exists():
        return None
    meta = json.loads((folder / "meta.json").read_text())
    modules = folder / "modules"
    return Image(folder / "image", arch, modules if modules.is_dir() else None,
                 ",".join(sorted(set(meta["packages"].values()))))


@contextmanager
def lock(root: Path, name: str, progress: Progress) -> Iterator[None]:
    """One lab at a time makes the entry `name`; another waits, and says so."""
    path = root / "locks" / name.replace("/", "-")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"{name}: another lab is at it, waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def publish(entry: Path) -> Iterator[Path]:
    """A new folder to fill, which becomes `entry` when the block ends well.

    Under the entry's lock: its fixed name lets the next lab clear away what one
    that was killed has left.
    """
    work = entry.with_name(f".new-{entry.name}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        yield work
        work.rename(entry)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def publish_bytes(entry: Path, content: bytes) -> None:
    """The same for one file."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=entry.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)  # mkstemp makes it for this user alone
        os.rename(name, entry)
    except BaseException:
        os.unlink(name)
        raise
