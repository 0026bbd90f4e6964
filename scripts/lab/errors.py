# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's errors: one clear line each (what, where, why, remedy)."""


class LabError(Exception):
    """The lab cannot do what it was asked to."""


class BuildError(LabError):
    """A kernel's source that does not build."""


class GuestError(LabError):
    """A guest did not come to its end; it says so with its last console lines."""

    def __init__(self, what: str, console: str) -> None:
        super().__init__(what)
        self.what = what
        self.console = console

    def __str__(self) -> str:
        tail = "".join(f"\n    {line}" for line in last_lines(self.console, 8))
        return f"{self.what}; its last console lines:{tail}" if tail else \
            f"{self.what}; its console is empty"


class GuestTimeout(GuestError):
    """A guest that was ended because its time was up."""


def last_lines(text: str, count: int) -> list[str]:
    """The last lines of a console that have anything printable in them."""
    clean = ("".join(c for c in line if c.isprintable()).rstrip() for line in text.splitlines())
    return [line for line in clean if line.strip()][-count:]
