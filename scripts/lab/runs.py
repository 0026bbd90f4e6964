# SPDX-License-Identifier: GPL-2.0-or-later
"""`lab run`: pincow on many kernels, as many guests at once as there are CPUs."""

import dataclasses
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import boot
import cache
from boot import Lab
from errors import GuestError, GuestTimeout, LabError
from guest import Reply, Task
from qemu import Machine
from subjects import Subject

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
    env: Mapping[str, str] = field(default_factory=dict)  # of pincow


@dataclass(frozen=True)
class Job:
    """One boot."""

    subject: Subject
    number: int


@dataclass(frozen=True)
class Row:
    """What became of it."""

    job: Job
    status: str
    seconds: float
    file: str
    detail: str = ""


# What a boot's reply is good for: returns the name of the file that it became.
Keep = Callable[[Plan, Job, Reply], str]


def jobs_of(subjects: Sequence[Subject], boots: int) -> list[Job]:
    """First every kernel once, so that what fails at all fails early."""
    return [Job(subject, number) for number in range(1, boots + 1) for subject in subjects]


def slots(smp: int, memory_mib: int) -> int:
    """How many guests the host's CPUs and memory have room for."""
    available_kib = next(int(line.split()[1]) for line in open("/proc/meminfo", encoding="ascii")
                         if line.startswith("MemAvailable"))
    by_cpu = len(os.sched_getaffinity(0)) // smp
    by_memory = available_kib // 1024 // memory_mib
    return max(1, min(by_cpu, by_memory))


def task_of(lab: Lab, plan: Plan, job: Job, machine: Machine) -> Task:
    """pincow's command line in the guest.

    Of the order of cases counted figures know a little (see scripts/floors): it is the
    same on all kernels, unless the arguments have another seed.
    """
    counted = ["--counted", "--seed", "1"] if machine.counted else []
    command = ["pincow", "run", "--quiet", "--profile", plan.profile, *counted,
               "--block", str(job.number), "-o", f"/out/{RESULT}", *plan.arguments]
    env = {**plan.env,
           "PINCOW_LAB": boot.describe(lab, job.subject.name, job.subject.image, machine)}
    return Task(command, env, job.subject.switch, symbols=machine.plugin is not None)


def boot_once(lab: Lab, plan: Plan, job: Job) -> Reply:
    """One guest."""
    subject = job.subject
    machine = dataclasses.replace(plan.machine, arch=subject.image.arch)
    base = boot.initramfs_base(lab, subject.image, [*subject.modules, *plan.modules])
    accel = boot.accel_for(lab, subject.image, machine, base)
    machine = dataclasses.replace(machine, accel=accel)
    return boot.run_once(lab, subject.image, machine, base, task_of(lab, plan, job, machine),
                         plan.timeout_s)


def boot_job(lab: Lab, plan: Plan, job: Job, keep: Keep) -> Row:
    """Whatever becomes of a guest is a row, never the end of the others."""
    start = time.monotonic()
    file = detail = ""
    try:
        reply = boot_once(lab, plan, job)
        file = keep(plan, job, reply)
        status = "ok" if reply.status == 0 else f"exit {reply.status}"
        if reply.status != 0:
            said = reply.err.decode(errors="replace").strip()
            detail = "\n".join(filter(None, [said, *skips(reply)]))
    except GuestTimeout as error:
        status, detail = "timeout", str(error)
    except GuestError as error:
        status, detail = "died", str(error)
    except LabError as error:
        status, detail = "error", str(error)
    except OSError as error:
        status, detail = "error", f"{error.filename or plan.output}: {error.strerror}"
    return Row(job, status, time.monotonic() - start, file, detail)


def skips(reply: Reply) -> list[str]:
    """What the guest lacked, for a run that had nothing else."""
    if RESULT not in reply.files:
        return []
    records = [json.loads(line) for line in reply.files[RESULT].splitlines()]
    return sorted({f"skipped: {record['scenario']}: {record['reason']}; {record['remedy']}"
                   for record in records
                   if record.get("record") == "worker" and record["status"] == "skip"})


def keep_result(plan: Plan, job: Job, reply: Reply) -> str:
    """The result file of a boot; the name it got, "" when there is none."""
    if RESULT not in reply.files:
        return ""
    target = plan.output / f"{job.subject.name}-boot{job.number}.jsonl"
    cache.publish_bytes(target, reply.files[RESULT])
    return target.name


def run(lab: Lab, plan: Plan, subjects: Sequence[Subject], keep: Keep = keep_result) -> list[Row]:
    """All boots; rows in the order of the jobs."""
    jobs = jobs_of(subjects, plan.boots)
    plan.output.mkdir(parents=True, exist_ok=True)
    rows: dict[Job, Row] = {}
    pool = ThreadPoolExecutor(slots(plan.machine.smp, plan.machine.memory_mib))
    try:
        waiting: list[Future[Row]] = [pool.submit(boot_job, lab, plan, job, keep) for job in jobs]
        for done in as_completed(waiting):
            row = done.result()
            rows[row.job] = row
            lab.progress(f"[{len(rows)}/{len(jobs)}] {row.job.subject.name} boot {row.job.number}: "
                         f"{row.status}, {row.seconds:.1f} s")
    except BaseException:
        lab.running.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return [rows[job] for job in jobs]


def table(rows: Sequence[Row]) -> str:
    """The end of a run: a line a boot, and what those that failed had to say."""
    width = max(len(row.job.subject.name) for row in rows)
    lines = [f"{'KERNEL':{width}}  BOOT  {'STATUS':8}  SECONDS  RESULT"]
    for row in rows:
        lines.append(f"{row.job.subject.name:{width}}  {row.job.number:4}  {row.status:8}  "
                     f"{row.seconds:7.1f}  {row.file or '-'}")
        lines += [f"    {line}" for line in row.detail.splitlines()]
    return "\n".join(lines)
