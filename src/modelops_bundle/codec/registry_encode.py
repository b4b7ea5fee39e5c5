"""From registry types to what is written for them: new documents and new entries."""

from __future__ import annotations

from collections.abc import Mapping

from modelops_bundle.codec.registry_decode import (
    declared_values,
    model_values,
    set_values,
    target_values,
)
from modelops_bundle.codec.registry_fields import Value
from modelops_bundle.codec.yaml_emit import Layout, Plain, block_pair
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    ModelEntry,
    TargetEntry,
    TargetSet,
)

#: Fields that a reader of version 1.0 requires.
_REQUIRED = frozenset({"entrypoint", "path", "class_name", "model_output"})


def new_text(registry: BundleRegistry) -> str:
    """The document of a registry, in block style, each digest on a line of its own.

    Raises:
        NotWritable: a text that YAML cannot hold.
    """
    lines: list[str] = []
    layout = Layout()
    for name, value in root_plain(registry).items():
        lines += block_pair(name, value, 0, layout)
    return "".join(f"{line}\n" for line in lines)


def root_plain(registry: BundleRegistry) -> dict[str, Plain]:
    """The keys of a new document in their order."""
    root: dict[str, Plain] = {
        "version": registry.version,
        "models": {name: entry_plain(entry) for name, entry in registry.models.items()},
        "targets": {name: entry_plain(entry) for name, entry in registry.targets.items()},
    }
    if registry.target_sets:
        root["target_sets"] = {name: set_plain(s) for name, s in registry.target_sets.items()}
    if registry.excluded:
        root["excluded"] = registry.excluded
    root["source_roots"] = registry.source_roots
    environment: dict[str, Plain] = {str(path): text for path, text in registry.environment.items()}
    if environment:
        root["environment"] = environment
    return root


def entry_plain(entry: ModelEntry | TargetEntry) -> dict[str, Plain]:
    """A new entry: what is empty is left out, but for what version 1.0 requires."""
    values = model_values(entry) if isinstance(entry, ModelEntry) else target_values(entry)
    written: dict[str, Plain] = {
        name: plain(value) for name, value in values.items() if value or name in _REQUIRED
    }
    recorded = bool(entry.symbol_digest or entry.behavior_digest)
    if entry.declared or (entry.declared is None) == recorded:
        written["declared"] = declared_plain(entry.declared)
    return written


def declared_plain(declared: Declared | None) -> Plain:
    """What a person declared; None says that it is not known."""
    if declared is None:
        return None
    values = declared_values(declared)
    return {name: plain(value) for name, value in values.items() if value}


def set_plain(group: TargetSet) -> dict[str, Plain]:
    """A new target set."""
    values = set_values(group)
    return {name: plain(value) for name, value in values.items() if value or name == "targets"}


def plain(value: Value) -> Plain:
    """A field's value as it is written."""
    if isinstance(value, Mapping):
        return dict(value.items())
    return value
