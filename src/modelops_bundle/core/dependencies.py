"""Data and code that an entry depends on, with their digests."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from modelops_bundle.core.digest import Digest, tree_digest
from modelops_bundle.core.facts import merged
from modelops_bundle.core.observation import Closure, Discovered, ListFact, Observation
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.registry import Declared, ModelEntry, TargetEntry

#: Data folders with more files than this carry one tree digest (experience.md).
TREE_DIGEST_ABOVE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """The dependency fields of an entry; `absent` are paths that are not there."""

    declared: Declared
    data: tuple[BundlePath, ...]
    data_digests: Mapping[BundlePath, Digest]
    code: tuple[BundlePath, ...]
    code_digests: Mapping[BundlePath, Digest]
    source_digest: Digest | None
    absent: tuple[BundlePath, ...]


def derive_dependencies(
    recorded: ModelEntry | TargetEntry,
    found: Discovered,
    data: ListFact | None,
    observed: Observation,
) -> Dependencies:
    """Data and code as the code and the person name them; what is absent keeps its digest.

    Args:
        data: Data paths that the code names; None where only a person can name them.
    """
    work = _Derivation(recorded, found, observed)
    declared = work.declared(data)
    data_paths = work.data(data, declared)
    code_paths = work.code(declared)
    state = observed.files.get(found.path)
    return Dependencies(
        declared=declared,
        data=data_paths,
        data_digests=work.digests(data_paths, recorded.data_digests),
        code=code_paths,
        code_digests=work.digests(code_paths, recorded.code_digests),
        source_digest=state.digest if state else recorded.source_digest,
        absent=tuple(work.absent),
    )


def folder_digests(folder: BundlePath, observed: Observation) -> dict[BundlePath, Digest]:
    """Digests of a data folder: by file, or one tree digest under the folder's own path."""
    files = {path: observed.files[path].digest for path in observed.directories[folder]}
    if len(files) > TREE_DIGEST_ABOVE:
        return {folder: tree_digest({below(folder, path): d for path, d in files.items()})}
    return files


def lies_in(path: BundlePath, places: Container[BundlePath]) -> bool:
    """Whether a path is one of these places, or lies below one."""
    while path not in places:
        if path == ROOT:
            return False
        path = path.parent
    return True


def below(folder: BundlePath, path: BundlePath) -> BundlePath:
    """A path as seen from a folder that holds it."""
    return path if folder == ROOT else BundlePath(path[len(folder) + 1 :])


class _Derivation:
    def __init__(
        self, recorded: ModelEntry | TargetEntry, found: Discovered, observed: Observation
    ) -> None:
        self.recorded = recorded
        self.found = found
        self.observed = observed
        self.closure = observed.closures.get(found.path) or Closure(path=found.path)
        self.absent: list[BundlePath] = []

    def declared(self, data: ListFact | None) -> Declared:
        """What a person named; for an entry of another tool, what the code does not explain."""
        declared = self.recorded.declared
        derived = {*self.closure.files, self.found.path}
        foreign_code = tuple(p for p in self.recorded.code if declared is None and p not in derived)
        kept = declared or Declared()
        return replace(
            kept,
            data=_paths(merged(kept.data, (*kept.data, *self._data_by_hand(data)))),
            code=_paths(merged(kept.code, (*kept.code, *foreign_code))),
        )

    def _data_by_hand(self, data: ListFact | None) -> Iterable[BundlePath]:
        """Recorded data that a person must have named, though the record does not say so."""
        recorded, declared = self.recorded.data, self.recorded.declared
        if declared is None:
            known = set(data.values) if data is not None else set()
            return (p for p in recorded if data is None or (p not in known and self._is_there(p)))
        if data is not None:
            return ()
        if isinstance(self.recorded, ModelEntry):
            return recorded
        # What a decorator named until now has a digest from the last sync; what somebody wrote
        # into the list since has none.
        digests = self.recorded.data_digests
        return (p for p in recorded if not any(path.is_within(p) for path in digests))

    def data(self, data: ListFact | None, declared: Declared) -> tuple[BundlePath, ...]:
        named = data.values if data else ()
        recorded = self.recorded.data
        untold = not self.found.convention if data is None else not data.complete
        kept = recorded if untold else ()
        return _paths(merged(recorded, (*kept, *named, *declared.data)))

    def code(self, declared: Declared) -> tuple[BundlePath, ...]:
        gone = any(not self._is_there(p) and self._imported(p) for p in self.recorded.code)
        opaque = any(p in self.observed.parse_failures for p in self.closure.files)
        # What a file imports cannot be told while it is gone or cannot be parsed.
        kept = self.recorded.code if gone or opaque else ()
        wanted = (*self.closure.files, *declared.code, *kept)
        return _paths(merged(self.recorded.code, (p for p in wanted if p != self.found.path)))

    def _imported(self, path: BundlePath) -> bool:
        """Whether the code still imports a file that is gone."""
        for root in self.observed.source_roots:
            if path.is_within(root):
                parts = below(root, path).removesuffix(".py").removesuffix("/__init__").split("/")
                if parts[0].lower().replace("_", "-") in self.observed.project.distributions:
                    continue  # an installed module that the local one gave way to
                module = ".".join(parts)
                if any(
                    name == module or name.startswith(module + ".")
                    for name in self.closure.dangling
                ):
                    return True
        return False

    def _is_there(self, path: BundlePath) -> bool:
        return path in self.observed.files or path in self.observed.directories

    def digests(
        self, paths: tuple[BundlePath, ...], recorded: Mapping[BundlePath, Digest]
    ) -> dict[BundlePath, Digest]:
        digests: dict[BundlePath, Digest] = {}
        for path in paths:
            below_it = self.observed.directories.get(path)
            unread = [p for p in below_it or () if p not in self.observed.files]
            if below_it is not None and not unread:
                digests.update(folder_digests(path, self.observed))
            elif path in self.observed.files:
                digests[path] = self.observed.files[path].digest
            else:
                self.absent += unread or [path]
                digests.update({p: d for p, d in recorded.items() if p.is_within(path)})
        return digests


def _paths(texts: Iterable[str]) -> tuple[BundlePath, ...]:
    return tuple(BundlePath(text) for text in texts)
