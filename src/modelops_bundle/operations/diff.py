"""What differs between two bundles, or between a bundle and the working tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.plan import ChangeKind
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.core.registry import BundleRegistry, Entry, EntryKey, Kind
from modelops_bundle.core.travel import plan_travel
from modelops_bundle.operations.fetch import fetch_bundle, read_registry_of
from modelops_bundle.operations.status import StatusReport
from modelops_bundle.storage.base import Remote

_Name = TypeVar("_Name", bound=str)
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
        key: On the newer side; on the older one where it is gone.
        kind: `add`, `update`, `rename`, `move` or `remove`.
        old_id: What it was called where it has another id now; "" otherwise.
        old_behavior, new_behavior: Equal where only the wording changed; None where there is no
            entry, or no digest was recorded.
        data: Data files whose content differs, sorted.
    """

    key: EntryKey
    kind: ChangeKind
    old_behavior: SemanticDigest | None
    new_behavior: SemanticDigest | None
    old_id: str = ""
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


class Behavior(StrEnum):
    """Whether an entry that is on both sides computes the same on both."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All differences: entries in the order of the newer registry, then files by path.

    Attributes:
        behavior: Of every entry that is on both sides, whether or not it differs: results that
            were computed with the older bundle stay valid where it is unchanged.
        target_sets: Names of sets that differ, sorted.
        environment: Dependency tables and lock files that differ, sorted.
    """

    old: Side
    new: Side
    entries: tuple[EntryDifference, ...]
    behavior: Mapping[EntryKey, Behavior]
    target_sets: tuple[str, ...]
    environment: tuple[BundlePath, ...]
    files: tuple[FileDifference, ...]

    @property
    def empty(self) -> bool:
        """Both sides are the same."""
        return not (self.entries or self.target_sets or self.environment or self.files)


def published_side(remote: Remote, reference: str, *, label: str = "") -> Side:
    """A published bundle.

    Args:
        label: What people call it; the reference by default.

    Raises:
        RemoteError: see `operations.fetch`.
        RegistryError: its registry cannot be read.
    """
    bundle = fetch_bundle(remote, reference)
    return Side(
        label=label or reference,
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
    before, after = dict(old.registry.entries()), dict(new.registry.entries())
    origins = _origins(before, after)
    return Difference(
        old=old,
        new=new,
        entries=tuple(_entries(before, after, origins)),
        behavior={
            key: _behavior(before[origin], after[key])
            for key, origin in ((key, origins.get(key)) for key in after)
            if origin is not None
        },
        target_sets=_differing(old.registry.target_sets, new.registry.target_sets),
        environment=_differing(old.registry.environment, new.registry.environment),
        files=tuple(
            FileDifference(path=path, old=old.files.get(path), new=new.files.get(path))
            for path in _differing(old.files, new.files)
        ),
    )


def _differing(old: Mapping[_Name, object], new: Mapping[_Name, object]) -> tuple[_Name, ...]:
    return tuple(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _origins(
    before: Mapping[EntryKey, Entry], after: Mapping[EntryKey, Entry]
) -> Mapping[EntryKey, EntryKey]:
    """Which entry each was before: that of its id, or the only one gone whose definition it has."""
    origins = {key: key for key in after if key in before}
    gone = _by_definition(before, [key for key in before if key not in after])
    come = _by_definition(after, [key for key in after if key not in before])
    for definition, keys in come.items():
        if len(keys) == 1 and len(gone.get(definition, ())) == 1:
            origins[keys[0]] = gone[definition][0]
    return origins


def _by_definition(
    entries: Mapping[EntryKey, Entry], keys: Iterable[EntryKey]
) -> Mapping[tuple[Kind, str], list[EntryKey]]:
    found: dict[tuple[Kind, str], list[EntryKey]] = {}
    for key in keys:
        digest = entries[key].symbol_digest
        if digest is not None:
            found.setdefault((key.kind, digest), []).append(key)
    return found


def _entries(
    before: Mapping[EntryKey, Entry],
    after: Mapping[EntryKey, Entry],
    origins: Mapping[EntryKey, EntryKey],
) -> Iterator[EntryDifference]:
    taken = set(origins.values())
    for key in (*after, *(key for key in before if key not in taken)):
        origin = origins.get(key)
        if key in after and origin is not None:
            found = _entry(key, before[origin], after[key])
            if origin != key:
                found = _renamed(key, origin, before[origin], after[key], found)
        else:
            found = _entry(key, before.get(key), after.get(key))
        if found is not None:
            yield found


def _renamed(
    key: EntryKey, origin: EntryKey, old: Entry, new: Entry, found: EntryDifference | None
) -> EntryDifference:
    """The difference of an entry whose id changed, whatever else did."""
    plain = EntryDifference(
        key=key,
        kind=ChangeKind.RENAME,
        old_behavior=old.behavior_digest,
        new_behavior=new.behavior_digest,
    )
    return replace(found or plain, kind=ChangeKind.RENAME, old_id=origin.id)


def _kind(old: Entry, new: Entry) -> ChangeKind:
    if old.entrypoint.symbol != new.entrypoint.symbol:
        return ChangeKind.RENAME
    return ChangeKind.UPDATE if old.path == new.path else ChangeKind.MOVE


def _behavior(old: Entry, new: Entry) -> Behavior:
    if old.behavior_digest is None or new.behavior_digest is None:
        return Behavior.UNKNOWN
    same = old.behavior_digest == new.behavior_digest
    return Behavior.UNCHANGED if same else Behavior.CHANGED


def _entry(key: EntryKey, old: Entry | None, new: Entry | None) -> EntryDifference | None:
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
        kind=_kind(old, new),
        old_behavior=old.behavior_digest,
        new_behavior=new.behavior_digest,
        fields=fields,
        data=data,
    )


def _fields(old: Entry, new: Entry) -> Iterator[FieldDifference]:
    for name in _FIELDS:
        before, after = _values(old, name), _values(new, name)
        if set(before) != set(after):
            yield FieldDifference(field=name, old=", ".join(before), new=", ".join(after))


def _values(entry: Entry, name: str) -> tuple[str, ...]:
    value: str | tuple[str, ...] = getattr(entry, name, ())
    return (value,) if isinstance(value, str) else value


def _digests(entry: Entry) -> tuple[object, ...]:
    return (entry.behavior_digest, entry.source_digest, dict(entry.code_digests))
