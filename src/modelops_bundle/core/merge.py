"""Three-way merge of registries: what people declared is merged, the rest is derived again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from modelops_bundle.core.plan import Section, SectionKey
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
    TargetSet,
)

_T = TypeVar("_T")
_K = TypeVar("_K", bound=str)
_E = TypeVar("_E", ModelEntry, TargetEntry)

#: Fields of an entry that are not simply taken from the side that changed them.
_MERGED = frozenset({"data", "data_digests", "code", "code_digests", "declared"})


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """Something that people declared differently on the two sides.

    Attributes:
        key: The entry or target set.
        field: What differs: a field's name as in `registry.yaml` (`weights.ID` for a weight),
            `id` for two new names of one entry, `removed` for a removal against a change.
        ours, theirs: The values, as text; "" for none.
    """

    key: EntryKey | SectionKey
    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class MergeOutcome:
    """A merged registry; where there is a conflict it has our side's value."""

    registry: BundleRegistry
    conflicts: tuple[MergeConflict, ...] = ()


def merge_registries(
    base: BundleRegistry | None, ours: BundleRegistry, theirs: BundleRegistry
) -> MergeOutcome:
    """Merge two registries that went separate ways.

    Ids, what is declared, target sets with their weights, `excluded` and `source_roots` are
    merged three ways; a conflict arises only there. Facts and digests come from the side that
    changed them, ours if both did: a sync derives them again. An id that one side renamed is
    followed on the other. Order is ours, with what theirs added behind.

    Args:
        base: What both sides started from; None where it is not known, and then nothing that
            one side lacks counts as removed.
        ours, theirs: The two sides.
    """
    merge = _Merge()
    if base is not None:
        base, ours, theirs = merge.follow_renames(base, ours, theirs)
    known = BundleRegistry() if base is None else base
    old_roots = ours.source_roots if base is None else base.source_roots
    registry = BundleRegistry(
        version=max(ours.version, theirs.version, key=_version_order),
        models=merge.entries(Kind.MODEL, known.models, ours.models, theirs.models),
        targets=merge.entries(Kind.TARGET, known.targets, ours.targets, theirs.targets),
        target_sets=merge.sets(known.target_sets, ours.target_sets, theirs.target_sets),
        excluded=_members(known.excluded, ours.excluded, theirs.excluded),
        source_roots=_members(old_roots, ours.source_roots, theirs.source_roots),
        environment=_digests(known.environment, ours.environment, theirs.environment),
    )
    return MergeOutcome(registry, tuple(merge.conflicts))


