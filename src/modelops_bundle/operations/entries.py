"""Changes of entries that a person asks for by id: unregistering, and renaming ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from modelops_bundle.core.planner import plan_sync
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind, TargetSet
from modelops_bundle.errors import NeedsDecisionError, UsageError
from modelops_bundle.operations.document import read_registry, write_registry
from modelops_bundle.operations.ids import checked_id
from modelops_bundle.operations.observe import observe
from modelops_bundle.operations.sync import entry_key, key_of_kind
from modelops_bundle.workspace.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What unregistering takes away.

    Attributes:
        keys: The entries.
        sets: Target sets that lose a member.
        emptied: Those of them that are removed because no member is left.
    """

    keys: tuple[EntryKey, ...]
    sets: tuple[str, ...]
    emptied: tuple[str, ...]


def plan_removal(project: Project, ids: Iterable[str]) -> Removal:
    """What unregistering these ids would take away.

    Raises:
        UsageError: no entry has an id, or two have it.
    """
    record = read_registry(project).record
    keys = tuple(dict.fromkeys(entry_key(name, record) for name in ids))
    return _removal(record, keys)


def unregister(project: Project, ids: Iterable[str], *, force: bool = False) -> Removal:
    """Remove entries; their symbols are remembered as excluded, so that no sync adds them again.

    Where a symbol has a new name that no sync has recorded yet, that one is excluded too.

    Raises:
        UsageError: no entry has an id, or two have it.
        NeedsDecisionError: a target set names one of them and `force` is not given.
    """
    session = observe(project)
    record = session.record
    keys = tuple(dict.fromkeys(entry_key(name, record) for name in ids))
    removal = _removal(record, keys)
    if removal.sets and not force:
        raise NeedsDecisionError(
            f"{', '.join(key.id for key in keys)}: member of target set {', '.join(removal.sets)}",
            not_done="nothing was unregistered",
            hint="run it again with --force to take it out of the set as well",
        )
    now = plan_sync(record, session.observed).result
    write_registry(project, session.file, _without(record, removal, now))
    return removal


def rename_id(project: Project, kind: Kind, old: str, new: str) -> None:
    """Give an entry another id everywhere, in its place; target sets and weights follow.

    Raises:
        UsageError: there is no such entry, or the new id is taken or none.
        NeedsDecisionError: the registry holds a git conflict that a person must settle.
    """
    file = read_registry(project)
    key = key_of_kind(kind, old, file.record)
    checked_id(new, not_done="nothing was renamed")
    if file.record.get(EntryKey(kind, new)) is not None:
        raise UsageError(f"the {kind.value} id {new!r} is taken", not_done="nothing was renamed")
    write_registry(project, file, _renamed(file.record, key, new), renamed={key: new})


def _removal(record: BundleRegistry, keys: tuple[EntryKey, ...]) -> Removal:
    lost = {key.id for key in keys if key.kind is Kind.TARGET}
    sets = [n for n, group in record.target_sets.items() if not lost.isdisjoint(group.targets)]
    emptied = [name for name in sets if lost.issuperset(record.target_sets[name].targets)]
    return Removal(keys=keys, sets=tuple(sets), emptied=tuple(emptied))


def _without(record: BundleRegistry, removal: Removal, now: BundleRegistry) -> BundleRegistry:
    """The record without these entries.

    Args:
        now: What a sync would make of the record: their symbols as they are called now.
    """
    lost = {key.id for key in removal.keys if key.kind is Kind.TARGET}
    result = record
    for key in removal.keys:
        result = result.without_entry(key)
    kept = {entry.entrypoint for _, entry in result.entries()}
    entries = [entry for key in removal.keys for entry in (record.get(key), now.get(key))]
    unwanted = (entry.entrypoint for entry in entries if entry and entry.entrypoint not in kept)
    excluded = tuple(dict.fromkeys((*record.excluded, *unwanted)))
    sets = {
        name: TargetSet(
            tuple(target for target in group.targets if target not in lost),
            {target: weight for target, weight in group.weights.items() if target not in lost},
        )
        for name, group in record.target_sets.items()
        if name not in removal.emptied
    }
    return replace(result, target_sets=sets, excluded=excluded)


def _renamed(record: BundleRegistry, key: EntryKey, new: str) -> BundleRegistry:
    if key.kind is Kind.MODEL:
        models = {new if name == key.id else name: e for name, e in record.models.items()}
        return replace(record, models=models)
    targets = {new if name == key.id else name: e for name, e in record.targets.items()}
    sets = {
        name: TargetSet(
            tuple(new if target == key.id else target for target in group.targets),
            {(new if target == key.id else target): w for target, w in group.weights.items()},
        )
        for name, group in record.target_sets.items()
    }
    return replace(record, targets=targets, target_sets=sets)
