"""Tells what an interpreter is, and which distributions it has; no code of the user is run.

    python -I -B survey.py REQUEST_FILE REPORT_DESCRIPTOR

Runs in the user's interpreter: standard library of Python 3.9 only.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from urllib.parse import unquote, urlsplit

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
    places = _places(request["modules"])
    providers = _providers(known, places)
    answer = {
        "event": "survey",
        "version": ".".join(map(str, sys.version_info[:3])),
        "providers": providers,
        "loose": _loose({name: place for name, place in places.items() if not providers[name]}),
        "reached": sorted(_reached(known, request["declared"])),
        "absent": sorted(name for name in request["declared"] if name not in known),
    }
    os.write(int(arguments[1]), json.dumps(answer).encode("ascii") + b"\n")


def _places(modules: list[str]) -> dict[str, str]:
    """Where each top-level module is found, or "": it is looked for, and not imported."""
    found: dict[str, str] = {}
    for name in modules:
        try:
            spec = importlib.util.find_spec(name)
        except (AttributeError, ImportError, ValueError):
            spec = None
        inside = list(spec.submodule_search_locations or ()) if spec is not None else []
        place = inside[0] if inside else (spec.origin or "") if spec is not None else ""
        found[name] = place if os.path.isabs(place) else ""
    return found


def _providers(
    known: dict[str, metadata.Distribution], places: dict[str, str]
) -> dict[str, list[str]]:
    """For each top-level module, what installs it."""
    found: dict[str, list[str]] = {module: [] for module in places}
    for name, one in sorted(known.items()) if places else ():
        for module in _modules(one) & set(places):
            found[module].append(name)
        folder = _editable(one)
        for module, place in places.items() if folder else ():
            if _is_in(folder, place) and name not in found[module]:
                found[module].append(name)
    return found


def _editable(one: metadata.Distribution) -> str:
    """The folder that an editable installation stands for (PEP 610), or ""."""
    try:
        record = json.loads(one.read_text("direct_url.json") or "null")
        if record["dir_info"]["editable"] is not True:
            return ""
        url = urlsplit(record["url"])
    except (KeyError, TypeError, ValueError):
        return ""
    return unquote(url.path) if url.scheme == "file" else ""


def _loose(places: dict[str, str]) -> dict[str, str]:
    """Modules in folders in which nothing is ever installed: a `.pth` file leads there."""
    library = sysconfig.get_path("stdlib")
    return {
        name: place
        for name, place in places.items()
        if place and not _is_in(library, place) and not _holds_distributions(os.path.dirname(place))
    }


def _holds_distributions(folder: str) -> bool:
    try:
        return any(name.endswith((".dist-info", ".egg-info")) for name in os.listdir(folder))
    except OSError:
        return True  # in an archive: nobody can tell


def _is_in(folder: str, place: str) -> bool:
    return os.path.realpath(place).startswith(os.path.realpath(folder) + os.sep)


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
