"""The project's `pyproject.toml` and lock files, as found on disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase

from modelops_bundle import __version__
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.errors import InvalidDigestError, InvalidPathError
from modelops_bundle.workspace.project import PYPROJECT, Project
from modelops_bundle.workspace.pyproject_table import PyprojectTable, Table, parse_pyproject
from modelops_bundle.workspace.result_cache import ResultCache
from modelops_bundle.workspace.scan import Scan

#: Files that pin what is installed, as patterns over names in the root.
LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "pylock*.toml", "requirements*.txt")
_WIRE_FILE = BundlePath("wire.py")
_WIRE_MANIFEST = BundlePath(".modelops/manifest.json")
_CACHED = "pyproject"


@dataclass(frozen=True, slots=True, kw_only=True)
class PyprojectFacts:
    """What the project says of itself.

    Attributes:
        present: There is a `pyproject.toml` that could be read.
        problem: Why it could not be parsed, or "".
        line: The 1-based line of the problem, or 0.
        name: The project's name as written, or "".
        distributions: Normalised names (PEP 503) of all distributions named in any table.
        wire: What tells the platform's workers how to run the bundle, or "".
        wire_line: The 1-based line of a function `wire` that they could not call, or 0.
        settings: The table `[tool.modelops-bundle]` as plain data.
        also_travels: The readme and licence files that it names and that are there.
        tables: The dependency tables as canonical JSON, or "".
        environment: Digest of the dependency tables, under `pyproject.toml`, and of each lock
            file; a `pyproject.toml` that cannot be parsed is not among them.
    """

    present: bool = False
    problem: str = ""
    line: int = 0
    name: str = ""
    distributions: frozenset[str] = frozenset()
    wire: str = ""
    wire_line: int = 0
    settings: Table = field(default_factory=dict)
    also_travels: tuple[BundlePath, ...] = ()
    tables: str = ""
    environment: Mapping[BundlePath, Digest] = field(default_factory=dict)


def read_project_facts(project: Project, scan: Scan) -> PyprojectFacts:
    """Read `pyproject.toml` and the lock files beside it.

    Raises:
        ChangedDuringUseError: one of them was written to each time it was read.
    """
    state = scan.state(PYPROJECT)
    table = _table(project, scan, state.digest) if state else PyprojectTable()
    environment = {PYPROJECT: table.dependencies} if table.dependencies else {}
    for path, lock in scan.states(_lock_files(scan)).items():
        environment[path] = lock.digest
    wire = table.wire or _wire_file(scan)
    return PyprojectFacts(
        present=state is not None,
        problem=table.problem,
        line=table.line,
        name=table.name,
        distributions=frozenset(table.distributions),
        wire=wire,
        wire_line=_wire_line(scan) if wire == _WIRE_FILE else 0,
        settings=table.settings,
        also_travels=tuple(sorted(set(_named_files(scan, table)))),
        tables=table.tables,
        environment=dict(sorted(environment.items())),
    )


def _table(project: Project, scan: Scan, digest: Digest) -> PyprojectTable:
    cache = ResultCache(project)
    key = f"{__version__} {digest}"
    cached = cache.get(_CACHED, key)
    table = _decoded(cached) if cached is not None else None
    if table is None:
        try:
            parsed = parse_pyproject(scan.read(PYPROJECT))
        except FileNotFoundError:
            return PyprojectTable()
        # Through JSON in any case: dates must not be of one type now and another the next time.
        payload = json.dumps(asdict(parsed), default=str).encode()
        cache.put(_CACHED, key, payload)
        table = _decoded(payload) or parsed
    return table


def _decoded(payload: bytes) -> PyprojectTable | None:
    try:
        document = json.loads(payload)
        digest = document["dependencies"]
        return replace(
            PyprojectTable(**document),
            distributions=tuple(document["distributions"]),
            licences=tuple(document["licences"]),
            dependencies=None if digest is None else Digest.parse(digest),
        )
    except (ValueError, TypeError, KeyError, InvalidDigestError):
        return None


def _lock_files(scan: Scan) -> Iterator[BundlePath]:
    for path in scan.children(ROOT):
        if any(fnmatchcase(path, pattern) for pattern in LOCK_FILES) and scan.is_file(path):
            yield path


def _wire_file(scan: Scan) -> str:
    for path in (_WIRE_MANIFEST, _WIRE_FILE):
        if scan.exists(path):
            return path
    return ""


def _wire_line(scan: Scan) -> int:
    from modelops_bundle.analysis.wire_call import uncallable_wire

    try:
        return uncallable_wire(scan.read(_WIRE_FILE))
    except FileNotFoundError:
        return 0


def _named_files(scan: Scan, table: PyprojectTable) -> Iterator[BundlePath]:
    for text in (table.readme, *table.licences):
        try:
            path = BundlePath.parse(text) if text else ROOT
        except InvalidPathError:
            continue
        if path == ROOT:
            continue
        folder = path.parent
        if not set("*?[").intersection(path):
            found = [path] if scan.exists(path) else []
        else:
            found = [
                child
                for child in scan.children(folder)
                if fnmatchcase(child, path) and scan.is_file(child)
            ]
        yield from found
