"""Changes of entries that a person asks for by id: unregistering, and renaming ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from modelops_bundle.core.paths import Entrypoint
from modelops_bundle.core.registry import BundleRegistry, EntryKey, Kind, TargetSet
from modelops_bundle.errors import NeedsDecisionError, UsageError
from modelops_bundle.operations.document import read_registry, write_registry
from modelops_bundle.operations.sync import entry_key
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

    Raises:
        UsageError: no entry has an id, or two have it.
        NeedsDecisionError: a target set names one of them and `force` is not given.
    """
    file = read_registry(project)
    record = file.record
    keys = tuple(dict.fromkeys(entry_key(name, record) for name in ids))
    removal = _removal(record, keys)
    if removal.sets and not force:
        raise NeedsDecisionError(
            f"{', '.join(key.id for key in keys)}: member of target set {', '.join(removal.sets)}",
            not_done="nothing was unregistered",
            hint="run it again with --force to take it out of the set as well",
        )
    write_registry(project, file, _without(record, removal))
    return removal


def rename_id(project: Project, kind: Kind, old: str, new: str) -> None:
    """Give an entry another id everywhere, in its place; target sets and weights follow.

    Raises:
        UsageError: there is no such entry, or the new id is taken or empty.
    """
    file = read_registry(project)
    key = entry_key(f"{kind.value}:{old}", file.record)
    if not new.strip():
        raise UsageError("an id cannot be empty", not_done="nothing was renamed")
    if file.record.get(EntryKey(kind, new)) is not None:
        raise UsageError(f"the {kind.value} id {new!r} is taken", not_done="nothing was renamed")
    write_registry(project, file, _renamed(file.record, key, new), renamed={key: new})


def _removal(record: BundleRegistry, keys: tuple[EntryKey, ...]) -> Removal:
    lost = {key.id for key in keys if key.kind is Kind.TARGET}
    sets = [n for n, group in record.target_sets.items() if not lost.isdisjoint(group.targets)]
    emptied = [name for name in sets if lost.issuperset(record.target_sets[name].targets)]
    return Removal(keys=keys, sets=tuple(sets), emptied=tuple(emptied))


def _without(record: BundleRegistry, removal: Removal) -> BundleRegistry:
    lost = {key.id for key in removal.keys if key.kind is Kind.TARGET}
    excluded: list[Entrypoint] = list(record.excluded)
    result = record
    for key in removal.keys:
        entry = record.get(key)
        if entry is not None and entry.entrypoint not in excluded:
            excluded.append(entry.entrypoint)
        result = result.without_entry(key)
    sets = {
        name: TargetSet(
            tuple(target for target in group.targets if target not in lost),
            {target: weight for target, weight in group.weights.items() if target not in lost},
        )
        for name, group in record.target_sets.items()
        if name not in removal.emptied
    }
    return replace(result, target_sets=sets, excluded=tuple(excluded))


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
