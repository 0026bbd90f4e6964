#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The page of `pincow report` as a browser has it: chromium.py PINCOW RESULTS

It must render in light and dark, on a desk and a phone, and on paper; be
legible; say nothing on the console; and ask nobody for anything.  Then the same
page with one fault each, which the checks must find.
"""

import base64
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from browser import Browser

SKIP = 77
DESK, PHONE, PAPER = 1280, 400, 703     # CSS pixels; A4 within its margins of 12 mm

# What lies outside of the page, or cannot be read: a list of lines.
LAYOUT = r"""(() => {
	const bad = [];
	const width = document.documentElement.scrollWidth;
	const text = element => element.textContent.trim().slice(0, 40);
	const rgba = color => color.match(/[\d.]+/g).map(Number);

	function luminance([r, g, b]) {
		const linear = [r, g, b].map(c => c / 255)
			.map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
	}
	function background(element) {
		for (; element; element = element.parentElement) {
			const color = rgba(getComputedStyle(element).backgroundColor);
			if (color.length === 3 || color[3] === 1)
				return color;
		}
		return [255, 255, 255];
	}
	function contrast(element) {
		const a = luminance(rgba(getComputedStyle(element).color));
		const b = luminance(background(element));
		return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	}

	if (width > innerWidth)
		bad.push(`overflow: ${width} pixels in ${innerWidth}`);
	for (const element of document.body.querySelectorAll("*")) {
		const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
		if (own && element.checkVisibility() && contrast(element) < 4.5)
			bad.push(`contrast: ${contrast(element).toFixed(1)}: ${text(element)}`);
	}
	return bad;
})()"""

# What does not depend on the window.
CONTENT = r"""(() => {
	const bad = [];
	const each = (selector, is_bad, what) => document.querySelectorAll(selector)
		.forEach(e => is_bad(e) && bad.push(`${what}: ${e.outerHTML.slice(0, 80)}`));

	each("img", e => !e.complete || !e.naturalWidth, "image that does not draw");
	each("img", e => !e.alt, "image without words");
	each("th", e => !e.scope, "th without scope");
	each("a", e => !document.getElementById(e.hash.slice(1)), "link to nowhere");
	each("script", () => true, "script");
	if (!document.documentElement.lang)
		bad.push("no language");
	return bad;
})()"""

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def said(events):
    """Requests that leave the page, and whatever stands on the console."""
    for event in events:
        params = event["params"]
        if event["method"] == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith(("file:", "data:")):
                yield f"request: {url}"
        elif event["method"] == "Log.entryAdded":
            yield f"console: {params['entry']['text']}"
        elif event["method"] == "Runtime.consoleAPICalled":
            yield f"console: {params['args']}"
        elif event["method"] == "Runtime.exceptionThrown":
            yield f"console: {params['exceptionDetails']['text']}"


def print_faults(browser):
    """On paper, from a dark screen."""
    browser.show(PAPER, "dark")
    browser.call("Emulation.setEmulatedMedia", media="print",
                 features=[{"name": "prefers-color-scheme", "value": "dark"}])
    yield from (f"print: {line}" for line in browser.evaluate(LAYOUT))
    if browser.evaluate(BACKGROUND) != "rgb(255, 255, 255)":
        yield "print: dark paper"
    pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    if not pdf.startswith(b"%PDF-") or not re.search(rb"/Type\s*/Page\b", pdf):
        yield "print: no page"
    browser.call("Emulation.setEmulatedMedia", media="")


def faults(browser, path):
    """Everything that is wrong with a page; one line each."""
    found = list(said(browser.open(path.as_uri())))
    found += browser.evaluate(CONTENT)
    colors = set()
    for width in DESK, PHONE:
        for scheme in "light", "dark":
            browser.show(width, scheme)
            found += [f"{line} ({width}, {scheme})" for line in browser.evaluate(LAYOUT)]
            colors.add(browser.evaluate(BACKGROUND))
    if len(colors) != 2:
        found.append(f"no dark page: {colors}")
    found += print_faults(browser)
    return found


POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

# What is put into the page, whether its policy stays, and what must be told of it.
MUTANTS = [
    ('<img alt="x" src="http://127.0.0.1:9/x">', True, "console: "),
    ('<img alt="x" src="http://127.0.0.1:9/x">', False, "request: http://127.0.0.1:9/x"),
    ("<script>document.title = 'x'</script>", True, "console: "),
    ("<script>nobody_has_this()</script>", False, "console: "),
    ('<div style="width: 2000px">x</div>', True, "overflow: "),
    ('<div class="scroll"><table style="width: 900px"><tr><td>x</table></div>', True,
     "print: overflow: "),
    ('<p style="color: #777; background: #888">x', True, "contrast: "),
    ('<p style="color: #000">x', True, "contrast: "),
    ("<style>@media print { body { background: #000 } }</style>", True, "print: dark paper"),
    ("<style>body { background: #fff !important }</style>", True, "no dark page"),
    ('<img alt="x" src="data:image/svg+xml,x">', True, "image that does not draw"),
    ('<img src="data:image/svg+xml,x">', True, "image without words"),
    ("<table><tr><th>x</table>", True, "th without scope"),
    ('<a href="#x-y-z">x</a>', True, "link to nowhere"),
]


def mutant(page, markup, keeps_policy):
    """The page with something wrong at its end."""
    if not keeps_policy:
        page, n = POLICY.subn("", page)
        assert n == 1, "the page has no policy"
    return page.replace("</body>", f"{markup}</body>")


def profile_case(worker, seed):
    """A case of which nobody counted anything: a profile's record, with names as long as any."""
    functions = [{"function": "_".join(["function"] * (i % 9 + 1)) + f"{i}", "others": i % 3 == 0,
                  "instructions": 10 ** (i % 7) * (seed + i), "calls": 1} for i in range(20)]
    return {key: worker[key] for key in ("scenario", "params", "operation", "op_bytes")} | {
        "windows": 1, "valid": 1, "operations": 1, "waited": True, "clock": 1, "user": seed,
        "kernel": sum(f["instructions"] for f in functions if not f["others"]),
        "others_kernel": sum(f["instructions"] for f in functions if f["others"]),
        "others_user": 1, "functions": functions}


