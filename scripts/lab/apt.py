# SPDX-License-Identifier: GPL-2.0-or-later
"""A private apt: suites and architectures that the host itself does not have.

It has its own state, cache and sources, and takes from the host's apt only how
to reach the network (proxies).  Signatures are always verified.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import mirror
import tools
from cache import Progress
from errors import LabError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

OTHER_MIRROR = "try again, or set PINCOW_MIRROR to the URL of another mirror"

# Their Release files are no longer renewed, so the date until which they were
# valid has passed.  Suites that are alive must be fresh, or an old state of the
# archive could be passed off as today's.
ARCHIVED = ("bullseye", "bullseye-security")


def keyring() -> Path:
    """The Debian archive's keys; PINCOW_KEYRING is for a mirror with its own."""
    path = Path(os.environ.get("PINCOW_KEYRING", KEYRING))
    if not path.exists():
        raise LabError(f"{path} not found: install Debian's debian-archive-keyring")
    return path


class Apt:
    """apt for one suite and architecture, below one folder."""

    def __init__(self, root: Path, suite: str, arch: str) -> None:
        self.root = root / "apt" / f"{suite}-{arch}"
        self.suite = suite
        self.arch = arch
        self.url = mirror.find().url(suite)
        self.env = {"APT_CONFIG": str(self.root / "apt.conf")}

    def update(self, progress: Progress) -> None:
        """Write the configuration and bring the lists up to date."""
        progress(f"{self.suite} {self.arch}: reading the lists of {self.url}")
        self.write_configuration()
        tools.run(["apt-get", "update", "-q", "--error-on=any"],
                  f"{self.suite} of {self.url}", self.env, remedy=OTHER_MIRROR)

    def write_configuration(self) -> None:
        """apt reads APT_CONFIG first, and is told there to read no more."""
        for folder in ("lists/partial", "archives/partial", "empty"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "status").touch()
        fresh = "no" if self.suite in ARCHIVED else "yes"
        (self.root / "lab.sources").write_text(
            f"Types: deb\nURIs: {self.url}\nSuites: {self.suite}\nComponents: main\n"
            f"Architectures: {self.arch}\nSigned-By: {keyring()}\nCheck-Valid-Until: {fresh}\n")
        settings = {
            "APT::Architecture": self.arch, "APT::Architectures": self.arch,
            "APT::Install-Recommends": "false",
            # As root, apt would fetch as the user _apt, who may not enter here.
            "APT::Sandbox::User": "root" if os.getuid() == 0 else "",
            "Acquire::Languages": "none", "Acquire::GzipIndexes": "true",
            "Acquire::Retries": "2",
            "Debug::NoLocking": "true",
            "Dir::Cache::srcpkgcache": "",  # 35 MB a suite, to save a second
            "Dir::State": self.root, "Dir::State::lists": self.root / "lists",
            "Dir::State::status": self.root / "status",
            "Dir::Cache": self.root, "Dir::Cache::archives": self.root / "archives",
            "Dir::Etc::main": "/dev/null", "Dir::Etc::parts": self.root / "empty",
            "Dir::Etc::sourcelist": self.root / "lab.sources",
            "Dir::Etc::sourceparts": self.root / "empty",
            "Dir::Etc::preferences": "/dev/null", "Dir::Etc::preferencesparts": self.root / "empty",
        }
        lines = [f'{name} "{value}";' for name, value in settings.items()]
        (self.root / "apt.conf").write_text("\n".join(host_network() + lines) + "\n")

    def show(self, package: str) -> dict[str, str]:
        """The fields of the newest version of a package."""
        text = tools.run(["apt-cache", "show", "--no-all-versions", package],
                         f"{package} in {self.suite} {self.arch}", self.env).decode()
        return dict(re.findall(r"^([\w-]+): (.*)$", text, re.M))

    def download(self, packages: Sequence[str], into: Path) -> list[Path]:
        """Those packages alone, verified, in a folder."""
        into.mkdir(parents=True, exist_ok=True)
        tools.run(["apt-get", "download", "-q", *packages], f"fetching {' '.join(packages)}",
                  self.env, cwd=into, remedy=OTHER_MIRROR)
        return sorted(into.glob("*.deb"))

    def download_closure(self, packages: Sequence[str], into: Path) -> list[Path]:
        """Those packages and all that they depend on, as apt resolves it."""
        plan = tools.run(["apt-get", "install", "-q", "--simulate", *packages],
                         f"resolving the packages of {self.suite} {self.arch}", self.env).decode()
        return self.download(re.findall(r"^Inst (\S+)", plan, re.M), into)


def host_network() -> list[str]:
    """The host's own settings of how to reach the network: proxies, certificates."""
    dump = tools.run(["apt-config", "dump"], "reading apt's configuration").decode()
    return [line for line in dump.splitlines() if re.match(r"Acquire::(https?|ftp)::", line)]


def unpack(package: Path, into: Path) -> None:
    """The files of a package, without installing it."""
    tools.run(["dpkg-deb", "-x", package, into], f"unpacking {package.name}")


def package_name(path: Path) -> tuple[str, str]:
    """Name and version of a .deb, whose file name has colons as %3a."""
    name, version, _ = path.name.split("_")
    return name, version.replace("%3a", ":")
