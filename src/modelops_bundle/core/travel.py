"""Which files of a project its bundle holds (contract.md, "What travels")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelops_bundle.core.observation import FileState, Observation
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.portability import BUNDLE_FOLDER, REGISTRY_PATH
from modelops_bundle.core.registry import BundleRegistry

#: Travel wherever they are there: they tell a worker how to build the environment and where to
#: enter. Lock files are known from the environment, readme and licence from `pyproject.toml`.
PROJECT_FILES = tuple(
    BundlePath(name)
    for name in ("pyproject.toml", ".python-version", "wire.py", ".modelops/manifest.json")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """What a publication takes along.

    Attributes:
        files: By path, sorted; the registry document is not among them: its bytes are settled
            only when cosmetic digests have been recorded.
        missing: Paths that should travel and are not there, sorted.
    """

    files: Mapping[BundlePath, FileState]
    missing: tuple[BundlePath, ...] = ()


def plan_travel(registry: BundleRegistry, observed: Observation) -> Travel:
    """Decide which files travel.

    Args:
        registry: The record as it will be published.
        observed: The project; every file that the record names and that is there is known to it.
    """
    wanted: set[BundlePath] = set()
    for path in _named(registry, observed):
        below = observed.directories.get(path)
        wanted.update((path,) if below is None else below)
    wanted.update(path for path in _optional(observed) if path in observed.files)
    wanted -= observed.project.ignored
    travelling = sorted(path for path in wanted if not path.is_within(BundlePath(BUNDLE_FOLDER)))
    return Travel(
        files={path: observed.files[path] for path in travelling if path in observed.files},
        missing=tuple(path for path in travelling if path not in observed.files),
    )


def with_registry(travel: Travel, document: FileState) -> Mapping[BundlePath, FileState]:
    """All files of the bundle, sorted by path.

    Args:
        travel: Everything else.
        document: `registry.yaml` as it is published.
    """
    return dict(sorted({**travel.files, REGISTRY_PATH: document}.items()))


def data_paths(registry: BundleRegistry) -> frozenset[BundlePath]:
    """Files and folders that the entries name as their data."""
    return frozenset(
        path for _, entry in registry.entries() for path in (*entry.data, *entry.data_digests)
    )


def _named(registry: BundleRegistry, observed: Observation) -> Iterator[BundlePath]:
    for _, entry in registry.entries():
        yield entry.path
        yield from entry.code
        yield from entry.data
        closure = observed.closures.get(entry.path)
        if closure is not None:
            yield from closure.files
    yield from observed.project.tracked


def _optional(observed: Observation) -> Iterator[BundlePath]:
    yield from PROJECT_FILES
    yield from observed.environment
    yield from observed.project.also_travels