def profiles(folder, results):
    """Files of profiles, one a kernel of the results: what their page has reasons from."""
    made = {}
    for file in sorted(pathlib.Path(results).rglob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            header, *workers = map(json.loads, lines)
        host, seed = header["host"], len(made)
        kernel = host["kernel"]
        cases = {json.dumps([w["scenario"], w["params"]]): profile_case(w, seed)
                 for w in workers if w["status"] == "ok"}
        made[kernel["release"], host["machine"]] = {
            "record": "profile", "schema": 1, "kernel": file.stem, "release": kernel["release"],
            "build_id": kernel["build_id"], "machine": host["machine"],
            "page_bytes": host["memory"]["page_bytes"], "lab": "", "cases": list(cases.values())}
    for i, profile in enumerate(made.values()):
        path = folder / f"{i}.profile.json"
        path.write_text(json.dumps(profile), encoding="utf-8")
        yield path


def check(browser, folder, pincow, results):
    """Number of complaints, which are printed."""
    path = folder / "page.html"
    subprocess.run([pincow, "report", "-o", path, "--by", "model,kernel", results,
                    *profiles(folder, results)], check=True)
    page = path.read_text(encoding="utf-8")
    found = faults(browser, path)
    if "<figure>" not in page:
        found.append("no figure: is gnuplot there?")
    why = re.search(r"(?s)<section id=\"why\".*?</section>", page)
    if not why or "<details open>" not in why.group() or "<details>" not in why.group():
        found.append("no reasons for what changed, or none that are folded")
    for line in found[:20]:
        print(f"FAILED: {line}")
    missed = 0
    # A page of one comparison's size is enough to find a fault in.
    short = re.sub(r"(?s)<section id=\"(tables|environment)\".*?</section>", "", page)
    for markup, keeps_policy, complaint in MUTANTS:
        path.write_text(mutant(short, markup, keeps_policy), encoding="utf-8")
        told = faults(browser, path)
        if not any(line.startswith(complaint) for line in told):
            print(f"FAILED: nobody says '{complaint}' of {markup}: {told[:3]}")
            missed += 1
    return len(found) + missed


def main():
    """Exit code: 0, 1 or SKIP."""
    pincow, results = sys.argv[1:]
    program = shutil.which("chromium")
    if not program:
        print("skipped: no chromium; remedy: apt-get install chromium")
        return SKIP
    with tempfile.TemporaryDirectory() as folder, Browser(program) as browser:
        return 1 if check(browser, pathlib.Path(folder), pincow, results) else 0


if __name__ == "__main__":
    sys.exit(main())
