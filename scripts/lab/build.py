# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's own kernels: Debian's source, our patches, tinyconfig and our fragments.

The same inputs give the same image, wherever the cache is and whoever builds.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cache
import tools
from apt import Apt, package_name, unpack
from cache import Progress
from errors import BuildError, LabError
from kernels import Kernel

HERE = Path(__file__).parent
PATCHES = HERE / "patches"    # VERSION-WHAT.patch
CONFIGS = HERE / "configs"    # common, ARCH, VERSION, VERSION-ARCH, ID

# Else the kernel would say in its version when, where and by whom it was built,
# and how often the tree was built before.
IDENTITY = {"KBUILD_BUILD_TIMESTAMP": "1970-01-01 00:00 UTC", "KBUILD_BUILD_USER": "pincow",
            "KBUILD_BUILD_HOST": "lab", "KBUILD_BUILD_VERSION": "1"}

# Programs that a kernel's build looks for only when it comes to them.
PROGRAMS = ("bc", "bison", "flex", "gcc", "gzip", "make", "patch", "perl", "tar", "xz")

LOG_LINES_SHOWN = 20


@dataclass(frozen=True)
class Target:
    """What an architecture is called, and where its build leaves the image."""

    arch: str
    triplet: str
    image: str


TARGETS = {
    "amd64": Target("x86_64", "x86_64-linux-gnu", "arch/x86/boot/bzImage"),
    "arm64": Target("arm64", "aarch64-linux-gnu", "arch/arm64/boot/Image"),
}


def source_version(kernel: Kernel) -> str:
    """5.10 of linux-source-5.10: what patches and fragments are named by."""
    return kernel.package.removeprefix("linux-source-")


def patches_of(kernel: Kernel) -> list[Path]:
    """The patches of its version, in the order in which they apply."""
    return sorted(PATCHES.glob(f"{source_version(kernel)}-*.patch"))


def fragments_of(kernel: Kernel) -> list[Path]:
    """From the most general to the most special, which has the last word."""
    version = source_version(kernel)
    names = ("common", kernel.arch, version, f"{version}-{kernel.arch}", kernel.id)
    paths = [CONFIGS / f"{name}.config" for name in names]
    return [path for path in paths if path.exists()]


