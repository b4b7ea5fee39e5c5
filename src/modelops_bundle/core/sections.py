"""Changes to the parts of the document that are no entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modelops_bundle.core.apply import apply_changes
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.observation import Observation
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import (
    Change,
    ChangeKind,
    EnvironmentChange,
    PlanOptions,
    Reason,
    Section,
    SectionKey,
)
from modelops_bundle.core.registry import (
    FORMAT_VERSION,
    BundleRegistry,
    EntryKey,
    Kind,
    TargetSet,
)


def section_changes(
    record: BundleRegistry,
    observed: Observation,
    options: PlanOptions,
    changes: Iterable[Change],
    environment: Mapping[BundlePath, Digest],
) -> list[Change]:
    """Target sets that lose members, and what the document says of the project as a whole.

    Args:
        changes: The changes to entries.
        environment: What the result is to record.
    """
    changes = list(changes)
    upgrade = record.version != FORMAT_VERSION
    found = list(_target_sets(record, changes))
    excluded = _excluded(record, observed, options, apply_changes(record, changes))
    if excluded != record.excluded:
        found.append(_section(Section.EXCLUDED, record.excluded, excluded, cosmetic=False))
    if observed.source_roots != record.source_roots:
        old, new = record.source_roots, observed.source_roots
        found.append(_section(Section.SOURCE_ROOTS, old, new, cosmetic=upgrade))
    holds_entries = any(True for _ in record.entries()) or changes
    if dict(environment) != dict(record.environment) and (record.environment or holds_entries):
        change = _section(
            Section.ENVIRONMENT,
            record.environment,
            environment,
            cosmetic=not record.environment,
            reasons=tuple(_environment_reason(c) for c in environment_changes(record, observed)),
        )
        found.append(change)
    if upgrade:
        found.append(_section(Section.VERSION, record.version, FORMAT_VERSION, cosmetic=True))
    return found


def environment_changes(
    record: BundleRegistry, observed: Observation
) -> tuple[EnvironmentChange, ...]:
    """Dependency tables and lock files that differ from the record; none was recorded, none is."""
    old, new = record.environment, observed.environment
    return tuple(
        EnvironmentChange(path=path, old=old.get(path), new=new.get(path))
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    )


def _section(
    section: Section,
    before: object,
    after: object,
    *,
    cosmetic: bool,
    reasons: tuple[Reason, ...] = (),
) -> Change:
    return Change(
        kind=ChangeKind.UPDATE,
        key=SectionKey(section),
        before=before,  # type: ignore[arg-type]
        after=after,  # type: ignore[arg-type]
        cosmetic=cosmetic,
        reasons=reasons,
    )


def _environment_reason(change: EnvironmentChange) -> Reason:
    what = "changed" if change.old and change.new else "added" if change.new else "gone"
    return Reason(
        code="MB130",
        field="environment",
        old=change.old or "",
        new=change.new or "",
        path=change.path,
        message=f"{change.path} {what}",
    )


def _target_sets(record: BundleRegistry, changes: list[Change]) -> Iterable[Change]:
    lost = {
        change.key.id
        for change in changes
        if change.kind is ChangeKind.REMOVE
        and isinstance(change.key, EntryKey)
        and change.key.kind is Kind.TARGET
    }
    for name, group in record.target_sets.items():
        if lost.isdisjoint(group.targets):
            continue
        targets = tuple(target for target in group.targets if target not in lost)
        weights = {k: w for k, w in group.weights.items() if k not in lost}
        yield Change(
            kind=ChangeKind.UPDATE if targets else ChangeKind.REMOVE,
            key=SectionKey(Section.TARGET_SET, name),
            before=group,
            after=TargetSet(targets, weights) if targets else None,
            fields=("targets",),
            destructive=True,
        )


def _excluded(
    record: BundleRegistry, observed: Observation, options: PlanOptions, result: BundleRegistry
) -> tuple[Entrypoint, ...]:
    """The record's exclusions and the new ones, less what is registered.

    A symbol may have become one of the other kind, while the entry of its name is kept: then the
    exclusion still holds for what is there now, or the next sync would add it.
    """
    registered = {(key.kind, entry.entrypoint) for key, entry in result.entries()}
    names = {entrypoint for _, entrypoint in registered}
    held = {
        found.entrypoint
        for found in observed.discovered
        if found.convention and (found.kind, found.entrypoint) not in registered
    }
    wanted = dict.fromkeys((*record.excluded, *options.exclude))
    return tuple(item for item in wanted if item not in names or item in held)
