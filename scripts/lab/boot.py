# SPDX-License-Identifier: GPL-2.0-or-later
"""One boot: kernel, machine and task to a reply."""

import dataclasses
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cache
import guest
import image
import pincow
import qemu
import sysroot
from cache import Image, Progress
from errors import GuestError, LabError
from guest import Reply, Task
from qemu import Machine, Running

PROBE_TIMEOUT_S = 15.0


@dataclass
class Lab:
    """What all boots of one command share."""

    root: Path
    progress: Progress
    programs: dict[str, Path]  # a pincow by architecture
    accel: str = "probe"
    running: Running = field(default_factory=Running)
    probed: dict[str, str] = field(default_factory=dict)
    probing: threading.Lock = field(default_factory=threading.Lock)


def user_image(path: Path, modules: Path | None, arch: str | None) -> Image:
    """A user's own kernel."""
    if not path.is_file():
        raise LabError(f"{path}: no such image")
    found = image.read(path)[1]
    if arch is not None and arch != found:
        raise LabError(f"{path} is for {found}, not {arch}")
    return Image(path, found, modules, path.name)


def tree_image(tree: Path, modules: Path | None, arch: str | None) -> Image:
    """The image that a built kernel tree has; the newest if it has two."""
    images = [path for path in (tree / "arch/x86/boot/bzImage", tree / "arch/arm64/boot/Image")
              if path.exists()]
    if not images:
        raise LabError(f"{tree}: no arch/x86/boot/bzImage and no arch/arm64/boot/Image; build it")
    return user_image(max(images, key=lambda path: path.stat().st_mtime), modules, arch)


def initramfs_base(lab: Lab, kernel: Image, modules: Sequence[str],
                   carried: Sequence[Path] = ()) -> Path:
    """The initramfs without its task, made once."""
    libraries = sysroot.have(lab.root, kernel.arch, lab.progress)
    return guest.base(lab.root, kernel.arch, libraries,
                      pincow.have(lab.root, kernel.arch, lab.programs, lab.progress),
                      {**guest.module_entries(kernel.modules, modules),
                       **guest.carried_entries(carried, libraries, kernel.arch)})


def run_once(lab: Lab, kernel: Image, machine: Machine, base: Path, task: Task,
             timeout_s: float) -> Reply:
    """Boot on exactly that machine."""
    with tempfile.TemporaryDirectory(prefix="pincow-lab-") as name:
        work = Path(name)
        loadable, _ = image.read(kernel.path)
        (work / "image").write_bytes(loadable)
        (work / "initrd").write_bytes(guest.initramfs(base, task))
        data = qemu.run(machine, work / "image", work / "initrd", work, lab.running, timeout_s)
        reply = guest.read_reply(data)
        if reply is None:
            raise GuestError("the guest ended without a whole reply", qemu.read_console(work))
        if reply.idle.startswith("not idle"):
            lab.progress(f"{kernel.version}: {reply.idle}; figures of ordinary tasks are too high")
        if machine.plugin is None:
            return reply
        return dataclasses.replace(reply, profile=(work / qemu.PROFILE).read_text())


def accel_for(lab: Lab, kernel: Image, machine: Machine, base: Path) -> str:
    """KVM where a guest has just run under it; TCG else.

    /dev/kvm may be there and yet hang a guest or abort QEMU, so nothing less
    than a boot tells.  Instructions are counted by TCG alone.
    """
    if machine.counted or lab.accel == "tcg" or kernel.arch != sysroot.host_arch():
        if lab.accel == "kvm":
            raise LabError("--accel kvm: KVM counts no instructions and runs only the host's "
                           "architecture; leave it out, or --mode plain")
        return "tcg"
    if lab.accel == "kvm":
        return "kvm"
    with lab.probing:
        if kernel.arch not in lab.probed:
            lab.probed[kernel.arch] = probe_kvm(lab, kernel, machine, base)
        return lab.probed[kernel.arch]


def probe_kvm(lab: Lab, kernel: Image, machine: Machine, base: Path) -> str:
    """Try it, for a while."""
    try:
        run_once(lab, kernel, dataclasses.replace(machine, accel="kvm"), base, Task(["true"]),
                 PROBE_TIMEOUT_S)
        return "kvm"
    except LabError as error:
        lab.progress(f"KVM does not boot a guest here ({str(error).splitlines()[0]}); using TCG")
        return "tcg"


def boot(lab: Lab, kernel: Image, machine: Machine, modules: Sequence[str],
         carried: Sequence[Path], task: Task, timeout_s: float) -> Reply:
    """Everything from the initramfs to the reply."""
    base = initramfs_base(lab, kernel, modules, carried)
    machine = dataclasses.replace(machine, accel=accel_for(lab, kernel, machine, base))
    return run_once(lab, kernel, machine, base, task, timeout_s)


def describe(lab: Lab, name: str, kernel: Image, machine: Machine) -> str:
    """PINCOW_LAB for the result's header: where its figures come from."""
    mode = "count" if machine.counted else "plain"
    return (f"id={name} mode={mode} accel={machine.accel} package={kernel.version} "
            f"qemu={qemu.version(kernel.arch)}")


def cached(root: Path, kernel_id: str, arch: str) -> Image:
    """A kernel of the table that must have been fetched or built."""
    found = cache.kernel_image(root, kernel_id, arch)
    if found is None:
        raise LabError(f"{kernel_id} is not in {root}")
    return found
