"""Carrying out a plan's changes on the document (law 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import Change, ChangeKind, Section, SectionKey
from modelops_bundle.core.registry import (
    BundleRegistry,
    EntryKey,
    ModelEntry,
    TargetEntry,
    TargetSet,
)


def apply_changes(record: BundleRegistry, changes: Iterable[Change]) -> BundleRegistry:
    """The document after these changes; what they do not name stays in its place."""
    registry = record
    for change in changes:
        if isinstance(change.key, SectionKey):
            registry = _apply_to_section(registry, change.key, change)
        else:
            registry = _apply_to_entry(registry, change.key, change)
    return registry


def _apply_to_entry(registry: BundleRegistry, key: EntryKey, change: Change) -> BundleRegistry:
    if change.kind is ChangeKind.REMOVE:
        return registry.without_entry(key)
    return registry.with_entry(key, cast(ModelEntry | TargetEntry, change.after))


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
