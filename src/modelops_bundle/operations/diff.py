"""What differs between two bundles, or between a bundle and the working tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import ChangeKind
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.registry import BundleRegistry, EntryKey, ModelEntry, TargetEntry
from modelops_bundle.core.travel import plan_travel
from modelops_bundle.operations.fetch import fetch_bundle, read_registry_of
from modelops_bundle.operations.status import StatusReport
from modelops_bundle.storage.base import Remote

#: Fields that a person reads, in the order of the file; lists compare as sets.
_FIELDS = (
    "entrypoint",
    "path",
    "class_name",
    "scenarios",
    "parameters",
    "outputs",
    "model_output",
    "data",
    "code",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two things compared.

    Attributes:
        label: What people call it.
        digest: Of the bundle; None for the working tree.
    """

    label: str
    digest: Digest | None
    registry: BundleRegistry
    files: Mapping[BundlePath, Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """One field of an entry, as text; lists are joined by commas."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDifference:
    """One entry that is not the same on both sides.

    Attributes:
        kind: `add`, `update` or `remove`.
        old_behavior, new_behavior: Equal where only the wording changed; None where there is no
            entry, or no digest was recorded.
        data: Data files whose content differs, sorted.
    """

    key: EntryKey
    kind: ChangeKind
    old_behavior: SemanticDigest | None
    new_behavior: SemanticDigest | None
    fields: tuple[FieldDifference, ...] = ()
    data: tuple[BundlePath, ...] = ()

    @property
    def cosmetic(self) -> bool:
        """Both sides compute the same."""
        return self.old_behavior is not None and self.old_behavior == self.new_behavior


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDifference:
    """One file that is not the same on both sides; None where it is not there."""

    path: BundlePath
    old: Digest | None
    new: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All differences: entries in the order of the newer registry, then files by path.

    Attributes:
        target_sets: Names of sets that differ, sorted.
    """

    old: Side
    new: Side
    entries: tuple[EntryDifference, ...]
    target_sets: tuple[str, ...]
    files: tuple[FileDifference, ...]

    @property
    def empty(self) -> bool:
        """Both sides are the same."""
        return not (self.entries or self.target_sets or self.files)


def published_side(remote: Remote, reference: str) -> Side:
    """A published bundle.

    Raises:
        RemoteError: see `operations.fetch`.
        RegistryError: its registry cannot be read.
    """
    bundle = fetch_bundle(remote, reference)
    return Side(
        label=reference,
        digest=bundle.digest,
        registry=read_registry_of(remote, bundle),
        files=bundle.index.digests,
    )


def working_side(report: StatusReport) -> Side:
    """The working tree: its entries as a sync would record them, its files as they are."""
    travel = plan_travel(report.plan.result, report.session.observed)
    files = {path: state.digest for path, state in travel.files.items()}
    if report.session.file.content:
        files[REGISTRY_PATH] = report.session.file.digest
    return Side(label="working tree", digest=None, registry=report.plan.result, files=files)


def diff(old: Side, new: Side) -> Difference:
    """Compare two sides."""
    sets = {**old.registry.target_sets, **new.registry.target_sets}
    return Difference(
        old=old,
        new=new,
        entries=tuple(_entries(old.registry, new.registry)),
        target_sets=tuple(
            name
            for name in sorted(sets)
            if old.registry.target_sets.get(name) != new.registry.target_sets.get(name)
        ),
        files=tuple(
            FileDifference(path=path, old=old.files.get(path), new=new.files.get(path))
            for path in sorted({*old.files, *new.files})
            if old.files.get(path) != new.files.get(path)
        ),
    )


def _entries(old: BundleRegistry, new: BundleRegistry) -> Iterator[EntryDifference]:
    before, after = dict(old.entries()), dict(new.entries())
    for key in (*after, *(key for key in before if key not in after)):
        found = _entry(key, before.get(key), after.get(key))
        if found is not None:
            yield found


def _entry(
    key: EntryKey, old: ModelEntry | TargetEntry | None, new: ModelEntry | TargetEntry | None
) -> EntryDifference | None:
    if old is None or new is None:
        return EntryDifference(
            key=key,
            kind=ChangeKind.ADD if old is None else ChangeKind.REMOVE,
            old_behavior=old.behavior_digest if old else None,
            new_behavior=new.behavior_digest if new else None,
        )
    fields = tuple(_fields(old, new))
    data = tuple(
        path
        for path in sorted({*old.data_digests, *new.data_digests})
        if old.data_digests.get(path) != new.data_digests.get(path)
    )
    if not fields and not data and _digests(old) == _digests(new):
        return None
    return EntryDifference(
        key=key,
        kind=ChangeKind.UPDATE,
        old_behavior=old.behavior_digest,
        new_behavior=new.behavior_digest,
        fields=fields,
        data=data,
    )


def _fields(
    old: ModelEntry | TargetEntry, new: ModelEntry | TargetEntry
) -> Iterator[FieldDifference]:
    for name in _FIELDS:
        before, after = _values(old, name), _values(new, name)
        if set(before) != set(after):
            yield FieldDifference(field=name, old=", ".join(before), new=", ".join(after))


def _values(entry: ModelEntry | TargetEntry, name: str) -> tuple[str, ...]:
    value: str | tuple[str, ...] = getattr(entry, name, ())
    return (value,) if isinstance(value, str) else value


def _digests(entry: ModelEntry | TargetEntry) -> tuple[object, ...]:
    return (entry.behavior_digest, entry.source_digest, dict(entry.code_digests))
