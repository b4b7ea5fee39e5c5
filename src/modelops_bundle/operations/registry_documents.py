"""The JSON documents of the commands that read or edit the registry without looking at code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
    TargetSet,
)
from modelops_bundle.errors import UsageError
from modelops_bundle.operations.entries import Removal


class ModelDocument(TypedDict):
    """One model, in short."""

    id: str
    entrypoint: str
    path: str
    outputs: list[str]
    scenarios: list[str]
    parameters: list[str]
    data: list[str]


class TargetDocument(TypedDict):
    """One target, in short."""

    id: str
    entrypoint: str
    path: str
    model_output: str | None
    data: list[str]
    target_sets: list[str]


class TargetSetDocument(TypedDict):
    """A named group; weights only where the registry gives them."""

    name: str
    targets: list[str]
    weights: dict[str, float]


class ListDocument(TypedDict):
    """`mops-bundle.list/1`."""

    schema: str
    models: list[ModelDocument]
    targets: list[TargetDocument]
    target_sets: list[TargetSetDocument]
    excluded: list[str]


class TargetSetsDocument(TypedDict):
    """`mops-bundle.target-set/1`: all target sets, or those that a command was about."""

    schema: str
    target_sets: list[TargetSetDocument]


class DeclaredDocument(TypedDict):
    """What a person named."""

    data: list[str]
    code: list[str]
    outputs: list[str]
    model_output: str | None


class ShowDocument(TypedDict):
    """`mops-bundle.show/1`: one entry in full; lists of the other kind are empty."""

    schema: str
    kind: str
    id: str
    entrypoint: str
    path: str
    class_name: str | None
    outputs: list[str]
    scenarios: list[str]
    parameters: list[str]
    model_output: str | None
    data: list[str]
    data_digests: dict[str, str]
    code: list[str]
    code_digests: dict[str, str]
    source_digest: str | None
    symbol_digest: str | None
    behavior_digest: str | None
    declared: DeclaredDocument | None
    target_sets: list[str]


class UnregisterDocument(TypedDict):
    """`mops-bundle.unregister/1`: entries as `kind:id`; `emptied` sets are gone."""

    schema: str
    removed: list[str]
    target_sets: list[str]
    emptied: list[str]


class RenameDocument(TypedDict):
    """`mops-bundle.rename/1`."""

    schema: str
    kind: str
    old: str
    new: str
    target_sets: list[str]


def list_document(registry: BundleRegistry) -> ListDocument:
    """Everything that the registry declares, in its order."""
    memberships: dict[str, list[str]] = {}
    for name, group in registry.target_sets.items():
        for target_id in group.targets:
            memberships.setdefault(target_id, []).append(name)
    return {
        "schema": "mops-bundle.list/1",
        "models": [_model(model_id, entry) for model_id, entry in registry.models.items()],
        "targets": [
            _target(target_id, entry, memberships.get(target_id, []))
            for target_id, entry in registry.targets.items()
        ],
        "target_sets": _target_sets(registry.target_sets),
        "excluded": [str(entrypoint) for entrypoint in registry.excluded],
    }


def target_sets_document(target_sets: Mapping[str, TargetSet]) -> TargetSetsDocument:
    """The document of `target-set`."""
    return {"schema": "mops-bundle.target-set/1", "target_sets": _target_sets(target_sets)}


def show_document(key: EntryKey, registry: BundleRegistry) -> ShowDocument:
    """One entry in full.

    Raises:
        UsageError: the registry has no such entry.
    """
    entry = registry.get(key)
    if entry is None:
        raise UsageError(f"no entry {key}")
    return {
        "schema": "mops-bundle.show/1",
        "kind": key.kind.value,
        "id": key.id,
        "entrypoint": str(entry.entrypoint),
        "path": str(entry.path),
        "class_name": entry.class_name if isinstance(entry, ModelEntry) else None,
        "outputs": list(entry.outputs) if isinstance(entry, ModelEntry) else [],
        "scenarios": list(entry.scenarios) if isinstance(entry, ModelEntry) else [],
        "parameters": list(entry.parameters) if isinstance(entry, ModelEntry) else [],
        "model_output": (entry.model_output or None) if isinstance(entry, TargetEntry) else None,
        "data": [str(path) for path in entry.data],
        "data_digests": {str(path): str(d) for path, d in entry.data_digests.items()},
        "code": [str(path) for path in entry.code],
        "code_digests": {str(path): str(d) for path, d in entry.code_digests.items()},
        "source_digest": entry.source_digest,
        "symbol_digest": entry.symbol_digest,
        "behavior_digest": entry.behavior_digest,
        "declared": None if entry.declared is None else _declared(entry.declared),
        "target_sets": list(registry.sets_with(key.id)) if key.kind is Kind.TARGET else [],
    }


def unregister_document(removal: Removal) -> UnregisterDocument:
    """The document of `unregister`."""
    return {
        "schema": "mops-bundle.unregister/1",
        "removed": [str(key) for key in removal.keys],
        "target_sets": list(removal.sets),
        "emptied": list(removal.emptied),
    }


def rename_document(key: EntryKey, new: str, target_sets: Iterable[str]) -> RenameDocument:
    """The document of `rename`; the target sets are those that hold the target."""
    return {
        "schema": "mops-bundle.rename/1",
        "kind": key.kind.value,
        "old": key.id,
        "new": new,
        "target_sets": list(target_sets),
    }


def _model(model_id: str, entry: ModelEntry) -> ModelDocument:
    return {
        "id": model_id,
        "entrypoint": str(entry.entrypoint),
        "path": str(entry.path),
        "outputs": list(entry.outputs),
        "scenarios": list(entry.scenarios),
        "parameters": list(entry.parameters),
        "data": [str(path) for path in entry.data],
    }


def _target(target_id: str, entry: TargetEntry, target_sets: list[str]) -> TargetDocument:
    return {
        "id": target_id,
        "entrypoint": str(entry.entrypoint),
        "path": str(entry.path),
        "model_output": entry.model_output or None,
        "data": [str(path) for path in entry.data],
        "target_sets": target_sets,
    }


def _target_sets(target_sets: Mapping[str, TargetSet]) -> list[TargetSetDocument]:
    return [
        {"name": name, "targets": list(group.targets), "weights": dict(group.weights)}
        for name, group in target_sets.items()
    ]


def _declared(declared: Declared) -> DeclaredDocument:
    return {
        "data": [str(path) for path in declared.data],
        "code": [str(path) for path in declared.code],
        "outputs": list(declared.outputs),
        "model_output": declared.model_output,
    }
