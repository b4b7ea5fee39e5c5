"""Which installed distributions hold which top-level modules, read from their metadata as text."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator

from modelops_bundle.workspace.site_packages import listed

_LIMIT_BYTES = 4 << 20
_SEPARATORS = re.compile(r"[-_.]+")
# `pkg/…`, `module.py`, `module.cpython-311-x86_64-linux-gnu.so` in a RECORD.
_MODULE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:/.*|\.py|\.(?:[\w-]+\.)?(?:so|pyd))")


def providers(folders: Iterable[str], names: Collection[str]) -> dict[str, frozenset[str]]:
    """Normalised names (PEP 503) of the distributions that install these top-level modules.

    Args:
        folders: Where distributions are installed, as absolute paths.
        names: Top-level modules; those that nothing installs are left out.
    """
    found: dict[str, set[str]] = {}
    for folder in folders if names else ():
        for entry in listed(folder):
            if entry.endswith(".dist-info"):
                distribution = _SEPARATORS.sub("-", entry.partition("-")[0]).lower()
                for module in set(_modules(os.path.join(folder, entry))).intersection(names):
                    found.setdefault(module, set()).add(distribution)
    return {name: frozenset(distributions) for name, distributions in found.items()}


def _modules(folder: str) -> Iterator[str]:
    """Top-level modules that a distribution says, or records, that it installed."""
    yield from _text(os.path.join(folder, "top_level.txt")).split()
    for line in _text(os.path.join(folder, "RECORD")).splitlines():
        match = _MODULE.fullmatch(line.partition(",")[0])
        if match:
            yield match.group(1)


def _text(path: str) -> str:
    try:
        with open(path, "rb") as stream:
            return stream.read(_LIMIT_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
