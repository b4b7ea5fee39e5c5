"""What `pyproject.toml` says: names, dependencies, entry points, and our own table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from modelops_bundle.core.digest import Digest

#: One TOML table.
Table = Mapping[str, object]

WIRE_GROUP = "modelops.wire"
WIRE_DISTRIBUTION = "modelops-calabaria"
SETTINGS = "modelops-bundle"
#: Start of a dependency specifier (PEP 508, "Names").
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_SEPARATORS = re.compile(r"[-_.]+")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PyprojectTable:
    """The parts of the file that matter here.

    Attributes:
        problem: Why the file could not be parsed, or ""; then all else is empty.
        line: The 1-based line of the problem, or 0.
        name: The project's name as written.
        distributions: Normalised names of all distributions named in any table, sorted.
        wire: What in the file tells the platform's workers how to run the bundle, or "".
        settings: The table `[tool.modelops-bundle]`, as plain data.
        readme: Path of the readme file as written, or "".
        licences: Paths and patterns of licence files as written.
        tables: Everything that says what to install, as canonical JSON; "" where nothing does or
            the file could not be parsed.
        dependencies: The digest of `tables`, or None.
    """

    problem: str = ""
    line: int = 0
    name: str = ""
    distributions: tuple[str, ...] = ()
    wire: str = ""
    settings: Table = field(default_factory=dict)
    readme: str = ""
    licences: tuple[str, ...] = ()
    tables: str = ""
    dependencies: Digest | None = None


def parse_pyproject(content: bytes) -> PyprojectTable:
    """Read the file's bytes. A file that is no TOML has a `problem`."""
    import tomllib

    try:
        return _extract(tomllib.loads(content.decode("utf-8")))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return PyprojectTable(problem="it is not valid UTF-8", line=line)
    except RecursionError:
        return PyprojectTable(problem="it is nested too deeply")
    except ValueError as error:
        text = str(error)
        place = _AT_LINE.search(text)
        return PyprojectTable(
            problem=_AT_LINE.sub("", text), line=int(place.group(1)) if place else 0
        )


def canonical_distribution(name: str) -> str:
    """The form in which names of distributions compare (PEP 503, "Normalized Names")."""
    return _SEPARATORS.sub("-", name).lower()


def _extract(document: Table) -> PyprojectTable:
    project = _table(document, "project")
    tool = _table(document, "tool")
    poetry = _table(tool, "poetry")
    distributions = {canonical_distribution(name) for name in _requirements(document)}
    tables = _dependency_tables(document)
    encoded = tables.encode("utf-8", "surrogatepass")
    return PyprojectTable(
        name=_text(project.get("name")) or _text(poetry.get("name")),
        distributions=tuple(sorted(distributions)),
        wire=_wire(project, poetry, distributions),
        settings=_table(tool, SETTINGS),
        readme=_readme(project) or _text(poetry.get("readme")),
        licences=_licences(project),
        tables=tables,
        dependencies=Digest.of_bytes(encoded) if tables else None,
    )


def _requirements(document: Table) -> Iterator[str]:
    """Names of distributions, from every table that lists what to install."""
    project, tool = _table(document, "project"), _table(document, "tool")
    lists = [project.get("dependencies")]
    for tables in (
        _table(project, "optional-dependencies"),
        _table(document, "dependency-groups"),
        _table(_table(tool, "pdm"), "dev-dependencies"),
    ):
        lists += tables.values()
    lists.append(_table(tool, "uv").get("dev-dependencies"))
    for requirement in _strings(item for group in lists for item in _items(group)):
        found = _NAME.match(requirement)
        if found:
            yield found.group(1)
    for _, table in _poetry_tables(_table(tool, "poetry")):
        yield from (name for name in table if name.lower() != "python")


def _poetry_tables(poetry: Table) -> Iterator[tuple[str, Table]]:
    for name in ("dependencies", "dev-dependencies"):
        yield name, _table(poetry, name)
    groups = _table(poetry, "group")
    for name in groups:
        yield f"group.{name}", _table(_table(groups, name), "dependencies")


def _wire(project: Table, poetry: Table, distributions: Iterable[str]) -> str:
    points = _table(_table(project, "entry-points"), WIRE_GROUP)
    points = points or _table(_table(poetry, "plugins"), WIRE_GROUP)
    for name in points:
        return f"entry point {WIRE_GROUP}:{name}"
    return f"dependency {WIRE_DISTRIBUTION}" if WIRE_DISTRIBUTION in distributions else ""


def _readme(project: Table) -> str:
    readme = project.get("readme")
    return _text(readme) or _text(_table(project, "readme").get("file"))


def _licences(project: Table) -> tuple[str, ...]:
    """PEP 639 `license-files` (a list of patterns), and the older `license = {file = …}`."""
    files = project.get("license-files")
    patterns = files if isinstance(files, list) else _items(_table(project, "license-files"))
    named = _text(_table(project, "license").get("file"))
    return (*_strings(patterns), *([named] if named else []))


def _dependency_tables(document: Table) -> str:
    """The dependency tables as canonical JSON; the order in a list means nothing."""
    project, tool = _table(document, "project"), _table(document, "tool")
    parts: dict[str, object] = {
        "requires-python": project.get("requires-python"),
        "dependencies": project.get("dependencies"),
        "optional-dependencies": project.get("optional-dependencies"),
        "dependency-groups": document.get("dependency-groups"),
        "uv-sources": _table(tool, "uv").get("sources"),
        "uv-dev-dependencies": _table(tool, "uv").get("dev-dependencies"),
        "uv-constraint-dependencies": _table(tool, "uv").get("constraint-dependencies"),
        "uv-override-dependencies": _table(tool, "uv").get("override-dependencies"),
        "pdm-dev-dependencies": _table(tool, "pdm").get("dev-dependencies"),
        "poetry": {name: table for name, table in _poetry_tables(_table(tool, "poetry")) if table},
    }
    present = {name: _canonical(part) for name, part in parts.items() if part}
    return _json(present) if present else ""


def _canonical(value: object) -> object:
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_canonical(item) for item in value), key=_json)
    return value


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def _table(parent: Table, key: str) -> Table:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[object]:
    if isinstance(value, dict):
        return [item for part in value.values() for item in _items(part)]
    return value if isinstance(value, list) else []


def _strings(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
