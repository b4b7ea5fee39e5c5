"""Carrying out a plan's changes on the document (law 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar, cast

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import Change, Section, SectionKey
from modelops_bundle.core.registry import (
    BundleRegistry,
    Kind,
    ModelEntry,
    TargetEntry,
    TargetSet,
)

_Entry = TypeVar("_Entry", ModelEntry, TargetEntry)


def apply_changes(record: BundleRegistry, changes: Iterable[Change]) -> BundleRegistry:
    """The document after these changes; what they do not name stays in its place."""
    models: dict[str, ModelEntry] = dict(record.models)
    targets: dict[str, TargetEntry] = dict(record.targets)
    registry = record
    for change in changes:
        if isinstance(change.key, SectionKey):
            registry = _apply_to_section(registry, change.key, change)
        elif change.key.kind is Kind.MODEL:
            _apply_to_entry(models, change.key.id, cast(ModelEntry | None, change.after))
        else:
            _apply_to_entry(targets, change.key.id, cast(TargetEntry | None, change.after))
    return replace(registry, models=models, targets=targets)


def _apply_to_entry(entries: dict[str, _Entry], entry_id: str, after: _Entry | None) -> None:
    if after is None:
        entries.pop(entry_id, None)
    else:
        entries[entry_id] = after


def _apply_to_section(registry: BundleRegistry, key: SectionKey, change: Change) -> BundleRegistry:
    if key.section is Section.TARGET_SET:
        sets = dict(registry.target_sets)
        if isinstance(change.after, TargetSet):
            sets[key.name] = change.after
        else:
            sets.pop(key.name, None)
        return replace(registry, target_sets=sets)
    if key.section is Section.VERSION:
        return replace(registry, version=cast(str, change.after))
    if key.section is Section.EXCLUDED:
        return replace(registry, excluded=cast(tuple[Entrypoint, ...], change.after))
    if key.section is Section.SOURCE_ROOTS:
        return replace(registry, source_roots=cast(tuple[BundlePath, ...], change.after))
    return replace(registry, environment=cast(Mapping[BundlePath, Digest], change.after))
