# SPDX-License-Identifier: GPL-2.0-or-later
"""The TCG plugin that counts instructions, built once for each version of its source."""

import hashlib
from pathlib import Path

import cache
import tools
from cache import Progress

SOURCE = Path(__file__).with_name("profile-plugin.c")


def have(root: Path, progress: Progress) -> Path:
    """The plugin, from the cache."""
    name = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    plugin = root / "plugins" / f"{name}.so"
    with cache.lock(root, "plugins", progress):
        if not plugin.exists():
            plugin.parent.mkdir(parents=True, exist_ok=True)
            work = plugin.with_name(f".new-{plugin.name}")
            tools.run([tools.find_program("gcc"), "-O2", "-shared", "-fPIC", "-fvisibility=hidden",
                       "-o", work, SOURCE], "building the profile plugin")
            work.rename(plugin)
    return plugin