class _Merge:
    """One merge: its conflicts so far."""

    def __init__(self) -> None:
        self.conflicts: list[MergeConflict] = []

    def follow_renames(
        self, base: BundleRegistry, ours: BundleRegistry, theirs: BundleRegistry
    ) -> tuple[BundleRegistry, BundleRegistry, BundleRegistry]:
        """Give an entry that a side renamed its new id on all sides."""
        in_ours, in_theirs = _renamed(base, ours), _renamed(base, theirs)
        relabel_base: dict[EntryKey, str] = {}
        relabel_ours: dict[EntryKey, str] = {}
        relabel_theirs: dict[EntryKey, str] = {}
        for key in {**in_ours, **in_theirs}:
            our_id, their_id = in_ours.get(key), in_theirs.get(key)
            new_id = our_id or their_id or key.id
            taken = EntryKey(key.kind, new_id)
            if our_id and their_id:
                if our_id != their_id:
                    self._conflict(taken, "id", our_id, their_id)
                    relabel_theirs[EntryKey(key.kind, their_id)] = new_id
            elif our_id and theirs.get(key) and not theirs.get(taken):
                relabel_theirs[key] = new_id
            elif their_id and ours.get(key) and not ours.get(taken):
                relabel_ours[key] = new_id
            else:
                continue
            relabel_base[key] = new_id
        return (
            _relabelled(base, relabel_base),
            _relabelled(ours, relabel_ours),
            _relabelled(theirs, relabel_theirs),
        )

    def entries(
        self, kind: Kind, base: Mapping[str, _E], ours: Mapping[str, _E], theirs: Mapping[str, _E]
    ) -> dict[str, _E]:
        """All entries of one kind."""
        merged: dict[str, _E] = {}
        for entry_id in {**ours, **theirs}:
            key = EntryKey(kind, entry_id)
            our, their, old = ours.get(entry_id), theirs.get(entry_id), base.get(entry_id)
            if our is not None and their is not None:
                merged[entry_id] = self._entry(key, old, our, their)
                continue
            kept = our if our is not None else their
            assert kept is not None
            if old is not None and _declared_parts(kept) == _declared_parts(old):
                continue
            if old is not None:
                self._removed(key, ours=our is None)
            merged[entry_id] = kept
        return merged

    def sets(
        self,
        base: Mapping[str, TargetSet],
        ours: Mapping[str, TargetSet],
        theirs: Mapping[str, TargetSet],
    ) -> dict[str, TargetSet]:
        """All target sets."""
        merged: dict[str, TargetSet] = {}
        for name in {**ours, **theirs}:
            key = SectionKey(Section.TARGET_SET, name)
            our, their, old = ours.get(name), theirs.get(name), base.get(name)
            if our is not None and their is not None:
                merged[name] = self._set(key, old or TargetSet(), our, their)
                continue
            kept = our if our is not None else their
            assert kept is not None
            if old is not None and kept == old:
                continue
            if old is not None:
                self._removed(key, ours=our is None)
            merged[name] = kept
        return merged

    def _entry(self, key: EntryKey, old: _E | None, our: _E, their: _E) -> _E:
        if our.entrypoint != their.entrypoint:
            if old is None or old.entrypoint not in (our.entrypoint, their.entrypoint):
                self._conflict(key, "entrypoint", our.entrypoint, their.entrypoint)
                return our
            derived = their if our.entrypoint == old.entrypoint else our
        else:
            derived = _derived(old, our, their)
        declared = self._declared(key, old, our, their)
        nothing = replace(our, data=(), code=(), data_digests={}, code_digests={})
        known = old if old is not None else nothing
        data = _members(known.data, our.data, their.data)
        digests = _digests(known.data_digests, our.data_digests, their.data_digests)
        code, code_digests = derived.code, derived.code_digests
        if declared is None:
            # Without a record of what was declared, any path may have been.
            code = _members(known.code, our.code, their.code)
            code_digests = _digests(known.code_digests, our.code_digests, their.code_digests)
        return replace(
            derived,
            data=data,
            data_digests=digests,
            code=code,
            code_digests=code_digests,
            declared=declared,
        )

    def _declared(self, key: EntryKey, old: _E | None, our: _E, their: _E) -> Declared | None:
        one, other = our.declared, their.declared
        if one == other:
            return one
        if old is not None and old.declared in (one, other):
            return other if one == old.declared else one
        before = (old.declared if old is not None else None) or Declared()
        one, other = one or Declared(), other or Declared()
        return Declared(
            data=_members(before.data, one.data, other.data),
            code=_members(before.code, one.code, other.code),
            outputs=_members(before.outputs, one.outputs, other.outputs),
            model_output=self._scalar(
                key, "model_output", before.model_output, one.model_output, other.model_output
            ),
        )

    def _set(self, key: SectionKey, old: TargetSet, our: TargetSet, their: TargetSet) -> TargetSet:
        members = _members(old.targets, our.targets, their.targets)
        gone = (set(our.targets) | set(their.targets)) - set(members)
        weights: dict[str, float] = {}
        for target in {**our.weights, **their.weights}:
            values = [side.weights.get(target) for side in (old, our, their)]
            if target in gone:
                changed = [weight for weight in values[1:] if weight not in (None, values[0])]
                if changed:
                    self._conflict(key, f"weights.{target}", _text(values[1]), _text(values[2]))
                continue
            weight = self._scalar(key, f"weights.{target}", *values)
            if weight is not None:
                weights[target] = weight
        return TargetSet(members, weights)

    def _scalar(
        self,
        key: EntryKey | SectionKey,
        field: str,
        old: _T | None,
        our: _T | None,
        their: _T | None,
    ) -> _T | None:
        if our == their or their == old:
            return our
        if our == old:
            return their
        self._conflict(key, field, _text(our), _text(their))
        return our

    def _removed(self, key: EntryKey | SectionKey, *, ours: bool) -> None:
        said = ("removed", "changed") if ours else ("changed", "removed")
        self._conflict(key, "removed", *said)

    def _conflict(self, key: EntryKey | SectionKey, field: str, ours: str, theirs: str) -> None:
        self.conflicts.append(MergeConflict(key, field, ours, theirs))


