# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs in a guest: its file system, and the reply that it sends back."""

import base64
import binascii
import hashlib
import io
import shlex
import tarfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cache
import cpio
import elf
import modules
from errors import LabError

INIT = Path(__file__).with_name("guest-init")

# Where pincow looks for it, from the folder above its own.
WORKER = "libexec/pincow/pincow-worker"

# The guest's functions and their addresses, as init leaves them in /out.
KALLSYMS = "kallsyms.gz"

KEEP_S = 7 * 24 * 3600

# Root, and the ordinary user that `su nobody -s /bin/sh -c ...` becomes.
PASSWD = b"root:x:0:0:root:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n"
GROUP = b"root:x:0:\nnogroup:x:65534:\n"

# x86's second 8250; arm64's PCI card is its first, as its console is a PL011.
DATA_PORT = {"amd64": "/dev/ttyS1", "arm64": "/dev/ttyS0"}


@dataclass(frozen=True)
class Task:
    """What a guest shall do."""

    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cow_model: str | None = None  # what to write to debugfs' cow_model first
    symbols: bool = False  # leave KALLSYMS in /out afterwards


@dataclass(frozen=True)
class Reply:
    """What it has to say of that."""

    status: int
    out: bytes
    err: bytes
    files: Mapping[str, bytes]
    idle: str  # what init saw of the CPUs before the command
    profile: str = ""  # what a plugin saw of the guest


def program_entries(program: Path, sysroot: Path, arch: str) -> dict[str, cpio.Entry]:
    """pincow, its worker, and the libraries that they need."""
    worker = program.parent.parent / WORKER
    if not worker.is_file():
        raise LabError(f"{worker} not found: a pincow measures with the worker it was built with")
    entries = {"usr/bin/pincow": cpio.file(program.read_bytes(), 0o755),
               "bin/pincow": cpio.link("../usr/bin/pincow"),
               f"usr/{WORKER}": cpio.file(worker.read_bytes(), 0o755)}
    for needs in (program, worker):
        for name, path in elf.closure(needs, sysroot, arch).items():
            entries[name] = cpio.file(path.read_bytes(), 0o755)
    return entries


def carried_entries(programs: Sequence[Path], sysroot: Path, arch: str) -> dict[str, cpio.Entry]:
    """What the user brings along, with its libraries."""
    entries: dict[str, cpio.Entry] = {}
    for program in programs:
        if elf.arch_of(program) != arch:
            raise LabError(f"{program} is for {elf.arch_of(program)}, not {arch}")
        for name, path in elf.closure(program, sysroot, arch).items():
            entries[name] = cpio.file(path.read_bytes(), 0o755)
        entries[f"usr/bin/{program.name}"] = cpio.file(program.read_bytes(), 0o755)
        entries[f"bin/{program.name}"] = cpio.link(f"../usr/bin/{program.name}")
    return entries


def module_entries(tree: Path | None, names: Sequence[str]) -> dict[str, cpio.Entry]:
    """The modules, and the list in whose order init loads them."""
    entries: dict[str, cpio.Entry] = {}
    lines = []
    if names and tree is None:
        raise LabError(f"no modules to take {', '.join(names)} from: "
                       "build them in, or give --modules DIR (lab boot)")
    for path, parameters in modules.load_order(tree, names) if names and tree else []:
        name = f"lab/ko/{path.name.split('.ko')[0]}.ko"
        entries[name] = cpio.file(modules.content(path))
        lines.append(f"/{name} {parameters}\n")
    entries["lab/modules"] = cpio.file("".join(lines).encode())
    return entries


def base(root: Path, arch: str, sysroot: Path, program: Path | None,
         extra: dict[str, cpio.Entry]) -> Path:
    """The part of the initramfs that all guests of a kernel share, from the cache."""
    busybox = sysroot / "bin/busybox"
    if not busybox.exists():
        raise LabError(f"{busybox} not found: install Debian's busybox-static, "
                       "or run scripts/setup lab")
    entries = {
        "init": cpio.file(INIT.read_bytes(), 0o755),
        "bin/busybox": cpio.file(busybox.read_bytes(), 0o755),
        "dev/console": cpio.character_device(5, 1),
        "etc/passwd": cpio.file(PASSWD), "etc/group": cpio.file(GROUP),
        "lab/port": cpio.file(f"{DATA_PORT[arch]}\n".encode()),
        **{name: cpio.folder() for name in ("proc", "sys", "tmp", "run")},
        **extra,
    }
    if program is not None:
        entries.update(program_entries(program, sysroot, arch))
    content = cpio.archive(entries)
    path = root / "guests" / f"{hashlib.sha256(content).hexdigest()[:32]}.cpio"
    if not path.exists():
        cache.publish_bytes(path, content)
        forget_old(path.parent)
    return path


def forget_old(folder: Path) -> None:
    """Every build of pincow makes another initramfs, of which few are used again."""
    for path in folder.glob("*.cpio"):
        if time.time() - path.stat().st_mtime > KEEP_S:
            path.unlink(missing_ok=True)


def command_script(task: Task) -> bytes:
    """/lab/command: the task as a shell script."""
    lines = ["#!/bin/sh"]
    if task.cow_model is not None:
        lines.append(f"echo {shlex.quote(task.cow_model)} >/sys/kernel/debug/cow_model || exit 125")
    lines += [f"export {name}={shlex.quote(value)}" for name, value in task.env.items()]
    # Whatever a result tells of its guest tells of this, too.
    lines.append('export PINCOW_LAB="${PINCOW_LAB:+$PINCOW_LAB, }$PINCOW_IDLE"')
    lines.append("exec " + shlex.join(task.command))
    return "\n".join(lines).encode() + b"\n"


def initramfs(base_archive: Path, task: Task) -> bytes:
    """The whole: the kernel unpacks one archive after the other."""
    entries = {"lab/command": cpio.file(command_script(task), 0o755)}
    if task.symbols:
        entries["lab/symbols"] = cpio.file(b"")
    return base_archive.read_bytes() + cpio.archive(entries)


def read_reply(data: bytes) -> Reply | None:
    """The reply in what came over the serial port; None when it is cut short.

    A reply that does not match its checksum is an error of its own: the guest
    did come to its end, but its word is not to be believed.
    """
    lines = data.replace(b"\r", b"").splitlines()
    if not lines or not lines[-1].endswith(b"  -"):
        return None
    checksum = lines[-1].split()[0].decode(errors="replace")
    try:
        content = base64.b64decode(b"".join(lines[:-1]), validate=True)
    except binascii.Error:
        content = b""
    if hashlib.sha256(content).hexdigest() != checksum:
        raise LabError("the guest's reply was damaged on its way: its sha256 differs; run it again")
    return unpack_reply(content)


def unpack_reply(content: bytes) -> Reply:
    """Reply from init's tar archive: only plain files, only the last part of names."""
    members: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                if file is not None:
                    members[member.name.removeprefix("./")] = file.read()
        status = int(members["status"])
    except (KeyError, ValueError, tarfile.TarError):
        raise LabError("the guest could not put its reply together: "
                       "give it more --memory, or leave less in /out") from None
    files = {Path(name).name: data for name, data in members.items() if name.startswith("files/")}
    return Reply(status, members.get("out", b""), members.get("err", b""), files,
                 members.get("idle", b"").decode(errors="replace").strip())
