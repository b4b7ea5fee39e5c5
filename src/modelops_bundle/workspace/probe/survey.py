"""Tells what an interpreter is, and which distributions it has; no code of the user is run.

    python -I -B survey.py REQUEST_FILE REPORT_DESCRIPTOR

Runs in the user's interpreter: standard library of Python 3.9 only.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from importlib import metadata

_SEPARATORS = re.compile(r"[-_.]+")
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")


def main(arguments: list[str]) -> None:
    """Answer the request."""
    with open(arguments[0], encoding="utf-8") as stream:
        request = json.load(stream)
    known: dict[str, metadata.Distribution] = {}
    for one in metadata.distributions():
        name = one.metadata["Name"]
        if name:
            known.setdefault(_normalised(name), one)
    answer = {
        "event": "survey",
        "version": ".".join(map(str, sys.version_info[:3])),
        "providers": _providers(known, set(request["modules"])),
        "reached": sorted(_reached(known, request["declared"])),
        "absent": sorted(name for name in request["declared"] if name not in known),
    }
    os.write(int(arguments[1]), json.dumps(answer).encode("ascii") + b"\n")


def _providers(known: dict[str, metadata.Distribution], modules: set[str]) -> dict[str, list[str]]:
    """For each top-level module, what installs it."""
    found: dict[str, list[str]] = {module: [] for module in modules}
    for name, one in sorted(known.items()) if modules else ():
        for module in _modules(one) & modules:
            found[module].append(name)
    return found


def _normalised(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()


def _reached(known: dict[str, metadata.Distribution], declared: list[str]) -> set[str]:
    """What installing these brings along: more rather than less, since extras count too."""
    reached: set[str] = set()
    waiting = list(declared)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        for requirement in (known[name].requires or []) if name in known else ():
            found = _NAME.match(requirement)
            if found:
                waiting.append(_normalised(found.group(1)))
    return reached


def _modules(one: metadata.Distribution) -> set[str]:
    """Its top-level modules."""
    return set((one.read_text("top_level.txt") or "").split()) | set(_recorded(one))


def _recorded(one: metadata.Distribution) -> Iterator[str]:
    for file in one.files or ():
        first = str(file).replace("\\", "/").split("/")[0]
        if first.endswith((".py", ".so", ".pyd")) or "/" in str(file):
            yield first.split(".")[0]


if __name__ == "__main__":
    main(sys.argv[1:])
