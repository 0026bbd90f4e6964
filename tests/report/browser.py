# SPDX-License-Identifier: GPL-2.0-or-later
"""
A headless Chromium, spoken to over a pair of pipes by its DevTools protocol.

The pipes are all that it takes: no driver, no port.  And Chromium ends when
they close, however the test does.
"""

import collections
import fcntl
import json
import os
import select
import subprocess
import tempfile
import time


class BrowserError(Exception):
    """The browser does not do what it is told."""


# Chromium reads commands from descriptor 3, and answers on 4.
READS, WRITES = 3, 4
TIMEOUT_S = 60


def _move(fd):
    """Away from the descriptors that the child wants."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 16)
    os.close(fd)
    return moved


class Browser:
    """One page of one browser; a context manager."""

    def __init__(self, program):
        self.events = collections.deque()
        self._folder = tempfile.TemporaryDirectory(prefix="pincow-chromium-",
                                                   ignore_cleanup_errors=True)
        commands, self._commands = map(_move, os.pipe())
        self._answers, answers = map(_move, os.pipe())
        self._buffer = b""
        self._last_id = 0

        def hand_over():
            os.dup2(commands, READS)
            os.dup2(answers, WRITES)

        # What looks a page's content up elsewhere would be no fault of the page's.
        arguments = [program, "--headless", "--remote-debugging-pipe", "--disable-gpu",
                     "--disable-background-networking", "--no-first-run",
                     f"--user-data-dir={self._folder.name}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")    # Chromium refuses to start as root without
        self._process = subprocess.Popen(arguments, close_fds=False, preexec_fn=hand_over,
                                         env={**os.environ, "HOME": self._folder.name},
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self._session = None

    def __enter__(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target,
                                  flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network", "Security":
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        os.close(self._commands)
        os.close(self._answers)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def _message(self, deadline):
        while b"\0" not in self._buffer:
            ready = select.select([self._answers], [], [], max(0, deadline - time.monotonic()))
            data = os.read(self._answers, 1 << 20) if ready[0] else b""
            if not data:
                raise BrowserError("Chromium ended" if ready[0] else "Chromium does not answer")
            self._buffer += data
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        """A command; its result. Events meanwhile are kept."""
        self._last_id += 1
        command = {"id": self._last_id, "method": method, "params": params}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            message = self._message(deadline)
            if message.get("id") != self._last_id:
                self.events.append(message)
            elif "error" in message:
                raise BrowserError(f"{method}: {message['error']['message']}")
            else:
                return message["result"]

    def open(self, url):
        """Load a page to its end; returns the events of that."""
        self.events.clear()
        answer = self.call("Page.navigate", url=url)
        if "errorText" in answer:
            raise BrowserError(f"{url}: {answer['errorText']}")
        deadline = time.monotonic() + TIMEOUT_S
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._message(deadline))
        # Anything that loading has set off has been told of before this is answered.
        self.evaluate("new Promise(done => setTimeout(done, 200))")
        return list(self.events)

    def evaluate(self, expression):
        """The value of a JavaScript expression, which may be a promise."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def show(self, width, scheme):
        """Window of @width pixels, in the color scheme "light" or "dark"."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
