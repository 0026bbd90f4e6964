# SPDX-License-Identifier: GPL-2.0-or-later
"""Which Debian mirror the host itself uses, from its apt sources."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from errors import LabError

SECURITY = "-security"


@dataclass(frozen=True)
class Mirror:
    """Where suites come from."""

    main: str
    security: str

    def url(self, suite: str) -> str:
        """The archive that holds a suite."""
        return self.security if suite.endswith(SECURITY) else self.main


def one_line_sources(text: str) -> Iterator[tuple[str, str]]:
    """(URI, suite) of each `deb [options] URI SUITE COMPONENT...`."""
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)", line)
        if match:
            yield match[1], match[2]


def deb822_sources(text: str) -> Iterator[tuple[str, str]]:
    """(URI, suite) of each stanza that is about binaries and enabled."""
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", plain):
        joined = re.sub(r"\n[ \t]+", " ", stanza)
        fields = {name.lower(): value.split()
                  for name, value in re.findall(r"^([\w-]+):[ \t]*(.*)$", joined, re.M)}
        if "deb" not in fields.get("types", []) or fields.get("enabled") == ["no"]:
            continue
        for uri in fields.get("uris", []):
            for suite in fields.get("suites", []):
                yield uri, suite


def host_sources(etc: Path) -> Iterator[tuple[str, str]]:
    """Every (URI, suite) that the host's apt knows, in either format."""
    parts = etc / "sources.list.d"
    for path in [etc / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.exists():
            yield from one_line_sources(path.read_text())
    for path in sorted(parts.glob("*.sources")):
        yield from deb822_sources(path.read_text())


def host_release() -> tuple[str, str]:
    """The host's distribution and its code name, as os-release says."""
    text = Path("/etc/os-release").read_text()
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.M))
    return fields.get("ID", ""), fields.get("VERSION_CODENAME", "")


def host_suite() -> str:
    """The suite whose libraries the host has."""
    distribution, codename = host_release()
    if distribution != "debian":
        raise LabError("the lab's guests take the host's libraries, which must be Debian's")
    return codename or "sid"


def find(etc: Path = Path("/etc/apt")) -> Mirror:
    """PINCOW_MIRROR, or the host's own.

    The security archive has a place of its own in the host's sources; else it
    is beside the main one, as on every full mirror.
    """
    named = os.environ.get("PINCOW_MIRROR", "").rstrip("/")
    if named:
        return Mirror(named, named + SECURITY)
    distribution, codename = host_release()
    sources = [(uri.rstrip("/"), suite) for uri, suite in host_sources(etc)
               if not uri.startswith("cdrom:")]
    main = [uri for uri, suite in sources if suite == (codename or "sid")]
    if distribution != "debian" or not main:
        raise LabError(f"no Debian mirror in {etc}: set PINCOW_MIRROR to the URL of one")
    security = [uri for uri, suite in sources if suite == codename + SECURITY]
    return Mirror(main[0], security[0] if security else main[0] + SECURITY)
