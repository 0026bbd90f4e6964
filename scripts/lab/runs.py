# SPDX-License-Identifier: GPL-2.0-or-later
"""`lab run`: pincow on many kernels, as many guests at once as there are CPUs."""

import dataclasses
import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import boot
import cache
import kernels
from boot import Lab
from cache import Image
from errors import GuestError, GuestTimeout, LabError
from guest import Task
from kernels import Kernel
from qemu import Machine

RESULT = "result.jsonl"


@dataclass(frozen=True)
class Plan:
    """What to run on each kernel."""

    machine: Machine  # of which the architecture is the kernel's
    boots: int
    profile: str
    arguments: Sequence[str]  # more of `pincow run`
    modules: Sequence[str]
    timeout_s: float
    output: Path


@dataclass(frozen=True)
class Job:
    """One boot."""

    name: str  # of the kernel, and of its model where that is switched
    kernel: Kernel
    image: Image
    switch: str | None
    number: int


@dataclass(frozen=True)
class Row:
    """What became of it."""

    job: Job
    status: str
    seconds: float
    file: str
    detail: str = ""


def jobs_of(selected: Sequence[tuple[Kernel, Image]], boots: int) -> list[Job]:
    """First every kernel once, so that what fails at all fails early."""
    jobs = []
    for number in range(1, boots + 1):
        for kernel, image in selected:
            if kernel.has_switch:
                jobs += [Job(f"{kernel.id}-{model}", kernel, image, kernels.SWITCH[model], number)
                         for model in kernel.models]
            else:
                jobs.append(Job(kernel.id, kernel, image, None, number))
    return jobs


def slots(smp: int, memory_mib: int) -> int:
    """How many guests the host's CPUs and memory have room for."""
    available_kib = next(int(line.split()[1]) for line in open("/proc/meminfo", encoding="ascii")
                         if line.startswith("MemAvailable"))
    by_cpu = len(os.sched_getaffinity(0)) // smp
    by_memory = available_kib // 1024 // memory_mib
    return max(1, min(by_cpu, by_memory))


def task_of(lab: Lab, plan: Plan, job: Job, machine: Machine) -> Task:
    """pincow's command line in the guest."""
    counted = ["--counted"] if machine.counted else []
    command = ["pincow", "run", "--quiet", "--profile", plan.profile, *counted,
               "--block", str(job.number), "-o", f"/out/{RESULT}", *plan.arguments]
    env = {"PINCOW_LAB": boot.describe(lab, job.name, job.image, machine)}
    return Task(command, env, job.switch)


def boot_job(lab: Lab, plan: Plan, job: Job) -> Row:
    """One guest; whatever becomes of it is a row, never the end of the others."""
    start = time.monotonic()
    target = plan.output / f"{job.name}-boot{job.number}.jsonl"
    file = detail = ""
    try:
        machine = dataclasses.replace(plan.machine, arch=job.kernel.arch)
        modules = [*job.kernel.modules, *plan.modules]
        base = boot.initramfs_base(lab, job.image, modules)
        accel = boot.accel_for(lab, job.image, machine, base)
        machine = dataclasses.replace(machine, accel=accel)
        reply = boot.run_once(lab, job.image, machine, base, task_of(lab, plan, job, machine),
                              plan.timeout_s)
        if RESULT in reply.files:
            cache.publish_bytes(target, reply.files[RESULT])
            file = target.name
        status = "ok" if reply.status == 0 else f"exit {reply.status}"
        detail = "" if reply.status == 0 else reply.err.decode(errors="replace").strip()
    except GuestTimeout as error:
        status, detail = "timeout", str(error)
    except GuestError as error:
        status, detail = "died", str(error)
    except (LabError, OSError) as error:
        status, detail = "error", str(error)
    return Row(job, status, time.monotonic() - start, file, detail)


def run(lab: Lab, plan: Plan, selected: Sequence[tuple[Kernel, Image]]) -> list[Row]:
    """All boots; rows in the order of the jobs."""
    jobs = jobs_of(selected, plan.boots)
    plan.output.mkdir(parents=True, exist_ok=True)
    rows: dict[Job, Row] = {}
    pool = ThreadPoolExecutor(slots(plan.machine.smp, plan.machine.memory_mib))
    try:
        waiting: list[Future[Row]] = [pool.submit(boot_job, lab, plan, job) for job in jobs]
        for done in as_completed(waiting):
            row = done.result()
            rows[row.job] = row
            lab.progress(f"[{len(rows)}/{len(jobs)}] {row.job.name} boot {row.job.number}: "
                         f"{row.status}, {row.seconds:.1f} s")
    except BaseException:
        lab.running.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return [rows[job] for job in jobs]


def table(rows: Sequence[Row]) -> str:
    """The end of a run: a line a boot, and what those that failed had to say."""
    width = max(len(row.job.name) for row in rows)
    lines = [f"{'KERNEL':{width}}  BOOT  {'STATUS':8}  SECONDS  RESULT"]
    for row in rows:
        lines.append(f"{row.job.name:{width}}  {row.job.number:4}  {row.status:8}  "
                     f"{row.seconds:7.1f}  {row.file or '-'}")
        lines += [f"    {line}" for line in row.detail.splitlines()]
    return "\n".join(lines)