def sha256(path: Path) -> str:
    """Of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_programs(target: Target) -> None:
    """All that are missing at once, before minutes are spent."""
    missing = [name for name in (*PROGRAMS, f"{target.triplet}-gcc") if not shutil.which(name)]
    if missing:
        raise LabError(f"building a kernel needs {', '.join(missing)}, not found; "
                       "run scripts/setup lab")


def compiler_version(target: Target) -> str:
    """Its first line; another compiler gives another image."""
    output = subprocess.run([f"{target.triplet}-gcc", "--version"], capture_output=True,
                            text=True, check=True).stdout
    return output.splitlines()[0]


class Build:
    """One build: its tree, its environment, and the log that all steps write to."""

    def __init__(self, name: str, arch: str, root: Path, progress: Progress) -> None:
        self.name = name
        self.target = TARGETS[arch]
        self.progress = progress
        self.tree = root / "build" / name
        self.log = root / "build" / f"{name}.log"
        self.env = {**os.environ, **IDENTITY, "LC_ALL": "C", "CCACHE_DIR": str(root / "ccache")}
        # make would take these for its own, and kbuild for its output folder.
        for name in ("MAKEFLAGS", "KBUILD_OUTPUT", "KCFLAGS", "LOCALVERSION"):
            self.env.pop(name, None)

    def run(self, what: str, command: list[str],
            on_line: Callable[[str], None] = lambda line: None) -> None:
        """One step in the tree; what it says goes to the log, line by line."""
        tail: deque[str] = deque(maxlen=LOG_LINES_SHOWN)
        with (open(self.log, "a", buffering=1, encoding="utf-8") as log,
              subprocess.Popen(command, cwd=self.tree, env=self.env, text=True,
                               errors="replace", stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process):
            try:
                for line in process.stdout or ():
                    log.write(line)
                    tail.append(line.rstrip())
                    on_line(line)
            except BaseException:
                process.terminate()    # or the end of this block would wait for make
                raise
        if process.returncode != 0:
            raise self.error(what, list(tail))

    def error(self, what: str, tail: list[str]) -> LabError:
        """What failed and where all of it can be read, then the end of it."""
        text = "\n    ".join([f"{self.name}: {what} failed; the log is {self.log}; its last lines:",
                             *tail])
        if tools.disk_is_full(text):
            return LabError(f"{self.name}: {what}: the disk is full: {tools.MAKE_ROOM}")
        return BuildError(text)

    def make_command(self, *goals: str) -> list[str]:
        """make with the cross compiler, which on its own architecture is the native one.

        All of it runs in the tree itself, so that every path that gets into
        an object is relative.
        """
        wrap = "ccache " if shutil.which("ccache") else ""
        cross = f"{self.target.triplet}-"
        return ["make", f"ARCH={self.target.arch}", f"CROSS_COMPILE={cross}",
                f"CC={wrap}{cross}gcc", f"HOSTCC={wrap}gcc", *goals]

    def clear(self) -> None:
        """A tree without anything of an earlier build."""
        shutil.rmtree(self.tree, ignore_errors=True)
        self.tree.mkdir(parents=True)
        self.log.unlink(missing_ok=True)

    def configure(self, fragments: list[Path]) -> list[str]:
        """tinyconfig, the fragments, and what kconfig makes of them: returns what it refused."""
        self.progress(f"{self.name}: configuring")
        self.run("tinyconfig", self.make_command("tinyconfig"))
        self.run("merging the configuration", ["scripts/kconfig/merge_config.sh", "-m", ".config",
                                               *map(str, fragments)])
        self.run("olddefconfig", self.make_command("olddefconfig"))
        return lost_options(fragments, (self.tree / ".config").read_text())

    def compile(self) -> None:
        """The image, with the share of files that are done."""
        self.progress(f"{self.name}: compiling")
        jobs = len(os.sched_getaffinity(0))
        goal = Path(self.target.image).name
        counter = Counter(self.name, self.count_objects(goal), self.progress)
        self.run("compiling", self.make_command(f"-j{jobs}", goal), counter.line)

    def count_objects(self, goal: str) -> int:
        """How many files make would compile, as it says without doing it."""
        self.run("preparing", self.make_command("prepare"))
        plan = subprocess.run(self.make_command("-n", goal), cwd=self.tree, env=self.env, text=True,
                              errors="replace", capture_output=True, check=False).stdout
        return len(re.findall(r"^\s*(?:set -e; *)?echo '  (?:CC|AS) ", plan, re.M))


class Counter:
    """Turns make's lines into progress, one line for each STEP percent."""

    STEP = 5

    def __init__(self, name: str, total: int, progress: Progress) -> None:
        self.name = name
        self.total = total
        self.progress = progress
        self.done = 0
        self.told = 0

    def line(self, line: str) -> None:
        """One of make's lines."""
        if not line.startswith(("  CC ", "  AS ")):
            return
        self.done += 1
        percent = min(99, 100 * self.done // max(self.total, 1))
        if percent >= self.told + self.STEP:
            self.told = percent
            self.progress(f"{self.name}: compiling, {percent} %")


def lost_options(fragments: list[Path], config: str) -> list[str]:
    """Options that did not come out as the last fragment that names them wants them."""
    wanted: dict[str, str] = {}
    for fragment in fragments:
        for line in fragment.read_text().splitlines():
            if match := re.fullmatch(r"(CONFIG_\w+)=.*|# (CONFIG_\w+) is not set", line):
                wanted[match[1] or match[2]] = line
    have = set(config.splitlines())
    # An option that this architecture does not know is as good as not set.
    return [line for name, line in wanted.items() if line not in have and
            (line.startswith("CONFIG_") or f"{name}=y" in have)]


def unpack_source(build: Build, kernel: Kernel, package: Path) -> None:
    """Debian's source becomes the tree."""
    build.progress(f"{build.name}: unpacking {package.name}")
    build.clear()
    files = build.tree / ".package"
    unpack(package, files)
    archive = files / "usr" / "src" / f"{kernel.package}.tar.xz"
    build.run("unpacking", ["tar", "-xf", str(archive), "--strip-components=1"])
    shutil.rmtree(files)


def apply_patches(build: Build, kernel: Kernel) -> None:
    """A patch that fits nearly does not fit."""
    for path in patches_of(kernel):
        build.progress(f"{build.name}: patching, {path.name}")
        build.run(f"applying {path}", ["patch", "-p1", "--fuzz=0", "--batch", "-i", str(path)])


def configure(build: Build, kernel: Kernel) -> None:
    """The fragments are ours, and so is an option that does not come out."""
    lost = build.configure(fragments_of(kernel))
    if lost:
        raise LabError(f"{build.name}: this source cannot have {', '.join(lost)}; "
                       f"see what they depend on, or take them out of {CONFIGS}")


def source_package(kernel: Kernel, root: Path, progress: Progress) -> Path:
    """The source's .deb: the one that is cached, else the newest of the suite."""
    folder = root / "sources"
    with cache.lock(root, f"sources/{kernel.package}", progress):
        cached = sorted(folder.glob(f"{kernel.package}_*.deb"))
        if cached:
            return cached[-1]
        apt = Apt(root, kernel.suite, kernel.arch)
        with cache.lock(root, apt.root.name, progress):
            apt.update(progress)
            progress(f"{kernel.id}: fetching {kernel.package}")
            [package] = apt.download([kernel.package], root / "sources" / f".{kernel.package}")
        final = folder / package.name
        package.rename(final)
        package.parent.rmdir()
        return final


def inputs_of(kernel: Kernel, package: Path) -> dict[str, object]:
    """All that decides what the image is."""
    return {
        "packages": dict([package_name(package)]),
        "patches": {path.name: sha256(path) for path in patches_of(kernel)},
        "configs": {path.name: sha256(path) for path in fragments_of(kernel)},
        "compiler": compiler_version(TARGETS[kernel.arch]),
        "kbuild": IDENTITY,
    }


def is_current(entry: Path, inputs: dict[str, object]) -> bool:
    """Whether the cached image was made from these very inputs."""
    meta = entry / "meta.json"
    if not meta.exists():
        return False
    known = json.loads(meta.read_text())
    return all(known.get(name) == value for name, value in inputs.items())


def publish(build: Build, entry: Path, about: dict[str, object], *others: str) -> None:
    """What a guest needs, and other files of the tree, in place of an earlier image."""
    with cache.publish(entry) as work:
        shutil.copyfile(build.tree / build.target.image, work / "image")
        shutil.copyfile(build.tree / ".config", work / "config")
        for name in others:
            shutil.copyfile(build.tree / name, work / name)
        meta = {**about, "sha256": sha256(work / "image")}
        (work / "meta.json").write_text(json.dumps(meta, indent=2) + "\n")
        shutil.rmtree(entry, ignore_errors=True)


def build(kernel: Kernel, root: Path, progress: Progress) -> None:
    """Have an own kernel in the cache; nothing is done when its inputs are as before.

    The tree goes when the image is there: ccache makes the next one quick.
    After a failure it stays, and so does the log.
    """
    check_programs(TARGETS[kernel.arch])
    entry = cache.kernel_dir(root, kernel.id)
    with cache.lock(root, f"kernels/{kernel.id}", progress):
        package = source_package(kernel, root, progress)
        inputs = inputs_of(kernel, package)
        if is_current(entry, inputs):
            progress(f"{kernel.id}: up to date")
            return
        work = Build(kernel.id, kernel.arch, root, progress)
        unpack_source(work, kernel, package)
        apply_patches(work, kernel)
        configure(work, kernel)
        work.compile()
        publish(work, entry, {"id": kernel.id, "source": kernel.source, "suite": kernel.suite,
                              **inputs})
        shutil.rmtree(work.tree)
        work.log.unlink()
