#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Subsets that people have: `pincow plot` and `pincow report` draw each, or say why not.

usage: matrix.py PINCOW REFERENCE [NAME...]

A set fails when a command ends otherwise than with 0, or with 2 and one line; when
gnuplot says anything at all; when a figure is neither drawn nor named with a reason;
and when a picture is no XML that is whole, or has a text that leaves it or stands upon
another.
"""
import concurrent.futures
import glob
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

FILE_FIGURES = ["fork-scaling", "fault-latency", "overview"]
GROUP_FIGURES = ["changes", "bars", "ratio", "ecdf", "scaling", "memory"]
MIB = 1 << 20


def header(boot="b", **more):
    head = {
        "record": "header", "schema": 1, "version": "0.1.0", "created_ns": 1767225600000000000,
        "boot_id": boot, "clock_domain": more.pop("clock", "wall"),
        "config": {"profile": "quick", "replicates": 1},
        "host": {
            "hostname": more.pop("host", "example"), "machine": more.pop("machine", "x86_64"),
            "kernel": {"release": more.pop("release", "6.1.0"),
                       "build_id": more.pop("build", "00")},
            "cpu": {"model": "Example CPU"}, "memory": {"page_bytes": more.pop("page", 4096)},
        },
        "model": {"name": more.pop("model", "exclusive"), "evidence": "", "features": {}},
    }
    head.update(more)
    return head


def worker(scenario="fault/cow-copy", params=None, ns=1000, **more):
    samples = more.pop("samples", 3)
    record = {
        "record": "worker", "scenario": scenario, "operation": "page", "scale_by": "",
        "params": {"page": "base", "size": 4 * MIB} if params is None else params,
        "replicate": 0, "sequence": 0, "status": "ok", "reason": "", "remedy": "", "cpu": 1,
        "op_bytes": 4096, "started_ns": 1, "elapsed_ns": 1, "truncated": False,
        "clock": {"source": "tsc", "hz": 10**9, "overhead_start_ticks": 0,
                  "overhead_end_ticks": 0, "resolution_ticks": 1},
        "batch": {"ticks": [ns * 100 + i for i in range(samples)], "ops": [100] * samples,
                  "valid": [1] * samples} if samples else {},
        "op": {}, "op_refused": "", "broken": None, "guards": None, "memory": None,
    }
    ops = more.pop("ops", None)
    if ops:
        record["op"] = {"ticks": ops}
    invalid = more.pop("invalid", 0)
    for i in range(invalid):
        record["batch"]["valid"][i] = 0
    if invalid:
        record["broken"] = {"another ran": invalid}
    copied = more.pop("copied", None)
    if copied is not None:
        record["batch"]["copied"] = [copied] * samples
    memory = more.pop("memory", None)
    if memory:
        record["memory"] = {kind: {"value": value, "method": "process", "resolution": 1,
                                   "closed": True} for kind, value in memory.items()}
    record.update(more)
    return record


def boots(n, cases, **more):
    """Files of @n boots; cases(i) gives the workers of boot i."""
    boot = more.pop("boot", "b")
    return [[header("%s%d" % (boot, i), **more), *cases(i)] for i in range(n)]


def main_job(scale=1.0):
    """All that a small run has, costs a little apart from boot to boot."""
    def cases(i):
        ns = scale * (1000 + 3 * i)
        for scenario, page, more in [
                ("fork/anon", "base", {"before": "written"}),
                ("fork/anon", "thp", {"before": "written"}),
                ("fault/first-touch", "base", {}), ("fault/cow-copy", "base", {}),
                ("fault/cow-reuse", "base", {"sharer": "exited"}),
                ("fault/cow-reuse", "thp-pte", {"sharer": "exited"})]:
            for size in (4 * MIB, 16 * MIB):
                yield worker(scenario, {"page": page, "size": size, **more}, int(ns * size / MIB),
                             copied=100, ops=[int(ns) + k for k in range(64)],
                             memory={"page_tables_bytes": 8192, "foll_pins": 3})
    return cases


def pins(scale=1.0):
    """By each pinner what it takes, and the main job while each holds references."""
    def cases(i):
        ns = scale * (1000 + 3 * i)
        for pages in (64, 128, 256):
            for pinner in ("futex", "vmsplice"):
                yield worker("gup/get", {"pages": pages, "pinner": pinner}, int(ns),
                             scale_by="pages")
        for size in (4 * MIB, 16 * MIB, 64 * MIB):
            for call in ("pin", "unpin"):
                yield worker("pin/register", {"call": call, "page": "base", "pinner": "io-uring",
                                              "size": size}, int(ns * size / MIB), scale_by="size")
            for held in ({}, {"held": "vmsplice"}, {"held": "io-uring"}):
                yield worker("fork/anon", {"before": "written", "page": "base", "size": size,
                                           **held}, int(ns * size / MIB), scale_by="size")
    return cases


def only(*workers):
    return lambda i: workers


def pair(cases, other=None, n=2, **more):
    return {"a": boots(n, cases, boot="a", **more), "b": boots(n, other or cases, boot="b", **more)}


HOSTILE = ["'", "'a", "a'", '"', "\\", "@x", "{/=60 x}", "}", "a_b^c_d", "&amp;", "<b>", "%s%d",
           "%", "`id`", "$x", "#", "é→漢字", "🐄" * 9, "x" * 300, "-", "a\\nb", "NaN", "EOD", ";"]


def sets(reference):
    """name: (arguments, {folder: [records of a file]}) of each set."""
    yield from real_sets(reference)
    yield from value_sets()
    yield from label_sets()
    for n in range(1, 13):
        groups = {"g%02d" % g: boots(1 + g % 2, main_job(1 + 0.1 * g), boot="g%d" % g)
                  for g in range(n)}
        yield "groups-%d" % n, [], groups


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def real_sets(reference):
    files = {name: [read(path) for path in
                    sorted(glob.glob("%s/%s-boot[12].jsonl" % (reference, name)))]
             for name in ("5.10-dual-amd64-old", "5.10-dual-amd64-simplified", "newest-arm64",
                          "6.1-arm64")}
    old, new = files["5.10-dual-amd64-old"], files["5.10-dual-amd64-simplified"]

    def of(file, wanted):
        return [line for line in file if line["record"] == "header" or wanted(line)]

    for scenario in sorted({line["scenario"] for line in old[0][1:]}):
        def wanted(line, scenario=scenario):
            return line["scenario"] == scenario
        name = scenario.replace("/", "-")
        yield "file-" + name, [], {"a": [of(old[0], wanted)]}
        yield "pair-" + name, ["--by", "model"], {"a": [of(old[0], wanted)],
                                                  "b": [of(new[0], wanted)]}
    yield "arm64", ["--by", "kernel"], {"a": files["newest-arm64"], "b": files["6.1-arm64"]}
    yield "arm64-file", [], {"a": files["newest-arm64"][:1]}
    yield "boots", ["--by", "model"], {"a": old, "b": new}
    yield "no-main-job", ["--by", "model"], {
        name: [of(file, lambda line: not line["scenario"].startswith(("fault", "fork")))
               for file in group] for name, group in (("a", old), ("b", new))}


def value_sets():
    plain = main_job()
    yield "header-only", [], {"a": boots(1, only())}
    yield "header-only-pair", [], pair(only())
    yield "empty-other", [], {"a": boots(2, plain, boot="a"), "b": boots(2, only())}
    yield "one-file", [], {"a": boots(1, plain)}
    yield "pinners", [], pair(pins(), pins(1.5))
    yield "pinners-file", [], {"a": boots(1, pins())}
    yield "one-boot", [], pair(plain, main_job(1.5), n=1)
    yield "three-boots", [], pair(plain, main_job(1.5), n=3)
    yield "counted", [], pair(plain, main_job(2), clock="instructions")
    yield "big-pages", [], pair(plain, machine="aarch64", page=65536)
    for status in ("skip", "error", "invalid"):
        cases = only(worker(samples=0, status=status, reason="it's `so`", remedy="'none"))
        yield "all-" + status, [], {"a": boots(1, cases)}
        yield "all-%s-pair" % status, [], pair(cases)
        yield "other-" + status, [], pair(plain, cases)
    values = {"zero": 0, "one": 1, "tiny-huge": 10**9, "huge": 10**12}
    for name, ns in values.items():
        cases = only(worker(ns=ns, ops=[ns] * 64))
        yield "value-" + name, [], pair(cases)
        yield "value-%s-file" % name, [], {"a": boots(1, cases)}
        yield "value-%s-fork" % name, [], {"a": boots(1, only(worker("fork/anon", ns=ns)))}
        yield "value-%s-other" % name, [], pair(cases, only(worker(ns=1000, ops=[1000] * 64)))
    overhead = {"source": "tsc", "hz": 10**9, "overhead_start_ticks": 10**9,
                "overhead_end_ticks": 10**9, "resolution_ticks": 1}
    cases = only(worker(ops=[5] * 64, clock=overhead), worker("fork/anon", clock=overhead))
    yield "value-below-overhead", [], pair(cases)
    yield "value-below-overhead-file", [], {"a": boots(1, cases)}
    for name, memory in {
            "negative": {"anon_bytes": -8192}, "none": {"anon_bytes": 0},
            "pins": {"foll_pins": 512}, "mixed": {"anon_bytes": 10**12, "foll_pins": -3}}.items():
        yield "memory-" + name, [], pair(only(worker(memory=memory)))
    yield "operations-only", [], pair(only(worker(samples=0, ops=[100, 200, 300] * 40)))
    yield "one-operation", [], pair(only(worker(ops=[100])))
    yield "one-operation-file", [], {"a": boots(1, only(worker(ops=[100])))}
    yield "invalid-half", [], pair(only(worker(samples=4, invalid=2)))
    yield "invalid-half-file", [], {"a": boots(1, only(worker("fork/anon", samples=4, invalid=2)))}
    yield "number-zero", [], pair(only(worker(params={"threads": 0}),
                                       worker(params={"threads": 4}, ns=9)))
    yield "number-great", [], pair(only(worker(params={"n": 1}),
                                        worker(params={"n": 2**62}, ns=9)))
    yield "odd-sizes", [], pair(only(worker("fork/anon", {"page": "base", "size": 3}),
                                     worker("fork/anon", {"page": "base", "size": 5})))
    yield "odd-sizes-file", [], {"a": boots(1, only(
        worker("fork/anon", {"page": "base", "size": 1}),
        worker("fork/anon", {"page": "base", "size": 2**60}, ns=10**9)))}
    yield "no-params", [], pair(only(worker(params={})))
    yield "many-cases", [], pair(only(*(worker("case/n%d" % n, {"page": "base", "size": MIB << n % 9})
                                        for n in range(150))))
    yield "copy-reuse", [], pair(only(worker(copied=100)), only(worker(copied=0)))


def label_sets():
    for n, text in enumerate(HOSTILE):
        name = "label-%02d" % n
        yield name, ["--by", "host"], {
            "a": boots(1, main_job(), boot="a", host=text, model=text[:60]),
            "b": boots(1, main_job(), boot="b", host=text + "2", model=text[:60])}
        yield name + "-file", [], {"a": boots(1, only(
            worker("fork/anon", {"page": re.sub(r"[^!-~]", "_", text)[:60], "size": MIB})),
            host=text, release=text)}
    for text in ("'quoted", "a{b}", "%d", "x" * 200, "漢字"):
        yield "folder-" + text[:8], [], {text: boots(1, main_job()),
                                         text + "2": boots(1, main_job(), boot="c")}


def profile(kernel, functions):
    """A profile by function, of one case."""
    total = sum(functions.values())
    return {
        "record": "profile", "schema": 1, "kernel": kernel, "release": "6.1.0",
        "machine": "x86_64", "build_id": None, "page_bytes": 4096, "lab": "", "inlined": False,
        "skipped": [], "cases": [{
            "scenario": "fork/anon", "params": {"page": "base", "size": 4 * MIB},
            "operation": "fork", "op_bytes": 4 * MIB, "windows": 1, "operations": 1, "valid": 1,
            "broken": {}, "waited": False, "clock": total, "kernel": total, "user": 0,
            "others_kernel": 0, "others_user": 0,
            "functions": [{"function": name, "others": False, "instructions": count, "calls": 1}
                          for name, count in functions.items()]}]}


def profile_sets():
    names = [text for text in HOSTILE if text.isascii() and len(text) < 60]
    yield "why-hostile", {"'k%": {"f": 1, **{n: 100 for n in names}},
                          "%d{k}": {"f": 1, **{n: 150 for n in names}}}
    for text in names:
        if not re.search(r"[^!-~]", text):
            yield "why-one-" + text, {"a": {text: 100}, text + "b": {text: 90}}
    yield "why-same", {"a": {"f": 100}, "b": {"f": 100}}
    yield "why-none", {"a": {"f": 0}, "b": {"f": 10**11}}


# --------------------------------------------------------------------- judging

def texts_of(root):
    """(left, right, base line, height, text) of each, by the least width of such letters."""
    for group in root.iter():
        at = re.match(r"translate\(([-\d.]+),([-\d.]+)\)$", group.get("transform", ""))
        text = "".join(group.itertext()).strip()
        if not at or not group.get("font-size") or not text:
            continue
        height = float(group.get("font-size"))
        width = 0.47 * height * len(text)
        anchor = group.get("text-anchor")
        left = float(at[1]) - {"end": width, "middle": width / 2}.get(anchor, 0)
        yield left, left + width, float(at[2]), height, text


def judge_texts(path):
    """Texts that leave the picture, or that stand upon each other."""
    root = ElementTree.parse(path).getroot()
    name = os.path.basename(path)
    texts = sorted(texts_of(root), key=lambda text: text[2])
    for i, (left, right, y, height, text) in enumerate(texts):
        if left < -2 or right > float(root.get("width")) + 2:
            yield "%s leaves the picture: %.80s" % (name, text)
        for other in itertools.takewhile(lambda at, y=y, height=height: at[2] - y < 0.6 * height,
                                         texts[i + 1:]):
            # What is boxed is written twice.
            if left < other[1] - 3 and other[0] < right - 3 and \
                    (text, left, y) != (other[4], other[0], other[2]):
                yield "%s: '%.60s' stands upon '%.60s'" % (name, text, other[4])


def run(pincow, arguments, env):
    return subprocess.run([pincow, *arguments], env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=120)


def place(work, name):
    """A folder for the set, and an environment whose gnuplot keeps what it says there."""
    folder = tempfile.mkdtemp(prefix=re.sub(r"\W", "_", name), dir=work)
    return folder, dict(os.environ, PATH=work + "/bin:" + os.environ["PATH"],
                        GNUPLOT_LOG=folder + "/log")


def judge(pincow, work, name, arguments, groups):
    folder, env = place(work, name)
    paths = []
    for group, files in groups.items():
        os.mkdir(os.path.join(folder, group))
        paths.append(os.path.join(folder, group))
        for i, records in enumerate(files):
            with open("%s/%d.jsonl" % (paths[-1], i), "w", encoding="utf-8") as out:
                out.writelines(json.dumps(record) + "\n" for record in records)
    figures = folder + "/figures"
    done = run(pincow, ["plot", "--format", "svg", "-o", figures, *arguments, *paths], env)
    yield from judge_plot(done, figures)
    if len(groups) > 1:
        page = folder + "/page.html"
        done = run(pincow, ["report", "-o", page, *arguments, *paths], env)
        said = done.stderr.decode()
        if (done.returncode and "nothing to compare" not in said) or "lacks figures" in said:
            yield "report: exit %d: %s" % (done.returncode, said)
    yield from judge_log(folder)


def judge_why(pincow, work, name, profiles):
    """The figure of profiles: {kernel: {function: instructions}}."""
    folder, env = place(work, name)
    paths = []
    for kernel, functions in profiles.items():
        paths.append("%s/%d.profile.json" % (folder, len(paths)))
        with open(paths[-1], "w", encoding="utf-8") as out:
            json.dump(profile(kernel, functions), out)
    done = run(pincow, ["plot", "--format", "svg", "-o", folder + "/figures", *paths], env)
    drawn = done.stdout.decode().split("\n")[:-1]
    if done.returncode not in (0, 2) or not drawn and "is left out: " not in done.stderr.decode():
        yield "why: exit %d: %s" % (done.returncode, done.stderr.decode())
    for path in drawn:
        yield from judge_picture(path)
    yield from judge_log(folder)


def judge_picture(path):
    try:
        yield from judge_texts(path)
    except ElementTree.ParseError as error:
        yield "%s: %s" % (path, error)


def judge_log(folder):
    if os.path.exists(folder + "/log") and os.path.getsize(folder + "/log"):
        with open(folder + "/log", encoding="utf-8", errors="replace") as log:
            yield "gnuplot says: " + log.read(600)


def judge_plot(done, figures):
    said = done.stderr.decode()
    if done.returncode not in (0, 2):
        yield "plot: exit %d: %s" % (done.returncode, said)
        return
    drawn = done.stdout.decode().split("\n")[:-1]
    if done.returncode == 2 and not re.search(": nothing to (draw|compare)", said):
        yield "plot: exit 2: " + said
    if done.returncode == 0 and not drawn:
        yield "plot: nothing drawn, and exit 0"
    names = FILE_FIGURES if any(name in said + " ".join(drawn) for name in FILE_FIGURES) \
        else GROUP_FIGURES
    for name in names if "nothing to compare" not in said else []:
        there = [path for path in drawn if path.startswith("%s/%s" % (figures, name))]
        if not there and not re.search(name + r"\S* is left out: \S", said):
            yield name + ": neither drawn nor left out with a reason: " + said
        for path in there:
            yield from judge_picture(path)


def main():
    pincow, reference, wanted = sys.argv[1], sys.argv[2], sys.argv[3:]
    gnuplot = shutil.which("gnuplot")
    if not gnuplot:
        print("skip: no gnuplot")
        sys.exit(77)
    failed = 0
    with tempfile.TemporaryDirectory() as work, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        os.mkdir(work + "/bin")
        with open(work + "/bin/gnuplot", "w", encoding="utf-8") as script:
            script.write('#!/bin/sh\n%s "$@" 2>"$GNUPLOT_LOG.now"\nstatus=$?\n'
                         'cat "$GNUPLOT_LOG.now" >>"$GNUPLOT_LOG"\n'
                         'cat "$GNUPLOT_LOG.now" >&2\nexit $status\n' % gnuplot)
        os.chmod(work + "/bin/gnuplot", 0o755)
        chosen = [(judging, each) for judging, of in ((judge, sets(reference)),
                                                      (judge_why, profile_sets()))
                  for each in of
                  if not wanted or any(each[0].startswith(name) for name in wanted)]
        results = pool.map(lambda one: list(one[0](pincow, work, *one[1])), chosen)
        for (_, each), wrong in zip(chosen, results):
            for line in itertools.islice(wrong, 6):
                print("not ok %s: %s" % (each[0], line))
            failed += bool(wrong)
    print("%d sets, %d failed" % (len(chosen), failed))
    sys.exit(failed > 0 or not chosen)


if __name__ == "__main__":
    main()
