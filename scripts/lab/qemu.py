# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU: its command lines, and one guest from start to end."""

import itertools
import re
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import tools
from errors import GuestError, GuestTimeout, LabError

PROGRAMS = {"amd64": "qemu-system-x86_64", "arm64": "qemu-system-aarch64"}
CONSOLES = {"amd64": "ttyS0", "arm64": "ttyAMA0"}

# rep stos and rep movs count each iteration as an instruction, and rdrand's
# values differ from boot to boot.  Both architectures spend most of emulated
# pointer authentication on a cipher that no real CPU computes in software.
CPUS = {"amd64": "max,-erms,-fsrm,-rdrand,-rdseed,la57=off", "arm64": "max,pauth-impdef=on"}

# One nanosecond is one instruction, and an idle CPU does not wait for the host.
COUNTED = ["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc",
           "base=2026-01-01T00:00:00,clock=vm"]
COUNTED_APPEND = "nokaslr norandmaps"
REMOTE_DISTANCE = 21

# Files of a guest's work folder.
PROFILE = "profile"


@dataclass(frozen=True)
class Machine:
    """The hardware of a guest."""

    arch: str
    counted: bool
    smp: int = 1
    memory_mib: int = 1024
    nodes: int = 1
    accel: str = "tcg"
    append: str = ""
    plugin: Path | None = None  # counts instructions into PROFILE


def version(arch: str) -> str:
    """Of the QEMU that boots this architecture."""
    text = tools.run([PROGRAMS[arch], "--version"], f"asking {PROGRAMS[arch]}").decode()
    match = re.search(r"version (\S+)", text)
    return match[1] if match else "unknown"


def cpu_arguments(machine: Machine) -> list[str]:
    """Machine type and CPU; under KVM the host's own interrupt controller and CPU."""
    kvm = machine.accel == "kvm"
    if machine.arch == "amd64":
        return ["-machine", "q35", "-cpu", CPUS["amd64"]]
    return ["-machine", f"virt,gic-version={'host' if kvm else '3'}",
            "-cpu", "host" if kvm else CPUS["arm64"]]


def node_arguments(machine: Machine) -> list[str]:
    """Memory and CPUs dealt out to the nodes; there can be nodes without CPU."""
    if machine.nodes == 1:
        return []
    arguments = []
    size = machine.memory_mib // machine.nodes  # the caller sees that it divides
    for node in range(machine.nodes):
        cpus = "".join(f",cpus={cpu}" for cpu in range(node, machine.smp, machine.nodes))
        arguments += ["-object", f"memory-backend-ram,id=m{node},size={size}M",
                      "-numa", f"node,nodeid={node},memdev=m{node}{cpus}"]
    for node, other in itertools.permutations(range(machine.nodes), 2):
        arguments += ["-numa", f"dist,src={node},dst={other},val={REMOTE_DISTANCE}"]
    return arguments


def serial_arguments(machine: Machine, work: Path) -> list[str]:
    """Console and data port, each into a file."""
    console = ["-serial", f"file:{work / 'console'}"]
    if machine.arch == "amd64":
        return console + ["-serial", f"file:{work / 'data'}"]
    return console + ["-chardev", f"file,id=data,path={work / 'data'}",
                      "-device", "pci-serial,chardev=data"]


def plugin_arguments(machine: Machine, work: Path) -> list[str]:
    """A comma in a value is written twice."""
    if machine.plugin is None:
        return []
    values = [str(path).replace(",", ",,") for path in (machine.plugin, work / PROFILE)]
    return ["-plugin", f"{values[0]},out={values[1]}"]


def arguments(machine: Machine, image: Path, initrd: Path, work: Path) -> list[str]:
    """The whole command line."""
    append = [f"console={CONSOLES[machine.arch]}", "panic=-1", "quiet"]
    append += [COUNTED_APPEND] if machine.counted else []
    append += [machine.append] if machine.append else []
    return [tools.find_program(PROGRAMS[machine.arch]), *cpu_arguments(machine),
            "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            *serial_arguments(machine, work), "-accel", machine.accel,
            "-smp", str(machine.smp), "-m", str(machine.memory_mib),
            *plugin_arguments(machine, work),
            *node_arguments(machine), *(COUNTED if machine.counted else []),
            "-kernel", str(image), "-initrd", str(initrd), "-append", " ".join(append)]


class Running:
    """The QEMUs that run now, so that ^C can end them all, whichever thread waits."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.processes: set[subprocess.Popen[bytes]] = set()
        self.stopped = False

    def start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        """Start one; the kernel ends it should the lab itself be killed."""
        with self.lock:
            if self.stopped:
                raise LabError("stopped")
            process = subprocess.Popen(
                [tools.find_program("setpriv"), "--pdeathsig", "KILL", *command],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                # A terminal's ^C is for the lab, which then ends the guests.
                start_new_session=True)
            self.processes.add(process)
            return process

    def end(self, process: "subprocess.Popen[bytes]") -> None:
        """End one that has not ended by itself, and reap it."""
        process.kill()
        process.wait()
        with self.lock:
            self.processes.discard(process)

    def stop(self) -> None:
        """End all, and start no more."""
        with self.lock:
            self.stopped = True
            for process in self.processes:
                process.kill()


def read_console(work: Path) -> str:
    """What the guest has said so far."""
    path = work / "console"
    return path.read_text(errors="replace") if path.exists() else ""


def run(machine: Machine, image: Path, initrd: Path, work: Path, running: Running,
        timeout_s: float) -> bytes:
    """Boot, wait for the end, and return what came over the data port."""
    process = running.start(arguments(machine, image, initrd, work))
    try:
        _, stderr = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        raise GuestTimeout(f"no end after {timeout_s:g} s", read_console(work)) from None
    finally:
        running.end(process)
    if process.returncode != 0:
        last = tools.reason_of(stderr.decode(errors="replace"))
        if machine.plugin is not None and "plugin" in last:
            last += "; a profile needs a QEMU with TCG plugins, as Debian's is"
        raise LabError(f"{PROGRAMS[machine.arch]} ended with {process.returncode}: {last}")
    console = read_console(work)
    panic = re.search(r"Kernel panic - not syncing: .*", console)
    if panic:
        raise GuestError(panic[0].strip(), console)
    data = work / "data"
    return data.read_bytes() if data.exists() else b""
