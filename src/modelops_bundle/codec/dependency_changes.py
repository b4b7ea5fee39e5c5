"""What differs between two states of what is installed: requirements by name, pins by version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

#: Package names with what is asked for, or installed, of each. The key says where it is asked
#: for: "" for the project itself, `extra plot`, `group dev`.
Asked = Mapping[tuple[str, str], str]

# PEP 508: a name, then extras, a version or URL, and a marker.
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(.*)", re.DOTALL)
_SEPARATORS = re.compile(r"[-_.]+")
_GROUPS = {
    "dependencies": "",
    "optional-dependencies": "extra",
    "dependency-groups": "group",
    "uv-dev-dependencies": "group dev",
    "uv-constraint-dependencies": "constraint",
    "uv-override-dependencies": "override",
    "pdm-dev-dependencies": "group",
}
_SAME = "the same versions; hashes or sources differ"


def tables_differ(old: bytes, new: bytes) -> tuple[str, ...]:
    """What differs between two states of a project's dependency tables.

    Args:
        old: The tables as canonical JSON (`workspace.pyproject_table`).
        new: Those of now.
    """
    before, after = _tables(old), _tables(new)
    return () if before is None or after is None else tuple(_differences(before, after))


def locks_differ(path: str, old: bytes, new: bytes) -> tuple[str, ...]:
    """What differs between two states of a lock file, or of a requirements file.

    Nothing where one of them cannot be read; that the versions are the same is said.

    Args:
        path: Its name tells how it is written.
        old: Its bytes at the last sync.
        new: Its bytes now.
    """
    read = _pins if path.endswith((".lock", ".toml")) else _requirements
    before, after = read(old), read(new)
    if before is None or after is None:
        return ()
    return tuple(_differences(before, after)) or (_SAME,)


def _differences(old: Asked, new: Asked) -> Iterator[str]:
    """`numpy >=1.26 -> >=2.0`, `+scipy >=1.10`, `-pandas`; groups after the project's own."""
    for key in sorted({*old, *new}):
        group, name = key
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        label = f"{group}: " if group else ""
        if before is None:
            yield f"{label}+{name} {after}".rstrip()
        elif after is None:
            yield f"{label}-{name}"
        else:
            yield f"{label}{name} {before or 'any'} -> {after or 'any'}"


def _tables(content: bytes) -> Asked | None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    found: dict[tuple[str, str], list[str]] = {}
    for table, value in document.items():
        kind = _GROUPS.get(table)
        if isinstance(value, str):
            found[("", table)] = [value]
        elif kind is None:
            _other(found, table, value)
        elif isinstance(value, dict):
            for name, requirements in value.items():
                _asked(found, f"{kind} {name}", requirements)
        else:
            _asked(found, kind, value)
    return {key: " | ".join(sorted(texts)) for key, texts in found.items()}


def _asked(found: dict[tuple[str, str], list[str]], group: str, requirements: object) -> None:
    for item in requirements if isinstance(requirements, list) else ():
        if not isinstance(item, str):
            found.setdefault((group, json.dumps(item, sort_keys=True)), []).append("")
            continue
        name, rest = _split(item)
        found.setdefault((group, name), []).append(rest)


def _other(found: dict[tuple[str, str], list[str]], table: str, value: object) -> None:
    """Tables of tools: one requirement, or source, under each name."""
    label = table.replace("uv-sources", "source")
    for name, inner in value.items() if isinstance(value, dict) else ():
        nested = table == "poetry" and isinstance(inner, dict)
        rows = inner.items() if nested else [(name, inner)]
        for key, text in rows:
            group = "" if name == "dependencies" else str(name) if nested else label
            shown = text if isinstance(text, str) else json.dumps(text, sort_keys=True)
            found.setdefault((group, str(key)), []).append(shown)


def _split(requirement: str) -> tuple[str, str]:
    match = _REQUIREMENT.fullmatch(requirement)
    if match is None:
        return requirement.strip(), ""
    return _normal(match[1]), " ".join(match[2].split())


def _normal(name: str) -> str:
    """PEP 503, "Normalized Names"."""
    return _SEPARATORS.sub("-", name).lower()


def _pins(content: bytes) -> Asked | None:
    """Names with versions: `[[package]]` of uv, poetry and pdm, `[[packages]]` of PEP 751."""
    import tomllib

    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    found: dict[tuple[str, str], list[str]] = {}
    for key in ("package", "packages"):
        listed = document.get(key)
        for package in listed if isinstance(listed, list) else ():
            name = package.get("name") if isinstance(package, dict) else None
            if isinstance(name, str):
                found.setdefault(("", _normal(name)), []).append(_version(package))
    return {key: ", ".join(sorted(set(texts))) for key, texts in found.items()}


def _version(package: Mapping[str, object]) -> str:
    version = package.get("version")
    source = package.get("source")
    parts = [version] if isinstance(version, str) else []
    if isinstance(source, dict):
        parts += [
            text for key in ("git", "url", "path") if isinstance(text := source.get(key), str)
        ]
    return " from ".join(parts)


def _requirements(content: bytes) -> Asked | None:
    """The lines of a pip requirements file; options stand for themselves, hashes do not count."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    found: dict[tuple[str, str], list[str]] = {}
    for line in _logical(text.splitlines()):
        bare = re.sub(r"(^|\s)#.*", "", line)
        bare = re.sub(r"\s--hash[=\s]\S+", "", bare).strip()
        if bare:
            name, rest = (bare, "") if bare.startswith("-") else _split(bare)
            found.setdefault(("", name), []).append(rest)
    return {key: " | ".join(sorted(set(texts))) for key, texts in found.items()}


def _logical(lines: Iterable[str]) -> Iterator[str]:
    """Lines with those joined that a backslash continues."""
    held = ""
    for line in lines:
        if line.endswith("\\"):
            held += line[:-1] + " "
        else:
            yield held + line
            held = ""
    if held:
        yield held