def _derived(old: _E | None, our: _E, their: _E) -> _E:
    """Each fact and digest from the side that changed it, ours if both did."""
    if old is None:
        return our
    taken = {
        item.name: getattr(their, item.name)
        for item in fields(our)
        if item.name not in _MERGED and getattr(our, item.name) == getattr(old, item.name)
    }
    code = their if our.code == old.code and our.code_digests == old.code_digests else our
    return replace(our, **taken, code=code.code, code_digests=code.code_digests)


def _declared_parts(entry: ModelEntry | TargetEntry) -> tuple[object, ...]:
    """What a person may have named; all paths where it is not recorded which."""
    if entry.declared is None:
        return (set(entry.data), set(entry.code))
    return (entry.declared,)


def _members(old: Sequence[_K], our: Sequence[_K], their: Sequence[_K]) -> tuple[_K, ...]:
    """Ours without what theirs removed, then what theirs added; theirs if ours is as before."""
    if tuple(our) == tuple(old):
        return tuple(their)
    before, theirs_now, ours_now = set(old), set(their), set(our)
    kept = [item for item in our if item in theirs_now or item not in before]
    return (*kept, *(item for item in their if item not in before and item not in ours_now))


def _digests(old: Mapping[_K, _T], our: Mapping[_K, _T], their: Mapping[_K, _T]) -> dict[_K, _T]:
    """By path: the side that changed it, ours if both did."""
    merged: dict[_K, _T] = {}
    for path in {**our, **their}:
        before, one, other = old.get(path), our.get(path), their.get(path)
        taken = other if one == before else one
        if taken is not None:
            merged[path] = taken
    return merged


def _renamed(base: BundleRegistry, side: BundleRegistry) -> dict[EntryKey, str]:
    """New ids of entries that a side has under another id, for the same symbol."""
    gone = {key: entry for key, entry in base.entries() if side.get(key) is None}
    new: dict[tuple[Kind, str], list[str]] = {}
    for key, entry in side.entries():
        if base.get(key) is None:
            new.setdefault((key.kind, entry.entrypoint), []).append(key.id)
    found: dict[EntryKey, str] = {}
    for key, entry in gone.items():
        ids = new.pop((key.kind, entry.entrypoint), [])
        if len(ids) == 1:
            found[key] = ids[0]
    return found


def _relabelled(registry: BundleRegistry, ids: Mapping[EntryKey, str]) -> BundleRegistry:
    """The registry with these entries under new ids, target sets included."""
    if not ids:
        return registry

    def name(kind: Kind, old: str) -> str:
        return ids.get(EntryKey(kind, old), old)

    def target(old: str) -> str:
        return name(Kind.TARGET, old)

    return replace(
        registry,
        models={name(Kind.MODEL, key): entry for key, entry in registry.models.items()},
        targets={target(key): entry for key, entry in registry.targets.items()},
        target_sets={
            label: TargetSet(
                tuple(target(member) for member in group.targets),
                {target(member): weight for member, weight in group.weights.items()},
            )
            for label, group in registry.target_sets.items()
        },
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _version_order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
