"""The JSON documents of files: which travel and why, and how each stands to the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import FileState, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.registry import BundleRegistry, Entry, EntryKey


class TravellingFileDocument(TypedDict):
    """A file that a push publishes.

    `why` is `registry`, `entry`, `tracked` or `project`; `entries` are those that use it.
    """

    path: str
    size_bytes: int
    digest: str
    why: str
    entries: list[str]


class FilesDocument(TypedDict):
    """`mops-bundle.files/1`; `missing` would travel if they were there."""

    schema: str
    files: list[TravellingFileDocument]
    missing: list[str]
    total_bytes: int


class FileStateDocument(TypedDict):
    """A file that entries use: `unchanged`, `changed`, `new` or `missing`."""

    path: str
    state: str
    recorded: str | None
    found: str | None
    entries: list[str]


def files_document(
    registry: BundleRegistry,
    observed: Observation,
    files: Mapping[BundlePath, FileState],
    missing: Iterable[BundlePath],
    document: BundlePath,
) -> FilesDocument:
    """The document of `files`.

    Args:
        files: What travels.
        missing: What should and is not there.
        document: Where the registry is.
    """
    users = _users(registry, observed)
    tracked = frozenset(observed.project.tracked)

    def why(path: BundlePath) -> str:
        if path == document:
            return "registry"
        if path in users:
            return "entry"
        return "tracked" if path in tracked else "project"

    return {
        "schema": "mops-bundle.files/1",
        "files": [
            {
                "path": str(path),
                "size_bytes": state.size_bytes,
                "digest": str(state.digest),
                "why": why(path),
                "entries": [str(key) for key in users.get(path, ())],
            }
            for path, state in files.items()
        ],
        "missing": [str(path) for path in missing],
        "total_bytes": sum(state.size_bytes for state in files.values()),
    }


def file_states(record: BundleRegistry, observed: Observation) -> list[FileStateDocument]:
    """Every file that an entry uses, as recorded and as it is; sorted by path."""
    recorded: dict[BundlePath, Digest | None] = {}
    for _, entry in record.entries():
        for path, digest in _recorded(entry):
            recorded[path] = digest if recorded.get(path, digest) == digest else None
    users = _users(record, observed)
    return [
        _file_state(path, recorded.get(path), path in recorded, users.get(path, ()), observed)
        for path in sorted({*recorded, *users})
    ]


def _file_state(
    path: BundlePath,
    before: Digest | None,
    known: bool,
    users: Iterable[EntryKey],
    observed: Observation,
) -> FileStateDocument:
    found = observed.files.get(path)
    if found is None:
        state = "missing"
    elif not known:
        state = "new"
    else:
        state = "unchanged" if found.digest == before else "changed"
    return {
        "path": str(path),
        "state": state,
        "recorded": before,
        "found": found.digest if found else None,
        "entries": [str(key) for key in users],
    }


def _recorded(entry: Entry) -> Iterable[tuple[BundlePath, Digest | None]]:
    yield entry.path, entry.source_digest
    yield from entry.code_digests.items()
    yield from entry.data_digests.items()


def _users(
    registry: BundleRegistry, observed: Observation
) -> Mapping[BundlePath, tuple[EntryKey, ...]]:
    """For each file, the entries that use it; a data folder stands for the files below it."""
    users: dict[BundlePath, dict[EntryKey, None]] = {}
    for key, entry in registry.entries():
        closure = observed.closures.get(entry.path)
        for path in (entry.path, *entry.code, *entry.data, *(closure.files if closure else ())):
            for file in observed.directories.get(path, (path,)):
                users.setdefault(file, {})[key] = None
    return {path: tuple(keys) for path, keys in users.items()}
