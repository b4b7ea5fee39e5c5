"""What is to be verified: the files of a bundle, what it declares, and what is known of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import Closure, FileState, Observation
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.registry import BundleRegistry, EntryKey, ModelEntry, TargetEntry
from modelops_bundle.errors import RegistryError
from modelops_bundle.operations.cached import CachedBundle
from modelops_bundle.operations.local_contents import pieces_of
from modelops_bundle.operations.observe import Session, conventions_of, observe
from modelops_bundle.operations.publication import Publication
from modelops_bundle.operations.status import StatusReport
from modelops_bundle.preflight.distributions import normalised
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.pyproject import read_project_facts
from modelops_bundle.workspace.sandbox import Reader, Sandbox
from modelops_bundle.workspace.worktree import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A bundle before it runs.

    Attributes:
        registry: What it declares.
        files: All its files, by path.
        read: Gives their bytes.
        conventions: Of the frameworks that are known to it.
        closures: By an entry's own file, what its code needs.
        lines: 1-based lines of the entries' definitions, as far as they are known.
        name: Of its distribution, or "".
        distributions: Normalised names of what `pyproject.toml` installs; None without that file.
        requires_python: As `pyproject.toml` says it, or "".
        project: The project that it comes from, or that is around; None without one.
    """

    registry: BundleRegistry
    files: Mapping[BundlePath, FileState]
    read: Reader
    conventions: tuple[Convention, ...]
    closures: Mapping[BundlePath, Closure]
    lines: Mapping[EntryKey, int]
    name: str
    distributions: frozenset[str] | None
    requires_python: str
    project: Project | None = None

    @property
    def size_bytes(self) -> int:
        """Of all files."""
        return sum(state.size_bytes for state in self.files.values())

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Real paths of the folders that hold what did not travel."""
        if self.project is None:
            return ()
        return (str(self.project.root), *self.project.extra_roots.places.values())

    def roots_in(self, folder: str) -> tuple[str, ...]:
        """What goes on `sys.path` for a copy of the bundle; its own folder always does."""
        roots = dict.fromkeys((*self.registry.source_roots, ROOT))
        return tuple(folder if root == ROOT else f"{folder}/{root}" for root in roots)

    def file_of(self, module: str) -> BundlePath | None:
        """The file of the project that a module would be, if it does not travel."""
        if self.project is None:
            return None
        for path in self._files(module):
            if path not in self.files and os.path.isfile(self.project.path(path)):
                return path
        return None

    def holds(self, module: str) -> bool:
        """Whether the bundle has a module's file."""
        return any(path in self.files for path in self._files(module))

    def _files(self, module: str) -> Iterator[BundlePath]:
        relative = module.replace(".", "/")
        for root in dict.fromkeys((*self.registry.source_roots, ROOT)):
            for name in (f"{relative}.py", f"{relative}/__init__.py"):
                yield BundlePath(name if root == ROOT else f"{root}/{name}")

    def needs(self, entry: ModelEntry | TargetEntry) -> Mapping[str, Location]:
        """Packages that an entry cannot do without, with the first place of each import."""
        closure = self.closures.get(entry.path)
        if closure is None:
            return {}
        return {n: at for n, at in closure.third_party.items() if n not in closure.optional}

    def provides(self, top: str) -> bool:
        """Whether the bundle has a top-level module of this name."""
        roots = dict.fromkeys((*self.registry.source_roots, ROOT))
        starts = tuple(top if root == ROOT else f"{root}/{top}" for root in roots)
        return any(
            path.startswith((f"{start}/", f"{start}.")) for path in self.files for start in starts
        )


def project_subject(report: StatusReport, publication: Publication) -> Subject:
    """A project as it would travel."""
    session = report.session
    places = Places(str(session.project.root), session.project.extra_roots)

    def read(state: FileState) -> Iterable[bytes]:
        known = publication.known.get(state.path)
        return pieces_of(places, state) if known is None else [known]

    return _subject(session, report.plan.result, publication.files, read, session.project)


def published_subject(bundle: CachedBundle, sandbox: Sandbox, project: Project | None) -> Subject:
    """A published bundle, as it is in the cache.

    Args:
        project: The project around, whose own files must not stand in for the bundle's.

    Raises:
        RegistryError: it has no registry, or none that can be read.
    """
    if REGISTRY_PATH not in bundle.files:
        raise RegistryError(
            f"bundle {bundle.digest} holds no {REGISTRY_PATH}: it declares nothing",
            not_done="nothing was run",
        )
    places = Places(str(bundle.folder))

    def read(state: FileState) -> Iterable[bytes]:
        return pieces_of(places, state)

    # The analysis keeps caches beside the code: not in a bundle that others use.
    copy = sandbox.copy("analysed", bundle.files, read)
    session = observe(Project(copy.folder))
    subject = _subject(session, session.record, bundle.files, read, project)
    shutil.rmtree(copy.folder, ignore_errors=True)
    return subject


def _subject(
    session: Session,
    registry: BundleRegistry,
    files: Mapping[BundlePath, FileState],
    read: Reader,
    project: Project | None,
) -> Subject:
    tables = read_project_facts(session.project, session.scan)
    observed = session.observed
    return Subject(
        registry=registry,
        files=files,
        read=read,
        conventions=conventions_of(session.project, tables),
        closures=observed.closures,
        lines=dict(_lines(registry, observed)),
        name=normalised(tables.name),
        distributions=tables.distributions if tables.present and not tables.problem else None,
        requires_python=_requires_python(tables.tables),
        project=project,
    )


def _requires_python(tables: str) -> str:
    """What the dependency tables, which are JSON, say of Python."""
    value = json.loads(tables).get("requires-python") if tables else None
    return value if isinstance(value, str) else ""


def _lines(registry: BundleRegistry, observed: Observation) -> Iterator[tuple[EntryKey, int]]:
    found: dict[tuple[str, str], Location] = {
        (one.path, one.symbol): one.location for one in observed.discovered
    }
    for key, entry in registry.entries():
        location = found.get((entry.path, entry.symbol))
        if location is not None and location.line:
            yield key, location.line
